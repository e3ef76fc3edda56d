"""A corpus of a table's rows: what is kept, what is left out, and what is said of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import Corpus, CorpusError, Document, InvalidInput, SearchError
from searchcore.corpora import MAX_OWN_DOCUMENTS, Columns, Table, corpus_from_table, read_table
from searchcore.corpora import own as bounds
from searchcore.text import visible
from ui.own.draft import Draft, drafted


def of(text: str, name: str = "a.csv", *, passages: bool = False) -> Corpus:
    table = read_table(name, text.encode())
    guessed = Columns.guessed(table)
    return corpus_from_table(table, Columns(guessed.text, guessed.title, passages))


def test_rows_are_documents_numbered_from_one_and_nothing_is_shared() -> None:
    corpus = of("title,text\nA,one\nB,two\n")
    assert corpus.documents == (Document("1", "one", "A"), Document("2", "two", "B"))
    assert (corpus.name, corpus.title, corpus.shared, corpus.notes) == ("own", "Your own", False, ())


def test_duplicates_and_rows_with_nothing_to_see_are_left_out_by_their_numbers() -> None:
    corpus = of("title,text\nA,one\n\nA,one\nB,one\n\u200b,\u2060\u3164\nA,one\n,\u00ad \u200b\n")
    assert corpus.documents == (Document("1", "one", "A"), Document("2", "one", "B"))
    assert corpus.notes == (
        "Rows 4, 7: left out, since the same texts are there already.",
        "Rows 6, 8: left out as empty.",
    )


def test_a_row_with_a_title_or_a_text_alone_is_kept() -> None:
    corpus = of("title,text\nA,\n,two\nC,\u200b\n\u200b,four\n")
    assert [(d.title, d.text) for d in corpus.documents] == [("A", ""), ("", "two"), ("C", ""), ("", "four")]
    assert [d.passage for d in corpus.documents] == ["A", "two", "C", "four"]


def test_of_a_hundred_thousand_lines_the_first_are_kept_and_the_rest_counted() -> None:
    corpus = of("title,text\n" + "".join(f"t{i},text number {i}\n" for i in range(100_000)))
    assert len(corpus) == MAX_OWN_DOCUMENTS
    assert corpus.documents[-1] == Document("5000", "text number 4999", "t4999")
    assert corpus.notes == (
        "Rows 5,002, 5,003, 5,004, 5,005, 5,006 and 94,995 more: left out, since a corpus of one's own has at most "
        "5,000 documents.",
    )


def test_long_texts_are_cut_and_said_and_as_passages_read_whole() -> None:
    text = "A sentence of five words. " * 2_000
    corpus = of(f"text\n{text}\nshort\n")
    assert len(corpus.documents[0].text) == 20_000
    assert corpus.notes == ("Row 2: cut after 20,000 characters; as passages all of it is read.",)
    cut = of(f"text\n{text}\nshort\n", passages=True)
    assert cut.notes == ()
    first, *_, last = cut.documents
    parts = len(cut) - 1
    assert first.doc_id == "1.1" and dict(first.metadata) == {"document": "1", "part": 1, "parts": parts}
    assert cut.documents[-2].doc_id == f"1.{parts}"
    assert last == Document("2", "short")


def test_passages_beyond_the_bound_are_said_of_the_row_that_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_OWN_DOCUMENTS", 3)
    long = "A sentence of five words. " * 100
    corpus = of(f"text\nshort\n{long}\nthird\nfourth\n", passages=True)
    assert [document.doc_id for document in corpus.documents] == ["1", "2.1", "2.2"]
    assert corpus.notes == (
        "Row 3: passages beyond the first 3 were left out.",
        "Rows 4, 5: left out, since a corpus of one's own has at most 3 documents.",
    )


def test_each_passage_has_the_title_and_a_long_title_is_cut() -> None:
    long = "A sentence of five words. " * 40
    corpus = of(f"title,text\n{'T' * 1_500},{long}\n", passages=True)
    assert [len(document.title) for document in corpus.documents] == [1_000, 1_000, 1_000]
    assert corpus.notes == ("Row 2: title cut after 1,000 characters.",)


def test_columns_that_are_not_there_or_hold_nothing_are_one_sentence() -> None:
    table = read_table("a.csv", b"title,text,empty\nA,one,\n")
    for columns in (Columns(3), Columns(-1), Columns(0, 7)):
        with pytest.raises(InvalidInput, match="column must be a number from 0 to 2, got"):
            corpus_from_table(table, columns)
    with pytest.raises(CorpusError, match="There is no text in this column"):
        corpus_from_table(table, Columns(2))
    with pytest.raises(CorpusError, match="There is no column of texts"):
        Columns.guessed(read_table("a.csv", b"n\n1\n2\n"))


def test_a_draft_keeps_its_table_where_a_column_makes_no_corpus() -> None:
    draft = drafted("C:\\x\\films.csv", b"title,text,empty\nA,one,\n")
    assert draft.columns == Columns(1, 0) and draft.corpus is not None
    other = draft.with_columns(Columns(2))
    assert (other.corpus, other.problem) == (None, "There is no text in this column.")
    assert other.table is draft.table
    again = other.with_columns(Columns(0))
    assert again.problem == "" and again.corpus is not None
    assert again.corpus.documents == (Document("1", "A"),)
    assert draft.size > other.size > Draft("x", None).size == 0


cells = st.one_of(st.text(max_size=8), st.sampled_from(["", "\u200b", "=1+1", "1", "a b. " * 60, "x" * 900]))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_table_and_columns_are_a_corpus_or_one_sentence(data: st.DataObject) -> None:
    width = data.draw(st.integers(1, 3))
    rows = data.draw(st.lists(st.tuples(*[cells] * width), min_size=1, max_size=6))
    table = Table(tuple(f"c{i}" for i in range(width)), tuple(rows), tuple(range(1, len(rows) + 1)))
    places = st.integers(-1, width)
    columns = Columns(data.draw(places), data.draw(st.none() | places), data.draw(st.booleans()))
    try:
        corpus = corpus_from_table(table, columns)
    except SearchError as error:
        assert str(error).isprintable() and str(error).endswith(".")
        return
    assert not corpus.shared
    for document in corpus.documents:
        assert visible(document.passage)
        assert document.text == "" or visible(document.text)
        assert int(document.doc_id.partition(".")[0]) <= len(rows)
    assert all(note.isprintable() and note.endswith(".") for note in corpus.notes)
