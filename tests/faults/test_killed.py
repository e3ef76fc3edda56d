"""Killed under load at moments that nobody chose: no file is damaged by it, and the next start serves the same."""

from __future__ import annotations

from pathlib import Path

from tests.faults.killing import killed_and_started
from tests.faults.small_app import CORPUS, PREPARED

# `make soak` has fifty rounds, on the real models.
ROUNDS, LONGEST_SECONDS = 3, 1.0
METHODS = ["bi_encoder", "cross_encoder"]


def test_a_server_that_is_killed_under_load_serves_again(tmp_path: Path) -> None:
    searches = [[CORPUS, query, 20, METHODS, None, None] for query in PREPARED]
    told = killed_and_started(tmp_path, ["-m", "tests.faults.small_app"], searches, ROUNDS, LONGEST_SECONDS)
    assert (told.damaged, told.wrong, told.said) == ([], [], [])
    assert told.rounds == ROUNDS and told.answered > 0
    assert not list((tmp_path / "cache").glob("*.damaged"))
