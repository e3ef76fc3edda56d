"""requirements.lock holds exactly what requirements.txt comes to, each file by its hash."""

from __future__ import annotations

import re
from importlib.metadata import distribution, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs.lock import HEAD, locked

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9A-Za-z.]+) --hash=sha256:[0-9a-f]{64}")


def lock_text() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


def in_the_lock() -> dict[str, str]:
    """Versions by name."""
    lines = lock_text().removeprefix(HEAD).splitlines()
    found = [LINE.fullmatch(line) for line in lines]
    assert None not in found, lines
    return {line["name"]: line["version"] for line in found if line is not None}


def pins() -> dict[str, str]:
    """The same of requirements.txt."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    pinned = [line.split("==") for line in lines if not line.startswith("--")]
    return {canonicalize_name(name): version for name, version in pinned}


def report_of(**changed: Any) -> dict[str, Any]:
    """A report of pip about one package."""
    installed = {
        "metadata": {"name": "Some.Package", "version": "1.2+cpu"},
        "download_info": {"url": "https://host/a.whl", "archive_info": {"hashes": {"sha256": "ab" * 32}}},
    }
    environment = {"python_version": "3.11", "sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"}
    return {"environment": environment | changed.pop("environment", {}), "install": [installed | changed]}


def test_both_agree_on_every_pin() -> None:
    chosen = in_the_lock()
    assert {name: chosen.get(name) for name in pins()} == pins()


def test_whatever_a_locked_package_needs_is_locked() -> None:
    """By what the installed packages say of themselves, without their extras."""
    chosen = in_the_lock()
    missing = {
        f"{name} needs {needed}"
        for name in chosen
        for needed in map(Requirement, requires(name) or [])
        if needed.marker is None or needed.marker.evaluate({"extra": ""})
        if canonicalize_name(needed.name) not in chosen
    }
    assert missing == set()


def test_what_is_installed_here_fits_the_lock() -> None:
    found = {name: distribution(name).version.partition("+")[0] for name in in_the_lock()}
    assert {name: found[name] for name in pins()} == pins()


def test_every_line_has_a_hash_and_none_an_address() -> None:
    assert lock_text().startswith(HEAD)
    assert "--require-hashes\n" in HEAD
    assert "://" not in lock_text()
    assert list(in_the_lock()) == sorted(in_the_lock(), key=lambda name: f"{name}==")


def test_a_report_becomes_a_line_with_the_name_as_indexes_write_it() -> None:
    assert locked(report_of()) == f"{HEAD}some-package==1.2 --hash=sha256:{'ab' * 32}\n"


def test_a_report_of_another_machine_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^The lock is for linux x86_64 with Python 3\.11, and this is linux aarch64"):
        locked(report_of(environment={"platform_machine": "aarch64"}))


def test_what_would_be_built_is_refused() -> None:
    source = {"url": "https://host/a.tar.gz", "archive_info": {"hashes": {"sha256": "ab" * 32}}}
    with pytest.raises(ValueError, match=r"^some-package 1\.2 has no wheel: it would be built here"):
        locked(report_of(download_info=source))
