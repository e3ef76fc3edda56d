"""Corpora: found in folders, read in BEIR layout, made of plain texts or of the film archives of a book."""

from searchcore.corpora.beir import read_corpus, read_corpus_files
from searchcore.corpora.card import MAX_CARD_BYTES
from searchcore.corpora.documents import MAX_DOCUMENTS
from searchcore.corpora.files import Files
from searchcore.corpora.find import BUILT_IN, FOLDERS_VARIABLE, find_corpora
from searchcore.corpora.judgements import MAX_GRADE, QRELS_HEADER
from searchcore.corpora.lines import MAX_FILE_BYTES, MAX_LINE_BYTES
from searchcore.corpora.own import corpus_from_texts

__all__ = [
    "BUILT_IN",
    "FOLDERS_VARIABLE",
    "MAX_CARD_BYTES",
    "MAX_DOCUMENTS",
    "MAX_FILE_BYTES",
    "MAX_GRADE",
    "MAX_LINE_BYTES",
    "QRELS_HEADER",
    "Files",
    "corpus_from_texts",
    "find_corpora",
    "read_corpus",
    "read_corpus_files",
]
