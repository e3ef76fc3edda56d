"""A page's calls over plain HTTP, as the browser makes them: what is typed is sent, and the answer read as it comes."""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from typing import Any

PATIENCE_SECONDS = 300.0
LOOK_SECONDS = 0.1
# A ranking is there; the ghosts that are there before have no query.
_RANKED = re.compile(rb'data-query=\\+"')
_AHEAD = re.compile(rb"([0-9,]+) search(?:es)? ahead of yours")
_ALERT = re.compile(rb'role=\\+"alert\\*">(?P<sentence>[^<]+)')
_REFUSED = re.compile(rb"please (?:try again in a minute|wait for one of them)|queue_full")


@dataclass(slots=True)
class Answer:
    """Seconds from asking to the first column and to the whole; how many were said to be ahead at most; what failed."""

    query: str
    first: float = 0.0
    whole: float = 0.0
    ahead: int = 0
    refused: bool = False
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class PageClient:
    """One open page of an app whose first box is its query: ours, or the peer. Not to be shared by threads."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.session = secrets.token_hex(8)
        self._config: dict[str, Any] = json.loads(self._get("/config"))
        self._parts = {part["id"]: part for part in self._config["components"]}
        self._submit = self._dependency("textbox", "submit")
        self._heartbeat: HTTPConnection | None = None

    def stay(self) -> None:
        """Keep the connection open by which a server sees that the page is still there."""
        self._heartbeat = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        self._heartbeat.request("GET", f"/gradio_api/heartbeat/{self.session}")
        self._heartbeat.getresponse()

    def close(self) -> None:
        """Leave the page."""
        if self._heartbeat is not None:
            self._heartbeat.close()

    def ask(self, query: str, corpus: str = "") -> Answer:
        """Type a query, press Enter and read the answer to its end; `corpus` is picked before."""
        values = [self._parts[part]["props"].get("value") for part in self._submit["inputs"]]
        for place, part in enumerate(self._submit["inputs"]):
            kind, name = self._parts[part]["type"], self._parts[part]["props"].get("elem_id")
            if name == "query" or kind == "textbox":
                values[place] = query
            elif name == "corpus" and corpus:
                values[place] = corpus
        answer = Answer(query)
        began = time.perf_counter()
        for message in self._messages(self._submit["id"], values):
            _heard(answer, message, time.perf_counter() - began)
        answer.whole = answer.whole or time.perf_counter() - began
        answer.first = answer.first or answer.whole
        return answer

    def wait_until_ready(self) -> None:
        """Until the page says that all is in memory; an app that does not say so is ready. Raises TimeoutError."""
        timer = self._dependency("timer", "tick")
        began = time.monotonic()
        while timer and time.monotonic() - began < PATIENCE_SECONDS:
            if any(b'"active":false' in message.replace(b" ", b"") for message in self._messages(timer["id"], [])):
                return
            time.sleep(LOOK_SECONDS)
        if timer:
            raise TimeoutError("the page was not ready in time")

    def _dependency(self, kind: str, event: str) -> dict[str, Any]:
        for each in self._config["dependencies"]:
            for part, name in each["targets"]:
                if name == event and self._parts.get(part, {}).get("type") == kind:
                    found: dict[str, Any] = each
                    return found
        return {}

    def _messages(self, function: int, values: list[Any]) -> Any:
        """What the server says of one call, message by message, as it comes."""
        body = {"data": values, "fn_index": function, "session_hash": self.session, "event_data": None}
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            headers = {"content-type": "application/json"}
            connection.request("POST", "/gradio_api/queue/join", json.dumps(body), headers)
            response = connection.getresponse()
            joined = response.read()
            if response.status != 200:
                yield b'"success":false ' + joined
                return
            connection.request("GET", f"/gradio_api/queue/data?session_hash={self.session}")
            response = connection.getresponse()
            while line := response.readline():
                if line.startswith(b"data:"):
                    yield line
                if b'"close_stream"' in line[:60]:
                    return
        finally:
            connection.close()

    def _get(self, path: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()


def _heard(answer: Answer, message: bytes, seconds: float) -> None:
    """Note what one message says of an answer."""
    if not answer.first and _RANKED.search(message):
        answer.first = seconds
    if b'"process_completed"' in message[:60]:
        answer.whole = seconds
    for number in _AHEAD.findall(message):
        answer.ahead = max(answer.ahead, int(number.replace(b",", b"")))
    if _REFUSED.search(message):
        answer.refused = True
    elif alert := _ALERT.search(message):
        answer.error = alert["sentence"].decode("utf-8", "replace")
    elif b'"success":false' in message.replace(b'": ', b'":'):
        answer.error = message[:200].decode("utf-8", "replace")
