"""The methods that rank documents, in the order in which a search runs them."""

from __future__ import annotations

from dataclasses import dataclass

BM25 = "bm25"
BI_ENCODER = "bi_encoder"
LATE_INTERACTION = "late_interaction"
CROSS_ENCODER = "cross_encoder"


@dataclass(frozen=True, slots=True)
class Method:
    """One way to rank. `reranks` names the method whose candidates it reorders; None: it reads the corpus."""

    name: str
    title: str
    score_name: str
    citation: str
    reranks: str | None = None


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(BM25, "Keyword search", "BM25", "Robertson and Zaragoza 2009, The Probabilistic Relevance Framework"),
        Method(BI_ENCODER, "Bi-encoder", "cosine", "Reimers and Gurevych 2019, Sentence-BERT"),
        Method(
            LATE_INTERACTION,
            "Late interaction",
            "MaxSim",
            "Khattab and Zaharia 2020, ColBERT",
            reranks=BI_ENCODER,
        ),
        Method(
            CROSS_ENCODER,
            "Cross-encoder",
            "logit",
            "Nogueira and Cho 2019, Passage Re-ranking with BERT",
            reranks=BI_ENCODER,
        ),
    )
}
DEFAULT_METHODS = (BI_ENCODER, CROSS_ENCODER)


def plan(methods: tuple[str, ...]) -> list[Method]:
    """The asked methods and those they rerank, in running order."""
    needed = set(methods) | {rerank for name in methods if (rerank := METHODS[name].reranks)}
    return [method for method in METHODS.values() if method.name in needed]
