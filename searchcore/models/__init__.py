"""The models behind two Protocols, the catalogue that names them, and the store that loads them once."""

from searchcore.models.catalogue import (
    CATALOGUE,
    DEFAULT_ENCODER,
    DEFAULT_SCORER,
    ModelSpec,
)
from searchcore.models.own_tokens import OwnTokens
from searchcore.models.protocols import Encoder, PairScorer, TokenEncoder
from searchcore.models.query_cut import cut_by_encoder, cut_in_pairs
from searchcore.models.store import ModelStore

__all__ = [
    "CATALOGUE",
    "DEFAULT_ENCODER",
    "DEFAULT_SCORER",
    "Encoder",
    "ModelSpec",
    "ModelStore",
    "OwnTokens",
    "PairScorer",
    "TokenEncoder",
    "cut_by_encoder",
    "cut_in_pairs",
]
