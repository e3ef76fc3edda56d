"""Nearest neighbours among a corpus's vectors, and the cache on disk that keeps the vectors."""

from searchcore.index.chunks import Chunks
from searchcore.index.embedding_cache import KEPT_TYPE, Done, EmbeddingCache, TokenVectors
from searchcore.index.exact import COSINE_DECIMALS, ExactIndex, top_k
from searchcore.index.kept_scores import hash_of, keep_scores, read_scores
from searchcore.index.vector_index import VectorIndex

__all__ = [
    "COSINE_DECIMALS",
    "KEPT_TYPE",
    "Chunks",
    "Done",
    "EmbeddingCache",
    "ExactIndex",
    "TokenVectors",
    "VectorIndex",
    "hash_of",
    "keep_scores",
    "read_scores",
    "top_k",
]
