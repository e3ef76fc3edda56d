"""Judgements and queries as people have them: every layout that is read, and what is left out or merged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from searchcore import Corpus, Document, Query, read_corpus
from searchcore.corpora import MAX_GRADE
from searchcore.text import same_words
from tests.fakes import write_beir

HEADER = "query-id\tcorpus-id\tscore\n"


def judged(folder: Path, qrels: str | bytes, queries: Any = ({"_id": "q", "text": "one?"},)) -> Corpus:
    return read_corpus(write_beir(folder / "j", queries=queries, qrels=qrels))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("other\ta\t1", 'line 3 names a query that is not there ("other")'),
        ("q\tother\t1", 'line 3 names a document that is not there ("other")'),
        ("q\ta\t101", f'line 3 has a grade above {MAX_GRADE} ("101")'),
        ("q\ta\t1e999", f'line 3 has a grade above {MAX_GRADE} ("1e999")'),
        ("q\ta\t" + "9" * 5_000, f'line 3 has a grade above {MAX_GRADE} ("{"9" * 29}…")'),
        ("q\ta\t²", 'line 3 has a grade that is not a number ("²")'),
        ("q\ta\tnan", 'line 3 has a grade that is not a number ("nan")'),
        ("q\ta\t", "line 3 is not a query, a document and a grade"),
        ("q a", "line 3 is not a query, a document and a grade"),
        ("q\ta\t1\t0\t0", "line 3 is not a query, a document and a grade"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_judgement_that_can_not_be_used_is_left_out_and_named(tmp_path: Path, row: str, reason: str) -> None:
    corpus = judged(tmp_path, f"{HEADER}q\tb\t1\n{row}\nq\ta\t2\n")
    assert corpus.qrels == {"q": {"b": 1, "a": 2}}
    assert corpus.notes == (f"j/qrels/test.tsv: 1 row was left out: {reason}.",)


@pytest.mark.parametrize(
    ("cell", "grade", "change"),
    [
        ("-1", 0, 'line 2 has a grade below 0, read as 0 ("-1")'),
        ("-0.5", 0, 'line 2 has a grade below 0, read as 0 ("-0.5")'),
        ("0.5", 0, 'line 2 has a fractional grade, rounded down ("0.5")'),
        ("2.99", 2, 'line 2 has a fractional grade, rounded down ("2.99")'),
        ("2.0", 2, ""),
        ("+3", 3, ""),
        ("-0", 0, ""),
        ("1e1", 10, ""),
    ],
)
def test_grades_become_whole_numbers_from_0_on_and_a_change_is_said(
    tmp_path: Path, cell: str, grade: int, change: str
) -> None:
    corpus = judged(tmp_path, f"{HEADER}q\ta\t{cell}\n")
    assert corpus.qrels == {"q": {"a": grade}}
    assert corpus.notes == ((f"j/qrels/test.tsv: 1 row was kept with a change: {change}.",) if change else ())


@pytest.mark.parametrize(
    "rows",
    [
        "q\ta\t2\nq\tb\t0\n",
        "q 0 a 2\nq 0 b 0\n",
        "q\t0\ta\t2\r\nq\tQ0\tb\t0\r\n",
        "q a 2\nq   b\t0\n".replace("\t", " "),
        "qid\tdocid\trel\nq\ta\t2\nq\tb\t0\n",
        "query iteration document relevance\nq 0 a 2\nq 0 b 0\n",
        "# made by hand\n\nquery-id\tcorpus-id\tscore\n#q\ta\t1\nq\ta\t2\n  # more\nq\tb\t0",
        "\ufeffq\ta\t2\nq\tb\t0\n",
    ],
)
def test_judgements_are_read_in_the_layouts_that_people_have(tmp_path: Path, rows: str) -> None:
    corpus = judged(tmp_path, rows)
    assert corpus.qrels == {"q": {"a": 2, "b": 0}}
    assert corpus.notes == ()


def test_a_first_row_of_known_names_is_no_header(tmp_path: Path) -> None:
    corpus = judged(tmp_path, "q\ta\thigh\nq\tb\t1\n")
    assert corpus.qrels == {"q": {"b": 1}}
    assert corpus.notes == ('j/qrels/test.tsv: 1 row was left out: line 1 has a grade that is not a number ("high").',)


def test_ids_may_hold_spaces_where_there_are_tabs_and_begin_with_a_hash(tmp_path: Path) -> None:
    documents = [{"_id": "a b", "text": "one"}]
    folder = write_beir(tmp_path / "j", documents, [{"_id": "#1", "text": "x"}], "#1\ta b\t1\n#2\ta b\t1\n")
    assert read_corpus(folder).qrels == {"#1": {"a b": 1}}


def test_a_judgement_that_comes_twice_counts_once_and_the_higher_of_two_grades_counts(tmp_path: Path) -> None:
    corpus = judged(tmp_path, "q\ta\t1\nq\ta\t1\nq\tb\t1\nq\tb\t3\nq\tb\t2\n")
    assert corpus.qrels == {"q": {"a": 1, "b": 3}}
    assert corpus.notes == (
        "j/qrels/test.tsv: 2 rows were kept with a change: lines 4 and 5 give judged documents another grade, "
        'the higher one counts ("b").',
    )


def test_the_third_line_may_name_a_query_that_is_not_there(tmp_path: Path) -> None:
    corpus = judged(tmp_path, "q\ta\t1\nq\tb\t2\nq99\ta\t1\n")
    assert corpus.qrels == {"q": {"a": 1, "b": 2}}
    assert corpus.notes == ('j/qrels/test.tsv: 1 row was left out: line 3 names a query that is not there ("q99").',)


def test_judgements_without_queries_are_left_out(tmp_path: Path) -> None:
    corpus = judged(tmp_path, HEADER + "q\ta\t1\n", None)
    assert (corpus.judged, corpus.qrels, corpus.splits) == (False, {}, {})
    assert len(corpus.notes) == 1


def test_other_splits_are_read_and_test_comes_first(tmp_path: Path) -> None:
    folder = write_beir(tmp_path / "s", queries=[{"_id": i, "text": f"query {i}"} for i in range(4)], qrels="0\ta\t1\n")
    for number, name in enumerate(["train", "dev", "a2"], start=1):
        (folder / "qrels" / f"{name}.tsv").write_text(f"{number}\ta\t{number}\n0\tb\t{number}\n")
    (folder / "qrels" / "empty.tsv").write_text(HEADER)
    (folder / "qrels" / "notes.md").write_text("no judgements")
    corpus = read_corpus(folder)
    assert corpus.notes == ()
    assert list(corpus.splits) == ["test", "dev", "train", "a2"]
    assert corpus.splits["dev"] == {"2": {"a": 2}, "0": {"b": 2}}
    assert (corpus.split, corpus.qrels) == ("test", {"0": {"a": 1}})
    assert corpus.grades("0") == {"a": 1}
    assert corpus.grades("3") == {"a": 3}
    assert corpus.grades("nobody") == {}
    (folder / "qrels" / "test.tsv").unlink()
    again = read_corpus(folder)
    assert (list(again.splits), again.split, again.qrels) == (["dev", "train", "a2"], "dev", corpus.splits["dev"])
    assert again.fingerprint != corpus.fingerprint


def test_queries_that_can_not_be_used_are_left_out(tmp_path: Path) -> None:
    rows = (
        b'\xef\xbb\xbf{"_id": "q", "text": "x"}\r\n\r\n{"_id": "q2"}\r\n{"_id": "q3", "text": 3}\r\n{"text": "y"}\r\n'
    )
    corpus = judged(tmp_path, "q2\ta\t1\nq\ta\t1\n", rows)
    assert [query.query_id for query in corpus.queries] == ["q"]
    assert corpus.qrels == {"q": {"a": 1}}
    assert corpus.notes == (
        'j/queries.jsonl: 3 rows were left out: line 3 has no text; line 4 has a "text" that is not a text; '
        'line 5 has no "_id" that is a text or a whole number.',
        'j/qrels/test.tsv: 1 row was left out: line 1 names a query that is not there ("q2").',
    )


SAME = [
    ("red shoes", "red  shoes"),
    ("Red Shoes", " red shoes\t"),
    ("dog's life", "Dog\N{RIGHT SINGLE QUOTATION MARK}s life"),
    ("dog`s life", "dog\N{ACUTE ACCENT}s life"),
    ('the "end"', "the \N{LEFT DOUBLE QUOTATION MARK}end\N{RIGHT DOUBLE QUOTATION MARK}"),
    ("café", "cafe\N{COMBINING ACUTE ACCENT}"),
    ("STRASSE", "straße"),
    ("ＡＢＣ", "abc"),
    ("two\N{NO-BREAK SPACE}words", "two words"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_queries_with_the_same_words_are_one_with_both_judgements(tmp_path: Path, one: str, other: str) -> None:
    queries = [{"_id": "a", "text": one}, {"_id": "z", "text": "another"}, {"_id": "b", "text": other}]
    folder = write_beir(tmp_path / "j", queries=queries, qrels="b\ta\t1\na\ta\t3\nb\tb\t2\n")
    (folder / "qrels" / "dev.tsv").write_text("b\tb\t1\n")
    corpus = read_corpus(folder)
    assert [(query.query_id, query.text) for query in corpus.queries] == [("a", one.strip()), ("z", "another")]
    assert corpus.splits == {"test": {"a": {"a": 3, "b": 2}}, "dev": {"a": {"b": 1}}}
    assert corpus.notes == (
        "j/queries.jsonl: 1 row was left out: line 3 has the words of an earlier query and was merged with it, "
        'judgements too ("b into a").',
        "j/qrels/test.tsv: 1 row was kept with a change: line 2 gives a judged document another grade, "
        'the higher one counts ("a").',
    )
    for text in (one, other):
        assert corpus.prepared_query(text) is corpus.queries[0]


@pytest.mark.parametrize(
    ("one", "other"), [("red shoes", "redshoes"), ("dogs", "dog's"), ("resume", "résumé"), ("", "a")]
)
def test_other_words_are_another_query(one: str, other: str) -> None:
    assert same_words(one) != same_words(other)


def test_of_two_queries_with_the_same_words_built_in_code_the_first_is_found() -> None:
    corpus = Corpus("c", (Document("a", "x"),), queries=(Query("1", "Red shoes"), Query("2", "red  shoes")))
    assert corpus.prepared_query("RED SHOES") is corpus.queries[0]
