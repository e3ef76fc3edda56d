"""A kept file of many blocks, whose checksums are worked out side by side: any block altered or moved is noticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from searchcore.kept import arrays, read_arrays, write_arrays

BLOCK = 64
IDS = ["a", "b"]
ROWS = np.random.default_rng(3).standard_normal((100, 6)).astype(np.float32)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of 2,400 bytes of numbers in blocks of 64, the last one shorter, and an array of nothing."""
    monkeypatch.setattr(arrays, "BLOCK_BYTES", BLOCK)
    path = tmp_path / "large.safetensors"
    assert write_arrays(path, "key", IDS, {"rows": ROWS, "none": np.empty((0, 6), np.float32)})
    return path


def test_what_is_right_is_read_as_it_was_written(kept: Path) -> None:
    found = read_arrays(kept, "key", IDS)
    assert found is not None
    np.testing.assert_array_equal(found["rows"], ROWS)
    assert found["none"].shape == (0, 6)


def first_flipped(raw: bytearray) -> None:
    raw[-ROWS.nbytes] ^= 1


def middle_flipped(raw: bytearray) -> None:
    raw[-ROWS.nbytes // 2] ^= 128


def last_flipped(raw: bytearray) -> None:
    raw[-1] ^= 1


def two_blocks_changed_places(raw: bytearray) -> None:
    start = len(raw) - ROWS.nbytes
    one, other = (slice(start + n * BLOCK, start + (n + 1) * BLOCK) for n in (2, 3))
    raw[one], raw[other] = raw[other], raw[one]


@pytest.mark.parametrize("damage", [first_flipped, middle_flipped, last_flipped, two_blocks_changed_places])
def test_a_block_altered_or_moved_is_noticed(kept: Path, damage: Callable[[bytearray], None]) -> None:
    raw = bytearray(kept.read_bytes())
    damage(raw)
    kept.write_bytes(raw)
    assert read_arrays(kept, "key", IDS) is None
    assert not kept.exists() and kept.with_suffix(".damaged").exists()
