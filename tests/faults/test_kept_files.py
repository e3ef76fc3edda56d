"""Every kind of file that is kept, damaged in every way: right answers each time, one warning, and it is made anew."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from searchcore.index import embedding_cache, kept_scores
from tests.faults.kept import ANEW, AS_KEPT, USES, keep, searched
from tests.unit.cache_child import PREPARED, TEXTS

SIXTEENTHS = range(16)
REGIONS = 20
LONGEST_REGION = 64


def is_made_anew_with_one_warning(kind: str, path: Path, caplog: pytest.LogCaptureFixture, how: str) -> None:
    caplog.clear()
    assert USES[kind]() == ANEW[kind], how
    sentence = f"{path.name} is damaged or not ours: it is set aside and made again."
    assert [record.getMessage() for record in caplog.records] == [sentence], how
    caplog.clear()
    assert USES[kind]() == AS_KEPT, how
    assert caplog.records == [], how


@pytest.mark.parametrize("kind", USES)
def test_cut_at_every_sixteenth(kind: str, cache_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = keep(kind, cache_folder)
    whole = path.read_bytes()
    for part in SIXTEENTHS:
        path.write_bytes(whole[: len(whole) * part // len(SIXTEENTHS)])
        is_made_anew_with_one_warning(kind, path, caplog, f"cut at {part} sixteenths")


@pytest.mark.parametrize("kind", USES)
def test_with_a_region_of_it_flipped(kind: str, cache_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = keep(kind, cache_folder)
    whole, chance = path.read_bytes(), random.Random(20)
    for _ in range(REGIONS):
        start, length = chance.randrange(len(whole)), chance.randint(1, LONGEST_REGION)
        flipped = bytes(byte ^ 0xFF for byte in whole[start : start + length])
        path.write_bytes(whole[:start] + flipped + whole[start + length :])
        is_made_anew_with_one_warning(kind, path, caplog, f"{length} bytes flipped at {start}")


@pytest.mark.parametrize("kind", USES)
def test_a_file_of_a_later_version_under_the_name_of_ours(
    kind: str, cache_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = keep(kind, cache_folder)
    later = {"blocks": np.arange(12, dtype=np.uint16), "codebook": np.ones((2, 2), np.float16)}
    path.write_bytes(save(later, {"key": path.stem, "version": "9"}))
    is_made_anew_with_one_warning(kind, path, caplog, "of a later version")


def test_a_cache_of_a_later_version_is_left_alone(
    cache_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as later:
        later.setattr(embedding_cache, "FORMAT_VERSION", 99)
        later.setattr(kept_scores, "KIND", "scores 99")
        searched(*PREPARED)
    theirs = {path: path.read_bytes() for path in cache_folder.glob("*.safetensors")}
    assert searched(PREPARED[0]) == [ANEW["scores"]]
    assert searched(PREPARED[0]) == [AS_KEPT]
    assert {path: path.read_bytes() for path in theirs} == theirs
    assert caplog.records == []


def test_one_warning_for_each_damaged_file_and_not_one_for_each_search(
    cache_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    searched(*PREPARED)
    paths = sorted(cache_folder.glob("*.safetensors"))
    for path in paths:
        path.write_bytes(path.read_bytes()[:-1])
    assert searched(*PREPARED, *PREPARED) == [ANEW["scores"]] * len(PREPARED) + [AS_KEPT] * len(PREPARED)
    assert len(paths) == 2 and len(caplog.records) == len(paths)


def test_what_a_killed_process_left_half_written_is_removed_by_the_next_write(cache_folder: Path) -> None:
    for kind in USES:
        path = keep(kind, cache_folder)
        left = path.with_name(f"{path.stem}.0a1b2c.tmp")
        left.write_bytes(b"half")
        path.unlink()
        assert USES[kind]() == ANEW[kind]
        assert not left.exists()
    assert len(TEXTS) == ANEW["scores"].made
