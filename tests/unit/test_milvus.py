"""Vectors in Milvus, in a file: what is found is what comparing every vector finds, and no collection is trusted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from searchcore import Cancelled, Engine, IndexUnavailable, InvalidInput
from searchcore.index import INDEX_VARIABLE, ExactIndex, VectorIndex, address
from searchcore.index import milvus as module
from searchcore.index.milvus import MilvusEngine
from tests.engines import MatrixEncoder, engine_at, numbers, put, silent
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, store_of
from tests.unit.test_exact_index import Asked, asked, brute_force, unit

# Each example makes a collection, which takes a fifth of a second.
few = settings(deadline=None, max_examples=8)
TEXTS = ("a platoon in the vietnam war", "two chess players", "vietnam", "the end of the world", "a war of nerves")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("milvus")


@pytest.fixture(scope="module")
def lite(folder: Path) -> Iterator[MilvusEngine]:
    made = engine_at(str(folder / "vectors.db"), folder / "unfinished")
    yield made
    made.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[MilvusEngine]:
    """A file of this test alone."""
    made = engine_at(str(tmp_path / "own.db"), tmp_path / "unfinished")
    yield made
    made.close()


def names(engine: MilvusEngine) -> list[str]:
    return sorted(engine._names())


def rows(count: int, seed: int = 1, width: int = 16) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).standard_normal((count, width)))


@few
@given(case=asked())
def test_a_search_gives_what_comparing_every_vector_gives(lite: MilvusEngine, case: Asked) -> None:
    index = put(lite, case.matrix)
    positions, cosines = index.search(case.queries, case.k, case.among)
    expected_positions, expected_cosines = brute_force(*case)
    assert positions.tolist() == expected_positions
    np.testing.assert_array_equal(cosines, np.array(expected_cosines, dtype=np.float32).reshape(cosines.shape))
    np.testing.assert_array_equal(index.vectors(range(len(case.matrix))), case.matrix)


def test_clusters_of_equal_vectors_come_in_corpus_order_also_at_the_cut(lite: MilvusEngine) -> None:
    matrix = np.repeat(rows(3), 100, axis=0)
    index, exact = put(lite, matrix), ExactIndex(matrix)
    for k in (1, 20, 99, 100, 150, 300, 400):
        found, cosines = index.search(matrix[[0, 250]], k)
        expected, expected_cosines = exact.search(matrix[[0, 250]], k)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(cosines, expected_cosines)


def test_lite_which_can_not_walk_far_enough_through_a_graph_compares_all(
    own: MilvusEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FLAT_DOCUMENTS", 100)
    matrix = rows(300, seed=2)
    found, _ = put(own, matrix).search(matrix, 20)
    exact, _ = ExactIndex(matrix).search(matrix, 20)
    np.testing.assert_array_equal(found, exact)
    [name] = names(own)
    assert own._link.ask(lambda client: client.describe_index(name, "vector"))["index_type"] == "FLAT"


def test_what_can_not_be_asked_for_is_a_sentence(lite: MilvusEngine) -> None:
    index = put(lite, rows(5))
    assert isinstance(index, VectorIndex)
    assert len(index) == 5
    for query, k, sentence in (
        (np.ones((1, 15)), 1, "vectors must have the shape (n, 16), got (1, 15)."),
        (np.ones((1, 16)), 0, "k must be a whole number of at least 1, got 0."),
        (np.full((1, 16), np.nan), 1, "vectors must be made of finite numbers."),
    ):
        with pytest.raises(InvalidInput) as told:
            index.search(query, k)
        assert str(told.value) == sentence
    with pytest.raises(InvalidInput, match=r"^positions must lie from 0 to 4, got 5\.$"):
        index.vectors([5])
    with pytest.raises(InvalidInput, match=r"^positions must lie from 0 to 4, got 9\.$"):
        index.search(np.ones((1, 16)), 1, [9])


def test_a_model_that_makes_no_numbers_leaves_nothing_to_be_found(own: MilvusEngine) -> None:
    matrix = rows(70)
    matrix[65, 3] = np.nan
    with pytest.raises(IndexUnavailable, match=r"^matrix makes vectors that are no finite numbers of this corpus\.$"):
        put(own, matrix)
    assert [name for name in names(own) if "filling" not in name] == []


def test_one_that_is_there_is_opened_and_not_made_again(own: MilvusEngine) -> None:
    matrix = rows(100)
    put(own, matrix)
    encoder = MatrixEncoder(matrix)
    index = own.index(numbers(100), encoder, silent, encoder.encode_documents)
    assert encoder.document_calls == [["0"]]  # the one that is compared with what is there
    np.testing.assert_array_equal(index.vectors([99, 0]), matrix[[99, 0]])


def test_one_that_was_stopped_half_way_is_made_again_from_what_was_done(own: MilvusEngine) -> None:
    matrix = rows(300)
    encoder, corpus = MatrixEncoder(matrix), numbers(300)

    def stop(done: int, total: int, *, kept: bool = False, elsewhere: bool = False) -> None:
        if done >= 192:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        own.index(corpus, encoder, stop, encoder.encode_documents)
    [left] = names(own)
    assert "_filling_" in left
    done = encoder.documents_encoded
    index = own.index(corpus, encoder, silent, encoder.encode_documents)
    assert (done, encoder.documents_encoded) == (192, 301)  # all, and the one that is compared
    np.testing.assert_array_equal(index.vectors(range(300)), matrix)
    assert ["_filling_" in name for name in names(own)] == [False]
    assert list((own._cache.folder).glob("*.batch-*")) == []


@pytest.mark.parametrize("fault", ["too few", "too many", "another width", "other vectors"])
def test_a_collection_of_the_right_name_with_the_wrong_vectors_is_made_again(
    own: MilvusEngine, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    matrix = rows(100)
    put(own, matrix)
    [name] = names(own)
    foreign = {
        "too few": matrix[:99],
        "too many": rows(101),
        "another width": rows(100, width=8),
        "other vectors": rows(100, seed=7),
    }[fault]
    own._drop(name)
    own._create(name, foreign.shape[1])
    own._insert(name, range(len(foreign)), foreign)
    own._finish(name, len(foreign))
    np.testing.assert_array_equal(put(own, matrix).vectors(range(100)), matrix)
    assert [record.message for record in caplog.records if record.name == "searchcore"] == [
        f"The collection {name} is not what it should be: it is removed and made again."
    ]


def test_documents_added_changed_and_removed_are_a_new_collection_and_the_oldest_goes(tmp_path: Path) -> None:
    versions = [TEXTS, (*TEXTS, "whales at sea"), ("another platoon", *TEXTS[1:]), TEXTS[1:]]
    encoder = FakeEncoder()
    engine = Engine({}, store_of(encoder, FakeScorer()), vectors=str(tmp_path / "vectors.db"))
    plain = Engine({}, store_of(FakeEncoder(), FakeScorer()), vectors="")
    kept = []
    for texts in versions:
        corpus = corpus_of(*texts)
        for query in ("vietnam war", "platoon", "whales"):
            found = engine.search(corpus, query, 20, ["bi_encoder"]).rankings["bi_encoder"]
            expected = plain.search(corpus, query, 20, ["bi_encoder"]).rankings["bi_encoder"]
            assert found.hits == expected.hits
        assert engine.resources._engine is not None
        kept.append(len(engine.resources._engine._names()))
    assert kept == [1, 2, 2, 2]
    again = corpus_of(*TEXTS)  # its collection is gone by now: it is made again, and found
    assert len(engine.search(again, "chess", 20, ["bi_encoder"]).rankings["bi_encoder"].hits) == 5
    engine.close()
    plain.close()


def test_a_collection_that_is_gone_is_a_sentence_once_and_then_made_again(own: MilvusEngine, tmp_path: Path) -> None:
    engine = Engine({}, store_of(FakeEncoder(), FakeScorer()), vectors=str(tmp_path / "own.db"))
    corpus = corpus_of(*TEXTS)
    first = engine.search(corpus, "vietnam", 5, ["bi_encoder"]).rankings["bi_encoder"].hits
    for name in names(own):
        own._drop(name)
    with pytest.raises(IndexUnavailable, match=r"^The vector engine \(SEARCHCORE_INDEX\) could not answer; the log"):
        engine.search(corpus, "vietnam", 5, ["bi_encoder"])
    assert engine.search(corpus, "vietnam", 5, ["bm25"]).rankings["bm25"].hits
    assert engine.search(corpus, "vietnam", 5, ["bi_encoder"]).rankings["bi_encoder"].hits == first
    engine.close()


@pytest.mark.parametrize(
    "value", ["http://127.0.0.1:0", "http://127.0.0.1:99999", "http://", "films", "http://host:19530/films", "x" * 99]
)
def test_an_address_where_no_engine_can_be_is_a_sentence_that_names_it(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(INDEX_VARIABLE, value)
    with pytest.raises(
        InvalidInput, match=r"^SEARCHCORE_INDEX must be a path that ends in \.db or the address of a ser"
    ):
        Engine({})


def test_an_address_without_the_packages_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(address, "find_spec", lambda name: None)
    for value in ("https://token@engine.example:19530", str(tmp_path / "vectors.db")):
        with pytest.raises(InvalidInput) as told:
            Engine({}, vectors=value)
        assert str(told.value) == "SEARCHCORE_INDEX needs more packages: pip install -r requirements-scale.txt."


def test_a_corpus_of_ones_own_never_goes_into_an_engine(tmp_path: Path) -> None:
    engine = Engine({}, store_of(FakeEncoder(), FakeScorer()), vectors=str(tmp_path / "vectors.db"))
    result = engine.search(corpus_of(*TEXTS, shared=False), "chess players", 5, ["bi_encoder"])
    assert result.rankings["bi_encoder"].hits[0].doc_id == "d1"
    assert engine.resources._engine is not None
    assert engine.resources._engine._names() == []
    engine.close()
