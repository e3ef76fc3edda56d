"""What it costs: the three sums, the time that this machine would take, and how both grow."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from searchcore.explain import Price
from searchcore.types import PassTimes
from ui import words
from ui.draw.svg import Drawing, Scale
from ui.draw.template import fill, joined
from ui.draw.terms import explained, term

WIDTH, HEIGHT = 900.0, 330.0
LEFT, RIGHT, TOP, BOTTOM = 84.0, 640.0, 30.0, 286.0
LABEL = 34.0  # two lines at the end of each series
LEAST_DECADES = 6
MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Way:
    """A way to answer all queries: its name, its formula in words and in numbers, its passes and seconds."""

    name: str
    tone: str
    formula: str
    numbers: Callable[[Price], str]
    passes: Callable[[Price], int]
    seconds: Callable[[Price], float]


WAYS = (
    Way(
        "Bi-encoder, vectors kept",
        "ss-bi_encoder",
        "documents + queries",
        lambda made: f"{made.documents:,} + {made.queries:,}",
        lambda made: made.passes_bi,
        lambda made: made.seconds_bi,
    ),
    Way(
        "Cross-encoder on every pair",
        "ss-cross_encoder",
        "queries × documents",
        lambda made: f"{made.queries:,} × {made.documents:,}",
        lambda made: made.passes_cross,
        lambda made: made.seconds_cross,
    ),
    Way(
        "Retrieve, then rerank",
        "ss-ceiling",
        "documents + queries + queries × candidates",
        lambda made: f"{made.documents:,} + {made.queries:,} + {made.queries:,} × {made.candidates_used:,}",
        lambda made: made.passes_rerank,
        lambda made: made.seconds_rerank,
    ),
)


def summary(made: Price) -> str:
    """How long each way would take here, in one sentence."""
    texts = f"{words.count(made.queries, 'query', 'queries')} over {words.count(made.documents, 'document')}"
    bi, cross, rerank = (words.duration(way.seconds(made)) for way in WAYS)
    return (
        f"{texts}, on this machine: the cross-encoder on every pair takes {cross}, the bi-encoder {bi}; retrieving, "
        f"then reranking {words.count(made.candidates_used, 'candidate')}, {rerank}."
    )


def report(made: Price) -> Markup:
    """The sums as a table, the plot with its own table, and where the times come from."""
    return fill("{}{}{}", _sums(made), _growth(made), _timed(made))


def _sums(made: Price) -> Markup:
    rows = joined(
        fill(
            '<tr class="{}"><th scope="row">{}</th><td><span class="ss-how">{}</span><br>{} = <b>{:,}</b></td>'
            "<td>{}</td></tr>",
            way.tone,
            way.name,
            explained(way.formula, "candidates"),
            way.numbers(made),
            way.passes(made),
            words.duration(way.seconds(made)),
        )
        for way in WAYS
    )
    fewer = (
        fill(
            "<p>{} asked for, but there {}.</p>",
            words.count(made.candidates, "candidate"),
            "is 1 document" if made.documents == 1 else f"are only {made.documents:,} documents",
        )
        if made.candidates_used < made.candidates
        else Markup("")
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="What it costs"><table class="ss-table '
        'ss-wrapping"><thead><tr><th scope="col">Way</th><th scope="col">{}</th><th scope="col">Time here</th></tr>'
        "</thead><tbody>{}</tbody></table></div>{}",
        term("pass", "Passes"),
        rows,
        fewer,
    )


def _timed(made: Price) -> Markup:
    at_once = (
        f"It reads {made.at_once} pairs at a time, and each counts with its share of that time."
        if made.at_once > 1
        else "It reads one pair at a time."
    )
    return fill(
        "<p>{}</p>",
        f"Measured here: a pass of {words.short_name(made.encoder)} takes {_pace(made.encoder_times)}, one document at "
        f"a time; one of {words.short_name(made.scorer)} {_pace(made.scorer_times)}. {at_once} Passes are counted one "
        "after the other; nothing but passes is.",
    )


def _pace(times: PassTimes) -> str:
    low, middle, high = (f"{1000 * each:.1f}" for each in (times.low, times.median, times.high))
    if times.count == 1:
        return f"{middle} ms (only 1 was timed)"
    return f"{middle} ms (median of {times.count}; the middle nine in ten {low} to {high} ms)"


def _growth(made: Price) -> Markup:
    points = _points(made)
    like = (
        "as many queries as documents"
        if made.queries == made.documents
        else f"{words.count(made.queries, 'query', 'queries')} to {words.count(made.documents, 'document')}, "
        "and at least one"
    )
    return fill(
        '<figure><div class="ss-scroll ss-frame" tabindex="0" role="region" aria-label="Passes by documents, drawn">'
        "{}</div><figcaption>Passes by number of documents, with {}; both scales are logarithmic. The upright line "
        "marks what was asked.</figcaption></figure><details><summary>The same as a table</summary>{}</details>",
        _plot(made, points),
        like,
        _table(points, made.documents),
    )


def _points(made: Price) -> list[Price]:
    """One for each power of ten, for what was asked, and where a line bends: at the number of candidates."""
    powers = range(_decades(made) + 1)
    return [made.at(number) for number in sorted({*(10**power for power in powers), made.documents, made.candidates})]


def _decades(made: Price) -> int:
    return max(LEAST_DECADES, math.ceil(math.log10(made.documents)))


def _plot(made: Price, points: list[Price]) -> Markup:
    most = max(way.passes(point) for way in WAYS for point in points)
    decades, levels = _decades(made), math.ceil(math.log10(most))
    x, y = Scale(1, 10**decades, LEFT, RIGHT, log=True), Scale(1, 10**levels, BOTTOM, TOP, log=True)
    drawing = Drawing(WIDTH, HEIGHT, f"Passes by number of documents, both logarithmic. {summary(made)}", "ss-length")
    for power in range(0, levels + 1, math.ceil((levels + 1) / MOST_TICKS)):
        drawing.line(LEFT, y(10**power), RIGHT, y(10**power), "ss-grid")
        drawing.text(LEFT - 8, y(10**power) + 4, words.large(10**power), "ss-tick", "end")
    for power in range(0, decades + 1, math.ceil((decades + 1) / MOST_TICKS)):
        drawing.text(x(10**power), BOTTOM + 18, words.large(10**power), "ss-tick", "middle")
    drawing.text((LEFT + RIGHT) / 2, BOTTOM + 36, "documents", "ss-tick", "middle")
    drawing.text(LEFT - 8, TOP - 14, "passes", "ss-tick", "end")
    at = x(made.documents)
    drawing.line(at, TOP, at, BOTTOM, "ss-cut-mark")
    drawing.text(at, TOP - 14, f"asked: {made.documents:,}", "ss-tick", "middle")
    for way in WAYS:
        drawing.path([(x(point.documents), y(way.passes(point))) for point in points], f"ss-series {way.tone}")
        drawing.dot(at, y(way.passes(made)), f"ss-dot {way.tone}", f"{way.name}: {_said(way, made)}")
    _name_ends(drawing, y, points[-1])
    return drawing.markup()


def _name_ends(drawing: Drawing, y: Scale, last: Price) -> None:
    """The name of each line at its right end, with passes and time there; pushed apart where they would overlap."""
    label_y = -LABEL
    for way in sorted(WAYS, key=lambda way: -way.passes(last)):
        label_y = max(y(way.passes(last)), label_y + LABEL)
        drawing.text(RIGHT + 10, label_y, way.name, f"ss-series-name {way.tone}")
        drawing.text(RIGHT + 10, label_y + 14, _said(way, last), "ss-tick ss-small")


def _said(way: Way, made: Price) -> str:
    return f"{words.large(way.passes(made))} passes, {words.duration(way.seconds(made))}"


def _table(points: list[Price], asked: int) -> Markup:
    heads = joined(fill('<th scope="col">{}</th>', way.name) for way in WAYS)
    rows = joined(
        fill(
            '<tr><th scope="row">{:,}{}</th><td>{:,}</td>{}</tr>',
            point.documents,
            ", asked" if point.documents == asked else "",
            point.queries,
            joined(
                fill(
                    '<td>{:,}<span class="ss-delta"> {}</span></td>',
                    way.passes(point),
                    words.duration(way.seconds(point)),
                )
                for way in WAYS
            ),
        )
        for point in points
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Passes by documents, as a table">'
        '<table class="ss-table"><caption>Passes, and time here</caption><thead><tr><th scope="col">Documents</th>'
        '<th scope="col">Queries</th>{}</tr></thead><tbody>{}</tbody></table></div>',
        heads,
        rows,
    )
