"""The methods that rank documents: one class each, behind one Protocol, and the plan that runs them in order."""

from searchcore.ranking.bi_encoder import BiEncoder
from searchcore.ranking.bm25 import Bm25
from searchcore.ranking.cross_encoder import CrossEncoder
from searchcore.ranking.late_interaction import LateInteraction
from searchcore.ranking.method import BI_ENCODER, BM25, CROSS_ENCODER, LATE_INTERACTION, Method, Scale
from searchcore.ranking.plan import by_key, plan

DEFAULT_METHODS = (BI_ENCODER, CROSS_ENCODER)
BUILT_IN: tuple[Method, ...] = (Bm25(), BiEncoder(), CrossEncoder(), LateInteraction())

__all__ = [
    "BI_ENCODER",
    "BM25",
    "BUILT_IN",
    "CROSS_ENCODER",
    "DEFAULT_METHODS",
    "LATE_INTERACTION",
    "BiEncoder",
    "Bm25",
    "CrossEncoder",
    "LateInteraction",
    "Method",
    "Scale",
    "by_key",
    "plan",
]
