"""A class over an engine of fakes whose rankings are known.

The bi-encoder has the documents in corpus order, the cross-encoder turns round what it is given.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from searchcore import Corpus, Document, Engine, Query
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer
from tests.markup import HOSTILE, PLAIN, corpus_saying
from tests.unit.classes import Clock
from ui.classroom import asking, scores
from ui.classroom.asking import Ranked, Told
from ui.classroom.lecturer import Desk
from ui.classroom.question import Kind, Option, Question
from ui.classroom.room import Room
from ui.classroom.rounds import Phase, Round
from ui.lesson.steps import Lesson, Step
from ui.state import PageState

TEXTS = (PLAIN, HOSTILE)
WORDS = ("ann", "bob", "cid", "dee")
STEP = Step("a step", PageState(), (), "which?", (), ())


def number_of(passage: str) -> int:
    """Which document of `corpus_saying` it is."""
    found = re.search(r"(?:title|text) (\d+)", passage)
    assert found is not None
    return int(found[1])


class Falling(FakeEncoder):
    """The cosine of document n to any query is 0.9 - 0.1 n."""

    def encode_documents(self, passages: Sequence[str]) -> NDArray[np.float32]:
        cosines = [0.9 - number_of(passage) / 10 for passage in passages]
        return np.array([[c, math.sqrt(1 - c * c)] for c in cosines], dtype=np.float32)

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[1.0, 0.0]] * len(queries), dtype=np.float32)


@dataclass
class Taught:
    """A room, its lecturer's desk, and what is asked about."""

    room: Room
    desk: Desk
    corpus: Corpus
    text: str

    @property
    def engine(self) -> Engine:
        return self.desk.engine

    def id(self, number: int) -> str:
        return self.corpus.documents[number].doc_id

    def state(self, **more: object) -> PageState:
        return PageState(corpus=self.corpus.name, query=self.corpus.queries[0].text, candidates=5, **more)  # type: ignore[arg-type]

    def order(self, picks: int = 3, **more: object) -> Question:
        return finish(asking.order_question(self.engine, self.state(**more), picks))

    def choice(self) -> Question:
        options = tuple(Option(str(n), Markup("{}").format(f"option {n} {self.text}")) for n in (1, 2, 3))
        asked = Markup("<i>{}</i>").format(self.text)
        return Question(Kind.CHOICE, self.state(), asked, Markup("<p>{}</p>").format(self.text), options, step=1)

    def told(self, *right: str) -> Told:
        return Told(right, Markup("<b>a picture</b>"), Markup("<p>notice</p>"))

    def models_say(self, question: Question) -> Ranked:
        return finish(asking.revealed(self.engine, question))

    def judge(self, depth: int = 10) -> Round:
        question, made = finish(asking.judge_question(self.engine, self.state(), depth))
        found = self.room.ask(question)
        found.outcome = made
        return found

    def answer(self, *answers: Sequence[int] | str) -> None:
        """What the students say, one after the other: numbers of documents, or the key of an option."""
        found = self.room.rounds[-1]
        for word, said in zip(self.room.seats, answers, strict=False):
            given = [said] if isinstance(said, str) else [self.id(n) for n in said]
            self.room.answer(word, found.number, given, len(found.votes))

    def grade(self, grades: Mapping[int, Sequence[int]]) -> None:
        """By document the grades that the students give, in order."""
        found = self.room.rounds[-1]
        found.given = {
            word: {self.id(n): given[at] for n, given in grades.items() if at < len(given)}
            for at, word in enumerate(self.room.seats)
        }

    def outcome(self, predicted: Sequence[str] = (), right: Sequence[str] = ("2",)) -> scores.Outcome:
        """What the question that is asked comes to."""
        found = self.room.rounds[-1]
        question = found.question
        if question.kind is Kind.JUDGE:
            return scores.graded(question, found.given, found.outcome, predicted)
        if question.kind is Kind.CHOICE:
            return scores.chosen(question, found.votes, self.told(*right))
        return scores.ordered(question, found.votes, self.models_say(question), self.engine.methods)

    def reveal(self, **more: Sequence[str]) -> Round:
        found = self.room.rounds[-1]
        outcome = self.outcome(**more)
        if found.phase is Phase.OPEN:
            self.room.close(found.number)
        self.room.reveal(found.number, outcome)
        return found


def taught(
    make_engine: MakeEngine,
    text: str = PLAIN,
    grades: Mapping[int, int] | None = None,
    public: str = "",
    corpus: Corpus | None = None,
    *,
    turned: bool = True,
) -> Taught:
    """A class of four about `corpus`, or `corpus_saying(text)`; `grades` are its own judgements, by document.

    Where it is not `turned`, the cross-encoder agrees with the bi-encoder.
    """
    # An address names a corpus, so that no name is hostile.
    corpus = corpus or replace(corpus_saying(text), name="small")
    if grades:
        qrels = {"q": {corpus.documents[n].doc_id: grade for n, grade in grades.items()}}
        corpus = replace(corpus, qrels=qrels)
    scorer = FakeScorer(score=lambda query, passage: float(number_of(passage) * (1 if turned else -1)))
    engine = make_engine(corpus, encoder=Falling(), scorer=scorer)
    room = Room("B7K2QX", Clock())
    for word in WORDS:
        room.enter(word)
    lesson = Lesson("a lesson", (replace(STEP, title=f"a step {text}"),))
    return Taught(room, Desk(engine, lesson, public), corpus, text)


def keywords_apart(*with_it: str) -> Corpus:
    """Keyword search for "whale" finds d6, which is not among the first five, and then those of `with_it`."""
    also = {"d6": " whale whale"} | dict.fromkeys(with_it, " whale among many other words that stand here")
    documents = tuple(Document(f"d{n}", f"text {n}{also.get(f'd{n}', ' land')}") for n in range(8))
    return Corpus("apart", documents, queries=(Query("q", "whale"),))
