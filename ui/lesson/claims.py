"""Claims about a live result, as a lesson writes them: `rank bm25 13 > 1 and first bi_encoder = 13`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ALWAYS = "right"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FACT = re.compile(r"\{([^{}]*)\}")
# What a page can't tell apart counts as equal.
PLACES = 4


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of a live result: what it is compared by, and how it is said."""

    value: float | str
    said: str


Find = Callable[[Sequence[str]], Fact]
"""The fact of those words. Raises ValueError, with a sentence, where the words name none."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`left` compared with `right` by `sign`; a side that is no number and no fact is a plain word."""

    left: tuple[str, ...]
    sign: str
    right: tuple[str, ...]

    def holds(self, find: Find) -> bool:
        """Whether it is so. Raises ValueError where a side can't be found, or the two can't be compared."""
        left = find(self.left).value
        right = self._right(find, word=isinstance(left, str))
        if isinstance(left, str) or isinstance(right, str):
            if self.sign not in ("=", "!="):
                raise ValueError(f"“{' '.join(self.left)}” is no number, so it can't be compared by {self.sign}.")
            return SIGNS[self.sign](str(left), str(right))
        return SIGNS[self.sign](round(left, PLACES), round(right, PLACES))

    def _right(self, find: Find, *, word: bool) -> float | str:
        """The right side; what looks like a number is one, unless it is a `word` that it is compared with."""
        if len(self.right) > 1:
            return find(self.right).value
        [given] = self.right
        if _NUMBER.fullmatch(given):
            return given if word else float(given)
        try:
            return find(self.right).value
        except ValueError:
            return given


def read_claims(text: str) -> tuple[Claim, ...]:
    """The claims of a line, which "and" joins; none for "right", which is true always. Raises ValueError."""
    if text == ALWAYS:
        return ()
    return tuple(_claim(part) for part in text.split(" and "))


def _claim(text: str) -> Claim:
    tokens = text.split()
    signs = [i for i, token in enumerate(tokens) if token in SIGNS]
    if len(signs) != 1 or not tokens[: signs[0]] or not tokens[signs[0] + 1 :]:
        raise ValueError(f"“{text.strip()}” is no claim: please write a fact, one of {' '.join(SIGNS)}, and a value.")
    [at] = signs
    return Claim(tuple(tokens[:at]), tokens[at], tuple(tokens[at + 1 :]))


def facts_in(text: str) -> list[tuple[str, ...]]:
    """The facts that a sentence names in braces."""
    return [tuple(words.split()) for words in _FACT.findall(text)]


def filled(text: str, find: Find) -> str:
    """A sentence with its facts said. Raises ValueError for one that can't be found."""
    return _FACT.sub(lambda found: find(found[1].split()).said, text)
