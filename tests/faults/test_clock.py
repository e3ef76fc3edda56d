"""The wall clock jumps by an hour either way: nothing that is measured, waited for or kept goes by it."""

from __future__ import annotations

import ast
import json
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from searchcore.index import EmbeddingCache
from tests.fakes import FakeEncoder, bag_of_words, corpus_of, rows_of
from tests.gated import PATIENCE, Gated
from tests.server import ROOT, Event, Server

HOUR = 3_600.0
JUMPS = [HOUR, -HOUR]
# Of whole days, for people: what a file is called, what a handout says.
BY_DATE = {"ui/lesson/handout.py"}
WALL = {("time", "time"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}


def jump(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """From now on the wall clock shows another time."""
    now, now_ns = time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: now() + seconds)
    monkeypatch.setattr(time, "time_ns", lambda: now_ns() + int(seconds * 1e9))


@pytest.mark.parametrize("seconds", JUMPS)
def test_a_search_that_waits_goes_on_and_takes_what_it_takes(
    gated: Gated, page: Server, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    answers: list[Event] = []
    gated.hold_scorer()
    search = ["films", f"whale {seconds}", 6, None, None, None]
    thread = threading.Thread(target=lambda: answers.extend(page.events("search", search)))
    thread.start()
    assert gated.scorer.started.wait(PATIENCE)
    jump(monkeypatch, seconds)
    gated.open_gates()
    thread.join(PATIENCE)
    assert answers[-1].name == "complete"
    for ranking in answers[-1].data[0]["rankings"].values():
        assert 0 <= ranking["milliseconds"] < PATIENCE * 1_000
        assert [hit["rank"] for hit in ranking["hits"]] == list(range(1, 7))


@pytest.mark.parametrize("seconds", JUMPS)
def test_a_corpus_of_ones_own_stays_as_long_as_it_would(
    page: Server, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    given = page.sent("/own", b"a line about whales\nanother line", {"x-own-secret": "", "x-file-name": "a.txt"})
    assert given[0] == 200
    jump(monkeypatch, seconds)
    headers = {"x-own-secret": json.loads(given[1])["secret"], "x-file-name": "b.txt"}
    again = page.sent("/own", b"a line about wars\nanother line", headers)
    assert (again[0], json.loads(again[1])["secret"]) == (200, headers["x-own-secret"])


@pytest.mark.parametrize("seconds", JUMPS)
def test_files_that_were_kept_at_another_time_are_read_and_make_room(tmp_path: Path, seconds: float) -> None:
    corpora = [corpus_of(f"text {number}", "another") for number in range(3)]
    for corpus in corpora:
        EmbeddingCache(tmp_path).embed(corpus, FakeEncoder())
    for path in tmp_path.glob("*.safetensors"):  # as if they had been written before the clock was set
        os.utime(path, (time.time() - seconds, time.time() - seconds))
    size = max(path.stat().st_size for path in tmp_path.glob("*.safetensors"))
    new, encoder = corpus_of("a new text", "another"), FakeEncoder()
    cache = EmbeddingCache(tmp_path, max_bytes=2 * size)
    for _ in range(2):
        rows = rows_of(cache.embed(new, encoder))
        np.testing.assert_array_equal(rows, np.stack([bag_of_words("a new text"), bag_of_words("another")]))
    assert encoder.documents_encoded == 2  # what was just written is not what makes room
    assert sum(path.stat().st_size for path in tmp_path.glob("*.safetensors")) <= 2 * size


@pytest.mark.parametrize("folder", ["searchcore", "ui"])
def test_nothing_reads_the_wall_clock(folder: str) -> None:
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                owner = getattr(node.value, "attr", getattr(node.value, "id", ""))
                if (owner, node.attr) in WALL:
                    found.add(path.relative_to(ROOT).as_posix())
    assert found <= BY_DATE
