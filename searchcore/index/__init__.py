"""Nearest neighbours among a corpus's vectors, and the cache on disk that keeps the vectors."""

from searchcore.index.address import INDEX_VARIABLE, checked_address, index_address
from searchcore.index.chunks import Chunks
from searchcore.index.embedding_cache import KEPT_TYPE, Done, EmbeddingCache, TokenVectors
from searchcore.index.exact import COSINE_DECIMALS, ExactIndex, top_k
from searchcore.index.kept_scores import hash_of, keep_scores, read_scores
from searchcore.index.vector_index import Positions, VectorIndex

__all__ = [
    "COSINE_DECIMALS",
    "INDEX_VARIABLE",
    "KEPT_TYPE",
    "Chunks",
    "Done",
    "EmbeddingCache",
    "ExactIndex",
    "Positions",
    "TokenVectors",
    "VectorIndex",
    "checked_address",
    "hash_of",
    "index_address",
    "keep_scores",
    "read_scores",
    "top_k",
]
