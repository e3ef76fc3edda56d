"""One search, stage by stage: what arrives, in which order, and what it cost."""

from __future__ import annotations

import gc
import threading
import weakref
from itertools import pairwise

import pytest

from searchcore import Corpus, Document, Engine, SearchResult
from searchcore.models import Encoder, PairScorer
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer, bag_of_words, corpus_of, overlap_logit, store_of

TEXTS = (
    "a platoon of soldiers in the vietnam war and after the war",
    "two chess players and a war of nerves",
    "vietnam war",
    "the end of the world",
)
QUERY = "vietnam war"
BOTH = ["bi_encoder", "cross_encoder"]
ALL = ["bm25", "bi_encoder", "cross_encoder", "late_interaction"]


def order(result: SearchResult, method: str) -> list[str]:
    return [hit.doc_id for hit in result.rankings[method].hits]


def passes(result: SearchResult, method: str) -> tuple[int, int]:
    """Needed, and run now."""
    ranking = result.rankings[method]
    return ranking.passes_needed, ranking.passes_run


def test_the_fakes_are_what_the_engine_takes_models_for() -> None:
    assert isinstance(FakeEncoder(), Encoder)
    assert isinstance(FakeScorer(), PairScorer)


def test_both_rankings_are_those_of_their_models(make_engine: MakeEngine) -> None:
    result = make_engine(corpus_of(*TEXTS)).search("small", QUERY)
    cosines = {f"d{i}": round(float(bag_of_words(text) @ bag_of_words(QUERY)), 6) for i, text in enumerate(TEXTS)}
    logits = {f"d{i}": overlap_logit(QUERY, text) for i, text in enumerate(TEXTS)}
    for method, model, expected in (("bi_encoder", "fake/encoder", cosines), ("cross_encoder", "fake/scorer", logits)):
        ranking = result.rankings[method]
        assert (ranking.method, ranking.model) == (method, model)
        assert order(result, method) == sorted(expected, key=lambda doc_id: (-expected[doc_id], doc_id))
        assert {hit.doc_id: hit.score for hit in ranking.hits} == pytest.approx(expected)
        assert [hit.rank for hit in ranking.hits] == [1, 2, 3, 4]
        assert ranking.milliseconds > 0


def test_each_stage_adds_one_ranking_and_changes_none(make_engine: MakeEngine) -> None:
    results = list(make_engine(corpus_of(*TEXTS)).stream("small", QUERY, methods=ALL))
    assert [list(result.rankings) for result in results] == [ALL[:1], ALL[:2], ALL[:3], ALL]
    for before, after in pairwise(results):
        assert all(after.rankings[method] is ranking for method, ranking in before.rankings.items())


def test_the_bi_encoder_stage_is_there_before_any_pair_is_scored(make_engine: MakeEngine) -> None:
    scorer = FakeScorer()
    stages = make_engine(corpus_of(*TEXTS), scorer=scorer).stream("small", QUERY)
    assert list(next(stages).rankings) == ["bi_encoder"]
    assert scorer.pairs == []
    assert list(next(stages).rankings) == BOTH
    assert len(scorer.pairs) == len(TEXTS)


def test_search_is_the_last_stage(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of(*TEXTS))
    last = list(engine.stream("small", QUERY, 3, ALL))[-1]
    result = engine.search("small", QUERY, 3, ALL)
    assert {m: r.hits for m, r in result.rankings.items()} == {m: r.hits for m, r in last.rankings.items()}


def test_candidates_are_clamped_and_both_numbers_are_reported(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of(*TEXTS))
    for asked, used in ((1, 1), (3, 3), (4, 4), (5, 4), (200, 4), (3.0, 3)):
        result = engine.search("small", QUERY, candidates=asked)
        assert (result.candidates, result.candidates_used) == (asked, used)
        assert isinstance(result.candidates, int)
        assert [len(ranking.hits) for ranking in result.rankings.values()] == [used, used]


def test_only_the_candidates_are_reranked_and_each_knows_its_rank_before(make_engine: MakeEngine) -> None:
    result = make_engine(corpus_of(*TEXTS)).search("small", QUERY, 3)
    first, second = (result.rankings[method] for method in BOTH)
    assert (first.reranks, second.reranks) == (None, "bi_encoder")
    assert {hit.rank_before for hit in first.hits} == {None}
    assert {hit.doc_id: hit.rank_before for hit in second.hits} == {hit.doc_id: hit.rank for hit in first.hits}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (None, BOTH),
        (["cross_encoder"], ["cross_encoder"]),
        (["cross_encoder", "bi_encoder"], BOTH),
        (("bi_encoder", "bi_encoder"), ["bi_encoder"]),
        (["late_interaction"], ["late_interaction"]),
        (["bm25", "cross_encoder"], ["bm25", "cross_encoder"]),
    ],
)
def test_only_the_methods_that_were_asked_for_are_shown(
    make_engine: MakeEngine, asked: list[str] | None, shown: list[str]
) -> None:
    scorer = FakeScorer()
    results = list(make_engine(corpus_of(*TEXTS), scorer=scorer).stream("small", QUERY, methods=asked))
    assert [list(result.rankings) for result in results] == [shown[: i + 1] for i in range(len(shown))]
    assert bool(scorer.pairs) == ("cross_encoder" in shown)


def test_keyword_search_loads_no_model() -> None:
    loads: list[str] = []
    engine = Engine({"small": corpus_of(*TEXTS)}, store_of(FakeEncoder(), FakeScorer(), loads=loads))
    result = engine.search("small", "soldiers", methods=["bm25"])
    assert order(result, "bm25") == ["d0"]
    assert passes(result, "bm25") == (0, 0)
    assert loads == []


def test_keyword_search_for_an_unknown_word_is_an_empty_ranking(make_engine: MakeEngine) -> None:
    result = make_engine(corpus_of(*TEXTS)).search("small", "unknownword", methods=["bm25", "bi_encoder"])
    assert result.rankings["bm25"].hits == ()
    assert len(result.rankings["bi_encoder"].hits) == 4
    assert len(result.rankings["bm25"].to_frame()) == 0


def test_a_repeated_search_runs_no_pass(make_engine: MakeEngine) -> None:
    encoder, scorer = FakeEncoder(), FakeScorer()
    engine = make_engine(corpus_of(*TEXTS), encoder=encoder, scorer=scorer)
    first, second = engine.search("small", QUERY), engine.search("small", f"  {QUERY}\n")
    assert [passes(first, method) for method in BOTH] == [(1, 1), (4, 4)]
    assert [passes(second, method) for method in BOTH] == [(1, 0), (4, 0)]
    assert (len(encoder.document_calls), len(encoder.query_calls), len(scorer.pairs)) == (1, 1, 4)
    assert [order(first, method) for method in BOTH] == [order(second, method) for method in BOTH]


def test_more_candidates_run_only_the_pairs_that_are_new(make_engine: MakeEngine) -> None:
    scorer = FakeScorer()
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer)
    assert passes(engine.search("small", QUERY, 1), "cross_encoder") == (1, 1)
    assert passes(engine.search("small", QUERY, 3), "cross_encoder") == (3, 2)
    assert passes(engine.search("small", "another query", 3), "cross_encoder") == (3, 3)
    assert len(scorer.pairs) == len(set(scorer.pairs)) == 6


def test_scores_are_remembered_for_each_model_apart() -> None:
    models = [FakeEncoder(), FakeScorer(), FakeScorer("fake/other", "fake scorer 2", score=lambda q, p: -len(p))]
    engine = Engine({"small": corpus_of(*TEXTS)}, store_of(*models))
    default = engine.search("small", QUERY)
    other = engine.search("small", QUERY, scorer="fake/other")
    assert passes(other, "cross_encoder") == (4, 4)
    assert other.rankings["cross_encoder"].model == "fake/other"
    assert order(other, "cross_encoder") != order(default, "cross_encoder")
    assert passes(engine.search("small", QUERY), "cross_encoder") == (4, 0)
    engine.close()


def test_search_many_is_search_for_each_query_in_order(make_engine: MakeEngine) -> None:
    queries = ["vietnam war", "chess", "the end", "vietnam war"]
    encoder = FakeEncoder()
    many = make_engine(corpus_of(*TEXTS), encoder=encoder).search_many("small", queries, 3, ALL)
    single = [make_engine(corpus_of(*TEXTS)).search("small", query, 3, ALL) for query in queries]
    assert [result.query for result in many] == queries
    assert encoder.query_calls == [queries]
    for one, other in zip(many, single, strict=True):
        assert {m: r.hits for m, r in one.rankings.items()} == {m: r.hits for m, r in other.rankings.items()}
        assert (one.candidates, one.candidates_used) == (3, 3)
    assert passes(many[3], "cross_encoder") == (3, 0)
    assert make_engine(corpus_of(*TEXTS)).search_many("small", []) == []


def test_a_corpus_object_is_searched_without_being_listed(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of("something else", name="listed"))
    own = corpus_of(*TEXTS, shared=False)
    result = engine.search(own, QUERY, 2)
    assert result.corpus is own
    assert order(result, "cross_encoder") == ["d2", "d0"]
    assert list(engine.corpora) == ["listed"]
    assert own.documents == corpus_of(*TEXTS).documents


def test_a_corpus_that_is_not_shared_gives_nothing_to_another_and_takes_nothing(make_engine: MakeEngine) -> None:
    encoder, scorer = FakeEncoder(), FakeScorer()
    engine = make_engine(corpus_of(*TEXTS), encoder=encoder, scorer=scorer)
    same = [corpus_of(*TEXTS, shared=False), corpus_of(*TEXTS, shared=False)]
    for number, corpus in enumerate([*same, engine.corpora["small"]], start=1):
        result = engine.search(corpus, QUERY)
        assert [passes(result, method) for method in BOTH] == [(1, 1), (4, 4)]
        assert (len(encoder.document_calls), len(encoder.query_calls), len(scorer.pairs)) == (
            number,
            number,
            4 * number,
        )
    assert passes(engine.search(same[0], QUERY), "cross_encoder") == (4, 0)
    assert len(encoder.document_calls) == 3  # its vectors were still in memory
    different = Corpus("small", (Document("d0", "no such word"),))
    assert engine.search(different, QUERY).rankings["cross_encoder"].hits[0].score < -3


@pytest.mark.parametrize("shared", [True, False])
def test_what_was_worked_out_goes_with_its_corpus(make_engine: MakeEngine, shared: bool) -> None:
    engine = make_engine(corpus_of("something else", name="listed"))
    corpus = corpus_of(*TEXTS, shared=shared)
    engine.search(corpus, QUERY, methods=ALL)
    gone = [weakref.ref(corpus), weakref.ref(finish(engine.index(corpus)))]
    for thread in threading.enumerate():
        if thread.name.startswith("Thread-"):
            thread.join(5)  # the jobs that made the vectors
    engine.search("listed", QUERY)  # comes after the corpus in the line for scoring, which so has let go of it
    del corpus
    gc.collect()
    assert [reference() for reference in gone] == [None, None]


def test_tokens_beyond_the_window_are_reported_for_each_document(make_engine: MakeEngine) -> None:
    corpus = corpus_of("one two three four five", "one two", "one two three four")
    engine = make_engine(corpus, encoder=FakeEncoder(window=3), scorer=FakeScorer(window=4))
    result = engine.search("small", "one")
    assert result.rankings["bi_encoder"].unread == {"d0": 2, "d2": 1}
    assert result.rankings["cross_encoder"].unread == {"d0": 2, "d2": 1}
    assert engine.rerank("one", ["a b c", "a b c d e"]).unread == {"1": 2}


def test_a_ranking_becomes_a_table_with_whole_ranks(make_engine: MakeEngine) -> None:
    result = make_engine(corpus_of(*TEXTS)).search("small", QUERY, 3, ["bm25", *BOTH])
    empty = make_engine(corpus_of(*TEXTS)).search("small", "unknownword", methods=["bm25"])
    rankings = [*result.rankings.values(), *empty.rankings.values()]
    for ranking in rankings:
        frame = ranking.to_frame()
        assert list(frame.columns) == ["rank", "rank_before", "doc_id", "score"]
        assert [str(frame[column].dtype) for column in frame] == ["int64", "Int64", "str", "float64"]
        assert list(frame["doc_id"]) == [hit.doc_id for hit in ranking.hits]
        assert list(frame["score"]) == [hit.score for hit in ranking.hits]
    assert rankings[1].to_frame()["rank_before"].isna().all()
    assert list(rankings[2].to_frame()["rank_before"]) == [hit.rank_before for hit in rankings[2].hits]


def test_any_texts_can_be_reranked_without_a_corpus(make_engine: MakeEngine) -> None:
    scorer = FakeScorer()
    engine = make_engine(scorer=scorer)
    texts = ("nothing here", "vietnam war", "nothing here", "a war")
    ranking = engine.rerank(QUERY, texts)
    assert [(hit.rank, hit.doc_id, hit.rank_before) for hit in ranking.hits] == [
        (1, "1", None),
        (2, "3", None),
        (3, "0", None),
        (4, "2", None),
    ]
    assert [hit.score for hit in ranking.hits] == [overlap_logit(QUERY, texts[int(hit.doc_id)]) for hit in ranking.hits]
    assert (ranking.method, ranking.reranks) == ("cross_encoder", None)
    assert (ranking.passes_needed, ranking.passes_run) == (4, 4)
    assert engine.rerank(QUERY, texts).passes_run == 4  # nothing of them is kept
