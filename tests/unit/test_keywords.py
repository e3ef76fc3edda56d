"""Which words keyword search reads in a text, and that it finds them."""

from __future__ import annotations

import unicodedata

import bm25s
import numpy as np
import pytest
import Stemmer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchcore import Engine, evaluate
from searchcore.corpora import BUILT_IN, read_corpus
from searchcore.ranking.bm25 import KeywordIndex, query_words
from searchcore.ranking.keywords import Word, read
from searchcore.types import QueryWords
from tests.fakes import FakeEncoder, FakeScorer, store_of

shortly = settings(deadline=None, max_examples=200)
# Letters, digits, marks, joiners and scripts of every kind that is read in a way of its own; and anything else.
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("abcdXÉéßİσς 019.,-_'’+#&@\u0301\u00ad\u200b\u200d東京はタワーﾀﾞ한국ภาษา🇩🇪👍🏽", max_size=60),
)
ACCENTED = "".join(chr(code) for code in range(0xC0, 0x180) if chr(code).upper().lower() == chr(code).lower())


def found(passages: list[str], query: str) -> list[int]:
    """The passages with a score above 0, best first."""
    scores = KeywordIndex(passages).scores(query)
    return [int(i) for i in np.argsort(-scores, kind="stable") if scores[i] > 0]


@pytest.mark.parametrize(
    ("text", "terms", "further"),
    [
        ("D", (), ("d",)),
        ("7", (), ("7",)),
        ("X-Men", ("men",), ("x-men", "x")),
        ("X‑Men’s", ("men",), ("x-men", "x")),
        ("COVID-19", ("covid", "19"), ("covid-19",)),
        ("AB-1234", ("ab", "1234"), ("ab-1234",)),
        ("1999–2000", ("1999", "2000"), ("1999-2000",)),
        ("state-of-the-art", ("state", "art"), ("state-of-the-art",)),
        ("3.14", ("14",), ("3-14", "3")),
        ("U.S.A.", (), ("usa",)),
        ("I.T.", (), ("i-t", "i", "t")),
        ("AT&T", (), ("at-t", "t")),
        ("C++", (), ("c++", "c")),
        ("C#,", (), ("c#", "c")),
        ("don't", ("dont",), ()),
        ("soldier's", ("soldier",), ()),
        ("O´Neill", ("neill",), ("o-neill", "o")),
        ("WALL·E", ("wall",), ("wall-e", "e")),
        ("snake_case", ("snake", "case"), ("snake-case",)),
        ("__init__", ("init",), ()),
        ("jane.doe@mail.org", ("jane", "doe", "mail", "org"), ("jane-doe-mail-org",)),
        ("end.Begin", ("end", "begin"), ("end-begin",)),
        ("Ｖｉｔａｍｉｎ", ("vitamin",), ()),
        ("e\u00admail", ("email",), ()),
        ("Cafe\u0301", ("cafe",), ()),
        ("Straße", ("strasse",), ()),
        ("Acme™", ("acme",), ()),
        ("ש", (), ("ש",)),
        ("👍🏽", (), ("👍",)),
    ],
)
def test_a_word_is_found_whole_and_in_parts(text: str, terms: tuple[str, ...], further: tuple[str, ...]) -> None:
    [word] = read(text)
    assert (word.terms, word.further, word.stop) == (terms, further, False)


def test_where_no_space_divides_words_pairs_are_looked_for_and_single_characters_can_be_found() -> None:
    assert read("東京はタワー") == [
        Word("東京", ("東京",), characters=("東", "京")),
        Word("は", further=("は",)),
        Word("タワー", ("タワ", "ワー"), characters=("タ", "ワ", "ー")),
    ]
    assert [word.text for word in read("iPhone用 🇩🇪")] == ["iphone", "用", "🇩🇪"]


@pytest.mark.parametrize("text", ["the", "It’s", "isn't", "they'll"])
def test_a_stop_word_stays_one_with_an_apostrophe(text: str) -> None:
    [word] = read(text)
    assert word.stop


@pytest.mark.parametrize("text", ["", " ?! ", "___", "+", "…", "\x00", "\u200b"])
def test_what_has_no_letter_and_no_digit_is_no_word(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("passages", "query", "expected"),
    [
        (["Vitamin C helps skin.", "Vitamin D helps bones."], "vitamin d", [1, 0]),
        (["東京は日本の首都です。", "京都は古い町です。"], "東京", [0]),
        (["東京は日本の首都です。", "パリ。"], "京", [0]),
        (["서울은 한국의 수도입니다.", "Berlin"], "서울", [0]),
        (["กรุงเทพเป็นเมืองหลวง", "Berlin"], "เมือง", [0]),
        (["မြန်မာစာ", "Berlin"], "မြန်မာ", [0]),
        (["a caf\u00e9", "a bar"], "cafe\u0301", [0]),
        (["a caf\u00e9", "a bar"], "cafe", [0]),
        (["men in black", "the X-Men", "x marks it"], "X-Men", [1, 2, 0]),
        (["the X-Men", "women"], "x men", [0]),
        (["M hunts a killer", "Metropolis"], "M", [0]),
        (["learn C", "learn C++", "learn Java"], "C++", [1, 0]),
        (["the U.S.A. in winter", "Canada"], "USA", [0]),
        (["the USA in winter", "Canada"], "u.s.a.", [0]),
        (["part AB-1234", "part AB-1235"], "ab-1235", [1, 0]),
        (["it is 3.14", "it is 314"], "3.14", [0]),
        (["I don't know", "Don Juan"], "don", [1]),
        (["To be, or not to be?", "A killer robot"], "to be or not to be", [0]),
        (["no ifs", "but no"], "ifs", [0]),
    ],
)
def test_keyword_search_finds_what_it_should(passages: list[str], query: str, expected: list[int]) -> None:
    assert found(passages, query) == expected


def test_the_words_looked_for_are_said_once_each_in_order_and_stop_words_only_where_there_are_no_others() -> None:
    assert query_words("The Vitamin D, the X-Men: vitamin C++") == QueryWords(
        ("vitamin", "d", "x-men", "c++"), ("the",)
    )
    assert query_words("To be, or not to be") == QueryWords(("to", "be", "or", "not"))
    assert query_words("?!") == QueryWords(())


def test_a_score_is_what_bm25s_gives_for_the_same_words() -> None:
    movies = read_corpus(BUILT_IN / "movies")
    passages = [document.passage for document in movies.documents]
    stem = Stemmer.Stemmer("english").stemWords
    texts = [[word for word in read(passage) if not word.stop] for passage in passages]
    plain, further = bm25s.BM25(), bm25s.BM25()
    plain.index([stem([term for word in text for term in word.terms]) for text in texts], show_progress=False)
    further.index(
        [stem([term for word in text for term in (*word.further, *word.characters)]) for text in texts],
        show_progress=False,
    )
    index = KeywordIndex(passages)
    for query in (
        "vietnam war",
        "X-Ray",
        "wall-e",
        "kill bill 2",
        "the robots’ robots",
        "A.I.",
        "theoden",
        "d'Artagnan",
    ):
        words = [word for word in read(query) if not word.stop]
        asked = stem([term for word in words for term in word.terms])
        asked += stem(list(dict.fromkeys(term for word in words for term in word.further)))
        expected = plain.get_scores(asked) + further.get_scores(asked)
        assert expected.max() > 0, query
        np.testing.assert_array_equal(index.scores(query), expected)
    stop_words = bm25s.BM25()
    stop_words.index(
        [[term for word in read(passage) if word.stop for term in word.terms] for passage in passages],
        show_progress=False,
    )
    np.testing.assert_array_equal(index.scores("Is it not?"), stop_words.get_scores(["is", "it", "not"]))


@pytest.mark.parametrize(("name", "ndcg"), [("movies", 0.5038), ("science", 0.4723), ("museum", 0.9622)])
def test_the_built_in_corpora_are_ranked_as_well_as_by_plain_english_words(name: str, ndcg: float) -> None:
    engine = Engine({name: read_corpus(BUILT_IN / name)}, store_of(FakeEncoder(), FakeScorer()))
    measured = evaluate(engine, name, candidates=20, methods=["bm25"]).measures["bm25"]["nDCG@10"]
    engine.close()
    assert measured == pytest.approx(ndcg, abs=5e-5)


@shortly
@given(TEXTS)
def test_composed_and_decomposed_texts_are_read_alike(text: str) -> None:
    assert read(unicodedata.normalize("NFC", text)) == read(unicodedata.normalize("NFD", text)) == read(text)


@shortly
@given(st.text(f"abcxyzABCXYZ{ACCENTED} 019.-'&", max_size=60))
def test_case_makes_no_difference(text: str) -> None:
    assert read(text.upper()) == read(text.lower()) == read(text)


@shortly
@given(TEXTS)
@example("_˥a")
def test_a_text_is_found_by_each_of_its_words(text: str) -> None:
    index = KeywordIndex([text, "something else"])
    for word in read(text):
        assert index.scores(word.text)[0] > 0, word


@shortly
@given(TEXTS, st.sampled_from([" ", "\n\n"]), TEXTS)
def test_what_stands_behind_a_space_changes_no_word(one: str, space: str, other: str) -> None:
    assert read(one + space + other) == read(one) + read(other)
