"""How many files and connections this process may hold open: a class of 300 has 300 event streams, and it may be one
of several. Many systems begin with 1,024 or less, and let a program have more that asks for it.
"""

from __future__ import annotations

from contextlib import suppress

WANTED = 20_000


def allow_many() -> None:
    """As many as the system lets this process have, up to WANTED; never fewer than it has."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # macOS has a lower bound beside this one
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
