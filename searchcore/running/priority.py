"""Threads that can take every core leave them to those that answer."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

# The event loop gets three quarters of a core for which one such thread competes.
STEPS_BACK = 5


def step_back() -> None:
    """Let this thread come after others of the process, where the system knows a thread's priority: on Linux.

    Without this a hundred pages wait for their first column as long as for the second.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + STEPS_BACK)
