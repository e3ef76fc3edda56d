"""The codes of rooms: six characters that can be read out, of which the first says which process has the room."""

from __future__ import annotations

import re
import secrets

from ui.workers import NAMES

# Letters and digits that are not taken for one another, and no vowels, so that no code is a word.
SYMBOLS = "23456789BCDFGHJKMNPQRSTVWXYZ"
# Where there is one process only, its letter may be any of these.
ANY_FIRST = "BCDFGHJKMNP"
LENGTH = 6
EXAMPLE = "B7K2QX"
# What is read for a digit where only a letter can stand.
_LETTERS = str.maketrans("01", "OI")
_CODE = re.compile(f"[{NAMES.upper()}][{SYMBOLS}]{{{LENGTH - 1}}}")
_BETWEEN = re.compile(r"[\s\-–]+")


def new_code(worker: str = "") -> str:
    """A code that nobody can foresee, for a room of the process with that letter."""
    first = worker.upper() or secrets.choice(ANY_FIRST)
    return first + "".join(secrets.choice(SYMBOLS) for _ in range(LENGTH - 1))


def read_code(typed: str) -> str:
    """The code that somebody typed, however it is written; empty where it can be none."""
    written = _BETWEEN.sub("", typed[: 4 * LENGTH]).upper()
    code = written[:1].translate(_LETTERS) + written[1:]
    return code if _CODE.fullmatch(code) else ""
