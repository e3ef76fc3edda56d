"""What a log line may hold: whoever writes it, and whatever a visitor sent.

Of each value 200 characters at most, on one line, without a character that a terminal would obey. It is done where
records are made, so that it holds for every library's handlers, those to come included.
"""

from __future__ import annotations

import logging
import threading
import traceback
import warnings
from typing import Any

MAX_CHARACTERS = 200
MAX_FRAMES = 60
Record = logging.LogRecord
Trace = BaseException | None
log = logging.getLogger("searchcore.ui")


def bounded(value: object) -> str:
    """A value as a log may hold it: one line, control characters escaped, cut at MAX_CHARACTERS."""
    text = str(value)
    # Cut before it is escaped too: an escape is up to ten characters long.
    shown = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text[:MAX_CHARACTERS])
    if len(text) <= MAX_CHARACTERS >= len(shown):
        return shown
    return f"{shown[: MAX_CHARACTERS - 1]}… ({len(text):,} characters)"


def bounded_trace(error: BaseException) -> str:
    """Where an error came from, and what was raised for it, with each message bounded."""
    told: list[str] = []
    known: set[int] = set()
    left: list[Trace] = [error]
    while left:
        current = left.pop(0)
        if current is None or id(current) in known:
            continue
        known.add(id(current))
        places = traceback.format_list(traceback.extract_tb(current.__traceback__, limit=-MAX_FRAMES))
        told.append(f"Traceback (most recent call last):\n{''.join(places)}{_named(current)}")
        left += [current.__cause__, None if current.__suppress_context__ else current.__context__]
        if isinstance(current, BaseExceptionGroup):
            left += current.exceptions
    return "\n\nwhich comes from\n\n".join(told)


def bound_logs() -> None:
    """From now on every log record of this process is bounded, as is what libraries print of errors and warnings."""
    usual = logging.getLogRecordFactory()

    def make(*given: Any, **named: Any) -> Record:
        return _bounded_record(usual(*given, **named))

    logging.setLogRecordFactory(make)
    logging.captureWarnings(True)
    warnings.formatwarning = _warning
    # Gradio prints the errors of handlers by itself, and Python those of threads.
    traceback.print_exc = _logged
    threading.excepthook = _thread_ended


def _bounded_record(record: Record) -> Record:
    try:
        record.msg = _message(record)
    except Exception:  # what can't be formatted: logging would print it with all its arguments
        record.msg = bounded(record.msg)
    record.args = None
    if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
        record.exc_text, record.exc_info = bounded_trace(record.exc_info[1]), None
    return record


def _message(record: Record) -> str:
    """The template of whoever logs stays as it is; what is put into it is bounded."""
    template = str(record.msg)
    if not record.args:
        return bounded(template)
    if isinstance(record.args, dict):
        return template % {name: _argument(value) for name, value in record.args.items()}
    return template % tuple(_argument(value) for value in record.args)


def _argument(value: object) -> object:
    return value if isinstance(value, int | float) else bounded(value)


def _named(error: BaseException) -> str:
    """As the last line of a trace: "ValueError: what was wrong"."""
    try:
        said = bounded(error)
    except Exception:
        said = "(it can't be shown)"
    return f"{type(error).__qualname__}: {said}" if said else type(error).__qualname__


def _warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    return f"{category.__name__}: {bounded(message)}"


def _logged(limit: int | None = None, file: Any = None, chain: bool = True) -> None:
    """In place of traceback.print_exc."""
    log.error("an error in a library", exc_info=True)


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    """In place of threading.excepthook."""
    if not isinstance(ended.exc_value, SystemExit):
        log.error("an error in a thread", exc_info=ended.exc_value)
