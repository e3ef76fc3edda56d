"""The picture of a view, drawn as SVG: two rankings and the moves between them, gains, a matrix of cosines."""

from __future__ import annotations

import textwrap
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from searchcore.evaluate import Evaluation
from searchcore.explain import SimilarityMatrix
from searchcore.types import Hit
from ui import words
from ui.draw import numbers
from ui.draw.bars import score_text
from ui.draw.svg import Drawing, Scale
from ui.evaluate.gains import LOST, SAME, WON, gains, scale_of, ticks_of
from ui.predict.scored import YOU
from ui.search.columns import beside_each_other
from ui.search.hits import move
from ui.takehome.looks import picture_style
from ui.takehome.taken import TakenSearch

MARGIN, HEAD, ROW = 16.0, 76.0, 20.0
COLUMN, GAP, NAME_CELLS, HEAD_CELLS, QUERY_CELLS = 300.0, 110.0, 29, 30, 70
CHART = (900.0, 300.0)
SENTENCE_CHARACTERS = 95
LINE_CELLS, FEW, LABEL = 42, 6, 300.0
BARS = {WON: "ss-helps", LOST: "ss-hurts", SAME: "ss-even"}


def file_of(drawing: Drawing) -> bytes:
    """The picture as an SVG file."""
    return drawing.file(picture_style())


def rankings(taken: TakenSearch) -> Drawing:
    """Each ranking as a column of names, and a line for each document from its place before to its place after."""
    result, said = taken.result, taken.note
    order = beside_each_other(list(taken.rankings), taken.named)
    rows = max((len(ranking.hits) for ranking in result.rankings.values()), default=0)
    if said:
        rows += 1
    width = 2 * MARGIN + len(order) * COLUMN + (len(order) - 1) * GAP
    drawing = Drawing(width, HEAD + rows * ROW + MARGIN, taken.title)
    drawing.text(MARGIN, MARGIN + 14, fitted(taken.title, QUERY_CELLS), "ss-head")
    left = {key: MARGIN + i * (COLUMN + GAP) for i, key in enumerate(order)}
    for key in order:
        _column(drawing, taken, key, left[key])
    for key, ranking in result.rankings.items():
        if ranking.reranks in left:
            _lines(drawing, ranking.hits, left[ranking.reranks], left[key])
    if said:
        drawing.text(MARGIN, _row(rows) + 6, said)
    return drawing


def _column(drawing: Drawing, taken: TakenSearch, key: str, left: float) -> None:
    method = taken.named[key]
    name = f"{fitted(method.title, HEAD_CELLS)} · {method.scale.unit}"
    drawing.text(left, HEAD - 20, name, f"ss-head ss-{method.key}")
    for hit in taken.rankings[key].hits:
        document, y = taken.result.corpus.document(hit.doc_id), _row(hit.rank)
        drawing.text(left + 22, y, str(hit.rank), f"ss-{method.key}", "end")
        drawing.text(left + 30, y, fitted(document.title or document.text, NAME_CELLS))
        if method.key != YOU:
            drawing.text(left + COLUMN, y, score_text(hit.score, method.scale), "ss-soft", "end")


def _lines(drawing: Drawing, hits: Sequence[Hit], before: float, after: float) -> None:
    start, end = (before + COLUMN + 6, after - 2) if before < after else (before - 2, after + COLUMN + 6)
    for hit in hits:
        if hit.rank_before is not None:
            points = [(start, _row(hit.rank_before) - 4), (end, _row(hit.rank) - 4)]
            drawing.path(points, f"ss-{_moved(hit)}-line")


def _moved(hit: Hit) -> str:
    return move(hit)[2]


def _row(rank: int) -> float:
    return HEAD + (rank - 1) * ROW + 4


def gains_chart(evaluation: Evaluation, said: str) -> Drawing:
    """A bar for each query, sorted by what reranking adds to its nDCG@10, under the sentence `said`."""
    found, lines = gains(evaluation), textwrap.wrap(said, SENTENCE_CHARACTERS)
    top = MARGIN + 20 * len(lines) + 20
    width, height = CHART
    drawing = Drawing(width, top + height + MARGIN, said)
    for i, line in enumerate(lines):
        drawing.text(MARGIN, MARGIN + 14 + 20 * i, line, "ss-head")
    share = scale_of(found)
    y = Scale(share.low, share.high, top + height, top)
    left = MARGIN + 40
    for tick, name in ticks_of(share):
        drawing.line(left, y(tick), width - MARGIN, y(tick), "ss-level-line" if tick else "ss-zero-line")
        drawing.text(left - 6, y(tick) + 4, name, "ss-soft", "end")
    step = min((width - MARGIN - left) / len(found), 60.0)
    for i, gain in enumerate(found):
        high, low = sorted((y(gain.size), y(0)))
        tip = f"{gain.query.text}: {gain.figures}"
        size = (step * 0.8, max(low - high, 1.0))
        drawing.box(left + (i + 0.1) * step, high, size, BARS[gain.outcome], tip)
    return drawing


def matrix(made: SimilarityMatrix) -> Drawing:
    """The cosine of each text with each, as cells whose tone grows with it."""
    count, few = len(made.texts), len(made.texts) <= FEW
    cell, line = (70.0 if few else 44.0), 26.0
    drawing = Drawing(
        MARGIN * 2 + LABEL + count * cell, MARGIN * 2 + 60 + count * line, "Cosine of each text with each"
    )
    drawing.text(MARGIN, MARGIN + 14, f"Cosine of each text with each · {words.short_name(made.model)}", "ss-head")
    left, top = MARGIN + LABEL, MARGIN + 60
    for i, text in enumerate(made.texts):
        drawing.text(left + (i + 0.5) * cell, top - 8, str(i + 1), "ss-soft", "middle")
        drawing.text(left - 8, top + i * line + 17, fitted(f"{i + 1} {text}", LINE_CELLS), "", "end")
        for j in range(count):
            cosine, x, y = float(made.matrix[i, j]), left + j * cell, top + i * line
            tone = "ss-unlike" if cosine < 0 else "ss-alike"
            drawing.box(x, y, (cell - 2, line - 2), tone, f"{i + 1} and {j + 1}", 0.6 * min(abs(cosine), 1))
            number = numbers.cosine(cosine, 4 if few else 2)
            drawing.text(x + cell / 2 - 1, y + 17, number, "", "middle")
    return drawing


def fitted(text: str, cells: int) -> str:
    """`text` on one line of at most `cells` cells; a wide character, as of Chinese, takes two."""
    line = " ".join(text[: 4 * cells].split())
    ends = list(accumulate(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line))
    if not ends or ends[-1] <= cells:
        return line
    return line[: bisect_left(ends, cells)].rstrip() + "…"
