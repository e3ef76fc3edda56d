"""A query of 300 tokens: read whole by the cross-encoder where the document is short, cut by the bi-encoder."""

import pytest
from transformers import PreTrainedTokenizerFast

from searchcore.models import cut_by_encoder
from searchcore.models.catalogue import COLBERT
from searchcore.types import QueryCut
from ui.search.verdict import query_cuts

from .tiny_models import QUERY_TOKENS, load

QUESTION = "How many people live in Berlin?"  # 7 tokens
QUERY = f"{QUESTION} " * 42 + "How many people live in Berlin"
ALL = ["bm25", "bi_encoder", "cross_encoder", "late_interaction"]


@pytest.fixture(scope="module")
def berlin(engine):
    return engine.search("berlin", QUERY, methods=ALL)


def test_the_bi_encoder_cuts_it_and_the_cross_encoder_reads_all_of_it(berlin):
    cuts = {key: ranking.query_cut for key, ranking in berlin.rankings.items()}
    cut = QueryCut(tokens=300, unread=300 - (256 - 2))
    assert cuts == {"bm25": None, "bi_encoder": cut, "cross_encoder": None, "late_interaction": cut}
    assert len(berlin.rankings["cross_encoder"].hits) == 10


def test_the_page_says_so_and_blames_no_document(engine, berlin):
    assert query_cuts(berlin, engine.methods) == (
        "The bi-encoder read the first 254 of the query’s 300 tokens; 46 were cut. "
        "Late interaction read the first 254 of the query’s 300 tokens; 46 were cut."
    )
    assert [ranking.unread for ranking in berlin.rankings.values()] == [{}] * 4


def test_what_the_bi_encoder_cuts_does_not_change_its_cosines(engine, berlin):
    [read] = engine.search_many("berlin", [f"{QUESTION} " * 36 + "How many"], methods=["bi_encoder"])  # 254 tokens
    assert read.rankings["bi_encoder"].query_cut is None
    cosines = [{hit.doc_id: hit.score for hit in made.rankings["bi_encoder"].hits} for made in (read, berlin)]
    assert cosines[0] == pytest.approx(cosines[1], abs=1e-5)


def test_a_window_of_512_with_a_prompt_leaves_room_for_less_of_the_query(bge):
    assert cut_by_encoder(bge, QUERY) is None
    prompt = len(bge.tokens.read(bge.query_prompt).ids) - 2
    assert cut_by_encoder(bge, "berlin " * 600) == QueryCut(600, 600 - (512 - 2 - prompt))


def test_beside_a_long_document_the_cross_encoder_cuts_both_to_equal_parts(engine, scorer):
    ranking = engine.search("museum", QUERY, 16).rankings["cross_encoder"]
    assert ranking.query_cut == QueryCut(300, 300 - 254, 16)
    whole = PreTrainedTokenizerFast(tokenizer_object=scorer.tokens._whole)
    for hit in ranking.hits:
        passage = engine.corpora["museum"].document(hit.doc_id).passage
        published = whole(QUERY, passage, truncation="longest_first", max_length=512)
        assert list(scorer.read(QUERY, passage).ids) == published["input_ids"]
        assert ranking.unread[hit.doc_id] == len(whole.tokenize(passage)) - 255


def test_a_late_interaction_model_has_a_window_of_its_own_for_queries(stand_in):
    matcher = load(COLBERT)
    features = matcher._model.preprocess(["horse " * 100], prompt=matcher._model.prompts.get("query"), task="query")
    ids = features["input_ids"][0].tolist()
    read = ids.count(matcher._model.tokenizer.convert_tokens_to_ids("horse"))
    assert len(ids) == QUERY_TOKENS and 0 < read < QUERY_TOKENS
    assert matcher.query_cut("horse " * 100) == QueryCut(100, 100 - read)
    assert matcher.query_cut("horse " * read) is None
