"""Recall against time, one curve for each index; a click on a point searches with it. And where two lines cross."""

from __future__ import annotations

import itertools
import math

from markupsafe import Markup

from searchcore.evaluate import HNSW, INDEXES, AtSize, Crossing, Neighbourhood, Point, Setting, TradeOff, quickest_at
from ui import words
from ui.draw.svg import Drawing, Scale
from ui.draw.template import fill, joined
from ui.neighbours.words import MADE_UP, MEASURED, NAMES, TONES, named, quick

ENOUGH = 0.95
LEFT, RIGHT, TOP, BOTTOM = 56, 500, 24, 250
FARTHEST = 1_000_000
# Beyond this range the numbers between powers of ten have no room.
WIDE = 50


def lead(made: Neighbourhood, crossing: Crossing | None) -> str:
    """The honest lesson: what there is to gain on this corpus, on this machine."""
    exact = made.trade_off.exact.microseconds.middle
    documents = words.count(len(made.corpus), "document")
    said = f"Comparing a query with all {documents} takes {quick(exact)} here."
    best = quickest_at(made.trade_off, HNSW, ENOUGH)
    if best is not None:
        times = exact / best.microseconds.middle
        much = "nothing gained" if times <= 1 else f"{words.large(times)} times as fast"
        share, took = words.share(best.recall.middle), quick(best.microseconds.middle)
        said += f" A graph finds {share} of the nearest in {took}: {much}."
    if crossing is not None:
        said += f" {_crossing(crossing)}"
    return said


def _crossing(crossing: Crossing) -> str:
    if crossing.count is None:
        return "On this machine exact search stays the quicker one."
    how = "measured on" if crossing.measured else "going by"
    return f"It pays from about {words.large(_rounded(crossing.count))} vectors on, {how} made-up ones."


def _rounded(count: int) -> int:
    step: int = 10 ** max(len(str(count)) - 2, 0)
    return round(count / step) * step


def picture(made: TradeOff, used: Setting) -> Markup:
    """Recall over microseconds, with the setting in use marked; and the same as a table of buttons."""
    times = [p.microseconds for p in made.points]
    lowest = min(p.recall.low for p in made.points)
    drawing = Drawing(560, 280, "Recall of the ten nearest over time a query, a curve for each index")
    x = Scale(min(t.low for t in times) / 1.2, max(t.high for t in times) * 1.2, LEFT, RIGHT, log=True)
    y = Scale(max(math.floor(lowest * 10 - 0.5) / 10, 0), 1, BOTTOM, TOP)
    _frame(drawing, x, y)
    for index in INDEXES:
        points = made.of(index)
        drawing.path([_at(x, y, p) for p in points], f"ss-series {TONES[index]}")
        for point in points:
            _draw_point(drawing, x, y, point, used)
        end = _at(x, y, points[-1])
        place = (
            (end[0], end[1] - 9) if len(points) == 1 else (_at(x, y, points[0])[0] + 9, _at(x, y, points[0])[1] + 14)
        )
        drawing.text(*place, NAMES[index], f"ss-series-name {TONES[index]}")
    asked = [words.count(made.queries, "query", "queries")] if made.queries else []
    asked += [f"{words.count(made.documents, 'document')} asked as a query"] if made.documents else []
    return fill(
        '<figure><div class="ss-scroll" tabindex="0" role="region" aria-label="Recall against time, drawn">{}</div>'
        "<figcaption>Up: recall of the ten nearest. Right: time for one query. "
        "Over {}. A point searches with its setting.</figcaption></figure>"
        "<details><summary>The same as a table, and how it was measured</summary>{}<p>{}</p></details>",
        drawing.markup(),
        " and ".join(asked),
        _table(made, used),
        MEASURED,
    )


def _frame(drawing: Drawing, x: Scale, y: Scale) -> None:
    for tenth in range(round(y.low * 10), 11):
        drawing.line(LEFT, y(tenth / 10), RIGHT, y(tenth / 10), "ss-grid")
        drawing.text(LEFT - 8, y(tenth / 10) + 4, f"{tenth / 10:g}", "ss-tick", "end")
    steps = (1, 2, 5) if x.high < WIDE * x.low else (1,)
    for tick in (mantissa * 10**power for power in range(7) for mantissa in steps):
        if x.low <= tick <= x.high:
            drawing.line(x(tick), TOP, x(tick), BOTTOM, "ss-grid")
            drawing.text(x(tick), BOTTOM + 18, quick(tick), "ss-tick", "middle")


def _at(x: Scale, y: Scale, point: Point) -> tuple[float, float]:
    return x(point.microseconds.middle), y(point.recall.middle)


def _draw_point(drawing: Drawing, x: Scale, y: Scale, point: Point, used: Setting) -> None:
    at, tone = _at(x, y, point), TONES[point.setting.index]
    drawing.line(at[0], y(point.recall.low), at[0], y(point.recall.high), f"ss-match {tone}")
    drawing.line(x(point.microseconds.low), at[1], x(point.microseconds.high), at[1], f"ss-match {tone}")
    if point.setting == used:
        drawing.dot(*at, f"ss-hollow {tone}", "in use", 10)
    drawing.add(
        fill(
            '<circle cx="{:.1f}" cy="{:.1f}" r="6" class="ss-dot {}" data-index="{}" data-value="{}" cursor="pointer">'
            "<title>{}</title></circle>",
            *at,
            tone,
            point.setting.index,
            point.setting.value,
            f"{named(point.setting)}: recall {words.share(point.recall.middle)}, {quick(point.microseconds.middle)}",
        )
    )


def _table(made: TradeOff, used: Setting) -> Markup:
    rows = joined(
        fill(
            '<tr class="{}"><th scope="row">{}{}</th><td>{} <small>({}–{})</small></td>'
            "<td>{} <small>({}–{})</small></td></tr>",
            TONES[p.setting.index],
            _button(p.setting),
            " · in use" if p.setting == used else "",
            words.share(p.recall.middle),
            words.share(p.recall.low),
            words.share(p.recall.high),
            quick(p.microseconds.middle),
            quick(p.microseconds.low),
            quick(p.microseconds.high),
        )
        for p in made.points
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Recall against time, as a table">'
        '<table class="ss-table"><thead><tr><th scope="col">Index</th><th scope="col">Recall of the ten nearest</th>'
        '<th scope="col">Time a query</th></tr></thead><tbody>{}</tbody></table></div>',
        rows,
    )


def _button(setting: Setting) -> Markup:
    return fill(
        '<button type="button" class="ss-link" data-index="{}" data-value="{}">{}</button>',
        setting.index,
        setting.value,
        named(setting),
    )


def crossing_picture(made: Crossing, here: int) -> Markup:
    """Time a query over the number of vectors, both logarithmic; dotted beyond what was measured."""
    last = made.sizes[-1]
    far = max(FARTHEST, here)
    drawing = Drawing(900, 330, "Time a query over the number of vectors: exact search and a graph of neighbours")
    top = max(made.exact(far), made.graph(far))
    x = Scale(min(made.sizes[0].count, here), far, LEFT + 20, 720, log=True)
    y = Scale(min(min(s.exact, s.graph) for s in made.sizes) / 1.5, top * 1.3, 270, 20, log=True)
    for power in range(1, 9):
        if x.low <= 10**power <= x.high:
            drawing.line(x(10**power), 20, x(10**power), 270, "ss-grid")
            drawing.text(x(10**power), 290, words.large(10**power), "ss-tick", "middle")
        if y.low <= 10**power <= y.high:
            drawing.line(LEFT + 20, y(10**power), 720, y(10**power), "ss-grid")
            drawing.text(LEFT + 12, y(10**power) + 4, quick(10**power), "ss-tick", "end")
    drawing.line(x(here), 20, x(here), 270, "ss-match ss-fair ss-all")
    drawing.text(x(here) + 5, 32, f"this corpus: {here:,}", "ss-tick")
    lines = {"ss-all": ("exact", made.exact), "ss-bi_encoder": ("graph (HNSW)", made.graph)}
    for tone, (name, beyond) in lines.items():
        measured = [(s.count, s.exact if name == "exact" else s.graph) for s in made.sizes]
        drawing.path([(x(n), y(t)) for n, t in measured], f"ss-series {tone}")
        for count, took in measured:
            drawing.dot(x(count), y(took), f"ss-dot {tone}", f"{name}, {count:,} vectors: {quick(took)}", 4)
        steps = [last.count * (far / last.count) ** (i / 12) for i in range(13)] if far > last.count else []
        for start, end in itertools.pairwise(steps):
            drawing.line(
                x(start), y(beyond(start)), x((start + end) / 2), y(beyond((start + end) / 2)), f"ss-match {tone}"
            )
        drawing.text(728, y(beyond(far)) + 4, f"{name}: {quick(beyond(far))}", f"ss-series-name {tone}")
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Where the lines cross, drawn">{}</div>'
        "<p>{}</p><details><summary>The same as a table</summary>{}</details>",
        drawing.markup(),
        MADE_UP,
        _sizes(made.sizes),
    )


def _sizes(sizes: tuple[AtSize, ...]) -> Markup:
    rows = joined(
        fill(
            '<tr><th scope="row">{:,}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>',
            s.count,
            quick(s.exact),
            quick(s.graph),
            s.ef,
            words.share(s.recall),
            words.duration(s.seconds),
        )
        for s in sizes
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Where the lines cross, as a table">'
        '<table class="ss-table"><thead><tr><th scope="col">Vectors</th><th scope="col">Exact</th>'
        '<th scope="col">Graph</th><th scope="col">ef</th><th scope="col">Recall</th>'
        '<th scope="col">To build the graph</th></tr></thead><tbody>{}</tbody></table></div>',
        rows,
    )
