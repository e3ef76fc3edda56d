"""Checks at the edge: each names the argument and its value in one plain sentence."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

from searchcore.errors import InvalidInput, UnknownName, quoted
from searchcore.text import visible

MAX_CANDIDATES = 200
MAX_QUERY_CHARACTERS = 4_000
MAX_TEXT_CHARACTERS = 20_000
MAX_TEXTS = 200
LEAST_WINDOW, MOST_WINDOW = 16, 254


def check_query(query: Any, name: str = "query") -> str:
    """`query` without outer white space: a text of 1 to 4,000 characters."""
    text = check_text(query, name)
    if len(text) > MAX_QUERY_CHARACTERS:
        raise InvalidInput(
            f"{name} must have at most {MAX_QUERY_CHARACTERS:,} characters, got {len(text):,}; please shorten it."
        )
    return text


def check_text(text: Any, name: str) -> str:
    """`text` without outer white space: not empty (see visible), at most 20,000 characters, only whole characters."""
    if not isinstance(text, str):
        raise InvalidInput(f"{name} must be a text, got {quoted(text)}.")
    stripped = text.strip()
    if not visible(stripped):
        raise InvalidInput(f"{name} is empty; please type some text.")
    if len(stripped) > MAX_TEXT_CHARACTERS:
        raise InvalidInput(f"{name} must have at most {MAX_TEXT_CHARACTERS:,} characters, got {len(stripped):,}.")
    for position, character in enumerate(stripped, start=1):
        if "\ud800" <= character <= "\udfff":
            raise InvalidInput(f"{name} has half of a surrogate pair at character {position}; please delete it.")
    return stripped


def check_texts(texts: Any, name: str = "texts", least: int = 1, most: int = MAX_TEXTS) -> list[str]:
    """A list of `least` to `most` texts, each as in check_text."""
    if not isinstance(texts, Sequence) or isinstance(texts, str | bytes):
        raise InvalidInput(f"{name} must be a list of texts, got {quoted(texts)}.")
    if not least <= len(texts) <= most:
        raise InvalidInput(f"{name} must hold {least} to {most} texts, got {len(texts):,}.")
    return [check_text(text, f"{name}[{i}]") for i, text in enumerate(texts)]


def check_candidates(candidates: Any) -> int:
    """A whole number from 1 to 200; JSON clients may send it as 20.0."""
    return check_number(candidates, "candidates", MAX_CANDIDATES)


def check_depths(depths: Any) -> list[int]:
    """Numbers of candidates, one or more, each as in check_candidates."""
    if not isinstance(depths, Sequence) or isinstance(depths, str | bytes) or not depths:
        raise InvalidInput(f"depths must be a list of numbers of candidates, got {quoted(depths)}.")
    return [check_candidates(depth) for depth in depths]


def check_number(value: Any, name: str, most: int) -> int:
    """A whole number from 1 to `most`; a float without a fraction is one."""
    whole = value.is_integer() if isinstance(value, float) else _is_whole(value)
    number = int(value) if whole else 0
    if not 1 <= number <= most:
        raise InvalidInput(f"{name} must be a whole number from 1 to {most:,}, got {quoted(value)}.")
    return number


def check_methods(methods: Any, known: Sequence[str], default: Sequence[str]) -> tuple[str, ...]:
    """Keys out of `known`, each once; None stands for `default`."""
    if methods is None:
        return tuple(default)
    if not isinstance(methods, Sequence) or isinstance(methods, str | bytes) or not methods:
        raise InvalidInput(f"methods must be a list of names such as bi_encoder, got {quoted(methods)}.")
    for method in methods:
        if not isinstance(method, str) or method not in known:
            raise UnknownName(f"method {quoted(method)} is not known; choose from: {', '.join(known)}.")
    return tuple(dict.fromkeys(methods))


def check_chunks(window: Any, overlap: Any) -> None:
    """A window of 16 to 254 tokens, or 0 for whole documents, and an overlap of at most half of it."""
    if not _is_whole(window) or (window and not LEAST_WINDOW <= window <= MOST_WINDOW):
        raise InvalidInput(
            f"window must be a whole number from {LEAST_WINDOW} to {MOST_WINDOW}, or 0 for whole documents, "
            f"got {quoted(window)}."
        )
    if not _is_whole(overlap) or not 0 <= overlap <= window // 2:
        raise InvalidInput(
            f"overlap must be a whole number from 0 to half of the window, {window // 2}, got {quoted(overlap)}."
        )


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)
