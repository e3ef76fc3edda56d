"""requirements.lock from pip's own report of what it would install: make lock. With the standard library alone.

`python -m docs.lock REPORT` writes each package with its version and the hash of its file.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent.parent / "requirements.lock"
MEANT = {"python_version": "3.11", "sys_platform": "linux", "platform_machine": "x86_64"}
HEAD = """\
# Written by `make lock`: what requirements.txt comes to on Linux x86_64 with Python 3.11, each file with its hash.
--require-hashes
"""


def locked(report: dict[str, Any]) -> str:
    """The lock of a report of `pip install --dry-run --report`. Raises ValueError where it can't be one."""
    environment = {name: report["environment"][name] for name in MEANT}
    if environment != MEANT:
        raise ValueError(f"The lock is for {_shown(MEANT)}, and this is {_shown(environment)}.")
    return HEAD + "".join(f"{line}\n" for line in sorted(_line(each) for each in report["install"]))


def _line(installed: dict[str, Any]) -> str:
    name = re.sub(r"[-_.]+", "-", installed["metadata"]["name"]).lower()
    # "2.13.0+cpu" is one build of 2.13.0; which one it is, the hash says.
    version = installed["metadata"]["version"].partition("+")[0]
    source = installed["download_info"]
    if not source["url"].endswith(".whl"):
        raise ValueError(f"{name} {version} has no wheel: it would be built here, which no hash can vouch for.")
    return f"{name}=={version} --hash=sha256:{source['archive_info']['hashes']['sha256']}"


def _shown(environment: dict[str, str]) -> str:
    return "{sys_platform} {platform_machine} with Python {python_version}".format(**environment)


if __name__ == "__main__":
    try:
        text = locked(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    except ValueError as error:
        raise SystemExit(str(error)) from None
    LOCK.write_text(text, "utf-8")
