"""How a field of the state stands in the address, and what may stand there: an address comes from strangers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from searchcore.checks import MAX_CANDIDATES, MAX_TEXT_CHARACTERS, MAX_TEXTS
from searchcore.errors import printable

MAX_NAME_CHARACTERS = 200
MAX_GRADES = 50
MOST_PREDICTED = 5
_SIGNIFICANT = re.compile(r"0|[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """How a field stands in the address: its name there, how its texts become a value, and back.

    `check` raises ValueError for a value that no page can show. `text` marks what somebody typed: left out where the
    address would be too long.
    """

    name: str
    check: Callable[[Any], None]
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    text: bool = False
    repeated: bool = False


def _one_of(choices: Sequence[str]) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if value not in choices:
            raise ValueError

    return check


def _check_name(value: Any) -> None:
    """A name of a corpus, model, document or kind: no path, nothing that can't be printed."""
    if not isinstance(value, str) or len(value) > MAX_NAME_CHARACTERS or printable(value) != value:
        raise ValueError


def check_corpus_name(value: Any) -> None:
    """A name that is no path. Raises ValueError."""
    _check_name(value)
    if "/" in value or "\\" in value or value.startswith("."):
        raise ValueError


def _check_text(value: Any) -> None:
    if not isinstance(value, str) or len(value) > MAX_TEXT_CHARACTERS:
        raise ValueError


def check_texts(value: Any) -> None:
    """Texts as many and as long as a model may be given. Raises ValueError."""
    if not isinstance(value, tuple) or len(value) > MAX_TEXTS:
        raise ValueError
    for each in value:
        _check_text(each)


def check_grades(value: Any) -> None:
    """Grades as "3:document". Raises ValueError."""
    if not isinstance(value, tuple) or len(value) > MAX_GRADES:
        raise ValueError
    for each in value:
        grade, _, doc_id = each.partition(":")
        if grade not in ("0", "1", "2", "3") or not doc_id:
            raise ValueError
        _check_name(doc_id)


def check_guess(value: Any) -> None:
    """Up to five documents in order, each once. Raises ValueError."""
    if not isinstance(value, tuple) or len(value) > MOST_PREDICTED or len(set(value)) < len(value):
        raise ValueError
    for each in value:
        if not each:
            raise ValueError
        _check_name(each)


def check_columns(value: Any) -> None:
    """Keys of methods, at least one, each once. Raises ValueError."""
    if not value:
        raise ValueError
    check_keys(value)


def check_keys(value: Any) -> None:
    """Keys of methods, each once. Raises ValueError."""
    if not isinstance(value, tuple):
        raise ValueError
    for key in value:
        _check_name(key)
        if not key or "," in key:
            raise ValueError
    if len(set(value)) < len(value):
        raise ValueError


def _from_one_to(most: int) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise ValueError

    return check


def _check_flag(value: Any) -> None:
    if not isinstance(value, bool):
        raise ValueError


def _read_count(text: str) -> int:
    if not _SIGNIFICANT.fullmatch(text):
        raise ValueError
    return int(text)


def _read_flag(text: str) -> bool:
    if text != "1":
        raise ValueError
    return True


def in_address(default: Any, parameter: Parameter) -> Any:
    """A field with its place in the address."""
    return field(default=default, metadata={"parameter": parameter})


def counted(default: int, name: str, most: int = MAX_CANDIDATES) -> int:
    """A field for a whole number from 1 to `most`: by default one of candidates."""
    made: int = in_address(default, Parameter(name, _from_one_to(most), _read_count))
    return made


def chosen(default: str, name: str, choices: Sequence[str]) -> str:
    """A field for one of `choices`."""
    made: str = in_address(default, Parameter(name, _one_of(choices)))
    return made


def named(name: str, check: Callable[[Any], None] = _check_name) -> str:
    """A field for a name; without one it is empty."""
    made: str = in_address("", Parameter(name, check))
    return made


def typed(name: str) -> str:
    """A field for what somebody typed."""
    made: str = in_address("", Parameter(name, _check_text, text=True))
    return made


def flagged(name: str) -> bool:
    """A field that is on where the address says 1."""
    made: bool = in_address(False, Parameter(name, _check_flag, _read_flag, lambda value: "1"))
    return made
