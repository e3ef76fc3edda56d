"""Scores as text: one way to write a cosine, a logit and a probability, and when two count as the same."""

from __future__ import annotations

from ui.words import signed


def cosine(number: float, decimals: int = 4) -> str:
    """A cosine with a real minus; never "−0.0000"."""
    return f"{round(number, decimals) + 0.0:.{decimals}f}".replace("-", "−")


def logit(number: float) -> str:
    """A logit with its sign and two decimals."""
    return signed(round(number, 2) + 0.0, 2)


def change(number: float, decimals: int) -> str:
    """A difference: signed, or 0 without a sign where nothing is left of it at these decimals."""
    rounded = round(number, decimals)
    return signed(rounded, decimals) if rounded else f"{0:.{decimals}f}"


def probability(number: float) -> str:
    """A probability with four decimals."""
    return f"{number:.4f}"


def shortened(words: str, limit: int) -> str:
    """`words` on one line, cut to `limit` characters."""
    line = " ".join(words.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
