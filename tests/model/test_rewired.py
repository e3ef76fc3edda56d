"""The cross-encoder's graph, wired anew: as near to fp32 as the published one, and a pair's score is its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from scipy.stats import kendalltau
from sentence_transformers import CrossEncoder
from torch.nn import Identity

from benchmarks.dequantised import save_dequantised
from searchcore import Engine
from searchcore.models.catalogue import _RERANKER
from searchcore.models.onnx import OnnxPairScorer

QUERIES = ("vietnam war", "a robot protects a boy", "two lovers meet on a doomed ship")
# Without instructions for int8 a processor adds up two products in 16 bits, which is not always room enough.
EXACT = "vnni" in Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else False
NEAR, FARTHEST = (0.06, 0.5) if EXACT else (0.25, 0.75)
# Most films have nothing to do with a query and lie within hundredths of a logit: their order is chance.
ALIKE = 0.02


@pytest.fixture(scope="module")
def pairs(engine: Engine) -> list[tuple[str, str]]:
    films = engine.corpora["movies"].documents
    return [(query, film.passage) for query in QUERIES for film in films[::30]]


@pytest.fixture(scope="module")
def in_fp32(tmp_path_factory: pytest.TempPathFactory) -> CrossEncoder:
    """The same weights in fp32: the peer of the benchmarks."""
    folder = save_dequantised(tmp_path_factory.mktemp("fp32"))
    model = CrossEncoder(str(folder), activation_fn=Identity(), local_files_only=True)
    model.tokenizer.split_special_tokens = True
    return model


@pytest.fixture(scope="module")
def exact(pairs: list[tuple[str, str]], in_fp32: CrossEncoder) -> np.ndarray:
    return np.asarray(in_fp32.predict(pairs, show_progress_bar=False))


@pytest.fixture(scope="module")
def scores(scorer: OnnxPairScorer, pairs: list[tuple[str, str]]) -> np.ndarray:
    return np.array(list(scorer.scores(pairs)))


def published(scorer: OnnxPairScorer, pairs: list[tuple[str, str]]) -> np.ndarray:
    """What the file says as it was published."""
    session = onnxruntime.InferenceSession(str(_RERANKER.checked_folder() / "model.onnx"))
    made = []
    for pair in pairs:
        encoding = scorer.tokens.encode(*pair)
        named = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask}
        named["token_type_ids"] = encoding.type_ids
        made.append(session.run(None, {name: np.array([ids]) for name, ids in named.items()})[0][0][0])
    return np.array(made)


def test_it_is_near_to_fp32_and_as_near_as_the_published_graph(
    scorer: OnnxPairScorer, pairs: list[tuple[str, str]], scores: np.ndarray, exact: np.ndarray
) -> None:
    away = np.abs(scores - exact)
    before = np.abs(published(scorer, pairs) - exact)
    assert away.mean() < NEAR and np.quantile(away, 0.99) < FARTHEST
    # Which of the two is nearer depends on the processor's instructions.
    assert away.mean() <= before.mean() + ALIKE


def test_the_benchmarks_peer_says_the_same_of_the_golden_pairs(
    scorer: OnnxPairScorer, in_fp32: CrossEncoder, golden: dict[str, Any]
) -> None:
    pairs = [(golden["berlin"]["query"], document) for document in golden["berlin"]["documents"]]
    np.testing.assert_allclose(in_fp32.predict(pairs), list(scorer.scores(pairs)), atol=FARTHEST)


def test_its_order_is_as_near_to_that_of_fp32_as_the_published_graphs(
    scorer: OnnxPairScorer, pairs: list[tuple[str, str]], scores: np.ndarray, exact: np.ndarray
) -> None:
    taus, before = [], published(scorer, pairs)
    for query in QUERIES:
        mine = [i for i, pair in enumerate(pairs) if pair[0] == query]
        assert np.argmax(scores[mine]) == np.argmax(exact[mine])
        taus.append([kendalltau(each[mine], exact[mine]).statistic for each in (scores, before)])
    now, then = np.mean(taus, axis=0)
    assert now >= then - ALIKE


def test_a_pairs_score_is_the_same_alone_and_in_any_company(
    scorer: OnnxPairScorer, pairs: list[tuple[str, str]], scores: np.ndarray
) -> None:
    assert [next(iter(scorer.scores([pair]))) for pair in pairs[:6]] == list(scores[:6])
    assert list(scorer.scores(pairs[::-1]))[::-1] == list(scores)


def test_the_shortest_and_the_longest_pairs_are_read(scorer: OnnxPairScorer) -> None:
    for query, passage in (("a", "b"), ("whale " * 100, "whale " * 1_000)):
        [score] = scorer.scores([(query, passage)])
        assert np.isfinite(score)


def test_what_is_kept_beside_the_embeddings_scores_alike(
    scorer: OnnxPairScorer, pairs: list[tuple[str, str]], scores: np.ndarray, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("SEARCHCORE_CACHE", str(tmp_path))
    for _ in range(2):  # made, then read
        again = OnnxPairScorer(scorer.name, _RERANKER.checked_folder(), "weights", scorer.window)
        assert list(again.scores(pairs[:3])) == list(scores[:3])
    assert len(list(tmp_path.glob("*.safetensors"))) == 1
