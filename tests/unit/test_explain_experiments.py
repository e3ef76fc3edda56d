"""The two experiments on roles and lengths, and the pairs that they are run on."""

import json
from dataclasses import replace

import pytest

from searchcore import Corpus, Document, Engine, InvalidInput, Query, UnknownName
from searchcore.explain import SwapExperiment, SwapRow, judged_pairs, length_experiment, swap_experiment
from searchcore.explain.swap import PROMPTED_ENCODER
from tests.fakes import FakeEncoder, FakeScorer, bag_of_words, corpus_of, overlap_logit, store_of


def judged(name, count, grade=3):
    """A corpus of `count` queries, each answered by the document of its number, which has three sentences."""
    documents = tuple(
        Document(f"d{i}", f"Hero{i} lives in a town. A short one here. Later hero{i} of that town goes far away.")
        for i in range(count)
    )
    queries = tuple(Query(f"q{i}", f"hero{i} town") for i in range(count))
    other = {f"d{count - 1 - i}": 0 for i in range(count)}
    qrels = {f"q{i}": {**{d: g for d, g in other.items() if d != f"d{i}"}, f"d{i}": grade} for i in range(count)}
    return Corpus(name, documents, queries=queries, qrels=qrels, shared=True)


def test_twenty_pairs_come_half_from_science_and_half_from_movies(make_engine):
    engine = make_engine(judged("toy", 30), judged("science", 40), judged("movies", 50))
    pairs = judged_pairs(engine)
    assert [pair.corpus for pair in pairs] == ["science"] * 10 + ["movies"] * 10
    assert len(set(pairs)) == 20
    assert all(pair.doc_id[1:] == pair.query_id[1:] for pair in pairs)
    assert pairs[1].query_id == "q4"


@pytest.mark.parametrize(("small", "large"), [("science", "movies"), ("movies", "science")])
def test_what_a_small_corpus_lacks_the_other_gives(make_engine, small, large):
    pairs = judged_pairs(make_engine(judged(small, 3), judged(large, 50)))
    assert [pair.corpus for pair in pairs] == [small] * 3 + [large] * 17


def test_a_judged_corpus_of_any_name_serves_where_neither_is_there(make_engine):
    engine = make_engine(judged("yes-or-no", 4, grade=1), corpus_of("a", queries=["b"]))
    assert [pair.corpus for pair in judged_pairs(engine)] == ["yes-or-no"] * 4


def test_a_grade_of_one_is_no_pair_where_there_are_higher_ones(make_engine):
    corpus = judged("movies", 4)
    qrels = {**corpus.qrels, "q2": {"d2": 1}}
    pairs = judged_pairs(make_engine(replace(corpus, qrels=qrels)))
    assert [pair.query_id for pair in pairs] == ["q0", "q1", "q3"]


def test_prepared_queries_with_any_document_serve_where_nothing_is_judged(make_engine):
    engine = make_engine(corpus_of("one", "two", queries=["what"]))
    assert [(pair.query, pair.passage) for pair in judged_pairs(engine)] == [("what", "one"), ("what", "two")]


def test_without_any_query_there_is_no_pair(make_engine):
    with pytest.raises(InvalidInput, match="No corpus has a query"):
        judged_pairs(make_engine(corpus_of("one")))


def test_swapping_changes_no_cosine_without_a_prompt_and_every_logit_as_the_scorer_says(make_engine):
    engine = make_engine(judged("movies", 30))
    made = swap_experiment(engine)
    assert len(made.rows) == 20
    assert {change for row in made.rows for change in row.cosine_change.values()} == {0.0}
    for row in made.rows:
        assert row.score_change == overlap_logit(row.document, row.query) - overlap_logit(row.query, row.document)
        assert row.score_change != 0
    assert made.mean_change()["fake/encoder"] == 0
    assert json.loads(json.dumps(made.as_json()))["rows"][0]["score_change"] == made.rows[0].score_change


def test_the_mean_change_puts_signs_aside():
    rows = [SwapRow("q", "d", "", {"e": -0.25}, 1.0, 4.0), SwapRow("q", "d", "", {"e": 0.5}, 1.0, -4.0)]
    assert SwapExperiment(("e",), "s", tuple(rows)).mean_change() == {"e": 0.375, "s": 4.0}


class Prompted(FakeEncoder):
    """Reads a query with a word before it, as bge does."""

    def encode_queries(self, queries):
        return super().encode_queries(["find " + query for query in queries])

    def read(self, text, *, as_query=False):
        return super().read("find " + text if as_query else text)


def test_the_encoder_with_a_prompt_is_tried_where_the_catalogue_has_it():
    engine = Engine({}, store_of(FakeEncoder(), Prompted(PROMPTED_ENCODER), FakeScorer()))
    made = swap_experiment(engine, [("find this", "this text there")])
    assert made.encoders == ("fake/encoder", PROMPTED_ENCODER)
    [row] = made.rows
    was = bag_of_words("find find this") @ bag_of_words("this text there")
    swapped = bag_of_words("find this text there") @ bag_of_words("find this")
    assert row.cosine_change == {"fake/encoder": 0.0, PROMPTED_ENCODER: pytest.approx(float(swapped - was), abs=2e-6)}
    assert made.mean_change()[PROMPTED_ENCODER] > 0
    engine.close()


@pytest.mark.parametrize("pairs", [[], [("a", "b")] * 101, [("a", " ")], "ab", [("a", "b", "c")]])
def test_bad_pairs_are_named(make_engine, pairs):
    with pytest.raises(InvalidInput, match="pairs"):
        swap_experiment(make_engine(), pairs)


def test_each_query_is_run_in_both_kinds_of_search_over_the_same_documents(make_engine):
    scorer = FakeScorer()
    made = length_experiment(make_engine(judged("movies", 30), judged("toy", 30), scorer=scorer))
    assert made.corpus == "movies"
    assert len(made.rows) == 20
    assert {row.candidates for row in made.rows} == {20}
    assert len(scorer.pairs) == 400
    long, short = made.rows[:2]
    assert (long.query, long.document) == ("hero0 town", made_passage(0))
    assert (short.query, short.document) == ("Later hero0 of that town goes far away.", "Hero0 lives in a town.")
    assert long.ranks == {"fake/encoder": 1, "fake/scorer": 1}
    assert json.loads(json.dumps(made.as_json()))["models"] == ["fake/encoder", "fake/scorer"]


def made_passage(number):
    return judged("movies", number + 1).documents[number].passage


def test_a_rank_is_the_place_among_the_candidates_and_its_mean_is_reciprocal(make_engine):
    # This scorer likes the document of the lowest number, whatever the query.
    scorer = FakeScorer(score=lambda query, passage: -float(passage[4]))
    made = length_experiment(make_engine(judged("movies", 2), scorer=scorer))
    ranks = {(row.condition, row.doc_id): row.ranks["fake/scorer"] for row in made.rows}
    assert set(ranks.values()) == {1, 2}
    assert all(rank == 1 + int(doc_id[1:]) for (_, doc_id), rank in ranks.items())
    assert made.reciprocal_rank()["sentence to sentence"]["fake/scorer"] == 0.75


def test_other_relevant_documents_are_no_candidates(make_engine):
    corpus = judged("movies", 3)
    qrels = {"q0": {"d0": 3, "d1": 1}}
    made = length_experiment(make_engine(replace(corpus, qrels=qrels)))
    assert {row.candidates for row in made.rows} == {2}


def test_a_corpus_that_does_not_serve_is_named(make_engine):
    single = Corpus("facts", (Document("a", "One fact."),), queries=(Query("q", "one"),), qrels={"q": {"a": 3}})
    engine = make_engine(single, corpus_of("one text", name="plain"))
    for name in ("facts", "plain"):
        with pytest.raises(InvalidInput, match=name):
            length_experiment(engine, name)
    with pytest.raises(UnknownName, match="nowhere"):
        length_experiment(engine, "nowhere")
    with pytest.raises(InvalidInput, match="No corpus has judgements"):
        length_experiment(make_engine(corpus_of("one text")))
