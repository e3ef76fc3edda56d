"""The one helper behind every drawing: a frame with scales, and marks that are escaped like all markup."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from ui.draw.template import fill, joined

# What no XML may hold, not even escaped.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values from [low, high] to pixels from `start` to `end`; logarithmic where asked for."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The pixel of `value`; a scale of no length gives its middle."""
        low, high, at = self.low, self.high, value
        if self.log:
            low, high, at = (math.log10(max(x, 1e-9)) for x in (low, high, value))
        if high == low:
            return (self.start + self.end) / 2
        return self.start + (at - low) / (high - low) * (self.end - self.start)


@dataclass(slots=True)
class Drawing:
    """An SVG picture of `width` by `height` units that scales with the page; `title` is its name for screen readers.

    With the `role` "group" they read its marks too, such as links; as an "img" it is one thing.
    """

    width: float
    height: float
    title: str
    css_class: str = ""
    role: str = "img"
    _marks: list[Markup] = field(default_factory=list)

    def add(self, mark: Markup) -> None:
        """Put a ready mark on top of what is there."""
        self._marks.append(mark)

    def line(self, x1: float, y1: float, x2: float, y2: float, css_class: str) -> None:
        """A straight line."""
        self.add(fill('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>', x1, y1, x2, y2, css_class))

    def path(self, points: Sequence[tuple[float, float]], css_class: str) -> None:
        """A line through `points`."""
        steps = " ".join(f"{'L' if i else 'M'}{x:.1f},{y:.1f}" for i, (x, y) in enumerate(points))
        self.add(fill('<path d="{}" class="{}"/>', steps, css_class))

    def dot(self, x: float, y: float, css_class: str, tip: str, radius: float = 5) -> None:
        """A dot with a tooltip."""
        self.add(
            fill(
                '<circle cx="{:.1f}" cy="{:.1f}" r="{}" class="{}"><title>{}</title></circle>',
                x,
                y,
                radius,
                css_class,
                tip,
            )
        )

    def cell(self, x: float, y: float, size: tuple[float, float], strength: float, tip: str) -> None:
        """A box of a heat map; `strength` from 0 to 1 is how much of the tone it shows."""
        self.add(
            fill(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="ss-heat" '
                'style="--strength:{:.0f}%"><title>{}</title></rect>',
                x,
                y,
                *size,
                100 * min(max(strength, 0), 1),
                tip,
            )
        )

    def box(self, x: float, y: float, size: tuple[float, float], css_class: str, tip: str, opacity: float = 1) -> None:
        """A filled box with a tooltip."""
        self.add(
            fill(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}" fill-opacity="{:.2f}">'
                "<title>{}</title></rect>",
                x,
                y,
                *size,
                css_class,
                opacity,
                tip,
            )
        )

    def text(self, x: float, y: float, words: str, css_class: str = "", anchor: str = "start") -> None:
        """Words whose anchor ("start", "middle" or "end") is at (x, y)."""
        self.add(
            fill('<text x="{:.1f}" y="{:.1f}" class="{}" text-anchor="{}">{}</text>', x, y, css_class, anchor, words)
        )

    def markup(self) -> Markup:
        """The finished picture."""
        return fill(
            '<svg class="ss-drawing {}" viewBox="0 0 {:.0f} {:.0f}" role="{}" aria-label="{}">{}</svg>',
            self.css_class,
            self.width,
            self.height,
            self.role,
            self.title,
            joined(self._marks),
        )

    def file(self, style: str) -> bytes:
        """The picture as a file of its own, on its own ground. `style` is our own sheet, without variables."""
        made = fill(
            '<svg xmlns="http://www.w3.org/2000/svg" class="ss-drawing" width="{0:.0f}" height="{1:.0f}" '
            'viewBox="0 0 {0:.0f} {1:.0f}"><title>{2}</title><style>{3}</style>'
            '<rect class="ss-ground" width="100%" height="100%"/>{4}</svg>\n',
            self.width,
            self.height,
            self.title,
            Markup(style),  # noqa: S704
            joined(self._marks),
        )
        return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", made).encode()
