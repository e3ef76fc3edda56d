"""The methods that rank documents: one class each, behind one Protocol, and the plan that runs them in order."""

from searchcore.ranking.bi_encoder import BiEncoder
from searchcore.ranking.bm25 import Bm25
from searchcore.ranking.cross_encoder import CrossEncoder
from searchcore.ranking.fusion import Fusion
from searchcore.ranking.late_interaction import LateInteraction
from searchcore.ranking.method import BI_ENCODER, BM25, CROSS_ENCODER, FUSION, LATE_INTERACTION, Method, Scale
from searchcore.ranking.plan import arranged, by_key, plan, sources

DEFAULT_METHODS = (BI_ENCODER, CROSS_ENCODER)
_RETRIEVAL: tuple[Method, ...] = (Bm25(), BiEncoder())
BUILT_IN: tuple[Method, ...] = (*_RETRIEVAL, Fusion(by_key(_RETRIEVAL)), CrossEncoder(), LateInteraction())

__all__ = [
    "BI_ENCODER",
    "BM25",
    "BUILT_IN",
    "CROSS_ENCODER",
    "DEFAULT_METHODS",
    "FUSION",
    "LATE_INTERACTION",
    "BiEncoder",
    "Bm25",
    "CrossEncoder",
    "Fusion",
    "LateInteraction",
    "Method",
    "Scale",
    "arranged",
    "by_key",
    "plan",
    "sources",
]
