"""Comparison, token vectors, and one word in several sentences."""

import json

import numpy as np
import pytest

from searchcore import InvalidInput, UnknownName
from searchcore.explain import (
    EXAMPLES,
    compare,
    padded_batch,
    pooled_vector,
    token_similarity,
    verdict,
    word_in_context,
    words_of,
)
from tests.fakes import FakeEncoder, FakeScorer, bag_of_words, overlap_logit

QUERY = "who plays chess"
DOCUMENT = "chess is a game that kings play"
PROMPT = "find "


class PromptedEncoder(FakeEncoder):
    """Reads a query with one word before it."""

    def encode_queries(self, queries):
        return super().encode_queries([PROMPT + query for query in queries])

    def read(self, text, *, as_query=False):
        return super().read(PROMPT + text if as_query else text)

    def token_vectors(self, text, *, as_query=False):
        return super().token_vectors(PROMPT + text if as_query else text)

    def offsets(self, text, *, as_query=False):
        return ((None,) if as_query else ()) + super().offsets(text)


# Compare two texts


def test_a_comparison_holds_both_numbers_in_both_roles(make_engine):
    scorer = FakeScorer()
    made = compare(make_engine(scorer=scorer), f" {QUERY} ", DOCUMENT)
    assert made.cosine == pytest.approx(float(bag_of_words(QUERY) @ bag_of_words(DOCUMENT)), abs=1e-6)
    assert made.score == overlap_logit(QUERY, DOCUMENT)
    assert made.score_swapped == overlap_logit(DOCUMENT, QUERY)
    assert scorer.pairs == [(QUERY, DOCUMENT), (DOCUMENT, QUERY)]


def test_without_a_query_prompt_the_swapped_cosine_is_the_cosine_and_each_text_is_encoded_once(make_engine):
    encoder = FakeEncoder()
    made = compare(make_engine(encoder=encoder), QUERY, DOCUMENT)
    assert made.cosine_swapped == made.cosine
    assert encoder.document_calls == [[QUERY, DOCUMENT]]
    assert encoder.query_calls == []


def test_with_a_query_prompt_each_text_is_encoded_in_both_roles(make_engine):
    made = compare(make_engine(encoder=PromptedEncoder()), QUERY, DOCUMENT)
    asked, answered = bag_of_words(PROMPT + DOCUMENT), bag_of_words(QUERY)
    assert made.cosine_swapped == pytest.approx(float(asked @ answered), abs=1e-6)
    assert made.cosine_swapped != made.cosine
    assert made.inputs["bi_encoder"][0].tokens[0] == PROMPT.strip()


def test_the_same_text_twice_has_cosine_one(make_engine):
    assert compare(make_engine(), QUERY, QUERY).cosine == 1.0


def test_the_json_of_a_comparison_has_the_keys_of_the_endpoint(make_engine):
    made = compare(make_engine(), QUERY, DOCUMENT).as_json()
    assert list(made) == ["cosine", "cosine_swapped", "score", "score_swapped", "probability", "inputs"]
    assert {method: len(items) for method, items in made["inputs"].items()} == {"bi_encoder": 2, "cross_encoder": 1}
    [pair] = made["inputs"]["cross_encoder"]
    assert set(pair) == {"tokens", "ids", "segments", "attention_mask", "limit", "dropped"}
    assert made["probability"] == pytest.approx(1 / (1 + np.exp(-made["score"])))
    assert json.loads(json.dumps(made)) == made


ALONE = "says nothing alone: compare it with another passage for this query."


@pytest.mark.parametrize(("cosine", "place"), [(0.81, "close"), (0.1, "far apart")])
def test_the_verdict_says_how_close_the_vectors_are_and_judges_no_logit(cosine, place):
    for score, logit in ((5.0, "+5.00"), (-5.0, "-5.00")):
        said = verdict(cosine, cosine, score, score)
        assert said.startswith(f"The vectors are {place} (cosine {cosine:.4f}). The logit of {logit} {ALONE} Swapping")


def test_the_sign_of_a_logit_changes_nothing_but_the_number():
    above, below = (verdict(0.4, 0.4, score, score) for score in (2.0, -2.0))
    assert above.replace("+2.00", "-2.00") == below


def test_a_middling_cosine_settles_nothing():
    said = verdict(0.4, 0.4, 3.25, 3.25)
    assert said == (
        f"The cosine of 0.4000 settles nothing. The logit of +3.25 {ALONE} Swapping the two changes neither number."
    )


@pytest.mark.parametrize(
    ("cosine_swapped", "score_swapped", "said"),
    [
        (0.8, 1.5, "leaves the cosine as it is and takes the logit from +4.00 to +1.50."),
        (0.8, -1.5, "leaves the cosine as it is and takes the logit from +4.00 to -1.50."),
        (0.7, 4.0, "takes the cosine from 0.8000 to 0.7000 and leaves the logit as it is."),
        (0.7, 1.0, "takes the cosine from 0.8000 to 0.7000, and the logit from +4.00 to +1.00."),
        (0.80001, 4.001, "changes neither number."),
    ],
)
def test_the_verdict_says_what_swapping_does(cosine_swapped, score_swapped, said):
    assert verdict(0.8, cosine_swapped, 4.0, score_swapped).endswith(said)


def test_a_verdict_never_shows_minus_zero():
    assert "-0.0" not in verdict(-0.00001, 0.9, -0.001, 1.0)


def test_the_example_of_a_question_and_its_answer_shares_no_word():
    examples = {example.name: example for example in EXAMPLES}
    asked, answered = examples["answer"].query, examples["answer"].document
    assert not {w.word.lower() for w in words_of(asked)} & {w.word.lower() for w in words_of(answered)}
    assert examples["identical"].query == examples["identical"].document
    roles = examples["roles"]
    assert sorted(roles.query.lower().split()) == sorted(roles.document.lower().split())


@pytest.mark.parametrize(
    ("a", "b", "names"),
    [
        ("", "b", "text_a is empty"),
        ("a", " \u200b\n", "text_b is empty"),
        ("a" * 20_001, "b", "text_a"),
        (5, "b", "got 5"),
    ],
)
def test_a_text_that_can_not_be_compared_is_named(make_engine, a, b, names):
    with pytest.raises(InvalidInput, match=names):
        compare(make_engine(), a, b)


def test_an_unknown_encoder_is_named(make_engine):
    with pytest.raises(UnknownName, match="nobody/knows"):
        compare(make_engine(), "a", "b", encoder="nobody/knows")


@pytest.mark.parametrize("pairs", [[], "ab", [("a",)], [("a", "")], [("a", "b")] * 9, ["ab"], None])
def test_a_padded_batch_takes_one_to_eight_pairs_of_texts(make_engine, pairs):
    with pytest.raises(InvalidInput, match="pairs"):
        padded_batch(make_engine(), pairs)


# Token vectors


def test_every_token_of_the_query_meets_every_token_of_the_document(make_engine):
    made = token_similarity(make_engine(), "chess kings", DOCUMENT)
    assert made.matrix.shape == (2, 7)
    assert made.matrix[0, 0] == 1.0
    assert made.matrix[1, 5] == 1.0
    assert made.pooled_cosine == pytest.approx(made.cosine, abs=1e-6)
    assert json.loads(json.dumps(made.as_json()))["document_tokens"][0] == {"token": "chess", "added": False}


def test_a_token_of_the_prompt_is_marked_as_added(make_engine):
    made = token_similarity(make_engine(encoder=PromptedEncoder()), QUERY, DOCUMENT)
    assert [token.added for token in made.query_tokens] == [True, False, False, False]
    assert not any(token.added for token in made.document_tokens)
    assert made.matrix.shape == (4, 7)
    assert made.cosine == pytest.approx(float(bag_of_words(PROMPT + QUERY) @ bag_of_words(DOCUMENT)), abs=1e-6)


def test_pooling_is_the_mean_scaled_to_length_one():
    np.testing.assert_allclose(pooled_vector(np.array([[3.0, 0.0], [3.0, 8.0]])), [0.6, 0.8])
    np.testing.assert_array_equal(pooled_vector(np.zeros((2, 3))), np.zeros(3))


# One word in several sentences


def test_occurrences_are_aligned_to_tokens_in_every_sentence(make_engine):
    made = word_in_context(make_engine(), "Fire", ["They fire him", "no such word", "fire, by the FIRE"])
    places = [(o.sentence, o.start, o.end, o.word, o.pieces) for o in made.occurrences]
    assert places == [
        (0, 5, 9, "fire", ("fire",)),
        (2, 0, 4, "fire", ("fire",)),
        (2, 13, 17, "FIRE", ("fire",)),
    ]
    np.testing.assert_array_equal(made.matrix, np.ones((3, 3)))
    assert made.absent == (1,)
    assert made.statement == '"Fire" does not occur in sentence 2.'
    assert json.loads(json.dumps(made.as_json()))["occurrences"][0]["pieces"] == ["fire"]


def test_pieces_of_one_word_are_averaged(make_engine):
    # The fake cuts a word at its apostrophe, and a window of three tokens cuts off the second piece.
    engine = make_engine(encoder=FakeEncoder(window=3))
    made = word_in_context(engine, "don't", ["I don't", "oh I don't"])
    assert [o.pieces for o in made.occurrences] == [("don", "t"), ("don",)]
    assert made.matrix[0, 1] == pytest.approx(2**-0.5, abs=1e-6)


def test_a_word_that_occurs_nowhere_is_said_so(make_engine):
    made = word_in_context(make_engine(), "water", ["They fire him"])
    assert made.occurrences == ()
    assert made.matrix.shape == (0, 0)
    assert made.statement == '"water" does not occur in any sentence.'


def test_an_occurrence_beyond_the_window_is_said_so(make_engine):
    engine = make_engine(encoder=FakeEncoder(window=3))
    made = word_in_context(engine, "fire", ["a b c fire", "fire a b fire"])
    assert [(o.sentence, o.start) for o in made.occurrences] == [(1, 0)]
    assert made.unread == (0, 1)
    assert made.statement == "In sentences 1 and 2 it stands where the model does not read."


def test_no_more_than_a_hundred_occurrences_are_compared(make_engine):
    made = word_in_context(make_engine(), "a", ["a " * 90, "a " * 30])
    assert len(made.occurrences) == 100
    assert made.matrix.shape == (100, 100)
    assert made.statement == "20 more occurrences were left out."


@pytest.mark.parametrize(
    ("word", "sentences", "names"),
    [
        ("two words", ["a"], "word must be one word"),
        ("?!", ["a"], "word must be one word"),
        ("\u200b", ["a"], "word is empty"),
        ("a", [], "sentences must hold 1 to 50 texts, got 0"),
        ("a", ["a"] * 51, "got 51"),
        ("a", "a text", "sentences must be a list"),
        ("a", ["a", ""], r"sentences\[1\] is empty"),
    ],
)
def test_a_bad_word_or_list_of_sentences_is_named(make_engine, word, sentences, names):
    with pytest.raises(InvalidInput, match=names):
        word_in_context(make_engine(), word, sentences)
