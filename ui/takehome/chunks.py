"""A search by chunks in a notebook: documents are cut there as they are here."""

from __future__ import annotations

from searchcore.models.tokens import MOST_JOINED_TOKENS
from searchcore.ranking import BI_ENCODER
from ui.takehome.taken import TakenSearch

ABOUT = (
    "The bi-encoder reads chunks of the documents, and the best chunk of each counts (MaxP, Dai and Callan 2019). The "
    "cross-encoder reads whole documents."
)
ENCODE_CHUNKS = '''
from itertools import groupby

def chunks(text):
    """Pieces of whole words, of at most WINDOW tokens each; the next one repeats up to OVERLAP of them."""
    read = encoder.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    starts, sizes, before = [], [], 0
    for _, pieces in groupby(zip(read.word_ids(), read["offset_mapping"]), key=lambda piece: piece[0]):
        places = [place for _, place in pieces]
        start, size = places[0][0], len(places)
        # Punctuation stays with the word that it touches, up to a few tokens.
        touches = sizes and start == before and not (text[start - 1].isalnum() and text[start].isalnum())
        if touches and sizes[-1] + size <= MOST_JOINED:
            sizes[-1] += size
        else:
            starts.append(start)
            sizes.append(size)
        before = places[-1][1]
    starts.append(len(text))
    pieces, first = [], 0
    while True:
        end, size = first, 0
        while end < len(sizes) and (end == first or size + sizes[end] <= WINDOW):
            size += sizes[end]
            end += 1
        pieces.append(text[starts[first]:starts[end]])
        if end == len(sizes):
            return pieces
        begin, repeated, most = end, 0, min(OVERLAP, WINDOW - sizes[end])
        while begin > first + 1 and repeated + sizes[begin - 1] <= most:
            begin -= 1
            repeated += sizes[begin]
        first = begin

pieces = [(row, piece) for row, passage in rows["passage"].items() for piece in chunks(passage)]
vectors = encoder.encode([piece for _, piece in pieces], normalize_embeddings=True, show_progress_bar=False)
'''.replace("MOST_JOINED", str(MOST_JOINED_TOKENS))
RETRIEVE_CHUNKS = """
rows["cosine"] = pd.Series((vectors @ vector).round(6)).groupby([row for row, _ in pieces]).max()
"""


def chunks_of(taken: TakenSearch) -> dict[str, int]:
    """The window and the overlap of the search's chunks; nothing where the bi-encoder read whole documents."""
    asked = taken.state.options
    if not asked.window:
        return {}
    ranking = taken.result.rankings.get(BI_ENCODER)
    made = (ranking.chunking if ranking is not None else None) or asked
    return {"WINDOW": made.window, "OVERLAP": made.overlap}
