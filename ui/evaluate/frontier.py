"""Quality against time: every way to search as a dot that opens it, the frontier through those that none beats."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from markupsafe import Markup

from searchcore.evaluate import Frontier, FrontierPoint
from searchcore.ranking import BI_ENCODER, Method
from ui import words
from ui.draw.svg import Drawing, Scale
from ui.draw.template import fill, joined
from ui.draw.terms import term
from ui.evaluate.gains import MEASURE
from ui.state import PageState

Methods = Mapping[str, Method]
Place = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

WIDTH, HEIGHT = 900, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 865, 66, 350
# Above the names, where the figures of the point in focus stand.
FIGURES = 24
# A time of nothing has no place on a logarithmic scale.
LEAST_MS = 0.01
# Room beside the first and the last dot, as a factor.
ROOM = 1.6
STEP = 0.1
# An estimate, for names of 12 pixels that must not lie on each other.
CHARACTER, LINE = 6.6, 14
ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}
# Where a name may stand, from the middle of its dot.
BESIDE = (
    (-13, 4, "end"),
    (13, 4, "start"),
    (0, -14, "middle"),
    (-10, -12, "end"),
    (0, 24, "middle"),
    (10, 22, "start"),
    (-10, 22, "end"),
    (0, -30, "middle"),
    (0, 40, "middle"),
)
SECOND_MS = 1_000


def name(point: FrontierPoint, methods: Methods) -> str:
    """A way to search in a few words: "Cross-encoder, 20 of Fusion"."""
    title, way = methods[point.way.method].title, point.way
    return title if way.first is None else f"{title}, {way.depth} of {methods[way.first].title}"


def took(point: FrontierPoint) -> str:
    """Its time a query: "0.4 ms", "244 ms", "1.2 s"."""
    ms = point.milliseconds
    return f"{words.large(ms)} ms" if ms < SECOND_MS else words.duration(ms / SECOND_MS)


def figures(point: FrontierPoint, methods: Methods) -> str:
    """All that there is to say of a point in one line."""
    return (
        f"{name(point, methods)}: {words.share(point.ndcg)} in {took(point)}, "
        f"{words.count(round(point.passes), 'pass', 'passes')} a query"
    )


def sentence(made: Frontier, methods: Methods) -> str:
    """What the picture says: what is best while time is short, what is best of all, and which methods never are."""
    best = [point for point in made.points if point.on_frontier]
    if not best:
        return "No method finds a relevant document, so there is nothing to compare."
    first, last = best[0], best[-1]
    if round(first.ndcg, 3) == round(last.ndcg, 3):
        return f"Nothing here is better than {name(first, methods)} or as good and faster: {_worth(first)}."
    beyond = next(point for point in best if round(point.ndcg, 3) > round(first.ndcg, 3))
    return (
        f"Below {took(beyond)} a query nothing beats {name(first, methods)} ({words.share(first.ndcg)}). "
        f"The best, {name(last, methods)}, is {words.share(last.ndcg - first.ndcg)} better and takes "
        f"{words.large(float(f'{_ms(last) / _ms(first):.2g}'))} times as long: {_worth(last)}."
        f"{_missing(best, made.points, methods)}"
    )


def state_of(point: FrontierPoint, corpus: str, query: str, state: PageState) -> PageState:
    """The search that a point stands for; what Evaluate has chosen stays so."""
    return PageState(
        corpus=corpus,
        query=query,
        candidates=point.way.depth,
        columns=point.methods,
        first="" if point.way.first in (None, BI_ENCODER) else point.way.first,
        measured=state.measured,
        depth=state.depth,
        pool=state.pool,
        split=state.split,
        view=state.view,
    )


def picture(made: Frontier, methods: Methods, query: str, state: PageState) -> Markup:
    """The sentence, the drawing, how it was measured, and the same as a table; every point opens `query` in Search."""
    addresses = [state_of(point, made.corpus.name, query, state).to_query() for point in made.points]
    return fill(
        "<p><b>{}</b></p><p>{} over the time of a query; the line is the {}. A dot opens “{}” in Search with its "
        "methods and {}; a dot inside it has the colour of what it reranks. {}</p>"
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="The frontier, drawn">{}</div>'
        "<p>{}</p><details><summary>The same as a table</summary>{}</details>",
        sentence(made, methods),
        term(MEASURE),
        term("frontier"),
        query,
        term("candidates"),
        _key(made, methods),
        _drawn(made, methods, addresses),
        measured(made),
        _table(made, methods, addresses),
    )


def measured(made: Frontier) -> str:
    """What the numbers are, and what they are not."""
    queries = words.count(made.query_count, "judged query", "judged queries")
    passes = words.count(made.passes_run, "pass was", "passes were")
    return (
        f"Means of {MEASURE} and medians of the time over {queries}. A time is what the methods took on this machine, "
        f"without loading and waiting. {passes} run for it; one known from before, or from another point, keeps the "
        "time that it took. What is made once, as the vectors of documents, costs nothing here. With fewer than 10 "
        "candidates fewer than 10 places count. A small step up may be chance."
    )


def _worth(point: FrontierPoint) -> str:
    return f"{MEASURE} {words.share(point.ndcg)} in {took(point)}"


def _missing(best: Sequence[FrontierPoint], points: Sequence[FrontierPoint], methods: Methods) -> str:
    on_it = {point.way.method for point in best}
    absent = [key for key in methods if key not in on_it and any(point.way.method == key for point in points)]
    titles = [methods[key].title for key in absent]
    if not titles:
        return ""
    listed = " and ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)
    return f" For every point of {listed} another is as good and faster, or as fast and better."


def _key(made: Frontier, methods: Methods) -> Markup:
    shown = {point.way.method for point in made.points}
    return joined(
        fill('<span class="ss-key ss-{}">●</span> {} ', key, method.title)
        for key, method in methods.items()
        if key in shown
    )


def _drawn(made: Frontier, methods: Methods, addresses: Sequence[str]) -> Markup:
    drawing = Drawing(WIDTH, HEIGHT, f"{MEASURE} over milliseconds a query", role="group")
    points = made.points
    x, y = _scales(points)
    _axes(drawing, x, y)
    steps = _steps([(x(_ms(point)), y(point.ndcg)) for point in points if point.on_frontier])
    if steps:
        drawing.path(steps, "ss-series ss-all")
    places = [(x(_ms(point)), y(point.ndcg)) for point in points]
    for point, place, address in zip(points, places, addresses, strict=True):
        _dot(drawing, point, place, address, figures(point, methods))
    named = [(place, name(point, methods)) for point, place in zip(points, places, strict=True) if point.on_frontier]
    # The first and the last are those that the sentence names.
    for (left, top, anchor), text in _labels([*named[:1], *named[:0:-1]], places, steps):
        drawing.text(left, top, text, "ss-tick", anchor)
    return drawing.markup()


def _ms(point: FrontierPoint) -> float:
    return max(point.milliseconds, LEAST_MS)


def _scales(points: Sequence[FrontierPoint]) -> tuple[Scale, Scale]:
    times, shares = [_ms(point) for point in points], [point.ndcg for point in points]
    low = min(math.floor(min(shares) / STEP), 8) * STEP
    high = max(math.ceil(max(shares) / STEP) * STEP, low + 2 * STEP)
    return Scale(min(times) / ROOM, max(times) * ROOM, LEFT, RIGHT, log=True), Scale(low, high, BOTTOM, TOP)


def _axes(drawing: Drawing, x: Scale, y: Scale) -> None:
    for i in range(round(y.low / STEP), round(y.high / STEP) + 1):
        drawing.line(LEFT, y(i * STEP), RIGHT, y(i * STEP), "ss-grid")
        drawing.text(LEFT - 10, y(i * STEP) + 4, f"{i * STEP:.1f}", "ss-tick", "end")
    for power in range(math.ceil(math.log10(x.low)), math.floor(math.log10(x.high)) + 1):
        drawing.line(x(10**power), TOP, x(10**power), BOTTOM, "ss-grid")
        drawing.text(x(10**power), BOTTOM + 20, f"{10**power:,g} ms", "ss-tick", "middle")
    drawing.text((LEFT + RIGHT) / 2, BOTTOM + 42, "time of a query (each line ten times the last)", "ss-tick", "middle")


def _steps(corners: Sequence[Place]) -> list[Place]:
    """The frontier: with so much time, so much quality; up where more time buys more."""
    steps: list[Place] = []
    for left, top in corners:
        steps += [(left, steps[-1][1]), (left, top)] if steps else [(left, top)]
    return [*steps, (RIGHT, steps[-1][1])] if steps else []


def _dot(drawing: Drawing, point: FrontierPoint, place: Place, address: str, said: str) -> None:
    """A link; the line of its figures, behind it, stands at the top while it is pointed at or in focus."""
    left, top = place
    inner = Markup("")
    if point.way.first is not None:
        inner = fill('<circle cx="{:.1f}" cy="{:.1f}" r="3" class="ss-dot ss-{}"/>', left, top, point.way.first)
    drawing.add(
        fill(
            '<a href="?{0}" data-open="{0}" aria-label="{1}"><circle cx="{2:.1f}" cy="{3:.1f}" r="{4}" '
            'class="ss-dot ss-{5}"/>{6}</a><text x="{7}" y="{8}" aria-hidden="true">{1}</text>',
            address,
            said,
            left,
            top,
            9 if point.on_frontier else 6,
            point.way.method,
            inner,
            LEFT,
            FIGURES,
        )
    )


def _labels(
    named: Sequence[tuple[Place, str]], dots: Sequence[Place], steps: Sequence[Place]
) -> Iterator[tuple[tuple[float, float, str], str]]:
    """Where each name is anchored: near its dot, on no other name, no dot and no line. One without room is left out."""
    taken: list[Box] = [(left - 8, top - 8, left + 8, top + 8) for left, top in dots]
    for one, other in pairwise(steps):
        (left, right), (top, bottom) = sorted((one[0], other[0])), sorted((one[1], other[1]))
        taken.append((left - 3, top - 3, right + 3, bottom + 3))
    for place, text in named:
        for aside, down, anchor in BESIDE:
            at, base = place[0] + aside, place[1] + down
            start = at - ANCHORS[anchor] * len(text) * CHARACTER
            box = (start, base - LINE + 3, start + len(text) * CHARACTER, base + 3)
            inside = box[0] >= LEFT and box[2] <= WIDTH and box[1] >= FIGURES + 6 and box[3] <= BOTTOM
            if inside and not any(_overlap(box, each) for each in taken):
                taken.append(box)
                yield (at, base, anchor), text
                break


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _table(made: Frontier, methods: Methods, addresses: Sequence[str]) -> Markup:
    rows = joined(
        fill(
            '<tr><td><a class="ss-link" href="?{1}" data-open="{1}">{0}</a></td>'
            "<td>{2}</td><td>{3}</td><td>{4:g}</td><td>{5}</td></tr>",
            name(point, methods),
            address,
            words.share(point.ndcg),
            took(point),
            round(point.passes, 1),
            "yes" if point.on_frontier else "",
        )
        for point, address in zip(made.points, addresses, strict=True)
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="The frontier, as a table">'
        '<table class="ss-table"><thead><tr><th scope="col">Method</th><th scope="col">{}</th>'
        '<th scope="col">Time a query</th><th scope="col">Passes a query</th><th scope="col">On the frontier</th></tr>'
        "</thead><tbody>{}</tbody></table></div>",
        MEASURE,
        rows,
    )
