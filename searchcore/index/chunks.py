"""Long documents cut into chunks, so that nothing lies beyond a bi-encoder's window.

A document counts by the best of its chunks: MaxP, Dai and Callan 2019.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from searchcore.errors import InvalidInput, quoted
from searchcore.index.vector_index import Positions, VectorIndex
from searchcore.models.protocols import Encoder
from searchcore.types import Corpus, Document

MAX_CHUNKS = 20_000
Words = Sequence[tuple[int, int]]
"""Where each word of a text begins, and how many tokens it is read in."""


def spans(words: Words, window: int, overlap: int, length: int) -> list[tuple[int, int]]:
    """The chunks of a text of `length` characters as (start, end), each of at most `window` tokens.

    Cut is between words, so that a chunk has the very tokens that its part of the text has; a word of more tokens is a
    chunk by itself. The next chunk begins with the last words of the one before, of at most `overlap` tokens. A chunk
    ends where the next word begins, so that every character is in one. A text that is no longer stays one chunk.
    """
    starts, ends = [0], list[int]()
    first = 0
    while True:
        end, size = first, 0
        while end < len(words) and (end == first or size + words[end][1] <= window):
            size += words[end][1]
            end += 1
        if end == len(words):
            return list(zip(starts, [*ends, length], strict=True))
        ends.append(words[end][0])
        # What is repeated leaves room for the next word.
        begin, repeated, most = end, 0, min(overlap, window - words[end][1])
        while begin > first + 1 and repeated + words[begin - 1][1] <= most:
            begin -= 1
            repeated += words[begin][1]
        starts.append(words[begin][0])
        first = begin


@dataclass(frozen=True, slots=True, eq=False)
class Chunks:
    """The chunks of a corpus: `spans` (chunks, 2) are characters of the passages, in corpus order.

    Those of document i are the rows from `offsets[i]` to `offsets[i + 1]`. Each has at most `window` tokens, of which
    `overlap` may be those of the one before. `longer` documents have more tokens than the encoder reads at once.
    """

    window: int
    overlap: int
    spans: NDArray[np.int64]
    offsets: NDArray[np.int64]
    longer: int

    def __len__(self) -> int:
        """How many chunks there are."""
        return len(self.spans)

    @property
    def whole(self) -> bool:
        """Whether no document is cut."""
        return len(self) == len(self.offsets) - 1

    def corpus(self, of: Corpus) -> Corpus:
        """The chunks as documents of a corpus of their own; they are kept on disk where those of `of` are."""
        owners = np.repeat(np.arange(len(of)), np.diff(self.offsets)).tolist()
        numbers = (np.arange(len(self)) - self.offsets[owners]).tolist()
        cut = zip(owners, numbers, self.spans.tolist(), strict=True)
        documents = (
            # The last word is the number, so that no two ids are the same.
            Document(f"{of.documents[owner].doc_id} {number + 1}", of.documents[owner].passage[start:end])
            for owner, number, (start, end) in cut
        )
        return Corpus(of.name, tuple(documents), of.title, shared=of.shared)

    def best(
        self, index: VectorIndex, vector: NDArray[np.floating], count: int, among: Positions | None = None
    ) -> list[tuple[int, int, float]]:
        """The `count` best documents, each by the best of its chunks: (position, chunk, cosine), best first.

        `index` is over the chunks; `among` leaves only the documents at those positions. Ties in corpus order, and
        within a document its first chunk.
        """
        places = None if among is None else self._chunks_of(among)
        there = len(self) if places is None else len(places)
        asked = count
        while True:
            # A document may have several of the best chunks: ask for more until there are enough documents.
            asked = min(2 * asked, there)
            [chunks], [cosines] = index.search(vector[None, :], asked, places)
            owners = np.searchsorted(self.offsets, chunks, side="right") - 1
            _, firsts = np.unique(owners, return_index=True)
            if len(firsts) >= count or asked == there:
                kept = np.sort(firsts)[:count]
                return list(zip(owners[kept].tolist(), chunks[kept].tolist(), cosines[kept].tolist(), strict=True))

    def _chunks_of(self, positions: Positions) -> NDArray[np.int64]:
        return np.concatenate([np.arange(self.offsets[each], self.offsets[each + 1]) for each in positions])


def cut(corpus: Corpus, encoder: Encoder, window: int, overlap: int, counted: Iterable[Document]) -> Chunks:
    """The chunks of `corpus`; `counted` are its documents, handed out one by one so that the work can be watched.

    A chunk is never longer than what the encoder reads. Raises InvalidInput beyond 20,000 chunks.
    """
    # Tokens such as [CLS] and [SEP], which a model adds, share its window.
    room = max(1, encoder.window - sum(place is None for place in encoder.offsets("a")))
    window = min(window, room)
    overlap = min(overlap, window // 2)
    found: list[tuple[int, int]] = []
    offsets, longer = [0], 0
    for document in counted:
        words = encoder.words(document.passage)
        longer += sum(tokens for _, tokens in words) > room
        found += spans(words, window, overlap, len(document.passage))
        offsets.append(len(found))
        if len(found) + len(corpus) - (len(offsets) - 1) > MAX_CHUNKS:
            raise InvalidInput(
                f"corpus {quoted(corpus.name)} has more than {MAX_CHUNKS:,} chunks of {window} tokens; please choose "
                "longer ones, or whole documents."
            )
    return Chunks(window, overlap, np.array(found, dtype=np.int64), np.array(offsets, dtype=np.int64), longer)
