"""What the screens of a class show after a reveal."""

from __future__ import annotations

import re

import pytest

from tests.conftest import MakeEngine
from tests.markup import Element, tree
from tests.unit.classes import choice, now
from tests.unit.taught import Taught, keywords_apart, taught
from ui.classroom import chart, lecturer, phone, words
from ui.classroom.scores import STUDENTS
from ui.predict.scored import AT_TEN, TAU


def stage(it: Taught) -> Element:
    return tree(lecturer.screen(it.room, it.desk)["stage"])


def on_phone(it: Taught) -> Element:
    return tree(phone.shared(it.room, it.desk.titles)["screen"])


def own(it: Taught, word: str) -> str:
    return tree(str(phone.own(it.room, it.room.seats[word]).get("yours", ""))).text


def column(it: Taught, key: str) -> Element:
    (found,) = [each for each in stage(it).all("ss-column") if each.attributes["data-method"] == key]
    return found


def docs(found: Element) -> list[str]:
    return [hit.attributes["data-doc"][:2] for hit in found.all("ss-hit")]


def test_the_class_stands_as_a_column_beside_both_rankings(make_engine: MakeEngine) -> None:
    it = taught(make_engine, grades={3: 3, 4: 1})
    it.room.ask(it.order(3))
    it.answer((4, 3), (3, 4, 0), (4,))
    it.reveal()
    assert {each.attributes["data-method"] for each in stage(it).all("ss-column")} == {
        STUDENTS, "bi_encoder", "cross_encoder",
    }  # fmt: skip
    assert docs(column(it, STUDENTS)) == ["d4", "d3", "d0", "d1", "d2"]
    assert column(it, STUDENTS).texts("ss-number") == ["8", "5", "1", "0", "0"]
    assert docs(column(it, "cross_encoder")) == ["d4", "d3", "d2", "d1", "d0"]
    said = stage(it).one("cl-outcome").text
    assert words.out_of(2, 3) in said and AT_TEN in said
    assert words.figures(now(it.room).outcome.votes[0], it.desk.titles) in said
    assert said in lecturer.screen(it.room, it.desk)["said"]


def test_without_judgements_no_screen_says_ndcg(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.order(3))
    it.answer((4, 3, 2), (4, 2, 3))
    it.reveal()
    everything = str(lecturer.screen(it.room, it.desk)["stage"]) + str(on_phone(it).text)
    assert TAU in everything
    assert "nDCG" not in everything


def test_of_one_choice_alone_the_places_are_shown(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.order(1))
    it.answer((3,), (3,))
    it.reveal()
    rows = [[cell.text for cell in row.all() if cell.tag in ("td", "th")] for row in on_phone(it).all(tag="tr")[1:]]
    titles = [row[1] for row in rows]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("1", "5", "–"), ("2", "4", "1"), ("3", "3", "–"), ("4", "2", "–"), ("5", "1", "–"),
    ]  # fmt: skip
    assert titles[1].startswith("title 3")
    assert "nDCG" not in on_phone(it).text and TAU not in on_phone(it).text


def test_a_second_vote_shows_what_moved(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.order(3))
    it.answer((0, 4), (0,), (0, 3))
    it.room.close(1)
    it.room.vote_again(1)
    it.answer((4, 0), (4,), (0, 3))
    it.reveal()
    assert column(it, STUDENTS).texts("ss-move") == ["▲ up 2, was 3", "▼ down 1, was 1", "▼ down 1, was 2"]
    vote = now(it.room).outcome.votes[1]
    assert (vote.moved.both, vote.moved.changed) == (3, 2)
    moved = words.moved(vote, now(it.room).question)
    assert re.findall(r"\d+", moved)[:3] == ["2", "3", "2"]
    assert moved in stage(it).one("cl-outcome").text


def test_a_choice_is_shown_as_bars_with_what_is_right(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.choice())
    it.answer("1", "1", "2", "1")
    it.reveal(right=("2",))
    for page in (stage(it), on_phone(it)):
        bars = page.all("cl-bar")
        assert ["cl-right" in bar.classes for bar in bars] == [False, True, False]
        assert [bar.one("cl-number").text[0] for bar in bars] == ["3", "1", "0"]
        assert [bar.all(tag="i")[0].attributes["style"] for bar in bars] == [
            "width:100.0%",
            "width:33.3%",
            "width:0.0%",
        ]
        assert not page.all(tag="s")
    assert stage(it).one("cl-view").text == "a picturenotice"


def test_bars_of_a_second_vote_stand_beside_those_before(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.choice())
    it.answer("1", "1", "2")
    it.room.close(1)
    it.room.vote_again(1)
    it.answer("2", "1", "2", "2")
    it.reveal()
    bars = stage(it).all("cl-bar")
    assert [re.findall(r"\d+", bar.one("cl-number").text) for bar in bars] == [["1", "2"], ["3", "1"], ["0", "0"]]
    assert [bar.one(tag="s").attributes["style"] for bar in bars] == ["width:66.7%", "width:33.3%", "width:0.0%"]


@pytest.mark.parametrize(("also", "right"), [(("d3",), "d3"), ((), "")])
def test_a_covered_ranking_that_begins_with_no_option_is_revealed_all_the_same(
    make_engine: MakeEngine, also: tuple[str, ...], right: str
) -> None:
    it = taught(make_engine, corpus=keywords_apart(*also))
    it.room.ask(it.order(1, of="bm25", seen="bi_encoder"))
    it.answer((0,), (3,))
    it.reveal()
    said = stage(it).one("cl-outcome").text
    if right:
        assert words.out_of(1, 2) in said and "of these" in said
        assert "right" in own(it, "bob")
    else:
        assert words.out_of(0, 2) not in said and "none of these" in said
    assert "d6" in docs(column(it, "bm25"))
    assert own(it, "ann") and own(it, "dee")
    assert "text 6" in on_phone(it).text


def test_where_nobody_answered_the_rankings_stand_alone(make_engine: MakeEngine) -> None:
    it = taught(make_engine, grades={3: 3})
    it.room.ask(it.order(3))
    it.reveal()
    assert [each.attributes["data-method"] for each in stage(it).all("ss-column")] == ["bi_encoder", "cross_encoder"]
    assert stage(it).one("cl-outcome").text.startswith("Nobody answered.")
    assert "–" in on_phone(it).text


def test_a_student_learns_what_their_own_answer_was_worth(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.order(1))
    it.answer((4,), (0,))
    it.reveal()
    assert "title 4" in own(it, "ann") and "right" in own(it, "ann")
    assert "title 0" in own(it, "bob") and "title 4" in own(it, "bob")
    assert "title 4" in own(it, "cid")


def test_a_tally_counts_what_a_student_answered(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    seat = it.room.seats["ann"]
    assert phone.own(it.room, seat)["tally"] == ""
    seat.tally = {1: (1.0, 0.0), 2: (0.0, 0.0), 4: (0.2, 0.9)}
    assert re.findall(r"\d+", phone.own(it.room, seat)["tally"]) == ["3", "2"]


def test_what_the_class_judged_stands_beside_what_the_corpus_has(make_engine: MakeEngine) -> None:
    it = taught(make_engine, grades={6: 3})
    it.judge(5)
    it.grade({0: (3, 3, 3, 3), 1: (0, 3, 0, 3), 2: (1, 1, 2)})
    it.reveal(predicted=[it.id(0)])
    table = stage(it).all("cl-table")[0]
    rows = [[cell.text for cell in row.all() if cell.tag in ("td", "th")] for row in table.all(tag="tr")]
    assert [row[0] for row in rows[1:]][-1] == "The class’s prediction"
    assert len(rows) == 1 + len(it.desk.titles) + 1
    assert rows[-1][1] == ".83" and {len(row) for row in rows} == {3}
    made = now(it.room).outcome
    assert [words.value(made.built_in[key]) for key in made.by_class if key != STUDENTS] == [
        row[2] for row in rows[1:-1]
    ]
    assert stage(it).one("cl-outcome").text == f"{words.judged(made)} {words.agreement(made.alpha)}"
    assert stage(it).all(tag="button")[0].attributes["data-save"] == "judgements.zip"


def test_what_is_disputed_is_named_the_most_disputed_first(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.judge(5)
    it.grade({0: (3, 3, 3), 1: (0, 1), 2: (0, 3, 0, 3), 3: (2, 1, 0)})
    it.reveal()
    named = [item.one(tag="b").text for item in stage(it).all(tag="ul")[0].all(tag="li")]
    assert [name[:7] for name in named] == ["title 2", "title 3", "title 1"]


def test_a_class_that_found_nothing_relevant_is_told_so(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.judge(5)
    it.grade({0: (0, 0, 0)})
    it.reveal()
    assert "nDCG" not in stage(it).text + on_phone(it).text
    assert "no relevant document" in stage(it).text and "no relevant document" in on_phone(it).text


def test_the_chart_has_a_mark_for_every_vote_and_says_the_same_as_a_table(make_engine: MakeEngine) -> None:
    it = taught(make_engine, grades={3: 3})
    assert chart.chart(it.room.rounds, it.desk.titles) == ""
    it.room.ask(it.order(3))
    it.answer((4, 3), (0,))
    it.room.close(1)
    assert chart.chart(it.room.rounds, it.desk.titles) == "", "nothing before the first reveal"
    it.room.vote_again(1)
    it.answer((4, 3), (4, 3))
    it.reveal()
    it.room.ask(choice())
    it.answer("1", "2", "2")
    it.reveal()
    it.judge(5)
    it.grade({0: (3,)})
    it.reveal()
    it.room.ask(it.choice())
    page = tree(chart.chart(it.room.rounds, it.desk.titles))
    assert len(page.all("cl-share")) == 3
    # nDCG@10 is there for the two votes on the judged query: of the class and of two methods.
    assert len(page.all("ss-dot")) == 3 * 2
    assert [each.classes[-1] for each in page.all("ss-series")] == [f"ss-{key}" for key, _ in chart.SERIES]
    rows = [[cell.text for cell in row.all() if cell.tag in ("td", "th")] for row in page.one("cl-table").all(tag="tr")]
    assert [row[:2] for row in rows[1:]] == [["1a", "1 of 2"], ["1b", "2 of 2"], ["2", "2 of 3"]]
    assert rows[3][2:] == ["–", "–", "–"] and "–" not in rows[1] + rows[2]
    heights = [float(box.attributes["height"]) for box in page.all("cl-share")]
    assert heights[0] == pytest.approx(heights[1] / 2, abs=0.2)


def test_an_unjudged_query_has_no_line_in_the_chart(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    it.room.ask(it.order(3))
    it.answer((4, 3, 2), (0,))
    it.reveal()
    page = tree(chart.chart(it.room.rounds, it.desk.titles))
    assert len(page.all("cl-share")) == 1
    assert not page.all("ss-dot")
