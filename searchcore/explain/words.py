"""Words and sentences of a text, as places in it, so that a page can highlight them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Words are looked for in a string of kinds, one letter for each character of the text:
# w letter or emoji, d digit, m mark or joiner, q apostrophe, p point or comma, - anything else.
# After Unicode Annex 29: an apostrophe holds letters together (don't), a point or comma digits (3,520.5).
_WORD = re.compile(r"[wd][wdm]*(?:(?:q(?=[wd])|(?<=d)p(?=d))[wdm]+)*")
_APOSTROPHES = "'’"
_SKIN_TONES = range(0x1F3FB, 0x1F400)

_SENTENCE_END = re.compile(r"""(?:(?<=[.!?…])|(?<=[.!?…]["”’')]))\s++(?=\W{0,20}+[A-Z0-9])""")
_LEAST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Word:
    """One word and where it stands: characters `start` to `end` (exclusive) of its text, as Python counts them."""

    word: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of `text` in order.

    A combining mark, a joiner and an emoji stay with the word they touch; punctuation alone is no word.
    """
    kinds = "".join(map(_kind, text))
    return [Word(text[m.start() : m.end()], m.start(), m.end()) for m in _WORD.finditer(kinds)]


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] == "M" or category == "Cf" or ord(character) in _SKIN_TONES:
        return "m"
    if category[0] == "L" or category == "So":
        return "w"
    if category[0] == "N":
        return "d"
    if character in _APOSTROPHES:
        return "q"
    return "p" if character in ".," else "-"


def places_of(word: str, text: str) -> list[Word]:
    """Every place where `word` stands in `text` as a whole word, in any case.

    "fire" is found in "Fire's", whose apostrophe ends it, and not in "fires". A letter with an
    accent equals the same letter followed by a combining accent.
    """
    wanted = _folded(word)
    places = []
    for found in words_of(text):
        stem = re.split(f"[{_APOSTROPHES}]", found.word, maxsplit=1)[0]
        for part in (found.word, stem):
            if _folded(part) == wanted:
                places.append(Word(part, found.start, found.start + len(part)))
                break
    return places


def _folded(word: str) -> str:
    composed = unicodedata.normalize("NFC", word).casefold().replace("’", "'")
    return "".join(c for c in composed if unicodedata.category(c) != "Cf")


def sentences_of(text: str) -> list[str]:
    """The sentences of English `text`; a piece of fewer than four words ("Dr.") is joined to the next."""
    sentences: list[str] = []
    held = ""
    for piece in _SENTENCE_END.split(text.strip()):
        held = f"{held} {piece}".strip()
        if len(words_of(held)) >= _LEAST_WORDS:
            sentences.append(held)
            held = ""
    if held:
        sentences[-1:] = [" ".join([*sentences[-1:], held])]
    return sentences
