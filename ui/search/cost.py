"""What a search cost: passes of a transformer first, then the time they took, and what it would cost at size."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from searchcore.explain import AT_SIZE as SIZE
from searchcore.explain import passes_bi, passes_cross
from searchcore.ranking import CROSS_ENCODER, Method
from searchcore.types import Ranking, SearchResult
from ui import words
from ui.draw.template import fill, joined
from ui.draw.terms import term

AT_SIZE = (
    f"For {SIZE:,} queries over {SIZE:,} documents, a bi-encoder makes {passes_bi(SIZE, SIZE):,} passes: one for each "
    "text, and the documents’ vectors are kept. A cross-encoder keeps nothing: it makes one pass for each pair, "
    f"{SIZE:,} × {SIZE:,} = {words.large(passes_cross(SIZE, SIZE))}. "
    "That is why it reranks a few candidates and never searches the whole corpus."
)


def cost(result: SearchResult, methods: Mapping[str, Method]) -> Markup:
    """One cell for each ranking, and one for the cross-encoder over the whole corpus."""
    documents = len(result.corpus)
    cells = [
        _cell(
            f"{methods[key].title} · {words.short_name(ranking.model)}",
            spent(ranking),
            words.words_of(methods[key]).cost(ranking, documents),
            key,
        )
        for key, ranking in result.rankings.items()
    ]
    if CROSS_ENCODER in result.rankings and result.pass_times is not None:
        cells.append(_whole(result))
    return fill(
        '<div class="ss-cost"><dl>{}</dl><p class="ss-how">A {} is one run of a transformer. A time is what the passes '
        "and the sorting took when they were done, without loading and waiting.</p><p>{}</p></div>",
        joined(cells),
        term("pass"),
        AT_SIZE,
    )


def spent(ranking: Ranking) -> str:
    """ "20 passes, 508 ms when first run; remembered": passes, then the time that they took when they were run."""
    passes = words.count(ranking.passes_needed, "pass", "passes")
    took = words.duration(ranking.measured_milliseconds / 1000)
    remembered = ranking.passes_needed - ranking.passes_run
    if not remembered:
        return f"{passes}, {took}"
    which = "remembered" if not ranking.passes_run else f"{remembered} of them remembered"
    return f"{passes}, {took} when first run; {which}"


def _whole(result: SearchResult) -> Markup:
    times, documents = result.pass_times, len(result.corpus)
    assert times is not None
    low, middle, high = (words.duration(each * documents) for each in (times.low, times.median, times.high))
    return _cell(
        f"The cross-encoder on all {words.count(documents, 'document')}",
        f"{words.count(documents, 'pass', 'passes')}, about {middle}",
        f"{low} to {high} at the pace of the middle nine in ten of the last "
        f"{words.count(times.count, 'pass', 'passes')} (median {1000 * times.median:.0f} ms each)",
    )


def _cell(name: str, value: str, detail: str, method: str = "all") -> Markup:
    return fill(
        '<div class="ss-cell ss-{}"><dt>{}</dt><dd><b>{}</b> <span>{}</span></dd></div>', method, name, value, detail
    )
