"""A search by chunks in a notebook: documents are cut there as they are here."""

from __future__ import annotations

from searchcore.ranking import BI_ENCODER
from ui.takehome.taken import TakenSearch

ABOUT = (
    "The bi-encoder reads chunks of the documents, and the best chunk of each counts (MaxP, Dai and Callan 2019). The "
    "cross-encoder reads whole documents."
)
ENCODE_CHUNKS = '''
def chunks(text):
    """Pieces of whole words, of at most WINDOW tokens each; the next one repeats up to OVERLAP of them."""
    read = encoder.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    starts, sizes, before = [], [], None
    for word, (start, _) in zip(read.word_ids(), read["offset_mapping"]):
        if word != before:
            starts.append(start)
            sizes.append(0)
        sizes[-1] += 1
        before = word
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
'''
RETRIEVE_CHUNKS = """
vector = encoder.encode(PROMPT + QUERY, normalize_embeddings=True)
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
