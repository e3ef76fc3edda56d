"""What visitors give: kept under their secret as long as a page of theirs is open, and then really gone."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from searchcore import Busy, Cancelled, Corpus, Engine, InvalidInput, UnknownName
from searchcore.corpora import read_archive, to_archive
from searchcore.evaluate import evaluate
from searchcore.models import OwnTokens
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, corpus_of, rows_of
from tests.unit.filled import until_filled
from tests.workbooks import zipped
from ui.evaluate.evaluations import Evaluations
from ui.own import corpora as bounds
from ui.own.corpora import ABSENT, Own, OwnCorpora, graded
from ui.own.draft import Draft, drafted

LINES = b"a red apple\na green pear\n\na blue plum\n"
BUSY = "So many corpora are kept here now that there is no room for yours; please try again later."


class Clock:
    """Goes on when told to, by seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class House:
    """All own corpora, an engine beside them, and which sessions were forgotten."""

    def __init__(self, engine: Engine) -> None:
        self.clock = Clock()
        self.engine = engine
        self.own = OwnCorpora(self.clock)
        self.forgotten: list[str] = []
        self.own.forget_session = self.forgotten.append

    def give(self, secret: str = "", data: bytes = LINES, name: str = "lines.txt") -> Own:
        kept = self.own.give(secret, drafted(name, data))
        kept.use()
        return kept

    def knows(self, secret: object, session: str = "") -> bool:
        return self.own.visitor(self.engine, secret, session).own is not None

    def later(self, seconds: float) -> None:
        self.clock.now += seconds


Test = Callable[[House], Coroutine[None, None, None]]


@pytest.fixture
def in_house(make_engine: MakeEngine) -> Callable[[Test], None]:
    """Runs a test in an event loop, as the server runs."""
    return lambda test: asyncio.run(test(House(make_engine(corpus_of("one", "two")))))  # type: ignore[arg-type]


def small(name: str = "lines.txt", data: bytes = LINES) -> Corpus:
    corpus = drafted(name, data).corpus
    assert corpus is not None
    return corpus


def test_it_is_kept_while_a_page_is_open_and_gone_sixty_seconds_after_the_last(
    in_house: Callable[[Test], None],
) -> None:
    async def test(house: House) -> None:
        secret = house.give().secret
        assert house.knows(secret, "page one") and house.knows(secret, "page two")
        house.later(3_599)
        assert house.knows(secret)
        house.own.leave("page one")
        house.later(600)
        assert house.knows(secret)
        house.own.leave("page two")
        house.later(59)
        house.own.sweep()
        assert len(house.own) == 1
        house.later(1)
        house.own.sweep()
        assert len(house.own) == 0
        assert sorted(house.forgotten) == ["page one", "page two"]
        assert not house.knows(secret)

    in_house(test)


def test_a_reload_within_sixty_seconds_finds_it_again(in_house: Callable[[Test], None]) -> None:
    async def test(house: House) -> None:
        secret = house.give().secret
        for session in ("first", "second", "third"):
            assert house.knows(secret, session)
            house.own.leave(session)
            house.later(59)
        assert house.knows(secret, "first"), "the same page may come back"
        house.later(1_000)
        assert house.knows(secret)

    in_house(test)


def test_what_no_page_ever_asks_for_is_gone_after_sixty_seconds(in_house: Callable[[Test], None]) -> None:
    async def test(house: House) -> None:
        secret = house.give().secret
        house.later(60)
        assert house.own.of(secret) is None

    in_house(test)


def test_it_is_gone_after_an_hour_without_use_though_a_page_is_open(in_house: Callable[[Test], None]) -> None:
    async def test(house: House) -> None:
        secret = house.give().secret
        assert house.knows(secret, "page")
        house.later(3_599)
        assert house.own.of(secret) is not None
        house.later(3_600)
        assert house.own.of(secret) is None
        assert house.forgotten == ["page"]

    in_house(test)


def test_no_other_secret_finds_anything(in_house: Callable[[Test], None]) -> None:
    async def test(house: House) -> None:
        own = house.give()
        other = house.give()
        assert own.secret != other.secret and len(own.secret) >= 32
        guesses: list[object] = [
            "",
            "guess",
            own.secret[:-1],
            own.secret + " ",
            own.secret.upper(),
            None,
            7,
            [own.secret],
        ]
        for guess in guesses:
            assert not house.knows(guess, "thief")
            with pytest.raises(UnknownName, match="There is no corpus of your own"):
                house.own.visitor(house.engine, guess, "thief").engine.search("own", "apple")
        assert own.sessions == set()
        assert house.own.visitor(house.engine, own.secret, "me").engine.corpus("own") is own.corpus
        with pytest.raises(UnknownName):
            house.engine.corpus("own")

    in_house(test)


def test_a_secret_that_is_not_known_gets_a_new_one(in_house: Callable[[Test], None]) -> None:
    async def test(house: House) -> None:
        assert house.give("chosen by the visitor").secret != "chosen by the visitor"
        own = house.give()
        assert house.give(own.secret, b"other texts") is own
        assert len(house.own) == 2

    in_house(test)


def test_a_full_house_says_so_and_keeps_what_it_has(
    in_house: Callable[[Test], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(house: House) -> None:
        monkeypatch.setattr(bounds, "MAX_CORPORA", 2)
        own = house.give()
        house.give()
        with pytest.raises(Busy) as caught:
            house.give()
        assert str(caught.value) == BUSY
        assert house.give(own.secret, b"mine may change") is own
        house.own.delete(own)
        house.give()
        monkeypatch.setattr(bounds, "MAX_CORPORA", 200)
        monkeypatch.setattr(bounds, "MAX_CHARACTERS", sum(each.size for each in house.own._by_secret.values()) + 10)
        with pytest.raises(Busy):
            house.give()
        assert len(house.own) == 2

    in_house(test)


def test_a_corpus_in_use_counts_beside_the_next_draft(
    in_house: Callable[[Test], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(house: House) -> None:
        own = house.give()
        before = own.size
        house.own.give(own.secret, drafted("other.txt", b"x"))
        assert own.corpus is not None and len(own.corpus) == 3
        assert own.size > bounds.size_of(own.corpus)
        monkeypatch.setattr(bounds, "MAX_CHARACTERS", before + 10)
        with pytest.raises(Busy):
            house.own.give(own.secret, drafted("other.txt", LINES))
        own.use()
        assert own.size < before

    in_house(test)


def test_deleting_forgets_at_once_for_every_page(in_house: Callable[[Test], None]) -> None:
    async def test(house: House) -> None:
        own = house.give()
        visitor = house.own.visitor(house.engine, own.secret, "one")
        house.own.visitor(house.engine, own.secret, "two")
        house.own.leave("two")
        visitor.forget()
        assert (len(house.own), own.draft, own.corpus) == (0, None, None)
        assert sorted(house.forgotten) == ["one", "two"]
        with pytest.raises(InvalidInput, match="nothing to search"):
            own.use()
        with pytest.raises(InvalidInput) as caught:
            own.grade("q", "1", "1")
        assert str(caught.value) == ABSENT
        visitor.forget()

    in_house(test)


def test_it_looks_for_what_is_left_as_long_as_there_is_any(
    in_house: Callable[[Test], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(house: House) -> None:
        monkeypatch.setattr(bounds, "SECONDS_BETWEEN_LOOKS", 0.0)
        gone = asyncio.Event()
        house.own.forget_session = lambda session: gone.set()
        for _ in range(2):
            gone.clear()
            secret = house.give().secret
            assert house.knows(secret, "page")
            house.own.leave("page")
            house.later(60)
            await asyncio.wait_for(gone.wait(), 20)
            assert len(house.own) == 0
            await asyncio.sleep(0)
        assert not house.own._looking

    in_house(test)


@pytest.mark.parametrize("way", ["delete", "leave", "other"])
def test_what_is_gone_is_really_freed(way: str, in_house: Callable[[Test], None], cache_folder: Path) -> None:
    async def test(house: House) -> None:
        own = house.give(name="secret.txt")
        engine, evaluations = house.own.visitor(house.engine, own.secret, "page").engine, Evaluations()
        methods = ("bm25", "bi_encoder", "late_interaction", "cross_encoder")
        own.grade("apple", "1", "3")
        engine = house.own.visitor(house.engine, own.secret, "page").engine
        assert own.corpus is not None
        until_filled(engine, own.corpus)
        assert len(engine.search("own", "apple", methods=methods).rankings) == 4
        finish(evaluations.of(engine, "own", 20, "retrieved"))
        evaluate(engine, "own")
        assert evaluations.kept(engine, "own", 20, "retrieved") is not None
        memory = house.engine.resources.memory(own.corpus)
        index = memory.made[("index", engine.encoder().fingerprint)]
        parts = [own.corpus, own.corpus.first, own.corpus.documents[0], own.draft, memory, index]
        left = [weakref.ref(part) for part in parts if hasattr(type(part), "__weakref__")]
        assert len(left) >= 3
        del engine, memory, index, parts
        if way == "delete":
            house.own.delete(own)
        elif way == "leave":
            house.own.leave("page")
            house.later(60)
            house.own.sweep()
            del own
        else:
            own = house.give(own.secret, b"other texts")
        gc.collect()
        assert [ref() for ref in left] == [None] * len(left)
        assert not [each for each in gc.get_objects() if isinstance(each, Draft) and each.name == "secret.txt"]
        assert not cache_folder.exists() or not list(cache_folder.iterdir())

    in_house(test)


def test_a_grade_is_given_changed_and_taken_back() -> None:
    corpus = small()
    once = graded(corpus, " Apple ", "1", 2)
    assert [(query.query_id, query.text) for query in once.queries] == [("q1", "Apple")]
    assert once.qrels == {"q1": {"1": 2}}
    assert graded(once, "apple", "2", 0).qrels == {"q1": {"1": 2, "2": 0}}
    assert graded(once, "APPLE", "1", 3).qrels == {"q1": {"1": 3}}
    two = graded(once, "pear", "2", 1)
    assert two.qrels == {"q1": {"1": 2}, "q2": {"2": 1}}
    back = graded(two, "apple", "1", 2)
    assert (back.qrels, [query.query_id for query in back.queries]) == ({"q2": {"2": 1}}, ["q2"])
    assert graded(back, "plum", "3", 1).qrels == {"q2": {"2": 1}, "q1": {"3": 1}}
    assert (corpus.qrels, corpus.queries) == ({}, ())


def test_what_the_reader_said_survives_grades() -> None:
    corpus = small(data=LINES + b"a red apple\n")
    assert corpus.notes == ("Row 5: left out, since the same texts are there already.",)
    once = graded(corpus, "apple", "1", 2)
    assert (once.notes, once.title, once.documents) == (corpus.notes, corpus.title, corpus.documents)
    assert once.first is graded(once, "pear", "2", 1).first is corpus


def archive() -> Corpus:
    rows = b'{"_id": "q1", "text": "one"}\n{"_id": "b", "text": "two"}\n'
    files = {
        "corpus.jsonl": rows,
        "queries.jsonl": b'{"_id": "x", "text": "first"}\n{"_id": "y", "text": "second"}',
        "qrels/test.tsv": b"x\tb\t1\n",
        "qrels/dev.tsv": b"y\tb\t2\n",
    }
    return read_archive("a.zip", zipped(files))


def test_a_grade_stands_in_the_split_that_judges_its_query() -> None:
    corpus = graded(archive(), "second", "q1", 3)
    assert corpus.splits == {"test": {"x": {"b": 1}}, "dev": {"y": {"b": 2, "q1": 3}}}
    corpus = graded(graded(corpus, "second", "q1", 3), "second", "b", 2)
    assert corpus.splits == {"test": {"x": {"b": 1}}}
    assert [query.query_id for query in corpus.queries] == ["x"]


def test_a_new_query_never_gets_the_id_of_a_document() -> None:
    corpus = graded(archive(), "new", "b", 1)
    assert corpus.qrels == {"x": {"b": 1}, "q2": {"b": 1}}
    assert corpus.own_document(corpus.queries[-1]) is None


def test_judgements_leave_and_come_back() -> None:
    corpus = graded(graded(small(), "=apple", "1", 2), "pear", "2", 0)
    again = read_archive("own.zip", to_archive(corpus))
    assert again.qrels == {"q1": {"1": 2}, "q2": {"2": 0}}
    assert [query.text for query in again.queries] == ["=apple", "pear"]


@pytest.mark.parametrize("query", ["", " ", "\u200b", "a\ud800", "x" * 4_001])
def test_what_is_no_query_gets_no_grade(query: str) -> None:
    with pytest.raises(InvalidInput, match="query"):
        graded(small(), query, "1", 1)


def test_what_is_no_grade_or_no_document_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Own("secret", Draft("lines.txt", small()), small())
    for grade in ("4", "-1", "", "1.0", "\u0663", "03"):
        with pytest.raises(InvalidInput, match="grade must be 0, 1, 2 or 3"):
            own.grade("apple", "1", grade)
    with pytest.raises(InvalidInput, match='Your own corpus has no document "9"'):
        own.grade("apple", "9", "1")
    monkeypatch.setattr(bounds, "MAX_QUERIES", 1)
    own.grade("apple", "1", "1")
    own.grade("apple", "2", "1")
    with pytest.raises(InvalidInput, match="at most 1 judged queries"):
        own.grade("pear", "1", "1")


def test_searching_the_same_again_keeps_the_judgements() -> None:
    own = Own("secret", Draft("lines.txt", small()))
    own.use()
    own.grade("apple", "1", "1")
    own.use()
    assert own.corpus is not None and own.corpus.qrels == {"q1": {"1": 1}}
    own.draft = Draft("other.txt", small(data=b"other"))
    own.use()
    assert own.corpus is own.draft.corpus


def test_a_grade_costs_no_embedding_and_no_pair(make_engine: MakeEngine) -> None:
    encoder = FakeEncoder()
    engine = make_engine(encoder=encoder)
    corpus = small()
    engine.search(corpus, "apple")
    judged = graded(graded(corpus, "apple", "1", 3), "pear", "2", 1)
    again = engine.search(judged, "apple")
    assert encoder.documents_encoded == len(corpus)
    assert encoder.query_calls == [["apple"]]
    assert again.rankings["cross_encoder"].passes_run == 0
    assert evaluate(engine, judged).measures["bi_encoder"]["nDCG@10"] == 1.0
    assert encoder.documents_encoded == len(corpus)


def many(count: int = 150) -> Corpus:
    return small(data=b"".join(b"film number%d\n" % i for i in range(count)))


def stop_after(batches: int) -> FakeEncoder:
    """An encoder that fails from a batch of 8 on, as one whose caller has left."""
    calls: list[int] = []

    def on_call(passages: object) -> None:
        calls.append(1)
        if len(calls) == batches + 1:
            raise Cancelled("stopped")

    return FakeEncoder(on_call=on_call)


def test_an_embedding_that_was_stopped_goes_on_from_its_last_batch(make_engine: MakeEngine, cache_folder: Path) -> None:
    corpus, encoder = many(), stop_after(9)
    engine = make_engine(encoder=encoder)
    with pytest.raises(Cancelled):
        finish(engine.index(corpus))
    encoder.document_calls.clear()
    index = finish(engine.index(corpus))
    assert encoder.documents_encoded == 150 - 64
    truth = finish(make_engine(encoder=FakeEncoder()).index(many()))
    assert (rows_of(index) == rows_of(truth)).all()
    assert not any(isinstance(key, tuple) and key[0] == "batches" for key in engine.resources.memory(corpus).made)
    assert not cache_folder.exists()


def test_nothing_of_a_corpus_of_ones_own_is_ever_on_disk(make_engine: MakeEngine, cache_folder: Path) -> None:
    corpus = graded(many(), "film", "1", 3)
    encoder = stop_after(9)
    engine = make_engine(encoder=encoder)
    with pytest.raises(Cancelled):
        engine.search(corpus, "film")
    engine.search(corpus, "film", methods=("bm25", "bi_encoder", "late_interaction", "cross_encoder"))
    until_filled(engine, corpus)
    assert engine.resources.token_vectors_of(corpus, OwnTokens(encoder)) is not None
    evaluate(engine, corpus)
    engine.close()
    assert not cache_folder.exists() or list(cache_folder.iterdir()) == []


def watched(corpus: Corpus) -> threading.Event:
    """Is set when the corpus is freed: the thread that worked for it may hold it a moment longer."""
    gone = threading.Event()
    weakref.finalize(corpus, gone.set)
    return gone


class HeldTokens(FakeEncoder):
    """Waits at its gate before it gives token vectors."""

    def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
        self.pause()
        return super().token_vectors(text, as_query=as_query)


def test_deleting_stops_what_is_being_worked_out(gate: threading.Event, make_engine: MakeEngine) -> None:
    async def test() -> None:
        encoder = HeldTokens(gate=gate)
        house = House(make_engine(encoder=encoder))
        own = house.give(data=b"".join(b"film number%d\n" % i for i in range(150)))
        engine = house.own.visitor(house.engine, own.secret, "page").engine
        assert own.corpus is not None
        assert engine.resources.token_vectors_of(own.corpus, OwnTokens(encoder)) is None
        assert encoder.started.wait(20)
        [(job, _)] = engine.resources._once._jobs.values()
        gone = watched(own.corpus)
        house.own.delete(own)
        assert job.cancelled
        gate.set()
        with pytest.raises(Cancelled):
            job.result()
        del job, engine
        gc.collect()
        assert gone.wait(20)

    asyncio.run(test())


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_who_leaves_while_it_is_embedded_lets_it_go(gate: threading.Event, make_engine: MakeEngine) -> None:
    encoder = FakeEncoder(gate=gate)
    engine, corpus = make_engine(encoder=encoder), many()
    steps = engine.steps(corpus, "film")
    next(step for step in steps if getattr(step, "activity", "") == "embedding")
    assert encoder.started.wait(20)
    [(job, _)] = engine.resources._once._jobs.values()
    steps.close()
    gone = watched(corpus)
    del corpus, steps
    gate.set()
    with pytest.raises(Cancelled):
        job.result()
    engine.close()
    del job
    gc.collect()
    assert gone.wait(20)
