"""A corpus of texts at hand, without a folder."""

from __future__ import annotations

from collections.abc import Sequence

from searchcore.checks import is_empty
from searchcore.corpora.beir import whole
from searchcore.errors import CorpusError, InvalidInput, quoted
from searchcore.types import Corpus, Document


def corpus_from_texts(texts: Sequence[str], name: str = "own", title: str = "Your own") -> Corpus:
    """A corpus of plain texts with ids "1", "2", ... It is not shared: nothing of it is kept on disk.

    Raises InvalidInput when `texts` is a single text, and CorpusError when there is none in it, an empty
    one, or one with half of a surrogate pair.
    """
    if isinstance(texts, str):
        raise InvalidInput(f"texts must be a list of texts, got {quoted(texts)}.")
    if not texts:
        raise CorpusError(f"{name}: there is no text in it.")
    for number, text in enumerate(texts, start=1):
        if not isinstance(text, str) or is_empty(text):
            raise CorpusError(f"{name}: text {number} is empty or not a text.")
        whole(text, f"{name}: text {number}")
    documents = tuple(Document(str(number), text) for number, text in enumerate(texts, start=1))
    return Corpus(name=name, title=title, documents=documents)
