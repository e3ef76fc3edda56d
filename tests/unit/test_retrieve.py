"""First-stage retrieval: exact cosine against a naive sort, and BM25 at its edges."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from searchcore.index import ExactIndex, top_k
from searchcore.ranking import Bm25
from searchcore.ranking.bm25 import KeywordIndex
from searchcore.running import finish
from searchcore.types import Hit
from tests.conftest import MakeEngine
from tests.fakes import corpus_of

SEEDS = range(40)


def naive_order(scores: Sequence[float]) -> list[int]:
    """All positions, best first; ties in order of position."""
    return sorted(range(len(scores)), key=lambda i: (-scores[i], i))


def unit_rows(rng: np.random.Generator, rows: int, dimensions: int) -> np.ndarray:
    matrix = rng.standard_normal((rows, dimensions)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def nearest(matrix: np.ndarray, query: np.ndarray, k: int) -> tuple[list[int], list[float]]:
    """Positions and cosines of the `k` rows nearest to one query."""
    [positions], [cosines] = ExactIndex(matrix).search(query[None, :], k)
    return positions.tolist(), cosines.tolist()


KeywordHits = Callable[[Sequence[str], str, int], tuple[Hit, ...]]


@pytest.fixture
def keyword_hits(make_engine: MakeEngine) -> KeywordHits:
    """keyword_hits(passages, query, k): the ranking by BM25, with queries that a search would refuse, too."""

    def hits(passages: Sequence[str], query: str, k: int) -> tuple[Hit, ...]:
        request = make_engine().checked(corpus_of(*passages), "checked")
        return finish(Bm25().rank(replace(request, query=query, candidates=k), {})).hits

    return hits


@pytest.mark.parametrize("seed", SEEDS)
def test_top_k_is_the_start_of_a_naive_sort(seed: int) -> None:
    chance = random.Random(seed)
    n = chance.randint(1, 60)
    # Few different values, so that most of them are tied, at the cut too.
    scores = np.array([chance.choice([-1.0, -0.5, -0.0, 0.0, 0.25, 0.5]) for _ in range(n)], dtype=np.float32)
    before = scores.copy()
    for k in (1, n // 2 or 1, n - 1 or 1, n, n + 1, 200):
        assert list(top_k(scores, k)) == naive_order(scores.tolist())[:k]
    np.testing.assert_array_equal(scores, before)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_nearest_are_exact(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(1, 80)), int(rng.integers(1, 100))
    matrix, query = unit_rows(rng, n, 8), unit_rows(rng, 1, 8)[0]
    positions, cosines = nearest(matrix, query, k)
    slow = [math.fsum(float(a) * float(b) for a, b in zip(row, query, strict=True)) for row in matrix]
    assert len(positions) == min(k, n)
    assert positions == naive_order(slow)[:k]
    assert cosines == pytest.approx(sorted(slow, reverse=True)[:k], abs=2e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_equal_documents_keep_corpus_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    kinds = unit_rows(rng, 3, 16)
    kind_of = [int(kind) for kind in rng.integers(0, 3, 50)]
    query = unit_rows(rng, 1, 16)[0]
    best_first = np.argsort(-(kinds @ query)).tolist()
    positions, cosines = nearest(kinds[kind_of], query, 50)
    by_kind = sorted(range(50), key=lambda i: (best_first.index(kind_of[i]), i))
    assert positions == by_kind
    assert len(set(cosines)) == len(set(kind_of))


def test_products_that_differ_only_by_rounding_are_a_tie() -> None:
    row = np.array([0.6, 0.8], dtype=np.float32)
    nearly = np.nextafter(row, np.float32(1))
    assert nearest(np.stack([row, nearly]), row, 2) == ([0, 1], [1.0, 1.0])


def test_k_is_clamped_to_the_documents_there_are(keyword_hits: KeywordHits) -> None:
    matrix = np.eye(3, dtype=np.float32)
    assert len(nearest(matrix, matrix[0], 200)[0]) == 3
    assert len(keyword_hits(["chess", "chess game", "film"], "chess", 200)) == 2


def test_retrieval_changes_none_of_its_inputs() -> None:
    rng = np.random.default_rng(1)
    matrix, query = unit_rows(rng, 30, 8), unit_rows(rng, 1, 8)[0]
    for array in (matrix, query):
        array.flags.writeable = False
    first = nearest(matrix, query, 10)
    assert nearest(matrix, query, 10) == first


PASSAGES = (
    "A chess player loses his memory.",
    "The soldiers of a platoon fight in the jungle.",
    "Chess, chess and more chess!",
    "Who was it that was not there?",
    "A game of chess in the park.",
)


def bm25_by_hand(index: KeywordIndex, query: str, k1: float = 1.5, b: float = 0.75) -> list[float]:
    """The formula of Lucene as bm25s has it by default (its report, table 1), over the same words."""
    words = [index.stems(passage).plain for passage in PASSAGES]
    n, mean_length = len(words), sum(map(len, words)) / len(words)
    scores = [0.0] * n
    for word in index.asked(query).plain:
        in_how_many = sum(word in document for document in words)
        if not in_how_many:
            continue
        idf = math.log(1 + (n - in_how_many + 0.5) / (in_how_many + 0.5))
        for i, document in enumerate(words):
            count = document.count(word)
            scores[i] += idf * count / (k1 * (1 - b + b * len(document) / mean_length) + count)
    return scores


@pytest.mark.parametrize("query", ["chess", "Chess games", "a soldier's memory", "jungle chess chess unknownword"])
def test_bm25_is_the_published_formula(keyword_hits: KeywordHits, query: str) -> None:
    index = KeywordIndex(PASSAGES)
    expected = bm25_by_hand(index, query)
    assert index.scores(query).tolist() == pytest.approx(expected, abs=1e-5)
    hits = keyword_hits(PASSAGES, query, 200)
    order = [i for i in naive_order([round(score, 6) for score in expected]) if expected[i] > 0]
    assert [hit.doc_id for hit in hits] == [f"d{i}" for i in order]
    assert [hit.score for hit in hits] == pytest.approx([expected[i] for i in order], abs=1e-5)
    assert [hit.rank for hit in hits] == list(range(1, len(order) + 1))


def test_bm25_reads_stems_in_any_case_and_no_stop_words(keyword_hits: KeywordHits) -> None:
    index = KeywordIndex(PASSAGES)
    assert index.asked("The PLAYERS will be playing in the parks") == index.asked("player play park")
    assert [hit.doc_id for hit in keyword_hits(PASSAGES, "GAMES", 5)] == ["d4"]


@pytest.mark.parametrize("query", ["unknownword", "by their", "?!", "", " ", "\N{SLIGHTLY SMILING FACE}", "ש", "\x00"])
def test_bm25_of_words_that_no_document_has_is_an_empty_ranking(keyword_hits: KeywordHits, query: str) -> None:
    assert KeywordIndex(PASSAGES).scores(query).tolist() == [0.0] * len(PASSAGES)
    assert keyword_hits(PASSAGES, query, 20) == ()


@pytest.mark.parametrize("passages", [["the of and", "it was"], ["?", "!"], [" "]])
def test_an_index_without_the_words_of_a_query_gives_an_empty_ranking(
    keyword_hits: KeywordHits, passages: list[str]
) -> None:
    for query in ("chess", "the chess", "by"):
        assert KeywordIndex(passages).scores(query).tolist() == [0.0] * len(passages)
        assert keyword_hits(passages, query, 20) == ()


def test_bm25_ties_keep_corpus_order(keyword_hits: KeywordHits) -> None:
    hits = keyword_hits(["film about chess", "film about war"] * 20, "chess", 15)
    assert [hit.doc_id for hit in hits] == [f"d{i}" for i in range(0, 30, 2)]
    assert hits[0] == Hit(1, "d0", hits[14].score)
