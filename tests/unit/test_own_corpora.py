"""What visitors give: kept under their secret as long as a page of theirs is open, and then really gone."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from searchcore import Busy, InvalidInput, UnknownName
from searchcore.evaluate import evaluate
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.fakes import corpus_of
from tests.unit.filled import until_filled
from tests.unit.housed import BUSY, LINES, House, Test
from ui.evaluate.evaluations import Evaluations
from ui.own import corpora as bounds
from ui.own.corpora import ABSENT
from ui.own.draft import Draft, drafted


@pytest.fixture
def in_house(make_engine: MakeEngine) -> Callable[[Test], None]:
    """Runs a test in an event loop, as the server runs."""
    return lambda test: asyncio.run(test(House(make_engine(corpus_of("one", "two")))))  # type: ignore[arg-type]


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
