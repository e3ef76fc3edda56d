"""A judged corpus whose scores stand in its texts, so that every ranking is known beforehand.

A text is "COSINE LOGIT words": the encoder below reads the first number, the scorer the second.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchcore import Corpus, Document, Query
from searchcore.evaluate import Evaluation, evaluate
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer

# By cosine a b c d e; by logit d c b a e.
TEXTS = ["0.9 1 apple", "0.8 2 apple apple", "0.7 3 pear", "0.6 4 pear", "0.5 -5 fig"]


class CosineEncoder(FakeEncoder):
    """A document's cosine to any query is the first word of its text."""

    def encode_documents(self, passages: Sequence[str]) -> NDArray[np.float32]:
        self.document_calls.append(list(passages))
        cosines = [float(passage.split()[0]) for passage in passages]
        return np.array([[c, math.sqrt(1 - c * c)] for c in cosines], dtype=np.float32)

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        self.query_calls.append(list(queries))
        return np.array([[1.0, 0.0]] * len(queries), dtype=np.float32)


def logit_scorer() -> FakeScorer:
    """The logit of a pair is the second word of the document, whatever the query."""
    return FakeScorer(score=lambda query, passage: float(passage.split()[1]))


def judged_corpus(
    texts: Sequence[str],
    qrels: Mapping[str, Mapping[str, int]],
    queries: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> Corpus:
    """Documents a, b, c, ... with these texts; queries are those of `qrels`, "apple" where `queries` has no text."""
    texts_of = {query_id: (queries or {}).get(query_id, "apple") for query_id in qrels}
    return Corpus(
        name="fruit",
        title="Fruit",
        documents=tuple(Document(chr(ord("a") + i), text) for i, text in enumerate(texts)),
        queries=tuple(
            Query(query_id, text, {"kind": (kinds or {}).get(query_id, "")}) for query_id, text in texts_of.items()
        ),
        qrels=qrels,
    )


def evaluated(make_engine: MakeEngine, corpus: Corpus, **options: Any) -> Evaluation:
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())
    return evaluate(engine, corpus, **options)


def orders(evaluation: Evaluation, query: int = 0) -> dict[str, str]:
    rankings = evaluation.queries[query].rankings
    return {method: "".join(hit.doc_id for hit in ranking.hits) for method, ranking in rankings.items()}
