"""What a search cost, in passes of a transformer and in time, and what it would cost at size."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from searchcore.ranking import CROSS_ENCODER, Method
from searchcore.types import SearchResult
from ui import words

AT_SIZE = (
    "For 10,000 queries over 10,000 documents, a bi-encoder makes 20,000 passes: one for each text, and the "
    "documents’ vectors are kept. A cross-encoder keeps nothing: it makes one pass for each pair, "
    "10,000 × 10,000 = 100 million. That is why it reranks a few candidates and never searches the whole corpus."
)


def cost(result: SearchResult, methods: Mapping[str, Method]) -> Markup:
    """One cell for each ranking, and one for the cross-encoder over the whole corpus."""
    documents = len(result.corpus)
    cells = [
        _cell(
            methods[key].title,
            words.duration(ranking.milliseconds / 1000),
            words.words_of(methods[key]).cost(ranking, documents),
            key,
        )
        for key, ranking in result.rankings.items()
    ]
    if CROSS_ENCODER in result.rankings and result.seconds_per_pass is not None:
        cells.append(
            _cell(
                f"all {words.count(documents, 'document')}, cross-encoder",
                f"about {words.duration(result.seconds_per_pass * documents)}",
                words.count(documents, "pass", "passes"),
            )
        )
    return Markup(
        '<section class="ss-cost" aria-label="What it cost"><h3>What it cost</h3><dl>{}</dl>'
        "<details><summary>And for 10,000 queries?</summary><p>{}</p></details></section>"
    ).format(Markup("").join(cells), AT_SIZE)


def _cell(name: str, value: str, detail: str, method: str = "all") -> Markup:
    return Markup('<div class="ss-cell ss-{}"><dt>{}</dt><dd><b>{}</b> <span>{}</span></dd></div>').format(
        method, name, value, detail
    )
