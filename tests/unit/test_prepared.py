"""The queries that are offered as chips: judged ones where there are any."""

from __future__ import annotations

import pytest

from searchcore import Corpus, Document, Query
from searchcore.corpora import BUILT_IN, read_corpus
from ui.search.prepared import EXAMPLES, examples, prepared_query


def corpus_with(relevant: dict[str, int], marked: str = "", count: int = 10) -> Corpus:
    """Queries named by the digits; `relevant` are grades of the one document, `marked` the examples."""
    names = "0123456789"[:count]
    queries = tuple(Query(name, f"query {name}", {"example": name in marked}) for name in names)
    qrels = {name: {"d": grade} for name, grade in relevant.items()}
    return Corpus("small", (Document("d", "text"),), queries=queries, qrels=qrels)


@pytest.mark.parametrize(
    ("relevant", "marked", "offered"),
    [
        ({}, "", "01234567"),
        ({}, "59", "59"),
        ({"4": 1, "9": 3}, "", "49"),
        ({"4": 1, "9": 3}, "59", "9"),
        ({"4": 1, "9": 3}, "05", "49"),
        ({"4": 0}, "", "01234567"),
        ({"0": 0, "4": 1}, "0", "4"),
        (dict.fromkeys("123456789", 1), "", "12345678"),
    ],
)
def test_chips_are_judged_queries_where_there_are_any_and_of_them_the_examples(
    relevant: dict[str, int], marked: str, offered: str
) -> None:
    assert examples(corpus_with(relevant, marked)) == [f"query {name}" for name in offered]


def test_a_corpus_without_queries_has_no_chips_and_opens_with_an_empty_query() -> None:
    corpus = corpus_with({}, count=0)
    assert (examples(corpus), prepared_query(corpus)) == ([], "")


@pytest.mark.parametrize(
    ("name", "count", "first"),
    [
        ("movies", 6, "vietnam war"),
        ("science", EXAMPLES, "What is AI?"),
        ("museum", 6, "How were the twins who were born too early kept alive?"),
        ("toy", 4, "A man is eating pasta."),
        ("berlin", 4, "How many people live in Berlin?"),
    ],
)
def test_the_built_in_corpora_open_as_before(name: str, count: int, first: str) -> None:
    corpus = read_corpus(BUILT_IN / name)
    assert (len(examples(corpus)), prepared_query(corpus)) == (count, first)
