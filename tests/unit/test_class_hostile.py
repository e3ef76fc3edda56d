"""Nobody's text becomes markup on any screen of a class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import MakeEngine
from tests.markup import HOSTILE, PLAIN, Reader, all_words, tree
from tests.unit.classes import now
from tests.unit.taught import WORDS, Taught, taught
from ui.classroom import lecturer, pages, phone
from ui.classroom.codes import EXAMPLE

GRADES = {0: 3, 3: 1, 6: 0}
# Both are cut where a text stands for a title.
AS_LONG = (PLAIN * len(HOSTILE))[: len(HOSTILE)].strip()


def ordered(it: Taught) -> None:
    it.room.ask(it.order(3))
    it.answer((4, 3), (2,), (0, 1))


def chosen(it: Taught) -> None:
    it.room.ask(it.choice())
    it.answer("1", "2", "2")


def judged(it: Taught) -> None:
    it.judge(10)
    for word in WORDS:
        for _ in range(7):
            it.room.more(word, 1)
            at = now(it.room).handed[word][-1]
            it.room.grade(word, 1, at, (it.corpus.position(at) * (1 + WORDS.index(word))) % 4)


ASKED: dict[str, Callable[[Taught], None]] = {"order": ordered, "choice": chosen, "judge": judged}


def told(it: Taught) -> dict[str, Any]:
    """Everything that the screens are sent, by a name of its own."""
    made: dict[str, Any] = {f"lecturer {part}": html for part, html in lecturer.screen(it.room, it.desk).items()}
    made |= {f"phone {part}": html for part, html in phone.shared(it.room, it.desk.titles).items()}
    for word in WORDS[:3]:
        own = phone.own(it.room, it.room.seats[word])
        made |= {f"{word} yours": own.get("yours", "")}
        made |= {f"{word} card {at}": card for at, (_, card) in enumerate(own.get("cards", ()))}
    return made


def stages(it: Taught, kind: str) -> Iterator[dict[str, Any]]:
    """What is sent at each step of a question, and then of a second vote on it."""
    yield told(it)
    ASKED[kind](it)
    yield told(it)
    it.room.close(1)
    yield told(it)
    it.room.vote_again(1)
    if kind != "judge":
        it.answer(*(("2", "2", "1") if kind == "choice" else ((4,), (4, 0), (1,))))
    yield told(it)
    it.reveal()
    yield told(it)


@pytest.mark.parametrize("grades", [None, GRADES])
@pytest.mark.parametrize("kind", ASKED)
def test_hostile_texts_are_shown_as_texts_on_every_screen(
    make_engine: MakeEngine, kind: str, grades: dict[int, int] | None
) -> None:
    hostile = list(stages(taught(make_engine, HOSTILE, grades, "http://here"), kind))
    plain = list(stages(taught(make_engine, AS_LONG, grades, "http://here"), kind))
    for bad, good in zip(hostile, plain, strict=True):
        assert list(bad) == list(good)
        for part, html in bad.items():
            if part.endswith(" said"):
                # A text, which is put in as one.
                assert "&lt;" not in html
            else:
                assert Reader(html).shape == Reader(good[part]).shape, part
                assert not any(again in all_words(tree(html)) for again in ("&lt;", "&amp;", "&#3")), part
    for part in ("lecturer stage", "lecturer form", "phone screen", "ann card 0" if kind == "judge" else "ann yours"):
        assert any("onerror=alert(1)" in all_words(tree(each.get(part, ""))) for each in hostile), part


def test_hostile_text_in_place_of_a_code_is_shown_as_text() -> None:
    def shape(typed: str) -> list[tuple[str, ...]]:
        return Reader(pages.join_page("", typed, typed).decode()).shape

    assert shape(HOSTILE) == shape(PLAIN)
    page = tree(pages.join_page("", HOSTILE, HOSTILE).decode())
    assert [each.attributes["value"] for each in page.all(tag="input")] == [HOSTILE]
    assert page.one("cl-trouble").text == HOSTILE


def test_half_a_character_in_place_of_a_code_can_be_shown() -> None:
    assert tree(pages.join_page("", "\ud800", "\ud800").decode()).one("cl-trouble").text == "?"


@pytest.mark.parametrize("why", [HOSTILE, PLAIN])
def test_why_a_class_is_over_is_shown_as_text(make_engine: MakeEngine, why: str) -> None:
    it = taught(make_engine)
    ordered(it)
    it.room.end(why)
    shared = phone.shared(it.room, it.desk.titles)
    assert (tree(shared["screen"]).text, shared["said"], shared["over"]) == (why, why, True)
    led = lecturer.screen(it.room, it.desk)
    assert led.pop("said") == why
    assert set(led) == set(lecturer.PARTS) and not any(led.values())
    assert set(phone.own(it.room, it.room.seats["ann"])) == {"tally"}


def test_the_door_has_the_code_and_the_link_and_neither_the_secret(make_engine: MakeEngine) -> None:
    it = taught(make_engine, public="http://192.0.2.1:7860")
    door = tree(lecturer.screen(it.room, it.desk)["door"])
    assert door.one("cl-code").text.replace(" ", "") == it.room.code
    link = f"http://192.0.2.1:7860/class/{it.room.code}?key={it.room.key}"
    (field,) = [each for each in door.all(tag="input") if "data-path" in each.attributes]
    assert (field.attributes["value"], field.attributes["data-path"]) == (
        link,
        f"class/{it.room.code}?key={it.room.key}",
    )
    assert door.one(tag="svg").one(tag="title").text
    assert it.room.secret not in all_words(door)
    assert door.one("cl-danger").attributes["data-do"] == "end"


def test_where_no_address_is_known_there_is_no_qr_code(make_engine: MakeEngine) -> None:
    door = tree(lecturer.screen((it := taught(make_engine)).room, it.desk)["door"])
    assert not door.all(tag="svg")
    assert door.one("cl-code").text


@pytest.mark.parametrize("kind", ASKED)
def test_what_can_be_done_is_what_the_room_does_at_that_step(make_engine: MakeEngine, kind: str) -> None:
    it = taught(make_engine)

    def acts() -> list[tuple[str, str]]:
        made = tree(lecturer.screen(it.room, it.desk)["acts"]).all(tag="button")
        return [(each.attributes["data-do"], each.attributes["data-round"]) for each in made]

    assert acts() == []
    ASKED[kind](it)
    assert acts() == [("close", "1")]
    it.room.close(1)
    assert acts() == [("reveal", "1"), ("again", "1")]
    it.reveal()
    assert acts() == []


def test_the_form_offers_what_the_engine_has_and_is_open_while_nothing_is_asked(make_engine: MakeEngine) -> None:
    it = taught(make_engine)

    def form() -> Any:
        return tree(lecturer.screen(it.room, it.desk)["form"])

    values = {
        each.attributes["name"]: [option.attributes["value"] for option in each.all(tag="option")]
        for each in form().all(tag="select")
    }
    assert it.corpus.name in values["corpus"]
    assert set(values["of"]) <= set(it.desk.titles)
    assert set(values["from"]) - {""} == set(values["of"])
    assert values["step"] == ["1"]
    assert "open" in form().one("cl-ask").attributes
    ordered(it)
    assert "open" not in form().one("cl-ask").attributes
    it.reveal()
    assert "open" in form().one("cl-ask").attributes


def test_a_student_s_page_has_the_code_and_asks_for_nothing() -> None:
    page = tree(pages.student_page(EXAMPLE).decode())
    assert page.one("cl-phone").attributes["data-code"] == EXAMPLE
    assert not page.all(tag="input") and not page.all(tag="form")
