"""The lesson: with the bundled models every step's question has one right answer, and what is noticed is so."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from searchcore import Engine
from searchcore.corpora import OWN
from searchcore.running import finish
from ui.evaluate.evaluations import Evaluations
from ui.evaluate.section import MeasuresSection
from ui.lesson import draw
from ui.lesson.claims import filled
from ui.lesson.facts import finder
from ui.lesson.handout import handout_here
from ui.lesson.setting import lesson_from_environment
from ui.lesson.steps import Lesson
from ui.sections import views
from ui.state import Known

STEPS = range(1, 13)


@pytest.fixture(scope="module")
def lesson(engine: Engine) -> Lesson:
    models = tuple((spec.role, spec.name) for spec in engine.models.catalogue.values())
    lesson, note = lesson_from_environment(Known((*engine.corpora, OWN), tuple(engine.methods), models))
    assert note == ""
    return lesson


@pytest.mark.parametrize("number", STEPS)
def test_every_steps_question_has_one_right_answer_and_its_claims_hold(
    engine: Engine, lesson: Lesson, number: int
) -> None:
    step = lesson.step(number)
    assert step is not None
    view = step.view.with_changes(revealed=step.view.predict)
    section = views(engine, MeasuresSection(engine, Evaluations()))(view)
    find = finder(view, finish(section.begin(engine, view)))
    if step.options:
        assert sum(draw.rights(step, find)) == 1
    assert any(said.claims for said in step.notice)
    for said in step.notice:
        sentence = filled(said.text, find)
        assert said.claims is None or draw.holds(said, find), sentence


def test_the_handout_is_made_of_the_real_results(engine: Engine) -> None:
    page, note = finish(handout_here(engine))
    said = Markup(page.decode().partition("</style>")[2]).striptags()
    assert note == ""
    assert "Not so this time" not in said and "Not to be said" not in said
    assert "“Titanic” goes from 7 to 1." in said and "The cosine stays 0.6835" in said
