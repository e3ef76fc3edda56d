"""Corpora: found in folders, read in BEIR layout, made of plain texts or of the film archives of a book."""

from searchcore.corpora.beir import (
    MAX_CARD_BYTES,
    MAX_DOCUMENTS,
    MAX_GRADE,
    MAX_LINE_BYTES,
    QRELS_HEADER,
    read_corpus,
)
from searchcore.corpora.find import BUILT_IN, FOLDERS_VARIABLE, find_corpora
from searchcore.corpora.own import corpus_from_texts

__all__ = [
    "BUILT_IN",
    "FOLDERS_VARIABLE",
    "MAX_CARD_BYTES",
    "MAX_DOCUMENTS",
    "MAX_GRADE",
    "MAX_LINE_BYTES",
    "QRELS_HEADER",
    "corpus_from_texts",
    "find_corpora",
    "read_corpus",
]
