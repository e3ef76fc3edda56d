"""Explanations with the bundled weights, among them the printed values of the source documents."""

import numpy as np
import pytest

from searchcore.explain import (
    EXAMPLES,
    compare,
    occlusion,
    padded_batch,
    pca_map,
    pooled_vector,
    price,
    similarity,
    swap_experiment,
    token_similarity,
    word_in_context,
)
from searchcore.running import finish
from tests.fakes import rows_of

BGE = "BAAI/bge-small-en-v1.5"
EXAMPLE = {example.name: example for example in EXAMPLES}
TEXTS = [
    "chess",
    "The film is about a boy, his robot and a deer.",
    "?!...",
    "👩‍👩‍👧 cafe\u0301 हिन्दी 中文",
    "typed [SEP] and [MASK] as text",
    "unbelievably antidisestablishmentarian " * 200,
]


def compared(engine, name, encoder=None):
    return compare(engine, EXAMPLE[name].query, EXAMPLE[name].document, encoder)


def test_compare_reads_the_pair_with_the_printed_ids_and_segments(engine, golden):
    pair = golden["electra_pair"]
    made = compare(engine, pair["query"], pair["documents"][0]).as_json()
    [read] = made["inputs"]["cross_encoder"]
    assert read["ids"] == pair["input_ids_first_pair"]
    assert read["segments"] == [0] * 9 + [1] * 25
    assert read["tokens"][8] == read["tokens"][-1] == "[SEP]"
    assert (read["limit"], read["dropped"], set(read["attention_mask"])) == (512, 0, {1})
    [logit] = engine.scorer().scores([(pair["query"], pair["documents"][0])])
    assert made["score"] == logit


def test_compare_reads_each_text_by_itself_with_the_printed_ids(engine, golden):
    documents, ids = golden["contextual"]["documents"], golden["contextual"]["input_ids"]
    made = compare(engine, documents[0], documents[1]).as_json()
    assert [item["ids"] for item in made["inputs"]["bi_encoder"]] == ids[:2]
    made = compare(engine, documents[2], documents[1], encoder=BGE)
    assert made.inputs["bi_encoder"][1].ids == tuple(ids[1])
    assert made.inputs["bi_encoder"][0].tokens[1:3] == ("represent", "this")


def test_swapping_moves_the_logit_and_not_the_cosine(engine):
    made = compared(engine, "answer")
    assert made.cosine_swapped == made.cosine
    assert made.score > 1 > -1 > made.score_swapped
    assert made.verdict.startswith("The vectors are close (cosine ")
    said = f"leaves the cosine as it is and takes the logit from {made.score:+.2f} to {made.score_swapped:+.2f}."
    assert made.verdict.endswith(said)


def test_with_a_query_prompt_swapping_moves_the_cosine_too(engine):
    made = compared(engine, "answer", BGE)
    assert abs(made.cosine_swapped - made.cosine) > 0.01


def test_each_example_shows_what_it_promises(engine):
    assert compared(engine, "identical").cosine == 1.0
    assert compared(engine, "roles").cosine > 0.95
    assert compared(engine, "negation").cosine > 0.8
    unrelated = compared(engine, "unrelated")
    assert unrelated.cosine < 0.3
    assert unrelated.score < -5
    assert unrelated.verdict.startswith(f"The vectors are far apart (cosine {unrelated.cosine:.4f}). The logit of ")


def test_two_pairs_are_one_padded_batch_with_its_mask(engine, golden):
    pair = golden["electra_pair"]
    first, second = padded_batch(engine, [(pair["query"], document) for document in pair["documents"]])
    assert len(first.ids) == len(second.ids) == 34
    assert first.ids == tuple(pair["input_ids_first_pair"])
    assert second.attention_mask == (1,) * 22 + (0,) * 12
    assert second.tokens[22:] == ("[PAD]",) * 12


@pytest.mark.parametrize("text", TEXTS)
def test_the_mean_of_the_token_vectors_is_the_vector_that_search_uses(engine, text):
    encoder = engine.encoder()
    pooled = pooled_vector(encoder.token_vectors(text))
    np.testing.assert_allclose(pooled, encoder.encode_documents([text])[0], atol=1e-5)
    np.testing.assert_allclose(pooled, encoder.encode_queries([text])[0], atol=1e-5)


def test_the_mean_of_the_token_vectors_is_the_row_of_the_corpus(engine):
    rows = rows_of(finish(engine.index("berlin")))
    for row, document in zip(rows, engine.corpora["berlin"].documents, strict=True):
        np.testing.assert_allclose(pooled_vector(engine.encoder().token_vectors(document.passage)), row, atol=1e-5)


@pytest.mark.parametrize("name", [None, BGE])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("as_query", [False, True])
def test_each_token_read_has_a_vector_and_a_place(engine, name, text, as_query):
    encoder = engine.encoder(name)
    read = encoder.read(text, as_query=as_query)
    offsets = encoder.offsets(text, as_query=as_query)
    assert len(read.tokens) == len(encoder.token_vectors(text, as_query=as_query)) == len(offsets)
    assert offsets[0] is offsets[-1] is None
    prompt = getattr(encoder, "query_prompt", "") if as_query else ""
    assert offsets.count(None) == 2 + len(encoder.read(prompt).tokens[1:-1])


@pytest.mark.parametrize("name", [None, BGE])
@pytest.mark.parametrize("as_query", [False, True])
def test_a_token_stands_for_the_characters_it_was_made_from(engine, name, as_query):
    text = "Unbelievably 中 cafe\u0301 🍕!"
    encoder = engine.encoder(name)
    tokens = encoder.read(text, as_query=as_query).tokens
    offsets = encoder.offsets(text, as_query=as_query)
    placed = [(token, text[span[0] : span[1]]) for token, span in zip(tokens, offsets, strict=True) if span]
    pieces = [("un", "Un"), ("##bel", "bel"), ("##ie", "ie"), ("##va", "va"), ("##bly", "bly")]
    assert placed == [*pieces, ("中", "中"), ("cafe", "cafe"), ("[UNK]", "🍕"), ("!", "!")]


def test_tokens_alike_in_both_texts_are_the_most_similar_and_the_pooled_cosine_is_that_of_search(engine):
    made = token_similarity(engine, "fire and water", "They sat by the fire.")
    words = [token.token for token in made.document_tokens]
    assert [token.added for token in made.query_tokens] == [True, False, False, False, True]
    assert words[int(made.matrix[1].argmax())] == "fire"
    assert made.pooled_cosine == pytest.approx(made.cosine, abs=1e-5)


def test_a_model_that_pools_by_its_first_token_has_another_vector_than_the_mean(engine):
    made = token_similarity(engine, "fire and water", "They sat by the fire.", BGE)
    assert abs(made.pooled_cosine - made.cosine) > 0.001
    assert [token.added for token in made.query_tokens].count(True) > 2
    assert [token.added for token in made.document_tokens].count(True) == 2


@pytest.mark.parametrize("name", [None, BGE])
def test_the_same_word_gets_another_vector_in_another_sense(engine, golden, name):
    sample = golden["contextual"]["word_in_context"]
    sentences = [*sample["sentences"], "The FIRE is warm.", "Nobody knows."]
    made = word_in_context(engine, sample["word"], sentences, name)
    assert [(o.sentence, o.word, o.pieces) for o in made.occurrences] == [
        (0, "fire", ("fire",)),
        (1, "fire", ("fire",)),
        (2, "FIRE", ("fire",)),
    ]
    np.testing.assert_allclose(np.diag(made.matrix), 1.0)
    assert made.matrix[1, 2] > made.matrix[0, 1] + 0.05
    assert made.statement == '"fire" does not occur in sentence 4.'


def test_a_word_in_pieces_is_aligned_to_all_of_them(engine):
    made = word_in_context(engine, "unbelievably", ["It is unbelievably, unbelievably hot."])
    assert [o.pieces for o in made.occurrences] == [("un", "##bel", "##ie", "##va", "##bly")] * 2


def test_accents_emoji_and_other_scripts_are_found_where_they_are_read(engine):
    made = word_in_context(engine, "café", ["👍🏽 The cafe\u0301!", "中文 café"])
    assert [(o.start, o.end, o.pieces) for o in made.occurrences] == [(7, 12, ("cafe",)), (3, 7, ("cafe",))]
    assert word_in_context(engine, "👍🏽", ["👍🏽 yes"]).occurrences[0].pieces == ("[UNK]",)


def test_the_printed_weather_matrix_comes_out(engine, golden):
    weather = golden["weather"]
    made = similarity(engine, weather["sentences"])
    assert made.as_json()["model"] == weather["model"]
    np.testing.assert_allclose(made.as_json()["matrix"], weather["similarities"], atol=1e-4)
    mapped = pca_map(made.vectors)
    assert sum(mapped.explained) == pytest.approx(1.0)
    fair, sunny, drove = np.array(mapped.points)
    assert np.linalg.norm(fair - sunny) < np.linalg.norm(fair - drove)


def test_occlusion_names_the_word_that_carries_the_match_first(engine):
    made = occlusion(engine, "Who wrote Hamlet?", "Shakespeare wrote the play Hamlet around 1600 in London.")
    assert made.ranked("score")[0].word == "Hamlet"
    assert made.ranked("cosine")[0].word == "Hamlet"
    assert made.ranked("score")[0].score_drop > 3
    assert made.ranked("cosine")[0].cosine_drop > 0.2


def test_odd_texts_are_occluded_too(engine):
    made = occlusion(engine, "👩‍👩‍👧", "cafe\u0301 ?!")
    assert [(effect.word, effect.only_word) for effect in made.words] == [("👩‍👩‍👧", True), ("cafe\u0301", True)]
    assert all(np.isfinite([effect.score_drop, effect.cosine_drop]).all() for effect in made.words)
    assert occlusion(engine, "?!", "...").words == ()


def test_ten_thousand_words_are_compared_and_what_was_not_read_is_counted(engine):
    made = compare(engine, "a " * 10_000, "b")
    assert made.inputs["bi_encoder"][0].dropped == 10_002 - 256
    assert made.inputs["cross_encoder"][0].dropped == 10_004 - 512
    assert made.verdict


def test_swapping_roles_leaves_the_default_cosine_and_moves_the_others(engine):
    pairs = [(document.passage, "How many people live there?") for document in engine.corpora["berlin"].documents[:4]]
    made = swap_experiment(engine, pairs)
    means = made.mean_change()
    assert made.encoders[1] == BGE
    assert means[made.encoders[0]] == 0
    assert means[BGE] > 0.001
    assert means[made.scorer] > 0.5


def test_a_price_rests_on_passes_that_the_bundled_models_have_run(engine):
    made = price(engine, 50, 40, 10)
    assert (made.passes_bi, made.passes_cross, made.passes_rerank) == (90, 2_000, 590)
    assert (made.encoder, made.scorer) == (engine.encoder().name, engine.scorer().name)
    assert made.at_once == engine.scorer().parallel
    for times in (made.encoder_times, made.scorer_times):
        assert times.count >= 10
        assert 0 < times.low <= times.median <= times.high
    assert made.seconds_cross == 2_000 * made.scorer_times.median
    assert made.scorer_times == engine.pass_times()
    assert price(engine).encoder_times == made.encoder_times
