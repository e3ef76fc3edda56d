"""Run a program of Python's and note each try to reach or to look up another machine, as Python itself sees it.

`python -m tests.faults.watched NOTES note|refuse PROGRAM ARGUMENTS...`: with "refuse" each try fails, too.
"""

from __future__ import annotations

import runpy
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

# The usual name of NOTES.
TRIES = "tries.txt"
# The position of the address, or of the name, among what each event tells.
EVENTS = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}


def outside(address: Any) -> bool:
    """Whether an address, or the name of a host, is not this machine's own. A path, and None, are."""
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host in ("", "localhost") or host.startswith(("/", "\0")):
        return False
    try:
        return not ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return True


def watch(notes: Path, refuse: bool) -> None:
    """From now on each try is a line of `notes`, a new file."""
    notes.touch(exist_ok=False)

    def heard(event: str, told: tuple[Any, ...]) -> None:
        if event not in EVENTS or not outside(told[EVENTS[event]]):
            return
        with notes.open("a", encoding="utf-8") as file:
            file.write(f"{event} {told[EVENTS[event]]}\n")
        if refuse:
            raise OSError("there is no network in this test")

    sys.addaudithook(heard)


if __name__ == "__main__":
    noted_in, mode, *sys.argv = sys.argv[1:]
    watch(Path(noted_in), mode == "refuse")
    runpy.run_path(sys.argv[0], run_name="__main__")
