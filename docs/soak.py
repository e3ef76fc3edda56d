"""The picture of a long run: how long searches took, and what memory the server held, second by second."""

from __future__ import annotations

from dataclasses import dataclass

from ui.draw.svg import Drawing, Scale

WIDTH, HEIGHT, LEFT, RIGHT = 900.0, 420.0, 70.0, 20.0
PANELS = {"seconds a search": (40.0, 200.0), "MB of memory": (250.0, 380.0)}
STYLE = """
.ss-ground { fill: #fff } text { font: 13px system-ui, sans-serif; fill: #222 }
.axis { stroke: #bbb } .some { fill: none; stroke: #1f5fa8; stroke-width: 1.5 }
.most { fill: none; stroke: #c2570c; stroke-width: 1.5 } .held { fill: none; stroke: #2b6b3f; stroke-width: 2 }
"""
# So many seconds are one point of a line.
POINTS = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """One second: when it was, how long each search took that was asked then, and the megabytes held."""

    at: float
    seconds: list[float]
    megabytes: float


def drawn(samples: list[Sample], machine: str) -> bytes:
    """The picture as an SVG file. `samples` are in order, and there is at least one."""
    picture = Drawing(WIDTH, HEIGHT, f"Load of {samples[-1].at + 1:.0f} seconds on {machine}")
    step = max(len(samples) // POINTS, 1)
    parts = [samples[start : start + step] for start in range(0, len(samples), step)]
    across = Scale(0, max(samples[-1].at, 1), LEFT, WIDTH - RIGHT)
    took = [(part[0].at, sorted(s for sample in part for s in sample.seconds)) for part in parts]
    took = [(at, found) for at, found in took if found]
    lines = {"some": [(at, found[len(found) // 2]) for at, found in took], "most": [(at, f[-1]) for at, f in took]}
    held = {"held": [(part[0].at, max(sample.megabytes for sample in part)) for part in parts]}
    for (name, (top, bottom)), shown in zip(PANELS.items(), (lines, held), strict=True):
        high = max((value for points in shown.values() for _, value in points), default=1.0) * 1.1
        up = Scale(0, high, bottom, top)
        picture.line(LEFT, bottom, WIDTH - RIGHT, bottom, "axis")
        picture.line(LEFT, top, LEFT, bottom, "axis")
        picture.text(LEFT, top - 8, name + ("; median blue, slowest orange" if shown is lines else ""))
        for value in (high / 2, high):
            picture.text(LEFT - 6, up(value) + 4, f"{value:.2f}" if high < 10 else f"{value:.0f}", anchor="end")  # noqa: PLR2004
        for kind, points in shown.items():
            picture.path([(across(at), up(value)) for at, value in points], kind)
    picture.text(LEFT, HEIGHT - 10, f"{samples[-1].at + 1:.0f} seconds; {machine}")
    return picture.file(STYLE)
