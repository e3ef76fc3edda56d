"""From what a lecturer asks to a question and, while the class thinks, to what the models say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from searchcore.checks import check_query
from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.evaluate import Grades, grades_of
from searchcore.running import Work
from searchcore.types import Corpus, SearchResult
from ui.classroom.question import Kind, Option, Question
from ui.lesson import draw as lesson_draw
from ui.lesson.facts import finder
from ui.lesson.section import pictures
from ui.lesson.steps import Lesson, Step
from ui.parameters import MOST_PREDICTED
from ui.predict.question import both, covered, hidden_method, shown_method
from ui.predict.scored import scored
from ui.runner import Outcome as Ended
from ui.runner import View
from ui.search.hits import short_title
from ui.search.prepared import prepared_query, shown_corpus
from ui.sections import SectionOf
from ui.state import NEITHER, RIGHT, PageState

CANDIDATES = (5, 10, 20)
PICKS = (1, 3, MOST_PREDICTED)
DEPTHS = (3, 5, 10)
# So many candidates of each method are ranked for a pool.
POOL_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Ranked:
    """What the models say of a query: the rankings, and the judgements that the corpus brings, if any."""

    result: SearchResult
    grades: Grades | None


@dataclass(frozen=True, slots=True)
class Told:
    """What the live result says of a step: the numbers of its options that are right, and its picture.

    `notice` is what is to be noticed in it.
    """

    right: tuple[str, ...]
    picture: Markup
    notice: Markup
    sentence: str = ""


def order_question(engine: Engine, state: PageState, picks: int, step: int = 0) -> Work[Question]:
    """Which documents will the covered ranking put first? Raises InvalidInput, or as a search does."""
    corpus, query = _asked(engine, state)
    if picks not in PICKS:
        raise InvalidInput(f"picks must be one of {', '.join(map(str, PICKS))}, got {quoted(picks)}.")
    state = state.with_changes(corpus=corpus.name, query=query, predict=True, revealed=False, guess=())
    made = yield from covered(engine, state, corpus, query)
    ranking = made.result.rankings[shown_method(state)]
    if len(ranking.hits) < 2:  # noqa: PLR2004 - one document alone is no choice
        raise InvalidInput(f"The query {quoted(query)} finds too few documents to choose from; please ask another one.")
    title = engine.methods[made.hidden].title.lower()
    many = f"Which {picks} documents" if picks > 1 else "Which document"
    return Question(
        Kind.ORDER,
        state,
        escape(f"{many} will the {title} put first?"),
        escape(query),
        _options(corpus, [hit.doc_id for hit in ranking.hits]),
        min(picks, len(ranking.hits)),
        engine.methods[shown_method(state)].title,
        query,
        step,
        corpus=corpus.title or corpus.name,
    )


def judge_question(engine: Engine, state: PageState, depth: int) -> Work[tuple[Question, Ranked]]:
    """The pool of a query: what any method has among its first `depth`, in corpus order. Raises as a search does."""
    corpus, query = _asked(engine, state)
    if depth not in DEPTHS:
        raise InvalidInput(f"depth must be one of {', '.join(map(str, DEPTHS))}, got {quoted(depth)}.")
    made = yield from ranked(engine, corpus, query, state)
    pool = {hit.doc_id for ranking in made.result.rankings.values() for hit in ranking.hits[:depth]}
    order = sorted(pool, key=corpus.position)
    question = Question(
        Kind.JUDGE,
        state.with_changes(corpus=corpus.name, query=query, predict=False),
        escape("How well does each document answer the query?"),
        escape(query),
        _options(corpus, order),
        query=query,
        depth=depth,
        corpus=corpus.title or corpus.name,
    )
    return question, made


def ranked(engine: Engine, corpus: Corpus, query: str, state: PageState) -> Work[Ranked]:
    """What every method makes of a query."""
    models = (state.encoder or None, state.scorer or None, state.matcher or None)
    request = engine.checked(corpus, query, POOL_CANDIDATES, tuple(engine.methods), *models)
    result = yield from engine.searching_for(request, POOL_CANDIDATES)
    return Ranked(result, grades_of(corpus, query))


def revealed(engine: Engine, question: Question) -> Work[Ranked]:
    """Both rankings of an ORDER, for its reveal."""
    state = question.state
    corpus, query = _asked(engine, state)
    models = (state.encoder or None, state.scorer or None, state.matcher or None)
    request = engine.checked(corpus, query, state.candidates, both(engine.methods, state), *models, state.options)
    result = yield from engine.searching_for(request, state.candidates)
    return Ranked(result, grades_of(corpus, query))


def step_question(engine: Engine, lesson: Lesson, number: int) -> Work[Question]:
    """The question of a step of the lesson. Raises InvalidInput where there is none."""
    step = lesson.step(number)
    if step is None:
        raise InvalidInput(f"step must be from 1 to {len(lesson.steps)}, got {quoted(number)}.")
    if step.view.predict and step.view.asks != RIGHT:
        return (yield from order_question(engine, step.view, 1, number))
    options = tuple(
        Option(str(at), lesson_draw.inline(option.text)) for at, option in enumerate(step.options, start=1)
    ) or _methods(engine, step.view)
    asked = lesson_draw.inline(step.question)
    return Question(Kind.CHOICE, step.view, asked, lesson_draw.about(step.view), options, step=number)


def told(engine: Engine, lesson: Lesson, section_of: SectionOf, question: Question) -> Work[Told]:
    """What is right, by the live result of a step's view."""
    step = lesson.step(question.step)
    assert step is not None
    view = question.state.with_changes(revealed=True, guess=()) if question.state.predict else question.state
    section = section_of(view)
    result = yield from section.begin(engine, view)
    drawn = section.draw(View(view, Ended.DONE, result=result))
    find = finder(view, result)
    picture = Markup(pictures(drawn))  # noqa: S704 - drawn by a section
    right, sentence = _right(engine, step, question, result, find)
    return Told(right, picture, lesson_draw.noticed(step, find), sentence)


def _right(engine: Engine, step: Step, question: Question, result: Any, find: Any) -> tuple[tuple[str, ...], str]:
    if not question.state.predict:
        return tuple(str(at) for at, holds in enumerate(lesson_draw.rights(step, find), start=1) if holds), ""
    found: SearchResult = result.result
    right = []
    for key in question.keys:
        said = scored(
            found, question.state.with_changes(guess=(key,)), grades_of(found.corpus, found.query), engine.methods
        )
        right += [key] if said.yours else []
    return tuple(right), ""


def _methods(engine: Engine, view: PageState) -> tuple[Option, ...]:
    titles = {shown_method(view): "", hidden_method(view): ""}
    named = [Option(key, escape(engine.methods[key].title)) for key in titles]
    return (*named, Option(NEITHER, escape("No difference")))


def _asked(engine: Engine, state: PageState) -> tuple[Corpus, str]:
    corpus = shown_corpus(engine, state)
    if corpus is None:
        corpus = engine.corpus(state.corpus)  # says why it is not there
    return corpus, check_query(state.query or prepared_query(corpus))


def _options(corpus: Corpus, doc_ids: Iterable[str]) -> tuple[Option, ...]:
    def option(doc_id: str) -> Option:
        document = corpus.document(doc_id)
        name = document.title or short_title(corpus, doc_id)
        # What the name has not whole is there to be read.
        return Option(doc_id, escape(name), document.text if document.text != name else "")

    return tuple(option(doc_id) for doc_id in doc_ids)


def orders(result: SearchResult) -> Mapping[str, list[str]]:
    """By method the documents from rank 1 on."""
    return {key: [hit.doc_id for hit in ranking.hits] for key, ranking in result.rankings.items()}
