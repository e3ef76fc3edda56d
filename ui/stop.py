"""How the program ends: SIGINT (exit code 130) and SIGTERM (0) end it at any moment, with the standard library alone.

The interpreter is not taken down in order: with models being loaded in threads of their own, that crashes. Instead
the callers are told and what has to be written is written, for at most the grace, and then the process is gone.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

CODES: dict[int, int] = {signal.SIGINT: 130, signal.SIGTERM: 0}
GRACE_SECONDS = 1.0
LOOK_SECONDS = 0.02


class Stop:
    """Sets both handlers when it is made, in the main thread. A second signal ends the process at once."""

    def __init__(self) -> None:
        self._before_end: list[Callable[[], object]] = []
        # A handler may come between any two steps of the main thread, also while that holds a lock. Putting something
        # into this queue is all it does: it is made for that.
        self._codes: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.grace = GRACE_SECONDS
        threading.Thread(target=self._watch, name="stop", daemon=True).start()
        for number in CODES:
            signal.signal(number, lambda received, frame: self._codes.put(CODES[received]))

    def before_end(self, act: Callable[[], object]) -> None:
        """Do this when a signal has come, before what was named earlier: so things end in the reverse order."""
        self._before_end.insert(0, act)

    def end(self, code: int) -> None:
        """End as by a signal, with this exit code."""
        self._codes.put(code)

    def wait(self) -> NoReturn:
        """Keep the main thread, where the handlers run, until the end."""
        while True:
            time.sleep(1)

    def _watch(self) -> None:
        code = self._codes.get()
        ending = threading.Thread(target=self._end, daemon=True)
        ending.start()
        deadline = time.monotonic() + self.grace
        while ending.is_alive() and time.monotonic() < deadline:
            with suppress(queue.Empty):
                self._codes.get(timeout=LOOK_SECONDS)
                break
        os._exit(code)

    def _end(self) -> None:
        for act in self._before_end:
            with suppress(Exception):  # whatever it is, the rest is done, and the process ends
                act()
