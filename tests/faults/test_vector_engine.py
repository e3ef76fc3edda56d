"""An engine that is slow, gone, back, too old, or answers with what is not there: a sentence, and the rest goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from searchcore import Engine, IndexUnavailable
from searchcore.index import milvus_index, milvus_link
from searchcore.index.milvus_index import MilvusIndex
from searchcore.index.milvus_link import Link
from searchcore.resources import ENGINE_SEARCHES
from tests.engines import engine_at, put
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, store_of
from tests.faults.alone import prefix
from tests.faults.passed_on import PassedOn
from tests.faults.test_no_network import run
from tests.faults.watched import TRIES
from tests.server import ROOT, free_port

CORPUS = ("a platoon in the vietnam war", "two chess players", "vietnam", "the end of the world", "a war of nerves")
GOES_ON = "Keyword search, and texts of your own, go on without it."
METHODS = ["bi_encoder"]
PATIENCE = 30.0


@pytest.fixture(scope="module")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of Milvus Lite as a server."""
    from milvus_lite.adapter.grpc.server import start_server_in_thread

    folder = tmp_path_factory.mktemp("milvus") / "vectors.db"
    server, database, port = start_server_in_thread(data_dir=str(folder), host="127.0.0.1", port=0)
    yield port
    server.stop(grace=0)
    database.close()


@pytest.fixture
def way(milvus: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[PassedOn]:
    """A way to it that can be held and cut; nobody waits for it longer than a moment."""
    monkeypatch.setattr(milvus_index, "SEARCH_SECONDS", 0.5)
    monkeypatch.setattr(milvus_link, "CONNECT_SECONDS", 2.0)
    made = PassedOn(milvus)
    yield made
    made.cut()


@pytest.fixture
def engine(way: PassedOn) -> Iterator[Engine]:
    made = Engine({}, store_of(FakeEncoder(), FakeScorer()), vectors=way.url)
    yield made
    made.close()


def found(engine: Engine, corpus: Any, query: str = "vietnam", methods: list[str] = METHODS) -> list[str]:
    return [hit.doc_id for hit in engine.search(corpus, query, 3, methods).rankings[methods[0]].hits]


def told(engine: Engine, corpus: Any, query: str = "vietnam") -> str:
    with pytest.raises(IndexUnavailable) as raised:
        found(engine, corpus, query)
    return str(raised.value)


def test_one_that_is_slow_is_a_sentence_while_others_search_and_then_it_is_found_again(
    engine: Engine, way: PassedOn
) -> None:
    corpus, own = corpus_of(*CORPUS), corpus_of(*CORPUS, shared=False)
    before = found(engine, corpus)
    asked = threading.Event()
    way.hold()
    with ThreadPoolExecutor(1) as pool:
        link = engine.resources._engine._link  # type: ignore[union-attr]
        ask = link.ask
        link.ask = lambda question: (asked.set(), ask(question))[1]  # type: ignore[method-assign]
        slow = pool.submit(told, engine, corpus)
        assert asked.wait(PATIENCE)
        assert found(engine, own) == before
        assert found(engine, corpus, methods=["bm25"]) == ["d2", "d0"]
        assert slow.result(PATIENCE) == f"The vector engine (SEARCHCORE_INDEX) does not answer. {GOES_ON}"
    way.release()
    assert found(engine, corpus) == before


def test_one_that_is_gone_is_a_sentence_and_found_again_when_it_is_back(engine: Engine, way: PassedOn) -> None:
    corpus = corpus_of(*CORPUS)
    before = found(engine, corpus)
    way.cut()
    sentence = f"The vector engine (SEARCHCORE_INDEX) does not answer. {GOES_ON}"
    assert [told(engine, corpus) for _ in range(3)] == [sentence] * 3
    way.mend()
    assert found(engine, corpus) == before


def test_one_that_is_not_there_at_first_is_found_when_it_comes(engine: Engine, way: PassedOn) -> None:
    way.cut()
    assert told(engine, corpus_of(*CORPUS)) == f"The vector engine (SEARCHCORE_INDEX) does not answer. {GOES_ON}"
    way.mend()
    assert found(engine, corpus_of(*CORPUS))[0] == "d2"


def test_one_that_is_gone_at_the_start_is_not_said_for_ever(way: PassedOn, caplog: pytest.LogCaptureFixture) -> None:
    corpus = corpus_of(*CORPUS)
    engine = Engine({corpus.name: corpus}, store_of(FakeEncoder(), FakeScorer()), vectors=way.url)
    way.cut()
    engine.warm().join(PATIENCE)
    assert (engine.status().ready, engine.status().problem) == (True, "")
    sentence = f"The vector engine (SEARCHCORE_INDEX) does not answer. {GOES_ON}"
    assert caplog.messages[-1] == sentence
    assert told(engine, corpus) == sentence
    way.mend()
    assert found(engine, corpus)[0] == "d2"
    engine.close()


def test_a_class_that_waits_for_one_that_hangs_is_told_by_the_first_who_find_out(
    engine: Engine, way: PassedOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, asked, ask = corpus_of(*CORPUS), [], Link.ask

    def counted(link: Link, question: Callable[[Any], Any]) -> Any:
        asked.append(question)
        return ask(link, question)

    found(engine, corpus)
    index = next(made for made in engine.resources.memory(corpus).made.values() if isinstance(made, MilvusIndex))
    way.hold()
    monkeypatch.setattr(Link, "ask", counted)
    vector = np.ones(index.width, dtype=np.float32)
    from searchcore.running import finish

    def wait(_: int) -> str:
        with pytest.raises(IndexUnavailable) as raised:
            finish(engine.resources.nearest(index, vector, 3))
        return str(raised.value)

    with ThreadPoolExecutor(30) as pool:
        sentences = list(pool.map(wait, range(30)))
    way.release()
    assert set(sentences) == {f"The vector engine (SEARCHCORE_INDEX) does not answer. {GOES_ON}"}
    assert 1 <= len(asked) <= ENGINE_SEARCHES


def test_what_is_no_engine_is_a_sentence_and_no_log_has_its_password(caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    with pytest.raises(IndexUnavailable) as raised:
        Link(f"http://somebody:secret@127.0.0.1:{port}").ask(lambda client: client.list_collections())
    assert str(raised.value) == f"The vector engine (SEARCHCORE_INDEX) does not answer. {GOES_ON}"
    assert caplog.messages[-1].startswith(f"The vector engine at http://127.0.0.1:{port}: ")
    assert "secret" not in caplog.text


@pytest.mark.parametrize("version", ["2.1.4", "v1.0", "unknown"])
def test_one_that_is_too_old_is_a_sentence(way: PassedOn, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    from pymilvus import MilvusClient

    monkeypatch.setattr(MilvusClient, "get_server_version", lambda *_, **__: version)
    with pytest.raises(IndexUnavailable) as raised:
        Link(way.url).ask(lambda client: client.list_collections())
    assert str(raised.value) == (
        f'The vector engine (SEARCHCORE_INDEX) has the version "{version}"; Milvus 2.3 or later is needed. {GOES_ON}'
    )


class Answering(Link):
    """A link to an engine that gives these answers to any search, and to any question for documents."""

    def __init__(self, answer: list[tuple[int, list[float]]]) -> None:
        super().__init__("http://127.0.0.1:1")
        self.answer = answer

    def ask(self, question: Callable[[Any], Any]) -> Any:
        hits = [{"id": place, "distance": 0.5, "entity": {"vector": row}} for place, row in self.answer]
        gets = [{"id": place, "vector": row} for place, row in self.answer]
        client = type("Client", (), {"search": lambda *_, **__: [hits], "get": lambda *_, **__: gets})()
        return question(client)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ([(0, [1.0, 0.0]), (7, [0.0, 1.0])], "answered with documents that are not in this corpus"),
        ([(0, [1.0, 0.0]), (-1, [0.0, 1.0])], "answered with documents that are not in this corpus"),
        ([(1, [1.0, 0.0]), (1, [0.0, 1.0])], "answered with documents that are not in this corpus"),
        ([(0, [1.0, 0.0])], "answered with 1 documents of 2"),
        ([(0, [1.0, 0.0]), (1, [0.0, 1.0, 0.0])], "answered with vectors of another width than 2"),
        ([(0, [1.0, 0.0]), (1, [0.0, float("nan")])], "answered with vectors that are no finite numbers"),
    ],
)
def test_an_answer_that_can_not_be_right_is_a_sentence(answer: list[tuple[int, list[float]]], what: str) -> None:
    for ask in (lambda index: index.search(np.ones((1, 2)), 2), lambda index: index.vectors([0, 1])):
        index = MilvusIndex(Answering(answer), "name", "key", 2, 2)
        lost: list[str] = []
        index.on_failure = lambda lost=lost: lost.append("lost")
        with pytest.raises(IndexUnavailable) as raised:
            ask(index)
        assert str(raised.value) == f"The vector engine (SEARCHCORE_INDEX) {what}. {GOES_ON}"
        assert lost == ["lost"]


def test_one_file_serves_one_process(tmp_path: Path) -> None:
    file = tmp_path / "vectors.db"
    engine = engine_at(str(file), tmp_path / "unfinished")
    put(engine, np.eye(3, dtype=np.float32))
    program = f"from searchcore.index.milvus_link import Link; Link({str(file)!r}).ask(print)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == (
        "searchcore.errors.IndexUnavailable: The file of SEARCHCORE_INDEX can't be opened: another process has it "
        f"open, or Milvus Lite did not make it. {GOES_ON}"
    )
    engine.close()


def test_what_a_killed_process_left_half_filled_is_made_again_and_no_other_machine_is_asked(tmp_path: Path) -> None:
    fill = ["-m", "tests.faults.fill_child", str(tmp_path)]
    killed = subprocess.run([sys.executable, *fill, "256"], cwd=ROOT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    alone = prefix() is not None
    watched = ["-m", "tests.faults.watched", str(tmp_path / TRIES), "note" if alone else "refuse"]
    program = [str(ROOT / "tests" / "faults" / "fill_child.py"), str(tmp_path), "0"]
    outcome = run([sys.executable, *watched, *program], tmp_path / "left.json", alone=alone)
    # All are there and right, in one collection; those that were done before are not encoded again.
    assert (outcome.code, outcome.said) == (0, "400 True 1 145\n")
    assert (outcome.left, (tmp_path / TRIES).read_text("utf-8")) == ([], "")
