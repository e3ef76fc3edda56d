"""Texts against each other: the annotated heat map, and a flat map of their vectors."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.explain import PcaMap, SimilarityMatrix
from ui.draw import numbers
from ui.draw.heatmap import Label, heatmap
from ui.draw.svg import Drawing, Scale
from ui.draw.template import fill

FOUR_DECIMALS_UP_TO = 6
BESIDE_UP_TO = 8
SIDE, MARGIN = 400.0, 36.0
NAME_CHARACTERS = 42
NAMED_POINTS = 12
POINT_CHARACTERS = 18


def report(made: SimilarityMatrix, points: PcaMap) -> Markup:
    """Heat map and map, side by side where there is room."""
    few = len(made.texts) <= FOUR_DECIMALS_UP_TO
    rows = [
        Label(f"{i} {numbers.shortened(words, NAME_CHARACTERS)}", f"{i}: {words}")
        for i, words in enumerate(made.texts, start=1)
    ]
    columns = [Label(str(i), f"{i}: {words}") for i, words in enumerate(made.texts, start=1)]
    table = heatmap("Cosine of each line with each", rows, columns, made.matrix, decimals=4 if few else 2)
    beside = "ss-beside-even" if len(made.texts) <= BESIDE_UP_TO else "ss-stacked"
    return fill(
        '<div class="{}"><div>{}</div><figure>{}<figcaption>{}</figcaption></figure></div>',
        beside,
        table,
        _map(made, points),
        _explained(points),
    )


def summary(made: SimilarityMatrix) -> str:
    """The two lines most alike and the two least."""
    count = len(made.texts)
    pairs = [(float(made.matrix[i, j]), i + 1, j + 1) for i in range(count) for j in range(i + 1, count)]
    (high, a, b), (low, c, d) = max(pairs), min(pairs)
    first = f"Most alike: lines {a} and {b} (cosine {numbers.cosine(high)})"
    if len(pairs) == 1:
        return f"The cosine of the two lines is {numbers.cosine(high)}."
    if high == low:
        return f"All pairs of lines are equally alike: cosine {numbers.cosine(high)}."
    return f"{first}; least: lines {c} and {d} ({numbers.cosine(low)})."


def _explained(points: PcaMap) -> str:
    first, second = points.explained
    if first + second == 0:
        return "All lines have the same vector, so there is no variance to explain."
    return f"The two axes explain {first:.0%} and {second:.0%} of the variance, {first + second:.0%} together."


def _map(made: SimilarityMatrix, points: PcaMap) -> Markup:
    """A square with one unit for both axes, so that distances are true."""
    drawing = Drawing(SIDE, SIDE, f"Map of the lines in two dimensions. {_explained(points)}", "ss-small-drawing")
    reach = max((abs(value) for point in points.points for value in point), default=0) or 1.0
    x = Scale(-reach, reach, MARGIN, SIDE - MARGIN)
    y = Scale(-reach, reach, SIDE - MARGIN, MARGIN)
    drawing.line(MARGIN / 2, y(0), SIDE - MARGIN / 2, y(0), "ss-grid")
    drawing.line(x(0), MARGIN / 2, x(0), SIDE - MARGIN / 2, "ss-grid")
    named = len(made.texts) <= NAMED_POINTS
    for number, (words, (right, up)) in enumerate(zip(made.texts, points.points, strict=True), start=1):
        drawing.dot(x(right), y(up), "ss-dot ss-bi_encoder", f"{number}: {words}", 4.5)
        name = f"{number} {numbers.shortened(words, POINT_CHARACTERS)}" if named else str(number)
        anchor = "end" if right > 0 else "start"
        drawing.text(x(right) + (-8 if right > 0 else 8), y(up) - 7, name, "ss-point-name", anchor)
    drawing.text(SIDE - 4, y(0) - 4, f"axis 1 ({points.explained[0]:.0%})", "ss-tick ss-small", "end")
    drawing.text(x(0) + 4, 12, f"axis 2 ({points.explained[1]:.0%})", "ss-tick ss-small")
    return drawing.markup()
