"""Sentences and names that the page shows in more than one place."""

from __future__ import annotations

from searchcore.types import Progress

PAGE_TITLE = "Semantic search, side by side"
INTRODUCTION = (
    "One query, the same documents, ranked twice: by a bi-encoder, which reads query and document apart, "
    "and by a cross-encoder, which reads them together. The models read English."
)

HOW_IT_READS = {
    "bm25": "counts the words that query and document share",
    "bi_encoder": "reads query and document apart, then compares their two vectors",
    "late_interaction": "compares token by token: each query token with its best document token, summed",
    "cross_encoder": "reads [CLS] query [SEP] document [SEP] together, once for each pair",
}
BAR_SCALE = {
    "bm25": "bar: share of the best score",
    "bi_encoder": "bar: cosine from 0 to 1",
    "late_interaction": "bar: share of the best score",
    "cross_encoder": "bar: logit from −11 to +11, filled above 0",
}


def count(number: int, noun: str, plural: str = "") -> str:
    """ "1 pass", "20 passes": a number with its noun."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """A time as people say it: "12 ms", "3.4 s", "2 min"."""
    for limit, factor, shown in ((1, 1000, "{:.0f} ms"), (10, 1, "{:.1f} s"), (90, 1, "{:.0f} s")):
        if seconds < limit:
            return shown.format(seconds * factor)
    return f"{seconds / 60:.0f} min"


def signed(number: float, decimals: int) -> str:
    """A number with its sign, a real minus where it is below 0."""
    return f"{number:+.{decimals}f}".replace("-", "−")


def short_name(model: str) -> str:
    """A model's name without its organisation."""
    return model.rsplit("/", 1)[-1]


def progress_sentence(progress: Progress) -> str:
    """What is being done now, how far it is and how long it will still take, as one sentence."""
    left = f", about {duration(progress.seconds_left)} left" if progress.seconds_left is not None else ""
    if progress.stage == "loading":
        return f"Loading the model {short_name(progress.subject)}{_fetched(progress)}{left} …"
    if progress.stage == "embedding":
        return (
            f"Encoding “{progress.subject}”, once: {progress.done:,} of "
            f"{count(progress.total, 'document')} are vectors now{left} …"
        )
    if progress.stage == "waiting":
        return f"Waiting for the cross-encoder: {count(progress.total, 'search', 'searches')} ahead of yours …"
    if progress.stage == "evaluating":
        return f"{progress.done} of {count(progress.total, 'query', 'queries')} evaluated{left} …"
    if progress.stage == "matching":
        return f"Late interaction has matched {progress.done} of {count(progress.total, 'document')}{left} …"
    return f"The cross-encoder has read {progress.done} of {count(progress.total, 'pair')}{left} …"


def _fetched(progress: Progress) -> str:
    return f" ({100 * progress.done // progress.total}%)" if progress.total else ""
