"""The film archives of the book AI-Powered Search as a corpus: read safely, written whole or not at all."""

from searchcore.corpora.tmdb.importer import ImportReport, import_tmdb

__all__ = ["ImportReport", "import_tmdb"]
