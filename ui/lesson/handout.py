"""The lesson on paper: every step with what this machine makes of its view, as one page that needs nothing else."""

from __future__ import annotations

import datetime

from markupsafe import Markup

from searchcore.corpora import OWN
from searchcore.engine import Engine
from searchcore.errors import Busy, Cancelled, SearchError, UnknownName
from searchcore.running import Work
from ui import words
from ui.draw.template import fill, joined
from ui.errors import sentence_for
from ui.evaluate.evaluations import Evaluations
from ui.evaluate.section import MeasuresSection
from ui.lesson import draw
from ui.lesson.facts import finder
from ui.lesson.section import pictures
from ui.lesson.setting import lesson_from_environment
from ui.lesson.steps import Lesson, Step
from ui.packed import FOLDER, packed_style, page_style
from ui.predict.question import both
from ui.runner import Outcome, View
from ui.sections import SectionOf, views
from ui.state import ORDER, Known, PageState


def handout_here(engine: Engine) -> Work[tuple[bytes, str]]:
    """The handout of the lesson that is set here, and a sentence where that is not the one that was asked for."""
    models = tuple((spec.role, spec.name) for spec in engine.models.catalogue.values())
    lesson, note = lesson_from_environment(Known((*engine.corpora, OWN), tuple(engine.methods), models))
    if not lesson.steps:
        raise UnknownName(note)
    section_of = views(engine, MeasuresSection(engine, Evaluations()))
    return (yield from handout(engine, lesson, section_of)), note


def handout(engine: Engine, lesson: Lesson, section_of: SectionOf) -> Work[bytes]:
    """The page, with progress on the way. A step whose view can't be made says why.

    Raises UnknownName where the lesson has no steps.
    """
    if not lesson.steps:
        raise UnknownName("There is no lesson here to make a handout of.")
    parts = []
    for number, step in enumerate(lesson.steps, start=1):
        parts.append((yield from _step(engine, section_of, number, step)))
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return _page(lesson, joined(parts) + _questions(lesson), today)


def _step(engine: Engine, section_of: SectionOf, number: int, step: Step) -> Work[Markup]:
    view = _in_print(engine, step.view)
    section = section_of(view)
    try:
        result = yield from section.begin(engine, view)
    except (Busy, Cancelled):
        raise
    except SearchError as error:
        seen = fill("<p><b>{}</b></p>", sentence_for(error))
    else:
        drawn = section.draw(View(view, Outcome.DONE, result=result))
        find = finder(view, result)
        right = [chr(ord("A") + i) for i, holds in enumerate(draw.rights(step, find)) if holds]
        answer = fill("<p><b>Right: {}.</b></p>", " or ".join(right)) if right else Markup("")
        picture = Markup(pictures(drawn))  # noqa: S704 - drawn by a section
        seen = fill('<div class="ss-picture">{}</div>{}{}', picture, answer, draw.noticed(step, find))
    return fill(
        '<article><h2>{}. {}</h2>{}{}<p class="ss-ask">{}</p>{}{}</article>',
        number,
        step.title,
        draw.paragraphs(step),
        draw.about(view),
        draw.inline(step.question),
        _letters([option.text for option in step.options]),
        seen,
    )


def _in_print(engine: Engine, view: PageState) -> PageState:
    """Nothing is covered on paper."""
    if not view.predict:
        return view
    return view.with_changes(predict=False, asks=ORDER, columns=both(engine.methods, view))


def _letters(texts: list[str]) -> Markup:
    if not texts:
        return Markup("")
    items = joined(fill("<li>{}</li>", draw.inline(text)) for text in texts)
    return fill('<ol class="ss-letters">{}</ol>', items)


def _questions(lesson: Lesson) -> Markup:
    """The questions, and on a line of their own below them the answers."""
    if not lesson.questions:
        return Markup("")
    items = joined(
        fill("<li><b>{}</b>{}</li>", draw.inline(each.text), _letters(list(each.options))) for each in lesson.questions
    )
    answers = "; ".join(
        f"{number} {chr(ord('A') + each.right)} (step {each.step})"
        for number, each in enumerate(lesson.questions, start=1)
    )
    return fill("<article><h2>Questions</h2><ol>{}</ol><p>Right: {}.</p></article>", items, answers)


def _page(lesson: Lesson, body: Markup, today: str) -> bytes:
    sheet = page_style() + packed_style((FOLDER / "handout.css").read_text("utf-8"))
    made = fill(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>{title}</title><style>{style}</style></head>"
        '<body class="gradio-container"><main class="ss ss-handout"><header><h1>{title}</h1><p>{said}</p></header>'
        "{body}</main></body></html>\n",
        title=lesson.title or words.PAGE_TITLE,
        style=Markup(sheet),  # noqa: S704 - our own sheet
        said=f"{words.PAGE_TITLE}. All numbers were computed on this machine on {today}.",
        body=body,
    )
    return made.encode("utf-8", "replace")
