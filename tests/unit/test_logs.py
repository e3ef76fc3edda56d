"""A log line holds little of what a visitor sent, and nothing that a terminal would obey."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator

import pytest

from ui.logs import bound_logs, bounded, bounded_trace

HOSTILE = "one\ntwo\r\x1b[31mred\x00\u2028\ud800" + "x" * 10_000
SHOWN = r"one\ntwo\r\x1b[31mred\x00\u2028\ud800xxx"


@pytest.fixture
def kept() -> Iterator[list[str]]:
    """What a handler writes of all records, while they are bounded."""
    usual = (logging.getLogRecordFactory(), traceback.print_exc, warnings.formatwarning, threading.excepthook)
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keeper = Keeper()
    logging.getLogger().addHandler(keeper)
    bound_logs()
    yield lines
    logging.getLogger().removeHandler(keeper)
    logging.captureWarnings(False)
    logging.setLogRecordFactory(usual[0])
    traceback.print_exc, warnings.formatwarning, threading.excepthook = usual[1:]


def holds_little(line: str) -> None:
    assert SHOWN in line
    assert line.count("x" * 100) == 1
    assert "x" * 200 not in line
    assert all(each.isprintable() or each == "\n" for each in line)


def test_a_value_is_on_one_line_of_at_most_200_characters() -> None:
    assert bounded("a whale") == "a whale"
    assert bounded("x" * 200) == "x" * 200
    assert bounded("x" * 201) == "x" * 199 + "… (201 characters)"
    assert bounded("\n\x1b[0m\t") == r"\n\x1b[0m\t"
    assert bounded("\0" * 200) == r"\x00" * 49 + r"\x0" + "… (200 characters)"


@pytest.mark.parametrize("name", ["searchcore.ui", "uvicorn.error", "gradio", "httpx", "anybody.else"])
def test_whoever_writes_a_line_it_is_bounded(kept: list[str], name: str) -> None:
    log = logging.getLogger(name)
    log.error("asked %s for %d at %(nothing)", HOSTILE, 20)  # a template that does not fit
    log.error("asked %s for %d", HOSTILE, 20)
    log.error("asked %(query)s", {"query": HOSTILE})
    log.error("asked " + HOSTILE)
    assert len(kept) == 4
    assert kept[1].startswith(f"asked {SHOWN}") and kept[1].endswith("… (10,019 characters) for 20")
    for line in kept[1:]:
        holds_little(line)
        assert "\n" not in line
    assert len(kept[0]) < 300


def test_a_line_without_values_stays_as_it_is(kept: list[str]) -> None:
    logging.getLogger("x").error("100% of it: %s")
    assert kept == ["100% of it: %s"]


def test_the_message_of_an_error_and_of_what_caused_it_is_bounded_in_its_trace(kept: list[str]) -> None:
    try:
        try:
            raise ValueError(HOSTILE)
        except ValueError as error:
            raise ExceptionGroup("both", [KeyError("within"), OSError("without")]) from error
    except ExceptionGroup:
        logging.getLogger("x").exception("it failed")
    [line] = kept
    holds_little(line)
    assert line.startswith("it failed\nTraceback (most recent call last):\n")
    for said in ("ExceptionGroup: both", "ValueError: one", "KeyError: 'within'", "OSError: without"):
        assert f"\n{said}" in line
    assert line.count(__file__) == 2


def test_what_gradio_prints_of_an_error_is_bounded(kept: list[str]) -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        traceback.print_exc()
    [line] = kept
    holds_little(line)


def test_a_warning_and_the_end_of_a_thread_are_bounded(kept: list[str]) -> None:
    def fail() -> None:
        raise ValueError(HOSTILE)

    warnings.warn(HOSTILE, stacklevel=1)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    for line in kept:
        holds_little(line)
    assert kept[0].startswith("UserWarning: one") and "\nValueError: one" in kept[1]


def test_an_error_that_cannot_be_shown_still_has_its_trace() -> None:
    class Silent(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert bounded_trace(Silent()).endswith("Silent: (it can't be shown)")


def test_what_no_handler_is_there_for_is_bounded_on_stderr() -> None:
    program = "import logging; from ui.logs import bound_logs; bound_logs(); logging.getLogger('x').error('a\\x1b[1mb')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stderr == "a\\x1b[1mb\n"
