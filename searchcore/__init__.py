"""Semantic search to look into: bi-encoder retrieval, cross-encoder reranking, and what each costs."""

from searchcore.corpora import corpus_from_texts, find_corpora, read_corpus
from searchcore.engine import Engine
from searchcore.errors import (
    Busy,
    Cancelled,
    CorpusError,
    IndexUnavailable,
    InvalidInput,
    ModelUnavailable,
    SearchError,
    UnknownName,
)
from searchcore.evaluate import evaluate
from searchcore.request import Options
from searchcore.types import (
    Corpus,
    Document,
    Hit,
    PartialScores,
    Progress,
    Query,
    Ranking,
    SearchResult,
)

__all__ = [
    "Busy",
    "Cancelled",
    "Corpus",
    "CorpusError",
    "Document",
    "Engine",
    "Hit",
    "IndexUnavailable",
    "InvalidInput",
    "ModelUnavailable",
    "Options",
    "PartialScores",
    "Progress",
    "Query",
    "Ranking",
    "SearchError",
    "SearchResult",
    "UnknownName",
    "corpus_from_texts",
    "evaluate",
    "find_corpora",
    "read_corpus",
]
