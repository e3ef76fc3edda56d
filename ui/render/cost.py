"""What a search cost, in passes of a transformer and in time, and what it would cost at size."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.methods import BI_ENCODER, BM25, CROSS_ENCODER, METHODS
from searchcore.types import Ranking, SearchResult
from ui import text

AT_SIZE = (
    "For 10,000 queries over 10,000 documents, a bi-encoder makes 20,000 passes: one for each text, and the "
    "documents’ vectors are kept. A cross-encoder keeps nothing: it makes one pass for each pair, "
    "10,000 × 10,000 = 100 million. That is why it reranks a few candidates and never searches the whole corpus."
)


def cost(result: SearchResult, seconds_per_pass: float | None) -> Markup:
    """One cell for each ranking, and one for the cross-encoder over the whole corpus."""
    cells = [_cell(ranking, len(result.corpus)) for ranking in result.rankings.values()]
    if CROSS_ENCODER in result.rankings and seconds_per_pass is not None:
        everything = text.duration(seconds_per_pass * len(result.corpus))
        cells.append(
            _plain(
                f"all {text.count(len(result.corpus), 'document')}, cross-encoder",
                f"about {everything}",
                text.count(len(result.corpus), "pass", "passes"),
            )
        )
    return Markup(
        '<section class="ss-cost" aria-label="What it cost"><h3>What it cost</h3><dl>{}</dl>'
        "<details><summary>And for 10,000 queries?</summary><p>{}</p></details></section>"
    ).format(Markup("").join(cells), AT_SIZE)


def _cell(ranking: Ranking, documents: int) -> Markup:
    when = text.duration(ranking.milliseconds / 1000)
    name = METHODS[ranking.method].title
    if ranking.method == BM25:
        return _plain(name, when, "no pass, an index of words", ranking.method)
    passes = text.count(ranking.passes_needed, "pass", "passes")
    remembered = ranking.passes_needed - ranking.passes_run
    if remembered:
        passes += f" ({remembered} remembered)"
    how = {
        BI_ENCODER: f" + {text.count(documents, 'dot product')}",
        CROSS_ENCODER: ", one for each pair",
    }.get(ranking.method, f" + a table of token cosines for each of {text.count(len(ranking.hits), 'document')}")
    return _plain(name, when, passes + how, ranking.method)


def _plain(name: str, value: str, detail: str, method: str = "all") -> Markup:
    return Markup('<div class="ss-cell ss-{}"><dt>{}</dt><dd><b>{}</b> <span>{}</span></dd></div>').format(
        method, name, value, detail
    )
