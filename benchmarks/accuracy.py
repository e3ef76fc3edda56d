"""How far int8 logits are from those of the same weights in fp32: of the bundled scorer, and of its published file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy.stats import kendalltau

from searchcore import Engine
from searchcore.models.catalogue import _RERANKER, BERT_WINDOW
from searchcore.models.onnx import OnnxPairScorer
from searchcore.models.tokens import Tokens

CORPUS, QUERIES, CANDIDATES = "movies", 10, 20
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Distances in logits; the share of queries with the same first document; the mean of Kendall's tau over them."""

    mean: float
    largest: float
    same_first: float
    tau: float

    @classmethod
    def of(cls, scores: NDArray[np.floating], exact: NDArray[np.floating]) -> Accuracy:
        """Of logits (queries, candidates) against exact ones."""
        away = np.abs(scores - exact)
        same_first = (scores.argmax(axis=1) == exact.argmax(axis=1)).mean()
        taus = [kendalltau(one, other).statistic for one, other in zip(scores, exact, strict=True)]
        return cls(float(away.mean()), float(away.max()), float(same_first), float(np.mean(taus)))

    def __str__(self) -> str:
        return (
            f"{self.mean:.3f} logits away on average, {self.largest:.2f} at most; "
            f"the same first document for {self.same_first:.0%} of the queries; Kendall's tau {self.tau:.3f}"
        )


def show_accuracy(engine: Engine, peer: Any) -> None:
    """Print both for films that are reranked and for any films; `peer` is a CrossEncoder of the same weights in fp32.

    Most films have nothing to do with a query: their logits lie at the bottom, and near to each other.
    """
    corpus = engine.corpora[CORPUS]
    queries = [query.text for query in corpus.queries[:QUERIES]]
    found = engine.search_many(CORPUS, queries, candidates=CANDIDATES, methods=("bi_encoder",))
    films = {film.doc_id: film.passage for film in corpus.documents}
    nearest = [[films[hit.doc_id] for hit in result.rankings["bi_encoder"].hits] for result in found]
    anywhere = [list(films.values())[:: len(films) // CANDIDATES][:CANDIDATES]] * len(queries)
    scorer = engine.scorer()
    assert isinstance(scorer, OnnxPairScorer)
    for which, passages in (("the bi-encoder's first", nearest), ("from the whole corpus", anywhere)):
        pairs = [(query, passage) for query, of_query in zip(queries, passages, strict=True) for passage in of_query]
        shape = (len(queries), CANDIDATES)
        exact = np.asarray(peer.predict(pairs, show_progress_bar=False)).reshape(shape)
        ours, before = (
            np.array(list(s)).reshape(shape) for s in (scorer.scores(pairs), published(scorer.tokens, pairs))
        )
        print(f"\nInt8 against fp32 of the same weights, {len(queries)} queries with {CANDIDATES} films each, {which}")
        print(f"  bundled scorer: {Accuracy.of(ours, exact)}")
        print(f"  the published file as it is, one pair at a time: {Accuracy.of(before, exact)}", flush=True)


def published(tokens: Tokens, pairs: Pairs) -> NDArray[np.float32]:
    """The logits of the file as it was published."""
    session = onnxruntime.InferenceSession(
        str(_RERANKER.checked_folder() / "model.onnx"), providers=["CPUExecutionProvider"]
    )
    assert tokens.window == BERT_WINDOW
    logits = []
    for pair in pairs:
        read = tokens.encode(*pair)
        given = {"input_ids": read.ids, "attention_mask": read.attention_mask, "token_type_ids": read.type_ids}
        [[logit]] = session.run(None, {name: np.array([numbers]) for name, numbers in given.items()})[0]
        logits.append(logit)
    return np.array(logits, dtype=np.float32)
