"""What `make demo` installs: its size, its largest parts, who demands them, and what of it the bundled models need.

With `--install` it is installed anew into a temporary folder, and timed; else what is installed here is measured.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
LARGEST, MEGABYTE = 12, 1e6
# Smaller ones are not worth a line.
TOLD_MEGABYTES = 1.0
# A page, a search by every method and an evaluation, with the given modules as if they were not there.
RUN = """
import importlib.abc, json, sys
blocked = set(json.loads(sys.argv[1]))
class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocked())
import ui.layout, ui.server
from searchcore import Engine, evaluate
engine = Engine()
ui.layout.build_site(engine)
engine.search("toy", "chess", methods=("bm25", "bi_encoder", "late_interaction", "cross_encoder"))
assert evaluate(engine, "science", candidates=5, methods=("bm25", "bi_encoder")).measures["bm25"]
engine.close()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@dataclass(frozen=True, slots=True)
class Part:
    """An installed package: bytes on disk, the names that it is imported by, and what it demands."""

    name: str
    size: int
    modules: frozenset[str]
    demands: frozenset[str]


def main(install: bool = False) -> None:
    """Print all of it."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(sys.executable)
        if install:
            python, seconds = installed_anew(Path(folder))
            print(f"\nInstalled by `make demo` on a machine with an index of packages in reach: {seconds:.0f} s")
        parts = parts_of(site_packages(python))
        needed = closure(parts, named((REPOSITORY / "requirements.txt").read_text("utf-8")))
        _show(parts, needed, python)


def _show(parts: Mapping[str, Part], needed: Iterable[str], python: Path) -> None:
    chosen = named((REPOSITORY / "requirements.txt").read_text("utf-8"))
    kept = [parts[name] for name in needed]
    print(f"\n{megabytes(kept):,.0f} MB in {len(kept)} packages; the {LARGEST} largest:")
    for part in sorted(kept, key=lambda each: -each.size)[:LARGEST]:
        print(line_of(part, kept, chosen))
    imported = run_without(python, ())
    idle = [part for part in kept if part.name not in chosen and part.modules and not part.modules & imported]
    run_without(python, sorted(module for part in idle for module in part.modules))
    print(
        f"\n{megabytes(idle):,.0f} MB only another package's metadata demands: a page, a search and an evaluation run"
    )
    print("with every one of them blocked")
    for part in sorted(idle, key=lambda each: -each.size):
        if part.size >= TOLD_MEGABYTES * MEGABYTE:
            print(line_of(part, kept, chosen), flush=True)


def megabytes(parts: Iterable[Part]) -> float:
    """The size of all of them."""
    return sum(part.size for part in parts) / MEGABYTE


def line_of(part: Part, kept: Iterable[Part], chosen: set[str]) -> str:
    """A package's size and name, and who demands it."""
    by = ["requirements.txt"] if part.name in chosen else []
    by += sorted(other.name for other in kept if part.name in other.demands)
    return f"  {part.size / MEGABYTE:8.1f} MB  {part.name}, demanded by {', '.join(by)}"


def named(requirements: str) -> set[str]:
    """The packages that a requirements file names, options and other files left out."""
    lines = (line.strip() for line in requirements.splitlines())
    return {canonicalize_name(Requirement(line).name) for line in lines if line and line[0] not in "-#"}


def closure(parts: Mapping[str, Part], roots: Iterable[str]) -> list[str]:
    """The roots that are installed and all that they demand, directly or not."""
    found: dict[str, None] = {}
    waiting = sorted(name for name in roots if name in parts)
    while waiting:
        if (name := waiting.pop()) not in found:
            found[name] = None
            waiting += sorted(each for each in parts[name].demands if each in parts)
    return sorted(found)


def parts_of(folder: Path) -> dict[str, Part]:
    """What is installed in a folder of packages, by name. Optional extras are no demands."""
    parts = {}
    for installed in metadata.distributions(path=[str(folder)]):
        name = canonicalize_name(installed.metadata["Name"])
        paths = [Path(str(file)) for file in installed.files or ()]
        sizes = [path.stat().st_size for path in map(folder.joinpath, paths) if path.is_file()]
        demands = [Requirement(each) for each in installed.requires or ()]
        asked = {canonicalize_name(d.name) for d in demands if d.marker is None or d.marker.evaluate({"extra": ""})}
        parts[name] = Part(name, sum(sizes), frozenset(_modules(paths)), frozenset(asked))
    # A folder that two packages share is neither's alone: blocking it for one would block the other.
    shared = {
        m for one in parts.values() for other in parts.values() if one is not other for m in one.modules & other.modules
    }
    return {n: Part(n, part.size, part.modules - shared, part.demands) for n, part in parts.items()}


def _modules(paths: Iterable[Path]) -> set[str]:
    """The names that these files are imported by."""
    python = [path for path in paths if path.suffix in (".py", ".so") and ".." not in path.parts]
    return {path.parts[0].partition(".")[0] for path in python if not path.parts[0].endswith((".dist-info", ".libs"))}


def run_without(python: Path, blocked: Iterable[str]) -> set[str]:
    """What a page, a search and an evaluation import where these modules can't be. Raises CalledProcessError."""
    call = [str(python), "-c", RUN, json.dumps(list(blocked))]
    ran = subprocess.run(call, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    return set(json.loads(ran.stdout.splitlines()[-1]))


def installed_anew(folder: Path) -> tuple[Path, float]:
    """The interpreter of a new installation in `folder`, and the seconds that it took."""
    for path in REPOSITORY.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    began = time.perf_counter()
    subprocess.run(["make", ".venv/runtime"], cwd=folder, check=True)
    return folder / ".venv" / "bin" / "python", time.perf_counter() - began


def site_packages(python: Path) -> Path:
    """The folder that an interpreter's packages are in."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(subprocess.run([str(python), "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())


if __name__ == "__main__":
    main("--install" in sys.argv[1:])
