"""Scores as numbers and as bars, each on its method's own scale."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.ranking import Scale
from ui import words
from ui.draw import numbers
from ui.draw.template import fill


def score_text(score: float, scale: Scale) -> str:
    """A score with its scale's decimals and a real minus; with its sign where a scale goes below 0."""
    if scale.low < 0:
        return words.signed(round(score, scale.decimals) + 0.0, scale.decimals)
    return numbers.cosine(score, scale.decimals)


def score_bar(score: float, scale: Scale, best: float) -> Markup:
    """A bar from the low end of a scale, or from the middle where a scale goes below 0.

    A scale without an end is drawn as the share of the `best` score.
    """
    if scale.low < 0 and scale.high:
        width = min(abs(score) / scale.high, 1) * 50
        left = 50 if score >= 0 else 50 - width
        sign = "ss-above" if score >= 0 else "ss-below"
        return fill(
            '<span class="ss-bar ss-diverging" aria-hidden="true"><i class="{}" style="left:{}%;width:{}%"></i></span>',
            sign,
            f"{left:.1f}",
            f"{width:.1f}",
        )
    high = best if scale.high is None else scale.high
    share = (score - scale.low) / (high - scale.low) if high != scale.low else 0.0
    return fill(
        '<span class="ss-bar" aria-hidden="true"><i style="width:{}%"></i></span>', f"{100 * min(max(share, 0), 1):.1f}"
    )
