"""Smaller vectors: what they take, what they find, and how the dimensions change that."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.evaluate import Small, Smaller
from searchcore.neighbours import BINARY, CUT, Kept
from ui import words
from ui.draw.svg import Drawing, Scale
from ui.draw.template import fill, joined
from ui.neighbours.words import KEPT, NO_MATRYOSHKA

PRECISION_NAMES = {"float32": "float32", "int8": "int8", BINARY: "one bit"}
WAY_NAMES = {CUT: "the first ones", "pca": "principal components"}
TONES = {"recall of the ten nearest": "ss-bi_encoder", "nDCG@10": "ss-cross_encoder"}


def sentence(made: Smaller) -> str:
    """What the chosen size takes and finds, beside whole vectors."""
    chosen, whole = made.chosen, made.whole
    said = (
        f"{words.count(chosen.kept.dimensions, 'dimension')} in {PRECISION_NAMES[chosen.kept.precision]}: "
        f"{chosen.kept.bytes:,} bytes a vector instead of {whole.kept.bytes:,}. "
        f"They find {words.share(chosen.recall)} of the ten nearest"
    )
    if chosen.ndcg is not None and whole.ndcg is not None:
        said += f", and nDCG@10 is {words.share(chosen.ndcg)} instead of {words.share(whole.ndcg)}"
    if chosen.kept.rescored:
        said += f"; the best {chosen.kept.rescored} were compared again in full"
    return f"{said}."


def picture(made: Smaller) -> Markup:
    """Recall and nDCG@10 over the dimensions kept; and the same as a table."""
    points = made.points
    drawing = Drawing(900, 300, "Recall of the ten nearest and nDCG@10 over the dimensions kept")
    x = Scale(points[0].kept.dimensions, points[-1].kept.dimensions, 70, 680, log=True)
    y = Scale(0, 1, 250, 20)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        drawing.line(70, y(tick), 680, y(tick), "ss-grid")
        drawing.text(60, y(tick) + 4, f"{tick:g}", "ss-tick", "end")
    for point in points:
        drawing.text(x(point.kept.dimensions), 270, str(point.kept.dimensions), "ss-tick", "middle")
        drawing.text(x(point.kept.dimensions), 288, f"{point.kept.bytes:,} B", "ss-tick ss-small", "middle")
    at = x(made.chosen.kept.dimensions)
    drawing.line(at, 20, at, 250, "ss-match ss-fair ss-all")
    if made.whole.ndcg is not None:
        drawing.path([(70, y(made.whole.ndcg)), (680, y(made.whole.ndcg))], "ss-series ss-ceiling")
        drawing.text(74, y(made.whole.ndcg) - 6, "nDCG@10 of whole vectors", "ss-series-name ss-ceiling")
    label = 0.0
    for name, tone in sorted(TONES.items(), key=lambda each: -(_value(points[-1], each[0]) or 0)):
        series = [(p.kept.dimensions, value) for p in points if (value := _value(p, name)) is not None]
        if series:
            label = max(y(series[-1][1]) + 4, label + 16)
            _draw(drawing, x, y, tone, series, name)
            drawing.text(690, label, name, f"ss-series-name {tone}")
    over = words.count(made.queries, "query", "queries")
    judged = f", {made.judged} of them judged" if made.judged else ", none of them judged"
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Smaller vectors, drawn">{}</div>'
        "<p>Below: dimensions, and bytes a vector. Over {}{}.</p><p>{}</p><p>{}</p>"
        "<details><summary>The same as a table</summary>{}</details>",
        drawing.markup(),
        over,
        judged,
        NO_MATRYOSHKA,
        KEPT,
        _table(made),
    )


def _value(point: Small, name: str) -> float | None:
    return point.ndcg if name == "nDCG@10" else point.recall


def _draw(drawing: Drawing, x: Scale, y: Scale, tone: str, series: list[tuple[int, float]], name: str) -> None:
    drawing.path([(x(dimensions), y(value)) for dimensions, value in series], f"ss-series {tone}")
    for dimensions, value in series:
        drawing.dot(x(dimensions), y(value), f"ss-dot {tone}", f"{name}, {dimensions}: {words.share(value)}", 4)


def _table(made: Smaller) -> Markup:
    rows = joined(
        fill(
            '<tr><th scope="row">{}{}</th><td>{:,}</td><td>{}</td><td>{}</td></tr>',
            _kept(point.kept),
            " · chosen" if point == made.chosen else "",
            point.kept.bytes,
            words.share(point.recall),
            "–" if point.ndcg is None else words.share(point.ndcg),
        )
        for point in made.points
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Smaller vectors, as a table">'
        '<table class="ss-table"><thead><tr><th scope="col">Kept</th><th scope="col">Bytes a vector</th>'
        '<th scope="col">Recall of the ten nearest</th><th scope="col">nDCG@10</th></tr></thead>'
        "<tbody>{}</tbody></table></div>",
        rows,
    )


def _kept(kept: Kept) -> str:
    again = f", best {kept.rescored} again in full" if kept.rescored else ""
    return f"{kept.dimensions} ({WAY_NAMES[kept.way]}), {PRECISION_NAMES[kept.precision]}{again}"
