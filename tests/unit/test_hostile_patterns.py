"""Texts made to keep a regular expression busy: what would take hours of them is done with at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchcore import read_corpus
from searchcore.corpora.columns import is_number
from searchcore.explain.words import sentences_of, words_of
from searchcore.ranking.keywords import read
from tests.fakes import write_beir
from ui.open_routes import is_open
from ui.plain_calls import _CALL, _READ

LONG = 20_000
REPEATED = [
    "! ",
    "!  ",
    '." ',
    "a-",
    "a.",
    "A.B.",
    "3,",
    "d'",
    "+",
    "&",
    "_",
    "é",
    "\u0301",
    "\u200b",
    "🇩",
    "👩\u200d",
    "字",
    "ก",
]


@pytest.mark.parametrize("cell", ["1" * 300_000 + "x", "1." * 300_000, "1e" * 300_000, "." + "1" * 300_000 + "e"])
def test_a_grade_that_almost_is_a_number_is_named(tmp_path: Path, cell: str) -> None:
    corpus = read_corpus(
        write_beir(tmp_path / "j", queries=[{"_id": "q", "text": "one?"}], qrels=f"q\ta\t1\nq\tb\t{cell}\n")
    )
    assert corpus.qrels == {"q": {"a": 1}}
    assert corpus.notes == (
        f'j/qrels/test.tsv: 1 row was left out: line 2 has a grade that is not a number ("{cell[:29]}…").',
    )


@pytest.mark.parametrize("again", REPEATED)
def test_a_text_of_one_sign_again_and_again_is_read_as_words_and_sentences(again: str) -> None:
    text = again * (LONG // len(again))
    assert "".join(sentences_of(text)).split() == text.split()
    assert all(word.word in text for word in words_of(text))
    assert all(word.text for word in read(text))


@pytest.mark.parametrize("text", ["!" + " " * LONG + "a", "!" + " " * LONG + "A", ("!" + " " * 100) * 200])
def test_a_text_of_spaces_is_divided_where_a_sentence_may_begin(text: str) -> None:
    assert "".join(sentences_of(text)).split() == text.split()


def test_a_sentence_begins_behind_a_quotation_mark_and_a_bracket() -> None:
    text = 'One two three four. ("Five six seven eight.") – Nine ten eleven twelve! lower case goes on here.'
    assert sentences_of(text) == [
        "One two three four.",
        '("Five six seven eight.") – Nine ten eleven twelve! lower case goes on here.',
    ]


def test_a_cell_of_digits_alone_is_soon_known() -> None:
    assert not is_number("1" * 5_000_000 + "x")
    assert not is_number("1" * 5_000_000)


@pytest.mark.parametrize("part", ["/a", "/gradio_api/call", "/gradio_api/call/x/", "%2f", "/v2"])
def test_an_address_of_one_part_again_and_again_is_soon_known(part: str) -> None:
    path = "/gradio_api/call" + part * 100_000 + "\n"
    assert not is_open("GET", path)
    assert not is_open("POST", path + "/")
    assert _CALL.fullmatch(path) is _READ.fullmatch(path) is None
