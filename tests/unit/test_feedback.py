"""A query expanded by what it finds first: RM3 for words, Rocchio for vectors, by direct formulas."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchcore import Engine, InvalidInput, Ranking
from searchcore.ranking import FUSION
from searchcore.ranking.bm25 import KeywordIndex
from searchcore.ranking.feedback import interpolated, moved, relevance_model
from searchcore.request import Options
from searchcore.types import Corpus, Expansion, Query
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, bag_of_words, corpus_of

BOTH = Options(expanded=("bm25", "bi_encoder"))
PASSAGES = (
    "whale whale ship captain",
    "whale ship harbour",
    "ship captain storm storm",
    "harbour storm",
    "captain desert camel",
    "desert camel sand sand",
    "sand castle beach",
)
SEA = corpus_of(*PASSAGES, name="sea")


def search(engine: Engine, *methods: str, query: str = "whale", options: Options | None = BOTH) -> dict[str, Ranking]:
    [corpus] = engine.corpora
    return dict(engine.search(corpus, query, 20, methods, options=options).rankings)


def expansion(engine: Engine, method: str, query: str = "whale") -> Expansion:
    found = search(engine, method, query=query)[method].expansion
    assert found is not None
    return found


def rm3_by_hand(index: KeywordIndex, query: str) -> dict[str, float]:
    """The weights of an expanded query; no word here is in more than one or a tenth, but for those left out below."""
    plain = index.scores(query)
    first = sorted(range(len(PASSAGES)), key=lambda place: (-plain[place], place))[:10]
    model: dict[str, float] = {}
    for place in first:
        words = index.stems(PASSAGES[place]).plain
        for word, count in Counter(words).items():
            if sum(word in index.stems(passage).plain for passage in PASSAGES) == 1:
                model[word] = model.get(word, 0.0) + float(plain[place]) * count / len(words)
    best = sorted((word for word in model if model[word] > 0), key=lambda word: -model[word])[:10]
    asked = index.asked(query).plain
    weights = {word: 0.5 * count / len(asked) for word, count in Counter(asked).items()}
    for word in best:
        weights[word] = weights.get(word, 0.0) + 0.5 * model[word] / sum(model[each] for each in best)
    return weights


@pytest.mark.parametrize("query", ["castle sand", "beach", "whale beach", "beach beach desert"])
def test_an_expanded_score_is_the_sum_of_bm25_over_the_terms_by_the_weights_of_rm3(
    make_engine: MakeEngine, query: str
) -> None:
    ranking = search(make_engine(SEA), "bm25", query=query)["bm25"]
    index = KeywordIndex(PASSAGES)
    weights = rm3_by_hand(index, query)
    assert ranking.expansion is not None
    shown = {index.stems(term.text).plain[0]: term.weight for term in ranking.expansion.terms}
    assert shown == pytest.approx(weights, abs=1e-6)
    expected = sum(weight * index.scores(word).astype(np.float64) for word, weight in weights.items())
    found = {hit.doc_id: hit.score for hit in ranking.hits}
    assert found == pytest.approx({f"d{i}": expected[i] for i in range(len(PASSAGES)) if expected[i] > 0}, abs=1e-6)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_what_is_added_leads_to_documents_without_a_word_of_the_query(make_engine: MakeEngine) -> None:
    # One of thirty documents speaks of whales, and two others of its ship.
    engine = make_engine(corpus_of("whale ships", "ship", "a ship", *(f"thing{n}" for n in range(27)), name="thirty"))
    plain = search(engine, "bm25", options=None)["bm25"]
    ranking = search(engine, "bm25")["bm25"]
    assert [hit.doc_id for hit in plain.hits] == ["d0"]
    assert [hit.doc_id for hit in ranking.hits] == ["d0", "d1", "d2"]
    assert (plain.expansion, ranking.words) == (None, plain.words)
    # By .5 each of the two terms of the one document that was found, and the query's own word by .5 more.
    assert ranking.expansion == Expansion(("d0",), (("whale", 0.75, False), ("ships", 0.25, True)))  # type: ignore[arg-type]


def test_a_word_in_more_than_a_tenth_of_the_documents_is_not_added(make_engine: MakeEngine) -> None:
    for others, added in ((18, {"whale", "ship"}), (17, {"whale"})):  # "ship" is in two of twenty, then of nineteen
        engine = make_engine(corpus_of("whale ship", "ship", *(f"thing{n}" for n in range(others)), name=f"{others}"))
        assert {term.text for term in expansion(engine, "bm25").terms} == added


def test_words_are_taken_from_the_first_five_thousand_characters_of_a_document(make_engine: MakeEngine) -> None:
    long = f"whale ship {'sea ' * 1_247} harbour"
    assert long.index("harbour") == 5_000
    engine = make_engine(corpus_of(long, *(f"thing{n}" for n in range(20)), name="long"))
    assert {term.text for term in expansion(engine, "bm25").terms} == {"whale", "ship", "sea"}


def test_a_stem_is_shown_as_the_query_has_it_else_as_the_documents_have_it_most_often(make_engine: MakeEngine) -> None:
    texts = ["whale hunters hunting", "whales hunting"]
    engine = make_engine(corpus_of(*texts, *(f"thing{n}" for n in range(28)), name="stems"))
    assert {term.text for term in expansion(engine, "bm25", "Whaling whales").terms} >= {"whales", "hunting", "hunters"}


@pytest.mark.parametrize(
    ("texts", "query", "why"),
    [
        (PASSAGES, "zyzzyva", "it found no document."),
        (PASSAGES, "?!", "it found no document."),
        (["to be or not to be", "a whale"], "to be or not", "it has only stop words."),
        (["a whale"], "whale", "there is only one document."),
        (["b", "c"], "b", "the documents that it found have no rare words."),
    ],
)
def test_where_nothing_is_added_to_the_words_it_says_why_and_the_ranking_stays(
    make_engine: MakeEngine, texts: list[str], query: str, why: str
) -> None:
    engine = make_engine(corpus_of(*texts, name="small"))
    ranking = search(engine, "bm25", query=query)["bm25"]
    said = "Nothing was added to the query: "
    assert ranking.expansion == Expansion(why_not=f"{said}{why}")
    assert ranking.hits == search(engine, "bm25", query=query, options=None)["bm25"].hits


def test_a_vector_is_moved_towards_the_mean_of_the_three_nearest(make_engine: MakeEngine) -> None:
    ranking = search(make_engine(SEA), "bi_encoder", query="whale ship")["bi_encoder"]
    vectors = [[float(x) for x in bag_of_words(passage)] for passage in PASSAGES]
    query = [float(x) for x in bag_of_words("whale ship")]

    def cosine(one: list[float], other: list[float]) -> float:
        return math.fsum(a * b for a, b in zip(one, other, strict=True)) / math.hypot(*one) / math.hypot(*other)

    near = sorted(range(len(vectors)), key=lambda place: (-round(cosine(query, vectors[place]), 6), place))[:3]
    new = [q + 0.75 * math.fsum(vectors[place][i] for place in near) / 3 for i, q in enumerate(query)]
    assert ranking.expansion is not None
    assert ranking.expansion.documents == tuple(f"d{place}" for place in near)
    assert ranking.expansion.cosine == pytest.approx(cosine(query, new), abs=2e-6)
    expected = {f"d{place}": cosine(new, vector) for place, vector in enumerate(vectors)}
    assert {hit.doc_id: hit.score for hit in ranking.hits} == pytest.approx(expected, abs=2e-6)
    assert [hit.score for hit in ranking.hits] == sorted((hit.score for hit in ranking.hits), reverse=True)


def test_a_single_vector_is_not_moved_towards(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of("a whale", name="one"))
    found = search(engine, "bi_encoder")["bi_encoder"]
    assert found.expansion == Expansion(why_not="Nothing was added to the query: there is only one document.")
    assert found.hits == search(engine, "bi_encoder", options=None)["bi_encoder"].hits


def test_ten_times_the_same_document_is_ranked_in_corpus_order(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of(*["a whale at sea"] * 10, name="same"))
    for method, ranking in search(engine, "bm25", "bi_encoder").items():
        assert [hit.doc_id for hit in ranking.hits] == [f"d{n}" for n in range(10)], method


def test_the_remembered_vector_of_a_query_stays_the_querys_own(make_engine: MakeEngine) -> None:
    encoder = FakeEncoder()
    engine = make_engine(SEA, encoder=encoder)
    before = search(engine, "bi_encoder", options=None)["bi_encoder"].hits
    first = search(engine, "bi_encoder")["bi_encoder"]
    again = search(engine, "bi_encoder")["bi_encoder"]
    assert first.hits == again.hits != before
    assert first.expansion == again.expansion
    assert search(engine, "bi_encoder", options=None)["bi_encoder"].hits == before
    assert encoder.query_calls == [["whale"]]
    assert (again.passes_needed, again.passes_run) == (1, 0)


def test_fewer_candidates_are_the_same_ranking_cut_short(make_engine: MakeEngine) -> None:
    engine = make_engine(SEA)
    whole = search(engine, "bm25", "bi_encoder")
    for candidates in (1, 2, 5):
        found = engine.search("sea", "whale", candidates, ("bm25", "bi_encoder"), options=BOTH).rankings
        for method, ranking in found.items():
            assert ranking.hits == whole[method].hits[:candidates]
            assert ranking.expansion == whole[method].expansion


def test_a_pool_is_ranked_by_the_query_that_the_whole_corpus_expanded(make_engine: MakeEngine) -> None:
    engine = make_engine(SEA)
    whole = search(engine, "bm25", "bi_encoder", query="castle sand")
    request = engine.checked("sea", "castle sand", 20, ("bm25", "bi_encoder"), options=BOTH)
    for method in engine.planned(request):
        work = method.rank(replace(request, among=(5, 6), candidates=2), {})
        assert not isinstance(work, Ranking)
        with pytest.raises(StopIteration) as ended:
            while True:
                next(work)
        pool: Ranking = ended.value.value
        kept = [(hit.doc_id, hit.score) for hit in whole[method.key].hits if hit.doc_id in ("d5", "d6")]
        assert [(hit.doc_id, hit.score) for hit in pool.hits] == kept
        assert pool.expansion == whole[method.key].expansion


def test_a_query_is_not_expanded_by_its_own_document(make_engine: MakeEngine) -> None:
    corpus = Corpus("sea", SEA.documents, queries=(Query("d5", "sand"),))
    engine = make_engine(corpus)
    for method in ("bm25", "bi_encoder"):
        ranking = search(engine, method, query="sand")[method]
        assert ranking.expansion is not None and ranking.expansion.documents
        assert "d5" not in {*ranking.expansion.documents, *(hit.doc_id for hit in ranking.hits)}


def test_what_reranks_or_fuses_gets_the_expanded_rankings(make_engine: MakeEngine) -> None:
    engine = make_engine(SEA)
    found = search(engine, "bm25", "bi_encoder", FUSION, "cross_encoder", query="beach")
    places = {method: {hit.doc_id: hit.rank for hit in found[method].hits} for method in ("bm25", "bi_encoder")}
    for shares in found[FUSION].shares.values():
        for share in shares:
            assert share.rank in places[share.method].values()
    by_document = {doc_id: {s.method: s.rank for s in shares} for doc_id, shares in found[FUSION].shares.items()}
    assert by_document == {
        doc_id: {method: ranks[doc_id] for method, ranks in places.items() if doc_id in ranks} for doc_id in by_document
    }
    before = {hit.doc_id: hit.rank_before for hit in found["cross_encoder"].hits}
    assert before == places["bi_encoder"]


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        *((("bm25", key), f'"{key}"') for key in ("cross_encoder", "late_interaction", "fusion", "magic", "")),
        ("bm25", '"bm25"'),
        (None, "None"),
        (([],), "[]"),
    ],
)
def test_what_cannot_expand_is_refused_in_a_sentence(make_engine: MakeEngine, asked: Any, got: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        search(make_engine(SEA), "bm25", options=Options(expanded=asked))
    assert str(caught.value) == f"expanded must be a list out of: bm25, bi_encoder; got {got}."


WORDS = st.sampled_from("abcdefghijklm")
COUNTS = st.dictionaries(WORDS, st.integers(1, 9), max_size=13)
FOUND = st.lists(st.tuples(COUNTS, st.floats(0.01, 50)), max_size=10)


@given(FOUND, st.lists(WORDS, min_size=1, max_size=6), st.floats(0, 1))
def test_weights_sum_to_1_and_an_original_weight_of_1_changes_nothing(
    found: list[tuple[dict[str, int], float]], asked: list[str], original: float
) -> None:
    model = relevance_model([counts for counts, _ in found], [score for _, score in found])
    assert len(model) <= 10
    assert sum(model.values()) == pytest.approx(1 if any(counts for counts, _ in found) else 0)
    assert list(model.values()) == sorted(model.values(), reverse=True)
    if model:
        assert sum(interpolated(asked, model, original).values()) == pytest.approx(1)
    own = {term: count / len(asked) for term, count in Counter(asked).items()}
    assert {term: weight for term, weight in interpolated(asked, model, 1).items() if weight} == pytest.approx(own)


@given(st.integers(0, 10**6), st.integers(1, 5))
def test_a_moved_vector_is_of_unit_length_and_one_that_moves_by_nothing_stays(seed: int, count: int) -> None:
    rows = np.random.default_rng(seed).standard_normal((count + 1, 8))
    units = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    query, documents = units[0], units[1:]
    assert np.linalg.norm(moved(query, documents)) == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(moved(query, documents, beta=0), query, atol=1e-6)
    np.testing.assert_allclose(moved(query, np.tile(query, (3, 1))), query, atol=1e-6)
