"""Long texts in passages: nothing is lost, none is too long, and it is done in one go over the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore.corpora.passages import MOST_CHARACTERS_A_WORD, WORDS_IN_A_PASSAGE, cut


def sentences(count: int, words: int = 10) -> list[str]:
    return [" ".join([f"Sentence{i}", *["word"] * (words - 2), "ends."]) for i in range(count)]


def test_a_short_text_stays_whole_with_its_lines() -> None:
    assert cut("  One line.\n\nAnother line. ") == ["One line.\n\nAnother line."]
    assert cut(" ".join(sentences(10))) == [" ".join(sentences(10))]
    assert cut("") == cut(" \n ") == []


def test_passages_are_whole_sentences_and_begin_with_the_last_one_before() -> None:
    given_ = sentences(25)
    assert cut(" ".join(given_)) == [" ".join(given_[0:10]), " ".join(given_[9:19]), " ".join(given_[18:25])]


def test_without_overlap_no_sentence_comes_twice() -> None:
    given_ = sentences(25)
    assert cut(" ".join(given_), overlap=0) == [
        " ".join(given_[0:10]),
        " ".join(given_[10:20]),
        " ".join(given_[20:25]),
    ]


def test_a_sentence_that_would_not_leave_room_is_not_repeated() -> None:
    given_ = sentences(3, words=60)
    assert cut(" ".join(given_)) == given_


def test_a_sentence_beyond_the_bound_is_cut_by_words() -> None:
    words = [f"w{i}" for i in range(250)]
    assert cut(" ".join(words)) == [" ".join(words[:100]), " ".join(words[100:200]), " ".join(words[200:])]


def test_scripts_without_spaces_are_cut_by_characters() -> None:
    sentence = "東京は日本の首都です。"
    passages = cut(sentence * 200, overlap=0)
    assert "".join(passages).replace(" ", "") == sentence * 200
    assert all(len(passage) <= 900 and "。" in passage for passage in passages)
    assert [len(part) for part in cut("京" * 2_000)] == [800, 800, 400]


@pytest.mark.parametrize(
    "text",
    ["x" * 5_000_000, "x " * 2_500_000, "\n" * 5_000_000, "." * 5_000_000, "-" * 5_000_000, "A. b? " * 800_000],
)
def test_hostile_texts_end(text: str) -> None:
    passages = cut(text)
    assert all(len(passage) <= 2 * WORDS_IN_A_PASSAGE * MOST_CHARACTERS_A_WORD for passage in passages)
    assert sum(map(len, passages)) >= len("".join(text.split()))


words_ = st.lists(st.sampled_from(["a", "The", "end.", "Mr.", "why?", "\n\n", "x" * 60, "é", "。", "(", '"', "3.14"]))


@settings(max_examples=300, deadline=None)
@given(words_, st.integers(1, 12), st.integers(0, 3))
def test_no_word_is_lost_and_no_passage_is_much_too_long(parts: list[str], words: int, overlap: int) -> None:
    text = " ".join(parts)
    passages = cut(text, words, overlap)
    given_ = "".join(text.split())
    assert "".join("".join(cut(text, words, 0)).split()) == given_
    assert set("".join(passages)) - {" ", "\n"} == set(given_)
    for passage in passages:
        assert passage == passage.strip() != ""
        assert len(passage.split()) <= words
        assert len(passage) <= words * (2 * MOST_CHARACTERS_A_WORD + 1)
