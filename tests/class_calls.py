"""A class by plain HTTP: browsers that keep their cookies, and the event streams of their screens."""

from __future__ import annotations

import itertools
import json
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from ui.classroom.routes import ASKED_HEADER, SECRET_HEADER

PATIENCE = 30.0
QUESTION = {"corpus": "planets", "q": "Why is the fourth planet red?", "k": "5", "picks": "1"}
ASKED = {ASKED_HEADER: "1"}
# Each test asks from an address of its own, so that no limit of one is felt by another.
_ADDRESSES = (f"127.0.{n // 200}.{n % 200 + 2}" for n in itertools.count(200))


def new_address() -> str:
    """An address of this machine that no test has asked from."""
    return next(_ADDRESSES)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def error(self) -> str:
        """The sentence of a refusal; nothing else may stand beside it."""
        said = json.loads(self.body)
        assert list(said) == ["error"], said
        sentence: str = said["error"]
        assert "Traceback" not in sentence and "\n" not in sentence
        return sentence


@dataclass(slots=True)
class Browser:
    """One browser at an address; cookies go where they belong."""

    url: str
    address: str = field(default_factory=new_address)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, path, body, self.with_cookies(path, headers or {}))
            response = connection.getresponse()
            self._keep(response, path)
            return Answer(response.status, _lowered(response), response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=_named(headers))

    def post(self, path: str, sent: Any, **headers: str) -> Answer:
        """Send JSON as the class's own page does."""
        return self.ask("POST", path, json.dumps(sent).encode(), ASKED | _named(headers))

    def connect(self) -> HTTPConnection:
        where = urlsplit(self.url)
        assert where.hostname is not None
        return HTTPConnection(where.hostname, where.port, timeout=PATIENCE, source_address=(self.address, 0))

    def with_cookies(self, path: str, headers: dict[str, str]) -> dict[str, str]:
        plain = path.partition("?")[0]
        found = [
            f"{name}={value}"
            for where, values in self.cookies.items()
            if where in ("/", plain) or plain.startswith(f"{where}/")
            for name, value in values.items()
        ]
        return headers | ({"cookie": "; ".join(found)} if found else {})

    def _keep(self, response: HTTPResponse, path: str) -> None:
        for line in response.headers.get_all("set-cookie") or ():
            for name, cookie in SimpleCookie(line).items():
                self.cookies.setdefault(cookie["path"] or path, {})[name] = cookie.value


class Following:
    """An event stream that is being read: what it has said so far, put together, its events, and every byte of it."""

    def __init__(self, browser: Browser, path: str, headers: dict[str, str] | None = None) -> None:
        self.shown: dict[str, Any] = {}
        self.raw = bytearray()
        self.events: list[bytes] = []
        self.ended = False
        self._changed = threading.Condition()
        self._connection = browser.connect()
        self._connection.request("GET", path, headers=browser.with_cookies(path, headers or {}))
        assert self._connection.sock is not None
        self._socket = self._connection.sock
        self._response = self._connection.getresponse()
        assert self._response.status == 200, self._response.read()
        assert self._response.headers["content-type"].startswith("text/event-stream")
        threading.Thread(target=self._read, daemon=True).start()

    def until(self, seen: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """What it shows, once that is so."""
        with self._changed:
            assert self._changed.wait_for(lambda: bool(self.shown) and seen(self.shown), PATIENCE), self.shown
            return dict(self.shown)

    def until_said(self, part: str) -> str:
        """What a screen reader hears of it, once that is in it."""
        said: str = self.until(lambda shown: part in shown.get("said", ""))["said"]
        return said

    def until_ended(self) -> dict[str, Any]:
        """What it showed last, once the server has ended it."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.ended, PATIENCE), self.shown
            return dict(self.shown)

    def cut(self) -> None:
        """Gone, without a word."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _read(self) -> None:
        try:
            while line := self._response.readline():
                with self._changed:
                    self.raw += line
                    if line.startswith(b"data: "):
                        self.shown.update(json.loads(line[6:]))
                        self.events.append(line)
                    self._changed.notify_all()
        except (OSError, ValueError, HTTPException):  # it was cut
            pass
        with self._changed:
            self.ended = True
            self._changed.notify_all()


class Lecturer:
    """Who has started a class, from a browser of their own."""

    def __init__(self, url: str) -> None:
        self.browser = Browser(url)
        answer = self.browser.post("/class", {})
        assert answer.status == 200, answer.text
        made = json.loads(answer.body)
        self.code: str = made["code"]
        self.secret: str = made["secret"]
        self.path = f"/class/{self.code}"
        self.open: list[Following] = []

    def follow(self) -> Following:
        self.open.append(Following(self.browser, f"{self.path}/lead", {SECRET_HEADER: self.secret}))
        return self.open[-1]

    def act(self, act: str, **sent: Any) -> Answer:
        return self.browser.post(f"{self.path}/act", {"act": act, **sent}, **{SECRET_HEADER: self.secret})

    def must(self, act: str, **sent: Any) -> None:
        answer = self.act(act, **sent)
        assert (answer.status, answer.text) == (200, '{"done":true}')

    def key(self, lead: Following) -> str:
        """The key of the link for students, as the lecturer's screen shows it."""
        found = re.search(r"\?key=([\w-]+)", lead.until(lambda shown: "?key=" in shown.get("door", ""))["door"])
        assert found is not None
        return found[1]


class Student:
    """A browser that has opened the link of a class."""

    def __init__(self, lecturer: Lecturer, address: str = "", cookies: dict[str, dict[str, str]] | None = None) -> None:
        self.path = lecturer.path
        self.browser = Browser(lecturer.browser.url, address or lecturer.browser.address, cookies or {})
        answer = self.browser.get(self.path)
        assert answer.status == 200, answer.text

    def follow(self) -> Following:
        return Following(self.browser, f"{self.path}/follow")

    def answer(self, number: Any, *keys: Any, **more: Any) -> Answer:
        return self.browser.post(f"{self.path}/answer", {"round": number, "answer": list(keys), **more})

    def grade(self, number: int, doc_id: Any, grade: Any) -> Answer:
        return self.browser.post(f"{self.path}/answer", {"round": number, "doc": doc_id, "grade": grade})


def options(shown: dict[str, Any]) -> list[str]:
    """The keys of the options on a student's screen."""
    return re.findall(r'data-key="([^"]+)"', shown.get("screen", ""))


def counted(shown: dict[str, Any], what: str) -> int:
    """How many have joined, or answered, by the lecturer's screen; -1 where it does not say."""
    found = re.search(rf"<b>(\d+)</b> {what}", shown.get("counts", ""))
    return int(found[1]) if found else -1


def asked(lecturer: Lecturer, lead: Following) -> list[str]:
    """Ask a question; the keys of its options."""
    student = Student(lecturer).follow()
    lecturer.must("ask", **QUESTION)
    keys = options(student.until(options))
    student.cut()
    lead.until(lambda shown: (counted(shown, "joined"), counted(shown, "answered")) == (0, 0))
    return keys


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _lowered(response: HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def points(shown: dict[str, Any]) -> dict[str, int]:
    """By document that anybody named its points, as they stand on the lecturer's screen after a reveal."""
    column = re.search(r'<section[^>]* data-method="students".*?</section>', shown["stage"], re.DOTALL)
    assert column is not None
    found = re.findall(r'data-doc="([^"]+)".*?class="ss-number">(\d+)<', column[0], re.DOTALL)
    return {doc_id: int(number) for doc_id, number in found if number != "0"}
