"""Words and sentences as places in a text."""

import pytest

from searchcore.explain import places_of, words_of
from searchcore.explain.words import sentences_of

FAMILY = "👩‍👩‍👧"


def found(text):
    """The words of `text`, after a check that each stands where it says."""
    words = words_of(text)
    assert [text[word.start : word.end] for word in words] == [word.word for word in words]
    return [word.word for word in words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A man, eating -- pasta!", ["A", "man", "eating", "pasta"]),
        ("don't say ‘rock ’n’ roll’", ["don't", "say", "rock", "n", "roll"]),
        ("3,520,031 people in 891.82 km.", ["3,520,031", "people", "in", "891.82", "km"]),
        ("state-of-the-art", ["state", "of", "the", "art"]),
        ("cafe\u0301 nai\u0308ve", ["cafe\u0301", "nai\u0308ve"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        (f"I {FAMILY} pizza🍕!", ["I", FAMILY, "pizza🍕"]),
        ("👍🏽 ❤️ 1️⃣", ["👍🏽", "❤️", "1️⃣"]),
        ("to\u00adday", ["to\u00adday"]),
    ],
)
def test_words_keep_their_marks_joiners_and_emoji(text, words):
    assert found(text) == words


@pytest.mark.parametrize("text", ["", "?!", "... -- ' ,", "\u0301 \u200d", "_ * ^ ` $ + ="])
def test_punctuation_alone_is_no_word(text):
    assert found(text) == []


def test_a_word_is_found_in_any_case_and_only_whole():
    text = "Fire! Bonfires and fires need fire-fighters; FIRE's hot."
    assert [(place.start, place.word) for place in places_of("fire", text)] == [(0, "Fire"), (30, "fire"), (45, "FIRE")]


def test_an_accent_written_as_a_combining_mark_is_the_same_letter():
    assert [(p.start, p.end) for p in places_of("CAFÉ", "the cafe\u0301, the caf\u00e9, the cafe")] == [
        (4, 9),
        (15, 19),
    ]


def test_a_word_with_an_apostrophe_is_found_whole():
    assert [place.word for place in places_of("don't", "I don’t, don")] == ["don’t"]


def test_sentences_end_where_english_ends_them():
    text = 'Dr. Strange meets a man. He asks: "Why are you here?" Nobody knows (he says so.) 12 years go by… Fine.'
    assert sentences_of(text) == [
        "Dr. Strange meets a man.",
        'He asks: "Why are you here?"',
        "Nobody knows (he says so.)",
        "12 years go by… Fine.",
    ]


@pytest.mark.parametrize(("text", "sentences"), [("", []), ("Hi.", ["Hi."]), ("No. Yes. ", ["No. Yes."])])
def test_short_texts_are_one_sentence_or_none(text, sentences):
    assert sentences_of(text) == sentences
