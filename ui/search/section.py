"""What the Search tab does for a state, and what of it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup, escape

from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.evaluate import ByHand, Grades, JudgedRanking, against, by_hand, grades_of, ndcg_by_depth
from searchcore.ranking import CROSS_ENCODER, Method, plan
from searchcore.running import Work, finish, retold
from searchcore.types import Corpus, Ranking, SearchResult
from ui import words
from ui.draw import status
from ui.draw.template import fill, joined
from ui.own.corpora import ABSENT
from ui.predict.draw import tally
from ui.predict.question import NOT_BEFORE, asked_query, both, check_form, check_guess, question_of
from ui.predict.scored import YOU, Scored, scored
from ui.runner import Drawn, Outcome, View
from ui.search import failures, wordings
from ui.search.by_hand import hand_button, worked
from ui.search.columns import columns, skeleton
from ui.search.cost import cost
from ui.search.intro import two_ways
from ui.search.judged import judge_it, missed
from ui.search.prepared import default_corpus
from ui.search.shown import Columns, put_together
from ui.search.verdict import curve, hybrid, own_document, query_cuts, verdict
from ui.state import HAND, ORDER, PROBABILITY, PageState
from ui.takehome.links import NOT_YET, search_links
from ui.takehome.taken import TakenSearch

# So many documents below the cut are shown, for the handle to move to.
BEYOND = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A search so far. `further` is the ranking that is cut, beyond the cut; `judged` holds the judgements of each
    ranking where its query is judged, by the corpus or (`own`) by the visitor; `by_depth` nDCG@10 for 1, 2, 3 ...
    candidates. `hand` is nDCG@5 worked out for each ranking where the state looks at that: of none where nothing
    relevant is judged. `drawn` is how it was drawn last, and of what: while a search waits, its columns stay.
    """

    result: SearchResult
    further: Ranking | None = None
    judged: Mapping[str, JudgedRanking] = field(default_factory=dict)
    own: bool = False
    by_depth: tuple[float, ...] = ()
    predicted: Scored | None = None
    hand: Mapping[str, ByHand] | None = None
    drawn: dict[str, Any] = field(init=False, default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A corpus without a query to open with; none where the visitor has not given theirs yet."""

    corpus: Corpus | None


class SearchSection:
    """Rank a corpus for a query, or for two wordings of it; without one, for the query that is prepared for it."""

    def __init__(self, engine: Engine) -> None:
        self._methods = engine.methods
        self._default = default_corpus(engine)

    def begin(self, engine: Engine, state: PageState) -> Work[Found | Opened | wordings.Wordings]:
        """See Section.begin."""
        corpus, query = asked_query(engine, state)
        if not query or corpus is None:
            return _opened(engine, corpus, state)
        if state.predict and not state.revealed:
            raise InvalidInput(NOT_BEFORE)
        if state.predict:
            if state.guess:
                check_form(state.guess, state, engine.methods)
            state = state.with_changes(columns=both(engine.methods, state))
        asked = state.with_changes(corpus=corpus.name, query=query)
        return wordings.comparing(engine, asked) if state.against else self._search(engine, asked)

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        if view.state.against and not isinstance(view.result, Opened):
            return wordings.draw(view, self._methods)
        methods = put_together(self._methods, view.state)
        drawn: Drawn = {
            "status": str(status.line(view, _sentence(view, methods))),
            "case": str(failures.watch(view.state.corpus or self._default, view.state.query)),
        }
        if isinstance(view.result, Found):
            drawn |= _drawn_once(view, view.result, methods)
        elif isinstance(view.result, Opened):
            drawn |= {"results": str(two_ways()), "curve": ""}
        elif view.outcome is Outcome.WORKING and view.progress is None and view.partial is None:
            shown = [method for method in methods.values() if method.key in view.state.columns]
            drawn |= {"results": str(skeleton(shown)), "curve": ""}
        return drawn

    def _search(self, engine: Engine, state: PageState) -> Work[Found]:
        request = engine.checked(
            state.corpus,
            state.query,
            state.candidates,
            state.columns,
            state.encoder or None,
            state.scorer or None,
            state.matcher or None,
            state.options,
        )
        methods = put_together(engine.methods, state)
        grades = grades_of(request.corpus, request.query)
        own = own_grades(request.corpus, state) if grades is None else None
        known = grades or own or {}
        further: list[Ranking] = []

        def found(result: SearchResult) -> Found:
            first = _cut_ranking(methods, result)
            if first is not None and not further:
                # The query's vector is there now, so this waits for nobody.
                deep = min(len(request.corpus), result.candidates_used + BEYOND)
                more = replace(request, candidates=deep, methods=(first.method,))
                further.append(finish(engine.ranking(more))[first.method])
            so_far = Found(result, further[0] if further else None)
            scores = engine.known_scores(request) if CROSS_ENCODER in result.rankings else {}
            made = so_far if not known else _judged(so_far, known, scores, own=own is not None)
            return replace(made, hand=_by_hand(result, known)) if state.look == HAND else made

        def tell(step: Any) -> Iterable[Any]:
            return (found(step),) if isinstance(step, SearchResult) else (step,)

        made = found((yield from retold(engine.searching_for(request, state.candidates), tell)))
        if not state.predict:
            return made
        check_guess(made.result, state)
        yours = (
            by_hand(request.corpus, known, state.guess) if made.hand and state.guess and state.asks == ORDER else None
        )
        return replace(
            made,
            predicted=scored(made.result, state, grades or own, engine.methods),
            hand={**made.hand, YOU: yours} if made.hand and yours else made.hand,
        )


def _drawn_once(view: View, found: Found, methods: Mapping[str, Method]) -> Drawn:
    of = (view.state, view.outcome, view.partial)
    if found.drawn.get("of") != of:
        found.drawn.update(of=of, parts=_drawn(view, found, methods))
    parts: Drawn = found.drawn["parts"]
    return parts


def _drawn(view: View, found: Found, methods: Mapping[str, Method]) -> Drawn:
    result, state = found.result, view.state
    if state.predict:
        state = state.with_changes(columns=both(methods, state))
    taken = TakenSearch(state, result, found.judged, methods, found.own, found.predicted)
    wanted = [method.key for method in plan(methods, state.columns) if method.key in state.columns]
    pending = tuple(key for key in wanted if key not in found.result.rankings)
    judging = bool(state.judging) and (state.own or found.own or not found.judged)
    made = Columns(
        replace(result, rankings=taken.rankings),
        found.judged,
        taken.named,
        found.further,
        pending,
        view.partial,
        view.outcome,
        probability=state.score == PROBABILITY,
        judging=judging,
        mark=state.mark,
        given=given_grades(result.corpus, state.with_changes(query=result.query)) or None,
    )
    below = missed(result, found.judged) if not pending else Markup("")
    if found.hand is not None:
        below += worked(result.corpus, found.hand, taken.named, own=found.own or state.own, judging=judging)
    return {
        "results": str(columns(made)) + str(below),
        "cost-report": str(cost(found.result, methods)),
        "take-report": str(search_links(taken)) if not pending and view.outcome is Outcome.DONE else NOT_YET,
        "curve": str(curve(found.by_depth, result.candidates_used)) if not pending else "",
    }


def _sentence(view: View, methods: Mapping[str, Method]) -> Markup:
    """What came of the search, for those who can't see the columns and for those who want it short."""
    if isinstance(view.result, Opened):
        corpus = view.result.corpus
        return escape(
            f"{about(corpus)} Type a query, then press Enter." if corpus else f"Paste lines, or choose a file. {ABSENT}"
        )
    if not isinstance(view.result, Found):
        return Markup("")
    found, result = view.result, view.result.result
    sentences = [found.predicted.sentence] if found.predicted is not None else []
    sentences.append(verdict(result, found.judged, methods, own=found.own))
    sentences += [
        hybrid(found.judged),
        own_document(result),
        query_cuts(result, methods),
        failures.outcome(result, methods),
    ]
    said = escape(" ".join(sentence for sentence in sentences if sentence))
    if found.judged or found.hand is not None:
        said += hand_button(shown=found.hand is not None)
    if found.predicted is not None:
        return said + tally(question_of(view.state, result), found.predicted)
    if found.judged and not found.own and not view.state.own:
        return said
    return said + Markup(" ") + judge_it(judging=view.state.judging, own=view.state.own)


def about(corpus: Corpus) -> str:
    """A corpus in a sentence or two."""
    return f"{corpus.title or corpus.name}: {words.count(len(corpus), 'document')}. {corpus.description}".strip()


def described(corpus: Corpus) -> Markup:
    """A corpus in a sentence or two and, folded, what was left out of it or changed when it was read."""
    said = fill("<p>{}</p>", about(corpus))
    if not corpus.notes:
        return said
    items = joined(fill("<li>{}</li>", note) for note in corpus.notes)
    summary = f"{words.count(len(corpus.notes), 'note')} on how it was read"
    return said + fill("<details><summary>{}</summary><ul>{}</ul></details>", summary, items)


def own_grades(corpus: Corpus, state: PageState) -> Grades | None:
    """The grades that the visitor gave; None where none of them is relevant."""
    grades = given_grades(corpus, state)
    return grades if any(grades.values()) else None


def given_grades(corpus: Corpus, state: PageState) -> Grades:
    """All grades that the visitor gave for documents that there are: those of their own corpus, or of the address."""
    if state.own:
        query = corpus.prepared_query(state.query)
        return corpus.grades(query.query_id) if query else {}
    given = {doc_id: int(grade) for grade, _, doc_id in (each.partition(":") for each in state.grades)}
    known = {document.doc_id for document in corpus.documents}
    return {doc_id: grade for doc_id, grade in given.items() if doc_id in known}


def _opened(engine: Engine, corpus: Corpus | None, state: PageState) -> Work[Opened]:
    """A corpus that was given just now is embedded at once, so that the first search of it waits for nothing."""
    if corpus is not None and state.own:
        yield from engine.index(corpus, state.encoder or None)
    return Opened(corpus)


def _cut_ranking(methods: Mapping[str, Method], result: SearchResult) -> Ranking | None:
    """The first ranking that another method reorders."""
    sources = {method.reranks for method in methods.values()}
    return next((r for r in result.rankings.values() if r.method in sources and not r.reranks), None)


def _by_hand(result: SearchResult, grades: Grades) -> dict[str, ByHand]:
    orders = {key: [hit.doc_id for hit in ranking.hits] for key, ranking in result.rankings.items()}
    made = {key: by_hand(result.corpus, grades, order) for key, order in orders.items()}
    return {key: each for key, each in made.items() if each is not None}


def _judged(found: Found, grades: Grades, scores: Mapping[str, float], *, own: bool) -> Found:
    result, further = found.result, found.further
    judged = {key: against(result.corpus, grades, ranking) for key, ranking in result.rankings.items()}
    first = [hit.doc_id for hit in further.hits] if further is not None else []
    return Found(result, further, judged, own, tuple(ndcg_by_depth(result.corpus, grades, first, scores)))
