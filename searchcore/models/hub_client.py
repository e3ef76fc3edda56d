"""The Hub's client with bounds: it gives up on what comes too slowly, and no server tells it how long to sleep."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx2
from huggingface_hub import constants
from huggingface_hub.utils._http import default_client_factory

# The Hub's other way, for large files, is native code with a patience of its own; each byte is to come by this client.
constants.HF_HUB_DISABLE_XET = True
# So many bytes come at least in so many seconds: less is no connection that anybody waits for.
PACE_BYTES, PACE_SECONDS = 20_000, 20.0
# Where a request says nothing else: how long the next byte may take.
SILENCE_SECONDS = 10.0
# By these a server says how long to sleep before the next try; the client would believe an hour.
TELLS_TO_WAIT = ("retry-after", "ratelimit", "ratelimit-policy")


class TooSlow(httpx2.TransportError):
    """An answer comes more slowly than PACE_BYTES in PACE_SECONDS. The Hub's client does not try such a one again."""


class Paced(httpx2.SyncByteStream):
    """The bytes of an answer as they come. Raises TooSlow."""

    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        since, received = time.monotonic(), 0
        for some in self._stream:
            received += len(some)
            now = time.monotonic()
            if now - since >= PACE_SECONDS:
                if received < PACE_BYTES:
                    raise TooSlow(f"{received:,} bytes came in {now - since:.0f} s")
                since, received = now, 0
            yield some

    def close(self) -> None:
        """See SyncByteStream."""
        self._stream.close()


def bounded_client() -> httpx2.Client:
    """A client as the Hub's library makes it, with these bounds."""
    client = default_client_factory()
    hooks = client.event_hooks
    client.event_hooks = {
        "request": [*hooks["request"], _never_silent],
        "response": [*hooks["response"], _paced],
    }
    return client


def _never_silent(request: httpx2.Request) -> None:
    told = request.extensions.get("timeout", {})
    kinds = ("connect", "read", "write", "pool")
    request.extensions["timeout"] = {kind: told.get(kind) or SILENCE_SECONDS for kind in kinds}


def _paced(response: httpx2.Response) -> None:
    assert isinstance(response.stream, httpx2.SyncByteStream)
    response.stream = Paced(response.stream)
    for name in TELLS_TO_WAIT:
        response.headers.pop(name, None)
