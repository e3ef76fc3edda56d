"""Judging one's own corpus: grades are given, changed, taken back, kept, and cost no model anything."""

from __future__ import annotations

import pytest

from searchcore import Corpus, InvalidInput
from searchcore.corpora import read_archive, to_archive
from searchcore.evaluate import evaluate
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder
from tests.unit.housed import LINES, small
from tests.workbooks import zipped
from ui.own import corpora as bounds
from ui.own.corpora import Own, graded
from ui.own.draft import Draft


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
