"""Where semantic search fails: queries that show it, what to watch, and whether it happened this time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from searchcore.ranking import BI_ENCODER, BM25, CROSS_ENCODER, DEFAULT_METHODS, Method
from searchcore.types import Corpus, SearchResult, sigmoid
from ui import words
from ui.draw.template import fill
from ui.search.hits import short_title

ABOUT = "Each of these shows one way to fail. What to watch is said first; what happened is computed from the result."
READERS = (BI_ENCODER, CROSS_ENCODER)
SURE = 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """A query that shows a way to fail.

    `right` holds the documents that answer it, `wrong` those that it rules out, and `because` says why of a wrong
    one. `told` computes from a result whether it failed, and says so in a sentence. `window` and `overlap` are those of
    the chunks that the bi-encoder reads, as a PageState has them.
    """

    kind: str
    corpus: str
    query: str
    watch: str
    told: Callable[[Case, SearchResult, Mapping[str, Method]], tuple[bool, str]]
    because: str = ""
    right: frozenset[str] = frozenset()
    wrong: frozenset[str] = frozenset()
    columns: tuple[str, ...] = DEFAULT_METHODS
    window: str = ""
    overlap: str = ""


def _listed(names: list[str]) -> str:
    return " and ".join(names)


def wrong_first(case: Case, result: SearchResult, methods: Mapping[str, Method]) -> tuple[bool, str]:
    """It failed where a model puts first what the query rules out."""
    fooled: dict[str, list[str]] = {}
    for key in READERS:
        ranking = result.rankings.get(key)
        if ranking is not None and ranking.hits and ranking.hits[0].doc_id in case.wrong:
            title = short_title(result.corpus, ranking.hits[0].doc_id)
            fooled.setdefault(title, []).append(f"the {methods[key].title.lower()}")
    if not fooled:
        return False, "neither model puts first what the query rules out."
    said = [f"{_listed(names)} put{'s' if len(names) == 1 else ''} “{title}” first" for title, names in fooled.items()]
    return True, f"{_listed(said)}, {case.because}."


def lost(case: Case, result: SearchResult, methods: Mapping[str, Method]) -> tuple[bool, str]:
    """It failed where the models don't have first what the words alone find first."""
    places = {key: _best_place(case, result, key) for key in (BM25, *READERS) if key in result.rankings}
    title = short_title(result.corpus, next(iter(sorted(case.right))))
    said = "; ".join(f"{methods[key].title.lower()}: {_placed(place)}" for key, place in places.items())
    failed = places.get(BM25) == 1 and all(places.get(key) != 1 for key in READERS if key in places)
    never = ". What is no candidate, the cross-encoder never sees" if places.get(CROSS_ENCODER, 0) is None else ""
    return failed, f"the place of “{title}” is, {said}{never}."


def right_not_first(case: Case, result: SearchResult, methods: Mapping[str, Method]) -> tuple[bool, str]:
    """It failed where the document that answers is not first by the bi-encoder."""
    places = {key: _best_place(case, result, key) for key in (BM25, *READERS) if key in result.rankings}
    said = "; ".join(f"{methods[key].title.lower()}: {_placed(place)}" for key, place in places.items())
    doc_id = next(iter(sorted(case.right)))
    unread = {key: result.rankings[key].unread.get(doc_id, 0) for key in places}
    cut = [
        f"the {methods[key].title.lower()} did not read its last {words.count(tokens, 'token')}"
        for key, tokens in unread.items()
        if tokens
    ]
    tail = f"; {_listed(cut)}" if cut else ""
    return places.get(BI_ENCODER) != 1, f"the place of what answers is, {said}{tail}."


def whole_not_first(case: Case, result: SearchResult, methods: Mapping[str, Method]) -> tuple[bool, str]:
    """It failed where the document that answers is not first by the bi-encoder, unless that reads it in chunks."""
    ranking = result.rankings.get(BI_ENCODER)
    doc_id = next(iter(sorted(case.right)))
    chunk = ranking.chunking.decided.get(doc_id) if ranking is not None and ranking.chunking else None
    if ranking is None or chunk is None:
        return right_not_first(case, result, methods)
    said = f"read no further than {ranking.window} tokens, “{short_title(result.corpus, doc_id)}” is at"
    by = f"by its chunk {chunk.number} of {chunk.of} the bi-encoder has it at"
    return (
        chunk.rank_whole != 1,
        f"{said} {_placed(chunk.rank_whole)}; {by} {_placed(_best_place(case, result, BI_ENCODER))}.",
    )


def right_not_kept(case: Case, result: SearchResult, methods: Mapping[str, Method]) -> tuple[bool, str]:
    """It failed where the document that answers is not first by the cross-encoder, which reads no chunks."""
    if CROSS_ENCODER not in result.rankings:
        return False, "the cross-encoder was not asked."
    _, said = right_not_first(case, result, methods)
    return _best_place(case, result, CROSS_ENCODER) != 1, said


def sure_of_nothing(case: Case, result: SearchResult, methods: Mapping[str, Method]) -> tuple[bool, str]:
    """It failed where the first document looks like an answer by its numbers, and is none."""
    first = {key: result.rankings[key].hits[0].score for key in READERS if key in result.rankings}
    logit = first.get(CROSS_ENCODER)
    if logit is None:
        return False, "the cross-encoder was not asked."
    said = f"no document answers, and the first one still has the logit {words.signed(logit, 2)}"
    said += f" (sigmoid {sigmoid(logit):.3f})"
    if BI_ENCODER in first:
        said += f"; the best cosine is {first[BI_ENCODER]:.3f}"
    return sigmoid(logit) > SURE, f"{said}. The numbers don’t say “there is no answer”."


def _best_place(case: Case, result: SearchResult, key: str) -> int | None:
    return min((hit.rank for hit in result.rankings[key].hits if hit.doc_id in case.right), default=None)


def _placed(place: int | None) -> str:
    return "not in the ranking" if place is None else f"{place}"


WITH_KEYWORDS = (BM25, *DEFAULT_METHODS)
CASES = (
    Case(
        "Negation",
        "movies",
        "a film with snakes but no plane",
        "The query forbids a plane. Which film do both models put first?",
        wrong_first,
        "the one film that the query rules out",
        right=frozenset({"9360", "9325", "85", "89", "87"}),
        wrong=frozenset({"326"}),
    ),
    Case(
        "Negation",
        "berlin",
        "Which city is not Berlin?",
        "One passage of ten is about another city, Paris. At which place is it?",
        wrong_first,
        "which is about Berlin",
        right=frozenset({"4"}),
        wrong=frozenset({"0", "1", "2", "3", "5", "6", "7", "8", "9"}),
    ),
    Case(
        "Number",
        "science",
        "Which animal has nine hearts?",
        "Count the hearts in the first passage.",
        wrong_first,
        "and that animal has three",
        wrong=frozenset({"s114"}),
    ),
    Case(
        "Date",
        "science",
        "Who walked on the Moon in 1972?",
        "The question names a year. Does the first passage keep to it?",
        wrong_first,
        "which tells of another year",
        wrong=frozenset({"s202", "s026"}),
    ),
    Case(
        "Rare name",
        "movies",
        "Ewoks",
        "Keyword search knows the word. Which furry creature do the models think of?",
        lost,
        right=frozenset({"1892"}),
        columns=WITH_KEYWORDS,
    ),
    Case(
        "Swapped roles",
        "toy",
        "A piece of bread is eating a man.",
        "Who eats whom in the first sentence, and how high does it score?",
        wrong_first,
        "which says the reverse",
        wrong=frozenset({"1"}),
    ),
    Case(
        "Swapped roles",
        "science",
        "Garry Kasparov beat Deep Blue",
        "Who beat whom in the first passage?",
        wrong_first,
        "which says the reverse",
        wrong=frozenset({"s351"}),
    ),
    Case(
        "No answer",
        "berlin",
        "How many aliens visit Berlin every year?",
        "No passage mentions aliens. Do the numbers say so?",
        sure_of_nothing,
    ),
    Case(
        "Opposite",
        "science",
        "the smallest animal ever known",
        "The smallest is asked for. How long is the first animal?",
        wrong_first,
        "the largest animal there is",
        right=frozenset({"s134"}),
        wrong=frozenset({"s115"}),
    ),
    Case(
        "Two meanings",
        "movies",
        "a film about a crane",
        "What sort of crane is in the first film?",
        wrong_first,
        "where Crane is a surname",
        wrong=frozenset({"11252", "539"}),
    ),
    Case(
        "Another language",
        "science",
        "Wie viele Herzen hat ein Krake?",
        "“Krake” is German for octopus. What do the models take it for?",
        right_not_first,
        right=frozenset({"s114"}),
    ),
    Case(
        "Beyond the window",
        "museum",
        "Why was the man accused of burning down a barn found not guilty?",
        "The answer stands at the end of a long text. The bi-encoder reads 256 tokens of it, the cross-encoder 512.",
        right_not_first,
        right=frozenset({"m03"}),
    ),
    Case(
        "Beyond both windows",
        "museum",
        "Who grew tomatoes that were ripe at Christmas?",
        "The answer stands after token 512. Which method can find it at all?",
        right_not_first,
        right=frozenset({"m14"}),
        columns=WITH_KEYWORDS,
    ),
    Case(
        "Beyond the window, in chunks",
        "museum",
        "Who made the rockets for the summer regatta?",
        "The answer stands beyond 256 tokens. Here the bi-encoder reads chunks of 64; where would it be without them?",
        whole_not_first,
        right=frozenset({"m13"}),
        window="64",
    ),
    Case(
        "In chunks, but reranked whole",
        "museum",
        "Why did the ferry run onto a sandbank with a wedding party?",
        "The answer stands after token 512. The bi-encoder reads it in a chunk; where does the cross-encoder put it?",
        right_not_kept,
        right=frozenset({"m04"}),
        window="64",
    ),
    Case(
        "Out of context",
        "museum",
        "How was ice kept from melting in summer?",
        "The whole document is found at once. Which chunk of another one sounds more like the question?",
        right_not_first,
        right=frozenset({"m15"}),
        window="64",
        overlap="quarter",
    ),
)
_BY_QUERY = {(case.corpus, case.query): case for case in CASES}


def known(corpora: Mapping[str, Corpus]) -> list[Case]:
    """The cases whose corpora there are."""
    return [case for case in CASES if case.corpus in corpora]


def label(case: Case, corpora: Mapping[str, Corpus]) -> str:
    """What its chip says."""
    corpus = corpora[case.corpus]
    return f"{case.kind}: {case.query} ({corpus.title or corpus.name})"


def watch(corpus: str, query: str) -> Markup:
    """What to watch, before the run; nothing for a query that is no case."""
    case = _BY_QUERY.get((corpus, query))
    return Markup("") if case is None else fill("<p><b>{}.</b> Watch: {}</p>", case.kind, case.watch)


def outcome(result: SearchResult, methods: Mapping[str, Method]) -> str:
    """Whether it failed this time, computed from the result; nothing for a query that is no case."""
    case = _BY_QUERY.get((result.corpus.name, result.query))
    if case is None or not (set(READERS) & set(result.rankings)):
        return ""
    failed, said = case.told(case, result, methods)
    return f"{'It failed' if failed else 'It did not fail'} this time: {said}"
