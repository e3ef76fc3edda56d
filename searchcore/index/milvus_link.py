"""The way to Milvus: one connection, and one plain sentence for whatever goes wrong on it."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from searchcore.errors import IndexUnavailable, SearchError, printable
from searchcore.index.address import FILE_SUFFIX, INDEX_VARIABLE, shown

log = logging.getLogger("searchcore")
T = TypeVar("T")
CONNECT_SECONDS = 5.0
OPTIONS = {
    # Else a proxy of the environment is asked for the way to this very machine.
    "grpc.enable_http_proxy": 0,
    # Else a connection made anew waits as long, up to two minutes, as those that failed before it would have.
    "grpc.use_local_subchannel_pool": 1,
}
OLDEST_VERSION = (2, 3)
# What a visitor reads names the setting; the address is for the log.
ENGINE = f"The vector engine ({INDEX_VARIABLE})"
WITHOUT_IT = "Keyword search, and texts of your own, go on without it."
# The version of the file, and of a server over it, begins so; no other's does.
LITE = "milvus_lite"
SILENT = logging.CRITICAL + 1
REASON_CHARACTERS = 160


class Link:
    """The connection to the engine at `address`, made when it is first needed. Safe to share between threads.

    Where the engine was gone and is back, the next call finds it. `is_lite` says, once connected, that it is no server
    of many machines.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._client: Any = None
        self.is_lite = False

    def ask(self, question: Callable[[Any], T]) -> T:
        """What `question` gives for a pymilvus client. Raises IndexUnavailable for all that can go wrong there."""
        try:
            with self._lock:
                if self._client is None:
                    self._client = self._connected()
            return question(self._client)
        except SearchError:
            raise
        except Exception as error:  # whatever an engine does elsewhere, here it is a sentence
            raise IndexUnavailable(self._sentence(error)) from error

    def close(self) -> None:
        """End the connection; a later question makes another."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connected(self) -> Any:
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # read at the import below
        from pymilvus import MilvusClient

        # They write whole tracebacks for what is a sentence here.
        for name in ("pymilvus", "pymilvus.milvus_client", "milvus_lite", "grpc._server"):
            logging.getLogger(name).setLevel(SILENT)
        client = MilvusClient(self._address, timeout=CONNECT_SECONDS, dedicated=True, grpc_options=OPTIONS)
        version = str(client.get_server_version(timeout=CONNECT_SECONDS))
        numbers = re.search(r"(\d+)\.(\d+)", version)
        if numbers is None or tuple(map(int, numbers.groups())) < OLDEST_VERSION:
            client.close()
            raise IndexUnavailable(
                f'{ENGINE} has the version "{printable(version)[:40]}"; '
                f"Milvus {OLDEST_VERSION[0]}.{OLDEST_VERSION[1]} or later is needed. {WITHOUT_IT}"
            )
        self.is_lite = version.startswith(LITE)
        return client

    def _sentence(self, error: Exception) -> str:
        reason = printable(str(getattr(error, "message", "") or error))[:REASON_CHARACTERS]
        log.warning("The vector engine at %s: %s", shown(self._address), reason)
        if self._client is None and self._address.endswith(FILE_SUFFIX):
            return (
                f"The file of {INDEX_VARIABLE} can't be opened: another process has it open, or Milvus Lite did not "
                f"make it. {WITHOUT_IT}"
            )
        if _is_silence(error):
            return f"{ENGINE} does not answer. {WITHOUT_IT}"
        return f"{ENGINE} could not answer; the log says why. {WITHOUT_IT}"


def _is_silence(error: Exception) -> bool:
    """Whether an engine was not reached, or did not answer in time."""
    import grpc
    from pymilvus.client.types import Status

    silent = (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
    code = error.code() if isinstance(error, grpc.RpcError) else getattr(error, "code", None)
    return code in (*silent, Status.CONNECT_FAILED) or "timeout" in str(error).lower()
