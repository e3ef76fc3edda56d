"""Two processes behind a real nginx: a visitor stays with one, and goes on with the other where that is killed."""

from __future__ import annotations

import json
import os
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.class_calls import Lecturer, Student, counted, options
from tests.faults.small_app import CORPUS
from tests.nginx import nginx_with
from tests.server import Server, free_ports, run_app
from ui.address import Address
from ui.nginx import configuration
from ui.workers import HERE, Worker

PATIENCE = 60.0
SEARCH = [CORPUS, "film topic7", 5, None, None, None]
LINK = f"/?corpus={CORPUS}&q=film+topic7&k=5"
FILE = f"/take/search.csv?corpus={CORPUS}&q=film+topic7&k=5"
LINES = b"a line of my own about whales\nanother one about the sea\n"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, which keeps cookies; what it was sent of them."""

    page: Server
    cookies: CookieJar

    @classmethod
    def of(cls, server: Server) -> Visitor:
        cookies = CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        visitor = cls(Server(server.url, server.log, opener=opener), cookies)
        assert visitor.page.get("/")[0] == 200
        return visitor

    @property
    def process(self) -> str:
        """The letter of the process that answers."""
        [cookie] = [cookie for cookie in self.cookies if cookie.path == "/"]
        assert cookie.name == "searchcore_worker" and cookie.value
        return cookie.value

    def app(self) -> str:
        """What the page asks every five seconds: another answer is another process, and the page opens anew."""
        return self.page.get("/gradio_api/app_id")[2]

    def gives(self, secret: str) -> str:
        """A file of one's own; the secret under which it is kept: another one where that is not known."""
        status, answer = self.page.sent("/own", LINES, {"x-own-secret": secret, "x-file-name": "lines.txt"})
        assert status == 200
        kept: str = json.loads(answer)["secret"]
        return kept


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Both processes serve, nginx asks them."""
    port, folder = free_ports(3), tmp_path_factory.mktemp("many")
    workers = (Worker("a", port + 1), Worker("b", port + 2))
    program = ["-m", "tests.faults.small_app"]
    with (
        nginx_with(configuration(Address(HERE, port), workers), port, folder / "nginx"),
        run_app(folder, folder / "cache", program, port, WORKERS="2") as server,
    ):
        until_started(server, {"a": 1, "b": 1})
        yield server


def until_started(server: Server, times: dict[str, int]) -> None:
    """Until each process has begun to serve so many times."""
    deadline = time.monotonic() + PATIENCE
    while True:
        begun = re.findall(r"^Process ([a-z]) serves at ", server.log.read_text("utf-8"), re.MULTILINE)
        if all(begun.count(name) >= count for name, count in times.items()):
            return
        assert time.monotonic() < deadline, begun
        time.sleep(0.05)


def visitors(server: Server) -> dict[str, Visitor]:
    """One visitor of each process: a page opens where the fewest are open."""
    found: dict[str, Visitor] = {}
    while len(found) < 2:
        visitor = Visitor.of(server)
        found.setdefault(visitor.process, visitor)
    return found


def pid_of(server: Server, name: str) -> int:
    """The process of that letter, among the children of the one that was started by hand."""
    told = f"SEARCHCORE_WORKER={name}".encode()
    for task in Path(f"/proc/{server.pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            if told in Path(f"/proc/{child}/environ").read_bytes().split(b"\0"):
                return int(child)
    raise AssertionError(f"there is no process {name}")


def test_a_visitor_stays_with_one_process_and_finds_what_they_have_given(served: Server) -> None:
    both = visitors(served)
    apps = {name: visitor.app() for name, visitor in both.items()}
    assert apps["a"] != apps["b"]
    secrets = {name: visitor.gives("") for name, visitor in both.items()}
    for _ in range(5):
        for name, visitor in both.items():
            assert (visitor.app(), visitor.process) == (apps[name], name)
            assert visitor.gives(secrets[name]) == secrets[name]
            assert visitor.page.get(LINK)[0] == 200
            assert visitor.page.call("search", *SEARCH)["candidates_used"] == 5
    # What one process keeps is not in the other.
    assert both["a"].gives(secrets["b"]) not in secrets.values()


def test_the_code_of_a_class_leads_everybody_to_its_process_and_moves_no_page(served: Server) -> None:
    both = visitors(served)
    for name, other in (("a", "b"), ("b", "a")):
        lecturer = Lecturer(served.url)
        while lecturer.code[0].lower() != name:
            lecturer.act("end")
            lecturer = Lecturer(served.url)
        # A browser that never was here, and one that has a page open at the other process.
        new, elsewhere = Student(lecturer), Student(lecturer, cookies={"/": {"searchcore_worker": other}})
        lead, screens = lecturer.follow(), [each.follow() for each in (new, elsewhere)]
        lead.until(lambda shown: counted(shown, "joined") == 2)
        lecturer.must("ask", corpus=CORPUS, q="film topic7", k="5")
        for student, screen in zip((new, elsewhere), screens, strict=True):
            assert student.answer(1, options(screen.until(options))[0]).status == 200
        lead.until(lambda shown: counted(shown, "answered") == 2)
        small = elsewhere.browser.get(f"/class/{lecturer.code.lower()}")
        assert (small.status, small.headers["location"]) == (303, lecturer.code)
        assert elsewhere.browser.cookies["/"] == {"searchcore_worker": other}
        assert both[other].page.get(lecturer.path)[0] == 200
        assert both[other].process == other
        assert new.browser.cookies["/"] == {"searchcore_worker": name}
        lecturer.must("end")


def test_a_file_taken_home_is_the_same_from_both(served: Server) -> None:
    files = {visitor.page.get(FILE)[2] for visitor in visitors(served).values()}
    [text] = files
    assert text.count("\n") == 1 + 2 * 5


def test_calls_without_a_cookie_find_their_answers(served: Server) -> None:
    for _ in range(6):
        assert served.call("search", *SEARCH)["candidates_used"] == 5


def test_whoever_had_a_process_that_is_killed_goes_on_with_the_other(served: Server) -> None:
    both = visitors(served)
    visitor, app, secret, file = both["a"], both["a"].app(), both["a"].gives(""), both["a"].page.get(FILE)[2]
    os.kill(pid_of(served, "a"), signal.SIGKILL)
    # At once, by the very next call: links and downloads lead to the same, and the page hears that it is another.
    assert (visitor.page.get(LINK)[0], visitor.process) == (200, "b")
    assert visitor.page.get(FILE)[2] == file
    assert app != visitor.app() == both["b"].app()
    # What they had given is gone with the process; they are told, and can give it again.
    assert secret != (again := visitor.gives(secret)) == visitor.gives(again)
    until_started(served, {"a": 2, "b": 1})
    assert "Process a has ended (by signal 9) and is started again.\n" in served.log.read_text("utf-8")
    # Who has gone to the other stays there; who comes now may come to either.
    assert (visitor.gives(again), visitor.process) == (again, "b")
    assert visitors(served)["a"].app() not in (app, visitor.app())
