"""Disks that are full, fill up, are read-only or lose the folder: the answers stay right, and one warning says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.faults.alone import prefix
from tests.server import ROOT
from tests.unit.cache_child import PREPARED, TEXTS

ALONE = prefix()
# A disk of one's own, where that is allowed.
WAY = "mount" if ALONE else "pretend"
PAIRS = [len(TEXTS)] * len(PREPARED)
NOTHING_KEPT = [len(TEXTS), len(TEXTS), 1, *PAIRS]
ALL_KEPT = [0] * len(NOTHING_KEPT)


def child(mode: str, folder: Path, way: str) -> tuple[dict[str, Any], list[str]]:
    """What the child answers, and its warnings."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.faults.disk_child", mode, str(folder), way]
    shut_in = ALONE if way == "mount" and ALONE else []
    run = subprocess.run([*shut_in, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout), run.stderr.splitlines()


def test_a_full_disk(tmp_path: Path) -> None:
    answer, warnings = child("full", tmp_path / "disk", WAY)
    assert answer["right"] and answer["made"] == NOTHING_KEPT * 2
    assert set(answer["left"]) <= {".lock"}
    assert answer["again"] == {"right": True, "made": [0] * len(PREPARED)}
    assert warnings == [f"Nothing is kept: {tmp_path / 'disk'} can't be written (No space left on device)."]


def test_a_disk_that_fills_up_while_files_are_written(tmp_path: Path) -> None:
    answer, warnings = child("fills_up", tmp_path / "disk", WAY)
    assert answer == {"right": True, "wrong": [], "fewest": answer["fewest"], "most": 3}
    assert answer["fewest"] < 3 and all("No space left on device" in warning for warning in warnings)


def test_a_read_only_disk_is_still_read_without_a_word(tmp_path: Path) -> None:
    answer, warnings = child("read_only", tmp_path / "disk", WAY)
    assert answer == {"right": True, "made": ALL_KEPT * 2}
    assert warnings == []


def test_a_read_only_disk_with_nothing_on_it(tmp_path: Path) -> None:
    answer, warnings = child("read_only_from_the_start", tmp_path / "disk", WAY)
    assert answer == {"right": True, "made": NOTHING_KEPT * 2}
    assert warnings == [f"Nothing is kept: {tmp_path / 'disk'} can't be written (Read-only file system)."]


def test_a_folder_that_is_deleted_while_it_is_used(tmp_path: Path) -> None:
    answer, _ = child("deleted", tmp_path / "disk", "pretend")
    assert answer["right"] and answer["again"] == {"right": True, "made": [0] * len(PREPARED)}
    assert answer["made"] == PAIRS + [0] * len(PREPARED)  # what the engine knows by heart is not lost
    assert answer["wrong"] == []
