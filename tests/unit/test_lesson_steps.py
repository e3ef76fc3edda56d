"""A step of the lesson: its question comes before its view, and what it says is computed from the live result."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from markupsafe import Markup

from searchcore import Corpus, Document, InvalidInput, Query
from searchcore.engine import Engine
from searchcore.errors import Busy, Cancelled, UnknownName
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.fakes import FakeScorer
from ui.evaluate.evaluations import Evaluations
from ui.evaluate.section import MeasuresSection
from ui.lesson import draw
from ui.lesson.claims import Fact, filled, read_claims
from ui.lesson.facts import finder
from ui.lesson.handout import handout, handout_here
from ui.lesson.read import lesson_from
from ui.lesson.section import LessonSection, still
from ui.lesson.setting import NONE
from ui.lesson.steps import Lesson
from ui.lesson.tab import looked, turned
from ui.own.corpora import Visitor
from ui.runner import Drawn, Outcome, View
from ui.search.acts import acted
from ui.sections import views
from ui.state import LESSON, SEARCH, Known, PageState

HOSTILE = "<script>alert(1)</script>"
TEXTS = ("a whale at sea", "war on an island", f"a dog {HOSTILE}", "chess in the war", "the sea of love", "an island")
LESSON_FILE = f"""# Lesson {HOSTILE}

## Step {HOSTILE}
View: corpus=films&q=whale&k=5

**Bold** and <b>not bold</b>.

Question: Is <i>this</i> first?
- Yes -> rank bi_encoder d0 = 1
- No {HOSTILE} -> rank bi_encoder d0 > 1

Notice:
- The whale is at {{rank bi_encoder d0}}, of {{documents}}. -> rank bi_encoder d0 = 1
- The island is first. -> first bi_encoder = d5
- The year is {{metadata d0 year}}.

## Predicted
View: corpus=films&q=whale&k=5&predict=1

Words.

Question: Which comes first?

Notice:
- It is {{first cross_encoder}}.

# Questions

## Why {HOSTILE}?
- Because
- For that {HOSTILE} -> right
Step: 2
Why: So {HOSTILE}.
"""


def films() -> Corpus:
    documents = tuple(Document(f"d{i}", text) for i, text in enumerate(TEXTS))
    return Corpus("films", documents, queries=(Query("q0", "whale"),), qrels={"q0": {"d0": 3}})


@pytest.fixture
def scorer() -> FakeScorer:
    return FakeScorer()


@pytest.fixture
def engine(make_engine: MakeEngine, scorer: FakeScorer) -> Engine:
    return make_engine(films(), scorer=scorer)


@pytest.fixture
def lesson() -> Lesson:
    return lesson_from(LESSON_FILE.encode(), Known(("films",)))


@pytest.fixture
def section(engine: Engine, lesson: Lesson) -> LessonSection:
    return LessonSection(lesson, views(engine, MeasuresSection(engine, Evaluations())))


def at(step: int, **changes: Any) -> PageState:
    return PageState(tab=LESSON, step=step, **changes)


def shown(section: LessonSection, engine: Engine, state: PageState) -> Drawn:
    result = finish(section.begin(engine, state))
    return section.draw(View(state, Outcome.DONE, result=result))


def test_before_the_answer_nothing_is_computed_or_shown(
    section: LessonSection, engine: Engine, scorer: FakeScorer
) -> None:
    drawn = shown(section, engine, at(1))
    assert "The view opens with your answer." in drawn["lesson-view"]
    assert "ss-hit" not in "".join(drawn.values()) and "✓ right" not in "".join(drawn.values())
    assert scorer.pairs == []


def test_an_answer_opens_the_view_and_is_set_against_the_live_result(section: LessonSection, engine: Engine) -> None:
    drawn = shown(section, engine, at(1, guess=("1",), revealed=True))
    assert 'data-doc="d0"' in drawn["lesson-view"]
    assert drawn["lesson-view"].startswith('<p class="ss-about"><b>Query</b> whale</p>')
    assert "You predicted “Yes”: right." in Markup(drawn["lesson-status"]).striptags()
    drawn = shown(section, engine, at(1, guess=("2",), revealed=True))
    assert "right is “Yes”." in Markup(drawn["lesson-status"]).striptags()
    assert drawn["lesson-step"].count("✓ right") == 1 and "your answer" in drawn["lesson-step"]


def test_without_a_prediction_the_right_answer_is_said(section: LessonSection, engine: Engine) -> None:
    assert "Right is “Yes”." in shown(section, engine, at(1, revealed=True))["lesson-status"]


def test_what_is_not_so_this_time_says_so(section: LessonSection, engine: Engine) -> None:
    said = Markup(shown(section, engine, at(1, revealed=True))["lesson-below"]).striptags()
    assert "The whale is at 1, of 6." in said
    assert "Not so this time: The island is first." in said
    assert "Not to be said of this result: Document “d0” has no “year”." in said


def test_a_predicted_view_stays_covered_and_says_nothing_to_notice(
    section: LessonSection, engine: Engine, scorer: FakeScorer
) -> None:
    drawn = shown(section, engine, at(2))
    assert "ss-cover" in drawn["lesson-view"] and "ss-notice" not in drawn["lesson-below"]
    assert scorer.pairs == []
    drawn = shown(section, engine, at(2, guess=("d1",), revealed=True))
    assert "ss-notice" in drawn["lesson-below"] and 'data-method="cross_encoder"' in drawn["lesson-view"]


@pytest.mark.parametrize("guess", [("3",), ("0",), ("x",), ("1", "2")])
def test_an_answer_that_is_none_of_the_options_is_a_sentence(
    section: LessonSection, engine: Engine, guess: tuple[str, ...]
) -> None:
    state = at(1, guess=guess, revealed=True)
    with pytest.raises(InvalidInput, match="answer must be the number of one of the 2 options of this step, got") as e:
        finish(section.begin(engine, state))
    drawn = section.draw(View(state).ended(e.value))
    assert "answer must be" in drawn["lesson-status"] and 'data-option="1"' in drawn["lesson-step"]


@pytest.mark.parametrize("error", [Cancelled("stopped"), Busy("The line is full.")])
def test_what_ends_before_there_is_anything_to_see_can_be_answered_again(
    section: LessonSection, error: Exception
) -> None:
    drawn = section.draw(View(at(1, guess=("1",), revealed=True)).ended(error))
    assert 'data-option="1"' in drawn["lesson-step"]
    assert ("Stopped." if isinstance(error, Cancelled) else "The line is full.") in drawn["lesson-status"]


def test_markup_in_a_lesson_is_shown_as_it_is_typed(section: LessonSection, engine: Engine, lesson: Lesson) -> None:
    states = [at(1), at(1, revealed=True), at(2), at(2, guess=("d2",), revealed=True), at(3)]
    for drawn in [shown(section, engine, state) for state in states] + [still(lesson, at(1))]:
        made = "".join(drawn.values())
        assert "<script" not in made and "<b>not" not in made and "<i>this" not in made
    assert "<strong>Bold</strong>" in shown(section, engine, at(1))["lesson-step"]
    assert "&lt;script&gt;" in str(draw.questions(lesson)) and "<script" not in str(draw.questions(lesson))
    assert "<script" not in str(draw.note(HOSTILE))


def test_the_rail_says_where_one_is_and_each_place_has_a_link(lesson: Lesson) -> None:
    rail = str(draw.rail(lesson, 2))
    assert rail.count('aria-current="step"') == 1
    for number in (1, 2, 3):
        assert f'data-step="{number}"' in rail
    assert PageState.from_query(draw.address(2))[0] == at(2)


def event(**data: str) -> Any:
    return SimpleNamespace(**data)


def test_turning_to_a_step_covers_it_again(lesson: Lesson) -> None:
    state = at(1, guess=("1",), revealed=True, corpus="films", query="war")
    assert turned(lesson, state, event(act="step", value="2")) == at(2, corpus="films", query="war")
    assert turned(lesson, at(1), event(act="answer", value="2")) == at(1, guess=("2",), revealed=True)
    assert turned(lesson, at(1), event(act="answer", value="")) == at(1, revealed=True)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"act": "step", "value": "99"}, "step must be from 1 to 3, got"),
        ({"act": "step", "value": "²"}, "step must be from 1 to 3, got"),
        ({"act": "step"}, "step must be from 1 to 3, got"),
        ({"act": "x"}, "act must be step or answer, got"),
        ({}, "act must be step or answer, got"),
    ],
)
def test_what_comes_from_nowhere_is_a_sentence(lesson: Lesson, sent: dict[str, str], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        turned(lesson, at(1), event(**sent))


def in_view(lesson: Lesson, engine: Engine, state: PageState, **sent: str) -> PageState:
    return looked(lesson, acted, Visitor(engine, None), state, event(**{"corpus": "films", "query": "whale", **sent}))


def test_a_prediction_in_a_view_stays_in_the_lesson(lesson: Lesson, engine: Engine) -> None:
    after = in_view(lesson, engine, at(2), act="reveal", value='["d1", "d0"]')
    assert after == at(2, guess=("d1", "d0"), revealed=True)
    for sent, why in (
        ({"value": '["d1"]', "query": "war"}, "about another query"),
        ({"value": "{}"}, "prediction must be a list of documents"),
    ):
        with pytest.raises(InvalidInput, match=why):
            in_view(lesson, engine, at(2), act="reveal", **sent)
    with pytest.raises(InvalidInput, match="revealed already"):
        in_view(lesson, engine, after, act="reveal", value='["d1"]')


def test_what_is_looked_into_goes_on_in_the_tab_that_shows_it(lesson: Lesson, engine: Engine) -> None:
    after = in_view(lesson, engine, at(1, revealed=True), act="cut", value="3")
    assert (after.tab, after.candidates, after.query, after.predict) == (SEARCH, 3, "whale", False)
    assert in_view(lesson, engine, at(1, revealed=True), act="inside", doc="d0").doc == "d0"
    covered = in_view(lesson, engine, at(2), act="cut", value="3")
    assert covered.predict and not covered.revealed
    with pytest.raises(InvalidInput, match="This place of the lesson has no view"):
        in_view(lesson, engine, at(3), act="cut", value="3")


def test_a_step_that_no_lesson_has_is_named_as_not_used() -> None:
    known = Known(("films",), steps=3)
    assert PageState.from_query("tab=lesson&step=99", known) == (PageState(tab=LESSON), ['step="99"'])
    assert PageState.from_query("tab=lesson&step=3", known) == (at(3), [])


FACTS = {
    ("film",): Fact("13", "“Thirteen”"),
    ("rank", "a"): Fact(2, "2"),
    ("rank", "b"): Fact(3, "3"),
    ("first",): Fact("d1", "“One”"),
}


def find(words: Any) -> Fact:
    try:
        return FACTS[tuple(words)]
    except KeyError:
        raise ValueError(f"There is no {words}.") from None


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("rank a = 2", True),
        ("rank a != 2", False),
        ("rank a < rank b", True),
        ("rank b <= rank a", False),
        ("rank a >= 2.0", True),
        ("rank a > -1", True),
        ("first = d1", True),
        ("film = 13", True),
        ("film != 13", False),
        ("first != d1", False),
        ("rank a = 2 and first = d2", False),
        ("right", True),
    ],
)
def test_claims_compare_facts_with_numbers_words_and_facts(text: str, holds: bool) -> None:
    assert all(claim.holds(find) for claim in read_claims(text)) is holds


def test_a_word_has_no_order() -> None:
    [claim] = read_claims("first < d1")
    with pytest.raises(ValueError, match="“first” is no number, so it can't be compared by <"):
        claim.holds(find)


def test_facts_are_said_where_they_stand() -> None:
    assert filled("{first} is at {rank a}.", find) == "“One” is at 2."
    with pytest.raises(ValueError, match="There is no"):
        filled("{rank c}", find)


def test_facts_of_a_search_name_what_there_is_not(section: LessonSection, engine: Engine, lesson: Lesson) -> None:
    state = at(1, revealed=True)
    found = finder(lesson.steps[0].view, finish(section.begin(engine, state)))
    assert found(["rank", "bi_encoder", "d0"]) == Fact(1, "1")
    assert found(["first", "bi_encoder"]) == Fact("d0", "“a whale at sea”")
    assert found(["documents"]).value == 6
    for words, why in (
        (["rank", "bm25", "d0"], "There is no ranking by “bm25”."),
        (["rank", "bi_encoder", "d9"], "There is no document “d9”."),
        (["score", "bi_encoder", "d9"], "“d9” has no score"),
    ):
        with pytest.raises(ValueError, match=why):
            found(words)


def test_the_handout_has_each_step_with_its_results_and_nothing_covered(engine: Engine, lesson: Lesson) -> None:
    page = finish(handout(engine, lesson, views(engine, MeasuresSection(engine, Evaluations())))).decode()
    assert page.count("<article>") == 3
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    said = Markup(page).striptags()
    assert "Right: A." in said and "The whale is at 1, of 6." in said and "Right: 1 B (step 2)." in said
    assert "ss-cover" not in page.partition("</style>")[2]


def test_without_a_lesson_there_is_no_handout(engine: Engine) -> None:
    with pytest.raises(UnknownName, match="There is no lesson here to make a handout of"):
        finish(handout(engine, NONE, views(engine, MeasuresSection(engine, Evaluations()))))
    with pytest.raises(UnknownName, match="The built-in lesson can’t be shown here: line 4: "):
        finish(handout_here(engine))
