"""Runs in a process of its own for test_disks: `disk_child.py MODE FOLDER mount|pretend`, answers in one line of JSON.

With "mount" it is in a mount namespace of its own, and FOLDER becomes a small disk. With "pretend", where that is not
allowed, the call that writes says what the system would say.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from searchcore import pair_scores
from searchcore.kept import FOLDER_VARIABLE, arrays
from tests.faults.kept import USES, Use, damaged_in, searched
from tests.unit.cache_child import PREPARED

SMALL_KB, STEP_KB, LARGE_KB = 4, 4, 64
ROUNDS = 2


class Disk:
    """A disk of its own at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mount(self, kilobytes: int) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", self.folder], check=True)

    def unmount(self) -> None:
        subprocess.run(["umount", self.folder], check=True)

    def fill(self) -> None:
        with (self.folder / "filler").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 1_024)
            except OSError as error:
                assert error.errno == errno.ENOSPC

    def free(self) -> None:
        (self.folder / "filler").unlink()

    def close(self) -> None:
        subprocess.run(["mount", "-o", "remount,ro", self.folder], check=True)


class Pretended(Disk):
    """The same, as far as it shows when files are written."""

    usual = staticmethod(arrays.save)

    def mount(self, kilobytes: int) -> None:
        def save(whole: object, **more: object) -> bytes:
            raw = self.usual(whole, **more)
            if len(raw) + sum(path.stat().st_size for path in self.folder.iterdir()) > kilobytes * 1_024:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return raw

        arrays.save = save

    def unmount(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()

    def fill(self) -> None:
        self.mount(0)

    def free(self) -> None:
        arrays.save = self.usual

    def close(self) -> None:
        def refuse(*args: object, **more: object) -> object:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))

        arrays.FileLock.acquire = refuse


def told(uses: list[Use]) -> dict[str, object]:
    return {"right": all(use.right for use in uses), "made": [use.made for use in uses]}


def everything() -> list[Use]:
    """Each kind of file used, and then searches."""
    return [*(use() for use in USES.values()), *searched(*PREPARED)]


def full(disk: Disk) -> dict[str, object]:
    """Everything on a full disk, and again when there is room."""
    disk.mount(LARGE_KB)
    disk.fill()
    answer = told([use for _ in range(ROUNDS) for use in everything()])
    left = sorted(path.suffix for path in disk.folder.iterdir() if path.name != "filler")
    disk.free()
    searched(*PREPARED)
    return {**answer, "left": left, "again": told(searched(*PREPARED))}


def fills_up(disk: Disk) -> dict[str, object]:
    """Everything on disks that are too small by more or less: what is there is whole, and nothing else is."""
    uses, wrong, counts = [], [], []
    for kilobytes in range(SMALL_KB, LARGE_KB, STEP_KB):
        disk.mount(kilobytes)
        uses += everything()
        wrong += damaged_in(disk.folder) + [path.name for path in disk.folder.glob("*.tmp")]
        counts.append(len(list(disk.folder.glob("*.safetensors"))))
        disk.unmount()
    return {"right": told(uses)["right"], "wrong": wrong, "fewest": min(counts), "most": max(counts)}


def read_only(disk: Disk) -> dict[str, object]:
    """Everything is kept, then the disk is read-only."""
    disk.mount(LARGE_KB)
    everything()
    disk.close()
    return told([use for _ in range(ROUNDS) for use in everything()])


def read_only_from_the_start(disk: Disk) -> dict[str, object]:
    disk.mount(LARGE_KB)
    disk.close()
    return told([use for _ in range(ROUNDS) for use in everything()])


def deleted(disk: Disk) -> dict[str, object]:
    """The folder is deleted after every search of one engine; what it has written then is there again."""
    uses = searched(*PREPARED, *PREPARED, between=lambda: shutil.rmtree(disk.folder, ignore_errors=True))
    searched(*PREPARED)
    return {**told(uses), "again": told(searched(*PREPARED)), "wrong": damaged_in(disk.folder)}


MODES: dict[str, Callable[[Disk], dict[str, object]]] = {
    mode.__name__: mode for mode in (full, fills_up, read_only, read_only_from_the_start, deleted)
}

if __name__ == "__main__":
    mode, folder, way = sys.argv[1:]
    os.environ[FOLDER_VARIABLE] = folder
    pair_scores.SECONDS_BEFORE_WRITING = 0.0
    print(json.dumps(MODES[mode]((Disk if way == "mount" else Pretended)(Path(folder)))))
