"""Files of pair scores that are damaged, disks that refuse, and several engines over one folder."""

from __future__ import annotations

import random
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from searchcore import Engine
from searchcore.index import EmbeddingCache, read_scores
from searchcore.types import PairScore
from tests.fakes import FakeEncoder, FakeScorer, overlap_logit, store_of
from tests.unit.cache_child import ASKED, PREPARED, TEXTS, prepared
from tests.unit.remembering import (
    OTHER,
    QUERY,
    entry,
    ran_once,
    ranked,
    score_files,
    written,
)
from tests.unit.test_cache_faults import CHILD, ROOT, child, last_line, needs_posix, open_folder, tell

__all__ = ["entry", "open_folder", "written"]  # fixtures

FLIPS = 100
ALL_KEPT = {"passes": [0] * len(PREPARED), "right": True}
ALL_RUN = {"passes": [len(TEXTS)] * len(PREPARED), "right": True}


# Several engines and processes over one folder.


def test_what_two_engines_wrote_is_merged(cache_folder: Path) -> None:
    engines = [Engine({"small": prepared()}, store_of(FakeEncoder(), FakeScorer())) for _ in range(2)]
    for engine, query, candidates in zip(engines, (QUERY, OTHER), (2, 20), strict=True):
        assert ranked(engine, query, candidates).passes_run == min(candidates, len(TEXTS))
    assert ranked(engines[1], QUERY, 3).passes_run == 3  # it has not seen what the first one did
    for engine in engines:
        engine.close()
    assert [r.passes_run for r in ran_once(prepared(), QUERY, OTHER, candidates=3)] == [0, 0]
    assert [r.passes_run for r in ran_once(prepared(), OTHER)] == [0]


def test_scores_that_one_engine_wrote_survive_a_write_by_another_with_fewer(cache_folder: Path) -> None:
    late = Engine({"small": prepared()}, store_of(FakeEncoder(), FakeScorer()))
    assert ranked(late, QUERY, 1).passes_run == 1  # so it has read the folder, which was empty
    ran_once(prepared(), QUERY)
    late.close()
    assert [r.passes_run for r in ran_once(prepared(), QUERY)] == [0]


@needs_posix
def test_what_two_processes_write_at_once_is_merged(tmp_path: Path) -> None:
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    both = [subprocess.Popen([*CHILD, mode, tmp_path], **pipes) for mode in ("score_even", "score_odd")]
    try:
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == "scored\n"  # and nothing is written yet
        assert score_files(tmp_path) == []
        for process in both:
            tell(process, "close")
        answers = [last_line(process) for process in both]
    finally:
        for process in both:
            process.kill()
            process.communicate()
    assert answers == [{"passes": [len(TEXTS)] * len(queries), "right": True} for queries in ASKED.values()]
    answer, warnings = child("score_and_say", tmp_path)
    assert (answer, warnings) == (ALL_KEPT, "")
    assert [path.name for path in tmp_path.iterdir() if path.suffix not in (".safetensors", ".lock")] == []


# Files that are damaged, and disks that refuse.


FOREIGN: dict[str, bytes] = {
    "empty": b"",
    "text": b"not a safetensors file",
    "huge header": struct.pack("<Q", 2**60) + b"{}",
    "no array": save({}),
    "no metadata": save({"logit": np.zeros(2), "query": np.zeros(2, dtype=np.int64)}),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_set_aside_and_made_again(
    entry: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    entry.write_bytes(content)
    assert [r.passes_run for r in ran_once(prepared())] == [len(TEXTS)]
    assert entry.with_suffix(".damaged").read_bytes() == content
    assert f"{entry.name} is damaged or not ours: it is set aside and made again." in caplog.text
    assert [r.passes_run for r in ran_once(prepared())] == [0]


def test_a_file_that_is_damaged_while_the_engine_runs_costs_what_was_in_it_alone(
    cache_folder: Path, written: list[dict[int, Mapping[str, PairScore]]]
) -> None:
    ran_once(prepared(), QUERY)
    (path,) = score_files(cache_folder)
    engine = Engine({"small": prepared()}, store_of(FakeEncoder(), FakeScorer()))
    assert ranked(engine, QUERY).passes_run == 0
    ranked(engine, OTHER)
    path.write_bytes(b"damaged")
    engine.close()
    assert path.with_suffix(".damaged").read_bytes() == b"damaged"
    assert [r.passes_run for r in ran_once(prepared(), QUERY, OTHER)] == [len(TEXTS), 0]


def test_one_flipped_bit_anywhere_never_gives_wrong_scores(entry: Path) -> None:
    whole, truth = entry.read_bytes(), read_scores(EmbeddingCache(), prepared(), "fake scorer 1")
    assert {doc_id: s.logit for doc_id, s in truth[PREPARED.index(QUERY)].items()} == {
        f"d{i}": overlap_logit(QUERY, text) for i, text in enumerate(TEXTS)
    }
    chance = random.Random(11)
    for _ in range(FLIPS):
        place = chance.randrange(len(whole))
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        entry.write_bytes(flipped)
        found = read_scores(EmbeddingCache(), prepared(), "fake scorer 1")
        assert found == {}, f"the bit at byte {place} was not noticed"
    for length in chance.sample(range(len(whole)), 30):
        entry.write_bytes(whole[:length])
        assert read_scores(EmbeddingCache(), prepared(), "fake scorer 1") == {}
    entry.write_bytes(whole)
    assert read_scores(EmbeddingCache(), prepared(), "fake scorer 1") == truth


def test_a_folder_below_a_file_costs_nothing_but_the_keeping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SEARCHCORE_CACHE", str(tmp_path / "file" / "cache"))
    for _ in range(2):
        first, again = ran_once(prepared(), QUERY, QUERY)
        assert (first.passes_run, again.passes_run) == (len(TEXTS), 0)
        assert first.hits == again.hits
    assert "Nothing is kept" in caplog.text
    assert not any(record.exc_info for record in caplog.records)


@needs_posix
def test_a_read_only_folder_is_still_read(open_folder: Path) -> None:
    assert child("score_and_say", open_folder)[0] == ALL_RUN
    open_folder.chmod(0o555)
    assert child("score_unprivileged", open_folder) == (ALL_KEPT, "")


@needs_posix
@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_a_folder_that_can_not_be_written_costs_nothing_but_the_keeping(open_folder: Path, mode: int) -> None:
    open_folder.chmod(mode)
    answer, warnings = child("score_unprivileged", open_folder)
    assert answer == ALL_RUN
    assert "Nothing is kept" in warnings
    assert "Traceback" not in warnings
