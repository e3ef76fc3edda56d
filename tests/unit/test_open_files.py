"""A process may hold as many connections as the system lets it have, where there are such limits."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.server import ROOT
from ui.open_files import WANTED, allow_many

PROGRAM = """
import resource, sys
from ui.open_files import allow_many
soft, hard = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
allow_many()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("limits", "then"),
    [
        ((256, 4_096), (4_096, 4_096)),
        ((256, WANTED), (WANTED, WANTED)),
        ((700, 700), (700, 700)),
    ],
)
def test_a_low_limit_is_raised_as_far_as_the_system_lets_it(limits: tuple[int, int], then: tuple[int, int]) -> None:
    command = [sys.executable, "-c", PROGRAM, *map(str, limits)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str(each) for each in then]


APP = """
import resource, app
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 4_096))
try:
    app.main()
except SystemExit:
    print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_the_app_asks_for_them_before_anything_else_it_does() -> None:
    # It goes no further than to a port that is none.
    env = os.environ | {"PORT": "none"}
    ran = subprocess.run([sys.executable, "-c", APP], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["4096", "4096"]


class Limits:
    """What the standard library has of a system that sets limits."""

    RLIMIT_NOFILE, RLIM_INFINITY = 7, -1

    def __init__(self, soft: int, hard: int) -> None:
        self.limits = soft, hard
        self.asked: list[tuple[int, int]] = []

    def getrlimit(self, which: int) -> tuple[int, int]:
        assert which == self.RLIMIT_NOFILE
        return self.limits

    def setrlimit(self, which: int, limits: tuple[int, int]) -> None:
        self.asked.append(limits)
        raise ValueError("not allowed to raise maximum limit")


@pytest.mark.parametrize(
    ("soft", "hard", "asked"),
    [
        (256, Limits.RLIM_INFINITY, [(WANTED, Limits.RLIM_INFINITY)]),
        (WANTED + 1, WANTED + 5, []),
        (Limits.RLIM_INFINITY, Limits.RLIM_INFINITY, []),
    ],
)
def test_a_limit_is_never_lowered_and_a_system_that_refuses_is_let_be(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, asked: list[tuple[int, int]]
) -> None:
    system = Limits(soft, hard)
    monkeypatch.setitem(sys.modules, "resource", system)
    allow_many()
    assert system.asked == asked


def test_a_system_without_such_limits_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    allow_many()
