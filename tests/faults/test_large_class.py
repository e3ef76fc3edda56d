"""Three hundred students in one room of the real server: every answer counts once, while thirty others search."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.phones import Phone, keys_of
from tests.class_calls import Browser, Following, Lecturer, counted, points
from tests.planets import DOCS, write_planets
from tests.server import Server, events_of, serving
from ui.classroom.room import FULL, MOST_SEATS

VISITORS = 30
# From the first answer to the last.
ANSWER_SECONDS = 6.0
# As a machine begins that allows few open files.
FEW_FILES = """
import resource, runpy
resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
runpy.run_path("app.py", run_name="__main__")
"""


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, embeddings: Path) -> Iterator[Server]:
    """The real server, begun with few open files."""
    folder = tmp_path_factory.mktemp("large_class")
    write_planets(folder / "corpora")
    with serving(folder, embeddings, ["-c", FEW_FILES], HF_HUB_OFFLINE="1") as running:
        yield running


def searches() -> list[tuple[str, str]]:
    """Queries that nobody asks twice, each with the document that says just that."""
    ways = ("{}", "Is it so that {}", "Somebody told me: {}")
    return [(way.format(text), doc_id) for doc_id, text in DOCS.items() for way in ways]


def found(server: Server, query: str) -> list[str]:
    """The document that each method puts first, for a visitor with an address of their own."""
    visitor, endpoint = Browser(server.url), "/gradio_api/call/search"
    body = json.dumps({"data": ["planets", query, 5]}).encode()
    event = json.loads(visitor.ask("POST", endpoint, body, {"content-type": "application/json"}).body)["event_id"]
    last = events_of(visitor.get(f"{endpoint}/{event}").text)[-1]
    assert last.name == "complete", last
    rankings = last.data[0]["rankings"]
    return [ranking["hits"][0]["doc_id"] for ranking in rankings.values()]


async def whole_class(lecturer: Lecturer, lead: Following, key: str, server: Server) -> Counter[str]:
    """Everybody joins, answers and sees the reveal; by option how many have it as their last answer."""
    phones = await everybody(lecturer, key, server)
    one_more = Phone(phones[0].port, lecturer.path)
    await one_more.join(key)
    assert await one_more.follow() == (503, FULL)
    await asyncio.to_thread(lead.until, lambda shown: counted(shown, "joined") == MOST_SEATS)
    await asyncio.to_thread(lecturer.must, "ask", corpus="planets", q="wind", k="5", picks="1")
    said = await asyncio.gather(*(answers(phone, at) for at, phone in enumerate(phones)))
    shown = await asyncio.to_thread(lead.until, lambda shown: counted(shown, "answered") == MOST_SEATS)
    assert counted(shown, "joined") == MOST_SEATS
    for act in ("close", "reveal"):
        await asyncio.to_thread(lecturer.must, act, round=1)
    for phone, key_of_one in zip(phones, said, strict=True):
        shown = await phone.until(lambda shown: "cl-places" in shown["screen"])
        assert shown["mine"]["answer"] == [key_of_one]
        assert "Your tally" in shown["mine"]["tally"]
    for phone in (*phones, one_more):
        phone.leave()
    return Counter(said)


async def everybody(lecturer: Lecturer, key: str, server: Server) -> list[Phone]:
    port = urlsplit(server.url).port
    assert port is not None
    phones = [Phone(port, lecturer.path) for _ in range(MOST_SEATS)]
    for some in range(0, MOST_SEATS, 50):
        joining = phones[some : some + 50]
        await asyncio.gather(*(phone.join(key) for phone in joining))
        assert await asyncio.gather(*(phone.follow() for phone in joining)) == [(200, "")] * 50
    return phones


async def answers(phone: Phone, at: int) -> str:
    """Think, and answer: some send the same twice, some change their mind, and some take that back."""
    chance = random.Random(at)
    keys = keys_of(await phone.until(keys_of))
    await asyncio.sleep(chance.uniform(0, ANSWER_SECONDS))
    last, before = chance.sample(keys, 2)
    sent = [[[last]], [[last], [last]], [[before], [last]], [[last], [before], [last]]][at % 4]
    assert await phone.answer(*sent) == [200] * len(sent)
    return last


def test_of_three_hundred_every_answer_counts_once_and_everybody_sees_the_reveal_while_thirty_search(
    real: Server,
) -> None:
    lecturer = Lecturer(real.url)
    lead = lecturer.follow()
    key = lecturer.key(lead)
    asked = searches()
    with ThreadPoolExecutor(VISITORS + 1) as pool:
        room = pool.submit(asyncio.run, whole_class(lecturer, lead, key, real))
        lead.until(lambda shown: counted(shown, "answered") > 0)
        right = list(pool.map(lambda search: found(real, search[0]), asked))
        said = room.result(120)
    shown = lead.until(lambda shown: "cl-outcome" in shown["stage"])
    assert points(shown) == said
    assert said.total() == MOST_SEATS and len(said) == 5
    assert re.search(rf"\d+ of {MOST_SEATS} had what", shown["stage"])
    assert right == [[doc_id] * len(first) for (_, doc_id), first in zip(asked, right, strict=True)]
    assert all(len(first) >= 2 for first in right)
    # They are gone, and the next class has all the room.
    lead.until(lambda shown: counted(shown, "joined") == 0)
    lecturer.must("end")
    assert real.log.read_text("utf-8").partition("The page is at ")[2].count("\n") == 1
