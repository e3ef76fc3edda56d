"""Models that can take every core leave them to the threads that answer."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence

import pytest

from searchcore.running import Line, finish
from searchcore.running.priority import STEPS_BACK, step_back


def niceness() -> int:
    """Of this thread: the more, the later it gets a core."""
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has the priority of its process")
@pytest.mark.parametrize(("workers", "further_back"), [(1, 0), (2, STEPS_BACK)])
def test_a_line_with_several_workers_steps_back(workers: int, further_back: int) -> None:
    def work(items: Sequence[str]) -> list[int]:
        return [niceness() for _ in items]

    line = Line("model", workers=workers, batch=1)
    try:
        assert set(finish(line.through(["a", "b", "c"], work))) == {niceness() + further_back}
    finally:
        line.close()


def test_a_system_that_does_not_allow_it_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*asked: int) -> None:
        raise PermissionError

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "setpriority", refused)
    before = niceness()
    step_back()
    assert niceness() == before
