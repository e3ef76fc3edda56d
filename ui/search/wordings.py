"""Two wordings of a query over the same corpus: one method ranks for both, and the rankings stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup, escape

from searchcore.checks import check_query
from searchcore.engine import Engine
from searchcore.evaluate import Agreement, JudgedRanking, agreement, judged_ranking, moved_from
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER, Method, Scale
from searchcore.request import Request
from searchcore.running import Work, retold
from searchcore.types import PartialScores, Ranking, SearchResult
from ui import words
from ui.draw import status
from ui.draw.numbers import shortened
from ui.draw.template import fill
from ui.runner import Drawn, Outcome, View
from ui.search.columns import columns, skeleton
from ui.search.cost import cost
from ui.search.differences import marked, sentences
from ui.search.shown import Caption, Columns
from ui.search.verdict import own_document, query_cuts
from ui.state import BY_BI_ENCODER, BY_CROSS_ENCODER, PROBABILITY, PageState
from ui.takehome.links import NOT_YET, wordings_links
from ui.takehome.taken import TakenWordings

A, B = "A", "B"
NAMES = (A, B)
# Names of columns, as methods have them: lines join the second one to the first.
KEYS = {A: "wording_a", B: "wording_b"}
METHOD_OF = {BY_CROSS_ENCODER: CROSS_ENCODER, BY_BI_ENCODER: BI_ENCODER}
TITLE_CHARACTERS = 40
ONE_QUERY = Markup('<button type="button" class="ss-link ss-one">One query again</button>')


@dataclass(frozen=True, slots=True)
class Wordings:
    """What two wordings have come to so far: their results in order, of which the second may still be missing.

    `judged` holds, by name, the judgements of those that are judged, `agreement` how far the rankings agree.
    """

    results: tuple[SearchResult, ...]
    judged: Mapping[str, JudgedRanking] = field(default_factory=dict)
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """A method as it ranks for one wording: a column of its own. `reranks` is the column whose places it is held to."""

    method: Method
    key: str
    title: str
    reranks: str | None = None

    @property
    def citation(self) -> str:
        """See Method.citation."""
        return self.method.citation

    @property
    def scale(self) -> Scale:
        """See Method.scale."""
        return self.method.scale

    @property
    def models(self) -> tuple[str, ...]:
        """See Method.models."""
        return self.method.models

    def passes(self, n: int) -> int:
        """See Method.passes."""
        return self.method.passes(n)

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Ranking | Work[Ranking]:
        """See Method.rank."""
        return self.method.rank(request, before)


def comparing(engine: Engine, state: PageState) -> Work[Wordings]:
    """Rank for the state's query, then for the other wording; both are checked before anything is done."""
    key = METHOD_OF[state.by]
    models = (state.encoder or None, state.scorer or None)
    texts = (state.query, check_query(state.against, "The other wording"))
    requests = [engine.checked(state.corpus, text, state.candidates, (key,), *models) for text in texts]
    return _ranked(engine, key, state.candidates, requests)


def _ranked(engine: Engine, key: str, asked: int, requests: Sequence[Request]) -> Work[Wordings]:
    done: list[SearchResult] = []
    for name, request in zip(NAMES, requests, strict=True):

        def tell(step: Any, name: str = name) -> Iterable[Any]:
            if isinstance(step, SearchResult):
                return (_compared(key, [*done, step]),)
            return (replace(step, method=KEYS[name]) if isinstance(step, PartialScores) else step,)

        done.append((yield from retold(engine.searching_for(request, asked), tell)))
    return _compared(key, done)


def _compared(key: str, results: Sequence[SearchResult]) -> Wordings:
    rankings = [result.rankings[key] for result in results]
    judged = {
        name: found
        for name, result, ranking in zip(NAMES, results, rankings, strict=False)
        if (found := judged_ranking(result.corpus, result.query, ranking)) is not None
    }
    return Wordings(tuple(results), judged, agreement(*rankings) if len(rankings) == len(NAMES) else None)


def draw(view: View, methods: Mapping[str, Method]) -> Drawn:
    """New values for the Search tab's parts, for a state that compares two wordings."""
    found, method = view.result, methods[METHOD_OF[view.state.by]]
    drawn: Drawn = {"status": str(status.line(view, _sentence(view, methods))), "case": ""}
    if isinstance(found, Wordings):
        made = columns_of(view, found, method)
        drawn |= {
            "results": str(columns(made)),
            "cost-report": str(cost(made.result, made.methods)),
            "take-report": str(wordings_links(taken(view.state, found, method)))
            if _is_done(view.outcome, found)
            else NOT_YET,
            "curve": "",
        }
    elif view.outcome is Outcome.WORKING and view.progress is None and view.partial is None:
        drawn |= {"results": str(skeleton([wording(method, name, "") for name in NAMES])), "curve": ""}
    return drawn


def _is_done(outcome: Outcome, found: Wordings) -> bool:
    return outcome is Outcome.DONE and found.agreement is not None


def taken(state: PageState, found: Wordings, method: Method) -> TakenWordings:
    """What a finished comparison is taken home as."""
    made = columns_of(View(state, Outcome.DONE, result=found), found, method)
    results = dict(zip(KEYS.values(), found.results, strict=True))
    # What explains a term on the page is markup; a file has the words alone.
    said = [sentence.striptags() for sentence in _said(found, method)]
    return TakenWordings(
        state, made.result, made.judged, made.methods, results=results, sentences=said, only_one=made.alone
    )


def columns_of(view: View, found: Wordings, method: Method) -> Columns:
    """The two rankings as columns; the second one says how each document moved from its place in the first."""
    first, state = found.results[0], view.state
    queries = (first.query, state.against.strip())
    rankings = [result.rankings[method.key] for result in found.results]
    whole = len(rankings) == len(NAMES)
    made = {KEYS[A]: _without_moves(rankings[0])}
    if whole:
        made[KEYS[B]] = replace(moved_from(rankings[0], rankings[1]), reranks=KEYS[A])
    ids = [{hit.doc_id for hit in ranking.hits} for ranking in rankings]
    return Columns(
        replace(first, rankings=made),
        {KEYS[name]: judged for name, judged in found.judged.items()},
        {KEYS[name]: wording(method, name, text, whole=whole) for name, text in zip(NAMES, queries, strict=True)},
        pending=() if whole else (KEYS[B],),
        partial=view.partial,
        outcome=view.outcome,
        probability=state.score == PROBABILITY,
        captions={
            KEYS[name]: Caption(_heading(name, text, other), _how(method, name), text)
            for name, text, other in zip(NAMES, queries, reversed(queries), strict=True)
        },
        alone=frozenset(ids[0] ^ ids[1]) if whole else frozenset(),
    )


def wording(method: Method, name: str, query: str, *, whole: bool = False) -> Wording:
    """The column of one wording. The second one is held to the first once both rankings are there (`whole`)."""
    title = f"{name}: {shortened(query, TITLE_CHARACTERS)}" if query else name
    return Wording(method, KEYS[name], title, KEYS[A] if whole and name == B else None)


def _without_moves(ranking: Ranking) -> Ranking:
    """What the method itself has reordered is not what is compared."""
    return replace(ranking, reranks=None, hits=tuple(replace(hit, rank_before=None) for hit in ranking.hits))


def _how(method: Method, name: str) -> str:
    """How both came about, said once, and how not to read them."""
    if name == A:
        return f"{method.title}: {words.words_of(method).how}"
    return f"{method.title} as well. Compare places, not scores: these are of another query."


def _heading(name: str, query: str, other: str) -> Markup:
    return fill('<span class="ss-wording"><b class="ss-letter">{}</b> {}</span>', name, marked(query, other))


def _sentence(view: View, methods: Mapping[str, Method]) -> Markup:
    """What is said of both rankings, and the way back."""
    found = view.result
    if not isinstance(found, Wordings) or found.agreement is None:
        return Markup("")
    return Markup(" ").join([*_said(found, methods[METHOD_OF[view.state.by]]), ONE_QUERY])


def _said(found: Wordings, method: Method) -> list[Markup]:
    """What the other wording changed, and what was not read of either."""
    assert found.agreement is not None
    queries = [result.query for result in found.results]
    said = [sentences(found.results[0].corpus, queries, found.agreement, found.judged, NAMES)]
    for name, result in zip(NAMES, found.results, strict=True):
        # The notes are those of the one-query view, said of each wording.
        called = {method.key: wording(method, name, result.query)}
        shown = replace(result, rankings={method.key: result.rankings[method.key]})
        said += [escape(note) for note in (own_document(shown), query_cuts(shown, called)) if note]
    return list(dict.fromkeys(said))
