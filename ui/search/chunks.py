"""What a bi-encoder's window does to long documents, and which chunk of each decided."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

from searchcore.ranking import Method
from searchcore.types import Chunk, Document, Ranking
from ui import words
from ui.draw.numbers import shortened
from ui.draw.template import fill
from ui.draw.terms import explained

CHUNK_CHARACTERS = 80


def reach(ranking: Ranking, method: Method) -> str:
    """How many documents are longer than what the model reads, and what chunks do to that; empty where none is."""
    reads = f"longer than the {ranking.window:,} tokens that the {method.title.lower()} reads"
    cut = ranking.chunking
    if cut is None:
        unread, shown = len(ranking.unread), words.count(len(ranking.hits), "document")
        are = "is" if unread == 1 else "are"
        return f"Of {shown} here, {unread} {are} {reads}." if unread and ranking.window else ""
    if cut.chunks == cut.documents:
        return f"No document is longer than a chunk of {cut.window} tokens, so nothing is cut."
    overlapping = f", which overlap by up to {cut.overlap}" if cut.overlap else ""
    made = f"{cut.chunks:,} chunks of at most {cut.window} tokens{overlapping}"
    if not cut.longer:
        return f"No document is {reads}; all the same they are cut into {made}."
    are = "is" if cut.longer == 1 else "are"
    documents = words.count(cut.documents, "document")
    return f"Of {documents}, {cut.longer:,} {are} {reads}; in {made}, all is read."


def reaches(rankings: Mapping[str, Ranking], methods: Mapping[str, Method]) -> str:
    """As `reach`, of all rankings that were made by chunks."""
    said = (reach(ranking, methods[key]) for key, ranking in rankings.items() if ranking.chunking is not None)
    return " ".join(said)


def reach_line(ranking: Ranking, method: Method) -> Markup:
    """`reach` as a line above a ranking."""
    said = reach(ranking, method)
    return fill('<p class="ss-how ss-reach">{}</p>', explained(said, "chunks")) if said else Markup("")


def deciding(chunk: Chunk | None) -> str:
    """ "Chunk 9 of 12 decided; whole: rank 6."; empty for a document that was not cut."""
    if chunk is None or chunk.of == 1:
        return ""
    whole = f"rank {chunk.rank_whole:,}" if chunk.rank_whole else "far below"
    return f"Chunk {chunk.number:,} of {chunk.of:,} decided; whole: {whole}."


def text_of(document: Document, chunk: Chunk | None) -> Markup:
    """The text, with the chunk that decided marked; what comes before it shows where the row is open."""
    before, inside, after = _parts(document, chunk)
    if not inside:
        return escape(document.text)
    return fill('<span class="ss-before">{}</span><mark>{}</mark>{}', before, inside, after)


def chunk_of(document: Document, chunk: Chunk | None) -> Markup:
    """The chunk alone, marked and short."""
    _, inside, _ = _parts(document, chunk)
    return fill("<mark>{}</mark>", shortened(inside, CHUNK_CHARACTERS)) if inside else Markup("")


def _parts(document: Document, chunk: Chunk | None) -> tuple[str, str, str]:
    """The text before the chunk, in it and after it; nothing in it where it is not cut, or of the title alone."""
    if chunk is None or chunk.of == 1:
        return document.text, "", ""
    title = len(document.passage) - len(document.text)
    start, end = max(chunk.start - title, 0), max(chunk.end - title, 0)
    inside = document.text[start:end].rstrip()
    return document.text[:start], inside, document.text[start + len(inside) :]
