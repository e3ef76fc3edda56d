"""The two bundled bi-encoders: unit vectors that depend on the text alone, and the tokens they are made of."""

import json

import numpy as np
import pytest
from tokenizers import Tokenizer

from searchcore.models.catalogue import _BGE, _MINILM, BGE_QUERY_PROMPT
from searchcore.running import finish
from tests.fakes import rows_of

SENTENCES = [
    "Berlin.",
    "A man is eating a piece of bread.",
    "The Milky Way is just one of billions of galaxies in the universe.",
    "Berlin has a yearly total of about 135 million day visitors, which puts it in third place among the "
    "most-visited city destinations in the European Union.",
]
LONG_TEXT = "A cheetah is running behind its prey across a wide field of dry grass. " * 60
WINDOWS = {"encoder": 256, "bge": 512}


@pytest.fixture(params=["encoder", "bge"])
def either(request):
    return request.getfixturevalue(request.param)


def whole_tokens(files, text):
    tokenizer = Tokenizer.from_file(str(files.checked_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer.encode(text).tokens


def test_vectors_have_unit_length_and_384_dimensions_in_float32(either):
    for vectors in (either.encode_documents(SENTENCES), either.encode_queries(SENTENCES)):
        assert vectors.shape == (len(SENTENCES), 384)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_rows_come_in_the_order_of_the_texts(either):
    vectors, backwards = either.encode_documents(SENTENCES), either.encode_documents(SENTENCES[::-1])
    np.testing.assert_array_equal(backwards[::-1], vectors)
    assert np.abs(vectors - vectors[0]).max(axis=1)[1:].min() > 0.01


def test_a_vector_does_not_depend_on_its_batch_at_all(either):
    together = either.encode_documents([*SENTENCES, LONG_TEXT])
    alone = [either.encode_documents([text])[0] for text in SENTENCES]
    np.testing.assert_array_equal(together[: len(SENTENCES)], alone)


@pytest.mark.parametrize("text", [*SENTENCES, LONG_TEXT])
def test_the_mean_of_the_token_vectors_normalised_is_the_vector_that_search_uses(encoder, text):
    tokens = encoder.token_vectors(text)
    assert tokens.shape == (len(encoder.read(text).ids), 384)
    mean = tokens.mean(axis=0)
    np.testing.assert_allclose(mean / np.linalg.norm(mean), encoder.encode_documents([text])[0], atol=1e-5)


def test_the_mean_of_a_documents_token_vectors_is_its_row_in_the_corpus(engine, encoder):
    matrix = rows_of(finish(engine.index("toy")))
    for row, document in zip(matrix, engine.corpora["toy"].documents, strict=True):
        mean = encoder.token_vectors(document.passage).mean(axis=0)
        np.testing.assert_allclose(mean / np.linalg.norm(mean), row, atol=1e-5)


def test_the_first_bge_token_vector_normalised_is_the_vector(bge):
    text = SENTENCES[1]
    tokens = bge.token_vectors(text)
    assert tokens.shape == (len(bge.read(text).ids), 384)
    np.testing.assert_array_equal(tokens[0] / np.linalg.norm(tokens[0]), bge.encode_documents([text])[0])
    as_query = bge.token_vectors(text, as_query=True)
    assert as_query.shape == (len(bge.read(text, as_query=True).ids), 384)
    np.testing.assert_array_equal(as_query[0] / np.linalg.norm(as_query[0]), bge.encode_queries([text])[0])


@pytest.mark.parametrize(("name", "files"), [("encoder", _MINILM), ("bge", _BGE)])
def test_a_text_beyond_the_window_is_cut_and_the_cut_is_counted(request, name, files):
    model = request.getfixturevalue(name)
    tokens = whole_tokens(files, LONG_TEXT)
    read = model.read(LONG_TEXT)
    assert len(read.ids) == read.limit == model.window == WINDOWS[name]
    assert read.dropped == len(tokens) - WINDOWS[name]
    assert [*read.tokens[:-1], *read.dropped_tokens, "[SEP]"] == tokens


def test_what_lies_beyond_the_window_does_not_change_the_vector(either):
    vectors = either.encode_documents([LONG_TEXT, LONG_TEXT + "Nothing of this is read."])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)


def test_a_short_text_is_neither_padded_nor_cut(either):
    read = either.read("the museums")
    assert read.tokens == ("[CLS]", "the", "museums", "[SEP]")
    assert read.dropped == 0


def test_the_fixed_padding_and_truncation_of_the_minilm_tokenizer_file_are_off(encoder):
    file = json.loads((_MINILM.checked_folder() / "tokenizer.json").read_text(encoding="utf-8"))
    assert file["padding"]["strategy"] == {"Fixed": 128}
    assert file["truncation"]["max_length"] == 128
    assert len(encoder.read("the museums").ids) == 4
    assert len(encoder.read("museum " * 200).ids) == 202
    assert encoder.token_vectors("museum " * 200).shape == (202, 384)


@pytest.mark.parametrize("as_query", [False, True])
def test_a_relevant_passage_is_nearer_to_its_query_than_an_irrelevant_one(either, as_query):
    encode = either.encode_queries if as_query else either.encode_documents
    query = encode(["How many people live in Berlin?"])[0]
    relevant, irrelevant = either.encode_documents(["Berlin had a population of 3,520,031.", "A monkey plays drums."])
    assert relevant @ query > irrelevant @ query + 0.1


def test_the_bge_query_prompt_changes_a_query_and_never_a_document(bge):
    text = SENTENCES[1]
    query, document = bge.encode_queries([text])[0], bge.encode_documents([text])[0]
    assert np.abs(query - document).max() > 0.01
    np.testing.assert_array_equal(query, bge.encode_documents([BGE_QUERY_PROMPT + text])[0])
    assert bge.read(text, as_query=True).ids == bge.read(BGE_QUERY_PROMPT + text).ids
    assert bge.read(text).tokens[1:3] == ("a", "man")


def test_minilm_reads_queries_and_documents_alike(encoder):
    text = SENTENCES[1]
    np.testing.assert_array_equal(encoder.encode_queries([text]), encoder.encode_documents([text]))
    assert encoder.read(text, as_query=True) == encoder.read(text)


def test_the_two_encoders_can_never_share_a_cache_entry(encoder, bge):
    assert encoder.fingerprint != bge.fingerprint
    assert BGE_QUERY_PROMPT in bge.fingerprint
    assert _MINILM.fingerprint in encoder.fingerprint
    assert _BGE.fingerprint in bge.fingerprint


def test_typed_special_tokens_are_text_to_the_bi_encoder(engine):
    encoder = engine.encoder()
    text = "one [SEP] two [MASK] three"
    assert encoder.read(text).tokens.count("[SEP]") == 1
    assert len(encoder.token_vectors(text)) == len(encoder.read(text).ids)
