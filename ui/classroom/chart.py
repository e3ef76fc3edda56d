"""How a class has done so far: one chart over its rounds, and the same as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from searchcore.ranking import BI_ENCODER, CROSS_ENCODER
from ui.classroom import words
from ui.classroom.rounds import Phase, Round
from ui.classroom.scores import STUDENTS, Chosen, Ordered, Vote
from ui.draw.svg import Drawing, Scale
from ui.draw.template import fill, joined
from ui.predict.scored import AT_TEN

WIDTH, HEIGHT = 700, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 520, 14, 160
BAR = 22
SERIES = ((STUDENTS, "the class"), (BI_ENCODER, "bi-encoder"), (CROSS_ENCODER, "cross-encoder"))


@dataclass(frozen=True, slots=True)
class Point:
    """One vote of the class: its name, and what came of it."""

    name: str
    vote: Vote

    @property
    def share(self) -> float:
        """How many were right, from 0 to 1."""
        return self.vote.right / self.vote.total if self.vote.total else 0.0

    @property
    def values(self) -> Mapping[str, float]:
        """nDCG@10 by name; nothing where the query is not judged."""
        return self.vote.values if self.vote.measure == AT_TEN else {}


def points(rounds: Sequence[Round]) -> list[Point]:
    """Every vote that is revealed, in order."""
    return [
        Point(words.vote_name(each.number, at, len(each.outcome.votes)), vote)
        for each in rounds
        if each.phase is Phase.REVEALED and isinstance(each.outcome, Ordered | Chosen)
        for at, vote in enumerate(each.outcome.votes)
    ]


def chart(rounds: Sequence[Round], titles: Mapping[str, str]) -> Markup:
    """The share of right answers as bars and nDCG@10 as lines, both from 0 to 1; nothing before the first reveal."""
    found = points(rounds)
    if not found:
        return Markup("")
    return fill(
        '<details class="cl-far"{}><summary>So far: {}</summary><div class="ss-scroll" tabindex="0" role="region" '
        'aria-label="The class over its rounds, drawn">{}</div>{}</details>',
        Markup(" open") if len(found) > 1 else "",
        f"{len(found)} {'vote' if len(found) == 1 else 'votes'}",
        _drawn(found),
        _table(found, titles),
    )


def _drawn(found: Sequence[Point]) -> Markup:
    drawing = Drawing(WIDTH, HEIGHT, "The class over its rounds; the table below has the numbers")
    x = Scale(0, len(found), LEFT, RIGHT)
    y = Scale(0, 1, BOTTOM, TOP)
    for tick in (0, 0.5, 1):
        drawing.line(LEFT, y(tick), RIGHT, y(tick), "ss-grid")
        drawing.text(LEFT - 6, y(tick) + 4, f"{tick:g}", "ss-tick", "end")
    width = min(BAR, (RIGHT - LEFT) / len(found) * 0.6)
    for at, point in enumerate(found):
        middle = x(at + 0.5)
        drawing.box(
            middle - width / 2,
            y(point.share),
            (width, BOTTOM - y(point.share)),
            "cl-share",
            f"{point.name}: {words.out_of(point.vote.right, point.vote.total)} right",
        )
        drawing.text(middle, BOTTOM + 16, point.name, "ss-tick", "middle")
    for place, (key, name) in enumerate(SERIES):
        line = [(x(at + 0.5), point.values[key]) for at, point in enumerate(found) if key in point.values]
        if not line:
            continue
        drawing.path([(across, y(value)) for across, value in line], f"ss-series ss-{key}")
        for across, value in line:
            drawing.dot(across, y(value), f"ss-dot ss-{key}", f"{name}: {words.value(value)}")
        drawing.text(RIGHT + 10, TOP + 18 * (place + 2), f"{name}, {AT_TEN}", f"ss-series-name ss-{key}")
    drawing.text(RIGHT + 10, TOP + 12, "▮ right answers", "ss-tick")
    return drawing.markup()


def _table(found: Sequence[Point], titles: Mapping[str, str]) -> Markup:
    rows = joined(
        fill(
            "<tr><th>{}</th><td>{}</td>{}</tr>",
            point.name,
            words.out_of(point.vote.right, point.vote.total),
            joined(
                fill("<td>{}</td>", words.value(point.values[key]) if key in point.values else "–") for key, _ in SERIES
            ),
        )
        for point in found
    )
    return fill(
        '<details><summary>As a table</summary><div class="ss-scroll" tabindex="0" role="region" '
        'aria-label="The class over its rounds, as a table"><table class="ss-table cl-table"><thead><tr><th>Vote</th>'
        "<th>right</th>{}</tr></thead><tbody>{}</tbody></table></div></details>",
        joined(fill("<th>{}</th>", f"{AT_TEN}, {name}") for _, name in SERIES),
        rows,
    )
