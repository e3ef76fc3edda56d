"""What stands between a client and a server: it passes all on, or holds it back, or is gone, as a test says."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

BLOCK = 65_536


class PassedOn:
    """A way to `port` of this machine, at a port of its own."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._open = threading.Event()
        self._open.set()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._accepting()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def hold(self) -> None:
        """From now on nothing gets through, though connections stand."""
        self._open.clear()

    def release(self) -> None:
        """What was held back goes on."""
        self._open.set()

    def cut(self) -> None:
        """End all connections, and take no more."""
        self.release()
        for each in (self._listener, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._sockets.clear()

    def mend(self) -> None:
        """Be there again, at the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._accepting()

    def _accepting(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._sockets += [near, far]
                for each, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(each, other), daemon=True).start()

    def _pass_on(self, each: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while block := each.recv(BLOCK):
                self._open.wait()
                other.sendall(block)
        for end in (each, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
