"""Corpora: found in folders, read in BEIR layout, made of plain texts or of the film archives of a book."""

from searchcore.corpora.archive import read_archive, to_archive
from searchcore.corpora.beir import read_corpus, read_corpus_files
from searchcore.corpora.card import MAX_CARD_BYTES
from searchcore.corpora.documents import MAX_DOCUMENTS
from searchcore.corpora.files import Files
from searchcore.corpora.find import BUILT_IN, FOLDERS_VARIABLE, find_corpora
from searchcore.corpora.judgements import MAX_GRADE, QRELS_HEADER
from searchcore.corpora.lines import MAX_FILE_BYTES, MAX_LINE_BYTES
from searchcore.corpora.own import MAX_OWN_DOCUMENTS, OWN, TITLE, Columns, corpus_from_table, corpus_from_texts
from searchcore.corpora.passages import WORDS_IN_A_PASSAGE
from searchcore.corpora.tables import MAX_UPLOAD_BYTES, Table, read_table
from searchcore.corpora.unpacked import shown_name

__all__ = [
    "BUILT_IN",
    "FOLDERS_VARIABLE",
    "MAX_CARD_BYTES",
    "MAX_DOCUMENTS",
    "MAX_FILE_BYTES",
    "MAX_GRADE",
    "MAX_LINE_BYTES",
    "MAX_OWN_DOCUMENTS",
    "MAX_UPLOAD_BYTES",
    "OWN",
    "QRELS_HEADER",
    "TITLE",
    "WORDS_IN_A_PASSAGE",
    "Columns",
    "Files",
    "Table",
    "corpus_from_table",
    "corpus_from_texts",
    "find_corpora",
    "read_archive",
    "read_corpus",
    "read_corpus_files",
    "read_table",
    "shown_name",
    "to_archive",
]
