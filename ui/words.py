"""Sentences and names that the page shows in more than one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from searchcore.models import CATALOGUE
from searchcore.ranking import BI_ENCODER, BM25, CROSS_ENCODER, FUSION, LATE_INTERACTION, Method
from searchcore.types import ELSEWHERE, Progress, Ranking

PAGE_TITLE = "Semantic search, side by side"
NAME = "Side by side"
# Smaller differences of a measure are none: the third decimal is the last one shown.
CHANGED = 0.001
MINUTE, HOUR, DAY, YEAR = 60, 3_600, 86_400, 31_557_600
# Up to so many seconds, the unit in seconds, and how it is written.
DURATIONS = (
    (1, 0.001, "{:.0f} ms"),
    (10, 1, "{:.1f} s"),
    (90, 1, "{:.0f} s"),
    (90 * MINUTE, MINUTE, "{:.0f} min"),
    (36 * HOUR, HOUR, "{:.1f} hours"),
    (10 * DAY, DAY, "{:.1f} days"),
    (2 * YEAR, DAY, "{:.0f} days"),
)
# Numbers below it are shown with a decimal.
MORE_DIGITS = 10
INTRODUCTION = (
    "One query, the same documents, ranked twice: by a bi-encoder, which reads query and document apart, "
    "and by a cross-encoder, which reads them together. The models read English."
)
# Of the field that is there before the page is.
EARLY_LABEL = "Your query"
QUERY_PLACEHOLDER = "Type a question or a few words, then press Enter"
ASKED_EARLY = "It is asked as soon as the page is there."

KEYS = (
    ("/", "to the query"),
    ("P", "projector view, and back"),
    ("R", "play the reranking again"),
    ("↑ ↓ ← →", "walk the rows; on the cut, move it"),
    ("Enter", "on a row: more of it, and less"),
    ("Esc", "close what is open"),
    ("?", "these keys"),
)


@dataclass(frozen=True, slots=True)
class MethodWords:
    """What the page says of a method: how it reads, what its ranking cost, and why that may be empty.

    `cost` takes the ranking and the number of documents in the corpus, `empty` the ranking.
    """

    how: str
    cost: Callable[[Ranking, int], str]
    empty: Callable[[Ranking], str] = lambda ranking: "This method ranks no document for this query."


def words_of(method: Method) -> MethodWords:
    """The words of a method, by its key; one without words of its own shows its title and its scale."""
    return METHOD_WORDS.get(method.key) or MethodWords(f"{method.title}: {method.scale.unit}", lambda *_: "")


def count(number: int, noun: str, plural: str = "") -> str:
    """ "1 pass", "20 passes": a number with its noun."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """A time as people say it: "12 ms", "3.4 s", "2 min", "3.5 hours", "4.6 days", "1.3 million years"."""
    for limit, unit, shown in DURATIONS:
        if seconds < limit:
            return shown.format(seconds / unit)
    return f"{large(seconds / YEAR)} years"


def large(number: float) -> str:
    """A number as people say it: "7", "4.6", "48", "1,300", "2.5 million"; from a quadrillion on a power of ten."""
    for power, name in ((12, " trillion"), (9, " billion"), (6, " million")):
        if 10**power <= number < 10 ** (power + 3):
            return large(number / 10**power) + name
    if number >= 10**15:
        return f"{number:.0e}".replace("e+", " × 10^")
    return f"{number:,.{1 if number < MORE_DIGITS else 0}f}".removesuffix(".0")


def share(number: float) -> str:
    """A number from 0 to 1 with three decimals, as the field writes it: ".754", "1.000"."""
    return f"{number:.3f}".removeprefix("0")


def signed(number: float, decimals: int) -> str:
    """A number with its sign, a real minus where it is below 0."""
    return f"{number:+.{decimals}f}".replace("-", "−")


def short_name(model: str) -> str:
    """A model's name without its organisation."""
    return model.rsplit("/", 1)[-1]


def _of_chunks(progress: Progress, embedded: str) -> str:
    """First documents are cut, then there is a number."""
    if not progress.total:
        return f"Cutting “{progress.subject}” into chunks, once …"
    return f"Encoding the chunks of “{progress.subject}”, once: {embedded}"


def progress_sentence(progress: Progress) -> str:
    """What is being done now, how far it is and how long it will still take, as one sentence."""
    left = f", about {duration(progress.seconds_left)} left" if progress.seconds_left is not None else ""
    done = f"{progress.done:,} of"
    if progress.activity == "embedding" and progress.subject in CATALOGUE:
        return f"{short_name(progress.subject)} has read {done} {count(progress.total, 'text')} …"
    sentences = {
        "loading": f"Loading the model {short_name(progress.subject)}{_fetched(progress)}{left} …",
        "indexing": f"Counting the words of “{progress.subject}”, once …",
        "embedding": f"Encoding “{progress.subject}”, once: {done} {count(progress.total, 'document')} "
        f"are vectors now{left} …",
        "chunks": _of_chunks(progress, f"{done} {count(progress.total, 'chunk')} are vectors now{left} …"),
        "waiting": f"Waiting for {short_name(progress.subject)}: {count(progress.total, 'search', 'searches')} "
        "ahead of yours …",
        ELSEWHERE: f"Another process is encoding “{progress.subject}”; waiting for it …",
        "linking": f"Linking near neighbours in “{progress.subject}”, once: {done} "
        f"{count(progress.total, 'document')}{left} …",
        "fetching": f"Fetching the vectors of “{progress.subject}” from the vector engine, once …",
        "measuring": f"Measuring, nothing else meanwhile: {done} {count(progress.total, 'setting')} …",
        "growing": f"Where do the lines cross? Made-up vectors: {progress.done:,} of them now …",
        "evaluating": f"{done} {count(progress.total, 'query', 'queries')} evaluated{left} …",
        "matching": f"Late interaction has matched {done} {count(progress.total, 'document')}{left} …",
        "scoring": f"The cross-encoder has read {done} {count(progress.total, 'pair')}{left} …",
    }
    return sentences.get(progress.activity, f"{progress.activity.capitalize()} {progress.subject} …")


def _fetched(progress: Progress) -> str:
    return f" ({100 * progress.done // progress.total}%)" if progress.total else ""


def _no_word_shared(ranking: Ranking) -> str:
    if ranking.words is not None and not ranking.words.searched_for:
        return "The query has no word to search for."
    if ranking.words is not None and ranking.words.left_out:
        return "No document has a word that was searched for."
    return "No document shares a word with this query."


def _vectors_compared(ranking: Ranking, documents: int) -> str:
    again = ", and as many for the expanded query" if ranking.expansion and ranking.expansion.documents else ""
    return f"the query, then {count(documents, 'dot product')}{again}; documents’ vectors are kept"


METHOD_WORDS = {
    "you": MethodWords("the order that you predicted", lambda ranking, documents: "none", lambda ranking: ""),
    "students": MethodWords("what the class expects, all answers together", lambda ranking, documents: "none"),
    BM25: MethodWords(
        "counts the words that query and document share",
        lambda ranking, documents: "an index of words, made once",
        _no_word_shared,
    ),
    BI_ENCODER: MethodWords(
        "reads query and document apart, then compares their two vectors",
        _vectors_compared,
    ),
    FUSION: MethodWords(
        "makes one ranking of several: a place high up in any of them counts",
        lambda ranking, documents: "the rankings that it fuses, then a sum for each document",
    ),
    LATE_INTERACTION: MethodWords(
        "compares token by token: each query token with its best document token, summed",
        lambda ranking, documents: (
            f"the query{' and each candidate' if ranking.passes_needed > 1 else ''}, then a table of token cosines "
            f"for each of {count(len(ranking.hits), 'document')}; documents’ token vectors are kept"
        ),
    ),
    CROSS_ENCODER: MethodWords(
        "reads [CLS] query [SEP] document [SEP] together, once for each pair",
        lambda ranking, documents: "one for each pair; nothing can be kept for another query",
    ),
}
