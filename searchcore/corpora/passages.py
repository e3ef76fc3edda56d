"""Cut long texts into passages, by whole sentences (library sentencex)."""

from __future__ import annotations

import sentencex

WORDS_IN_A_PASSAGE = 100
OVERLAP = 1
# Where words are not set apart, or are endless, so many characters count as one.
MOST_CHARACTERS_A_WORD = 8


def cut(text: str, words: int = WORDS_IN_A_PASSAGE, overlap: int = OVERLAP) -> list[str]:
    """`text` in passages of whole sentences, each about `words` words long; a text that is no longer stays one.

    A passage begins with the last `overlap` sentences of the one before it, so that what a sentence refers to is
    more often there. A sentence that is longer than `words` is cut by words.
    """
    sentences = [part for sentence in sentencex.segment("en", text) for part in _short(sentence.strip(), words) if part]
    if sum(map(_size, sentences)) <= words:
        return [text.strip()] if text.strip() else []
    passages: list[list[str]] = [[]]
    size = 0.0
    for sentence in sentences:
        length = _size(sentence)
        if size and size + length > words:
            repeated = _repeated(passages[-1], overlap, words - length)
            passages.append(repeated)
            size = sum(map(_size, repeated))
        passages[-1].append(sentence)
        size += length
    return [" ".join(passage) for passage in passages]


def _size(text: str) -> float:
    """In words."""
    return max(len(text.split()), len(text) / MOST_CHARACTERS_A_WORD)


def _short(sentence: str, words: int) -> list[str]:
    """A sentence in pieces of at most `words` words, and of as many characters as count for so many."""
    if _size(sentence) <= words:
        return [sentence]
    most = words * MOST_CHARACTERS_A_WORD
    pieces: list[list[str]] = [[]]
    characters = 0
    for word in sentence.split():
        for part in (word[start : start + most] for start in range(0, len(word), most)):
            if len(pieces[-1]) == words or characters + len(part) > most:
                pieces.append([])
                characters = 0
            pieces[-1].append(part)
            characters += len(part) + 1
    return [" ".join(piece) for piece in pieces]


def _repeated(passage: list[str], overlap: int, room: float) -> list[str]:
    """The last sentences of a passage, as many as fit before a new one; never all of it."""
    last = passage[max(1, len(passage) - overlap) :] if overlap else []
    while last and sum(map(_size, last)) > room:
        last = last[1:]
    return last
