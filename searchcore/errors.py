"""Errors whose message a student can read: one plain sentence, naming what was wrong."""

from __future__ import annotations


class SearchError(Exception):
    """Base of every error that this library raises on purpose."""


class InvalidInput(SearchError, ValueError):
    """An argument has a value that can't be used; the sentence names both."""


class UnknownName(SearchError, LookupError):
    """No corpus, method or model of that name; the sentence lists the known ones."""


class CorpusError(SearchError):
    """A corpus on disk can't be used; the sentence names the file and, where there is one, the line."""


class ModelUnavailable(SearchError):
    """A model could not be loaded; the sentence says which one stays in use."""


class IndexUnavailable(SearchError):
    """A vector engine can't be used now; the sentence says why, and what goes on without it."""


class Busy(SearchError):
    """Too many searches wait already; the sentence asks to try again."""


class Cancelled(SearchError):
    """The work was stopped because nobody waits for it any more."""


def printable(text: str) -> str:
    """`text` on one line, with a mark in place of each character that can't be shown."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def quoted(value: object, limit: int = 60) -> str:
    """`value` as it may stand in a sentence: on one line, printable, at most `limit` characters."""
    try:
        text = printable(value if isinstance(value, str) else repr(value))
    except ValueError:  # Python refuses to write out a whole number of more than 4,300 digits
        text = f"a very long {type(value).__name__}"
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return f'"{text}"' if isinstance(value, str) else text
