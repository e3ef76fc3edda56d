"""What a class has judged, taken home: a corpus in BEIR layout with the majority's grades."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
import yaml

from searchcore import Corpus, Query
from searchcore.corpora import read_archive
from tests.conftest import MakeEngine
from tests.markup import HOSTILE, PLAIN, corpus_saying
from tests.unit.classes import choice
from tests.unit.taught import Taught, taught
from ui.classroom import archive
from ui.classroom.archive import NothingJudged, class_archive
from ui.classroom.scores import Graded


def taken(it: Taught) -> Corpus:
    return read_archive("judgements.zip", class_archive(it.room.code, it.room.rounds))


def card_of(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        card: dict[str, str] = yaml.safe_load(opened.read("README.md").decode().strip("-\n"))
    return card


def judged(it: Taught, grades: dict[int, tuple[int, ...]]) -> None:
    it.judge(5)
    it.grade(grades)
    it.reveal()


def asking(it: Taught, query: str) -> None:
    """From now on the class is asked about another query."""
    it.corpus = it.corpus.with_judgements([Query("q", query)], it.corpus.qrels)


def test_the_majority_s_grades_are_its_judgements(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    judged(it, {0: (3, 3, 0), 1: (0, 0, 1), 2: (2, 2), 3: (1,)})
    made = taken(it)
    assert made.documents == it.corpus.documents
    ((query_id, grades),) = made.qrels.items()
    assert grades == {it.id(0): 3, it.id(1): 0, it.id(2): 2, it.id(3): 1}
    assert [(query.query_id, query.text) for query in made.queries] == [(query_id, it.corpus.queries[0].text)]


def test_its_card_says_which_class_judged_and_how(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    judged(it, {0: (3,)})
    card = card_of(class_archive(it.room.code, it.room.rounds))
    assert it.room.code in card["pretty_name"] and it.corpus.title in card["pretty_name"]
    assert card["description"] == archive.HOW


def test_hostile_texts_come_back_as_they_were(make_engine: MakeEngine) -> None:
    it = taught(make_engine, HOSTILE.strip())  # the ends are trimmed when a file is read
    judged(it, {0: (3,), 6: (1,)})
    made = taken(it)
    assert made.documents == it.corpus.documents
    assert made.queries[0].text == it.corpus.queries[0].text
    assert dict(made.qrels[made.queries[0].query_id]) == {it.id(0): 3, it.id(6): 1}


def test_each_query_is_in_it_as_it_was_judged_last(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    judged(it, {0: (3,)})
    asking(it, "another query")
    judged(it, {1: (2,)})
    asking(it, corpus_saying(it.text).queries[0].text)
    judged(it, {2: (1,)})
    made = taken(it)
    by_text = {query.text: dict(made.qrels[query.query_id]) for query in made.queries}
    assert by_text == {it.corpus.queries[0].text: {it.id(2): 1}, "another query": {it.id(1): 2}}


def test_the_judgements_that_the_corpus_has_are_not_in_it(make_engine: MakeEngine) -> None:
    plain = replace(corpus_saying(PLAIN), name="small")
    # It came out of a class, too, so that a query of it is called as the first one of this class.
    its_own = {"class-1": {plain.documents[5].doc_id: 3}}
    queries = (Query("class-1", "what another class was asked"),)
    it = taught(make_engine, corpus=replace(plain, queries=queries, qrels=its_own, other_splits={"train": its_own}))
    judged(it, {0: (3,)})
    made = taken(it)
    assert [dict(grades) for qrels in made.splits.values() for grades in qrels.values()] == [{it.id(0): 3}]


def test_only_what_is_revealed_is_in_it(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    judged(it, {0: (3,)})
    asking(it, "another query")
    it.judge(5)
    it.grade({1: (3,)})
    assert [query.text for query in taken(it).queries] == [corpus_saying(it.text).queries[0].text]


def test_where_nothing_was_judged_there_is_nothing_to_take(make_engine: MakeEngine) -> None:
    it = taught(make_engine)
    for prepare in (lambda: None, lambda: it.room.ask(choice()), lambda: it.judge(5)):
        prepare()
        with pytest.raises(NothingJudged):
            class_archive(it.room.code, it.room.rounds)


def test_of_a_large_corpus_only_what_was_judged_is_in_it(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_DOCUMENTS", 6)
    it = taught(make_engine)
    judged(it, {4: (3,), 0: (0,)})
    asking(it, "another query")
    judged(it, {2: (1,)})
    made = taken(it)
    assert [document.doc_id for document in made.documents] == [it.id(0), it.id(2), it.id(4)]
    assert [dict(made.qrels[query.query_id]) for query in made.queries] == [{it.id(4): 3, it.id(0): 0}, {it.id(2): 1}]
    assert archive.ONLY_JUDGED in card_of(class_archive(it.room.code, it.room.rounds))["description"]


def test_what_was_judged_in_another_corpus_of_the_same_name_is_not_in_it(make_engine: MakeEngine) -> None:
    # A lecturer's own corpora are all called the same, and their documents "1", "2", ...
    it = taught(make_engine)
    judged(it, {0: (3,), 1: (2,)})
    other = replace(it.corpus, documents=it.corpus.documents[1:], queries=(Query("q", "another query"),))
    second = taught(make_engine, corpus=other)
    it.corpus, it.desk = second.corpus, second.desk
    judged(it, {0: (1,)})
    made = taken(it)
    assert [query.text for query in made.queries] == ["another query"]
    outcome = it.room.rounds[-1].outcome
    assert isinstance(outcome, Graded)
    assert dict(made.qrels[made.queries[0].query_id]) == dict(outcome.grades)
