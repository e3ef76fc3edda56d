"""The words that keyword search reads in a text: Unicode's word rules, and pairs of characters where no space divides.

Pure functions; stemming is not done here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import regex
from bm25s.stopwords import STOPWORDS_EN

STOP_WORDS = frozenset(STOPWORDS_EN)

# Typed in many ways, read in one: hyphens and the dash of a range, and what is typed for an apostrophe.
_ALIKE = str.maketrans({**dict.fromkeys("‐‑‒–−", "-"), **dict.fromkeys("’‘ʼ`´", "'"), **dict.fromkeys("™℠", " ")})
# Soft hyphens, joiners, skin tones: they change no word. A zero-width space divides words and stays.
_UNSEEN = regex.compile(r"(?V1)[\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}--\u200b]+")
_ACCENTS = regex.compile(r"(\p{Latin})\p{Mn}+")

# Scripts whose words no space divides (SA: Thai, Lao, Khmer, Myanmar and more), and Korean, where particles cling to
# words; and flags, two letters each. Where the script changes, a word often ends: 猫|が, 東京|タワー.
_UNDIVIDED = regex.compile(
    r"((?:\p{Han}\p{M}*)+|(?:[\p{Hiragana}ー]\p{M}*)+|(?:[\p{Katakana}ー]\p{M}*)+"
    r"|(?:\p{Hangul}\p{M}*)+|(?:\p{Line_Break=SA}\p{M}*)+|\p{Regional_Indicator}+)"
)
_CHARACTER = regex.compile(r"\p{Regional_Indicator}{1,2}|\X")

# With (?w), \b is a boundary of Unicode Standard Annex 29: don't, O'Neill, 3.14 and U.S.A are one word each.
# On top of it one hyphen, & or @ joins words (X-Men, AT&T), and C++ and C# keep their signs.
_WORD = r"\b[\p{L}\p{N}\p{Word_Break=ALetter}\p{Extended_Pictographic}_].*?\b"
_DIVIDED = regex.compile(rf"(?w){_WORD}(?:[-&@]{_WORD})*(?:\+\+|[+#](?![\p{{L}}\p{{N}}]))?", regex.DOTALL)
_OWNED = regex.compile(r"'(?:s|ll|re|ve|d|m)$")
_NOT = "n't"
_ACRONYM = regex.compile(r"\p{L}(?:\.\p{L})+")
# What divides a word into parts; the apostrophe of "don't" does not.
_BETWEEN_PARTS = regex.compile(r"[-&@_+#.:·,;]+|'(?!t$|t[-&@_])")


class Word(NamedTuple):
    """One word, as `text` in one spelling, and what it is found by.

    `terms` are what the length of a text is counted in. The `further` ones are looked for, too: a word of parts as a
    whole, an acronym, a single character. By its `characters` a word can be found, but they are not looked for.
    """

    text: str
    terms: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    stop: bool = False


def read(text: str) -> list[Word]:
    """The words of `text` in order.

    Case, composed and decomposed letters, full and half width (NFKC), and accents on Latin letters make no difference.
    A word of parts is found whole and by each part: "X-Men" as "x-men", "x" and "men". Where no space divides words,
    a run of characters is looked for by its pairs, and can be found by each character, too.
    """
    return [word for piece in text.split() for word in _words(_folded(piece))]


def _folded(text: str) -> str:
    """One spelling for all that read alike (NFKC and case folding), without accents on Latin letters."""
    if text.isascii():
        return text.lower().translate(_ALIKE)
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).translate(_ALIKE))
    apart = unicodedata.normalize("NFKD", apart.casefold())
    return unicodedata.normalize("NFKC", _ACCENTS.sub(r"\1", _UNSEEN.sub("", apart)))


def _words(text: str) -> Iterator[Word]:
    for number, run in enumerate(_UNDIVIDED.split(text)):
        if number % 2:
            yield _undivided(run)
        else:
            yield from filter(None, map(_divided, _DIVIDED.findall(run)))


def _undivided(run: str) -> Word:
    characters = tuple(_CHARACTER.findall(run))
    if len(characters) == 1:
        return Word(run, further=characters)
    return Word(run, tuple(one + other for one, other in pairwise(characters)), characters=characters)


def _divided(text: str) -> Word | None:
    """A word of a script with spaces; None where underscores were all that made it one."""
    if "_" in (text[0], text[-1]) and not _DIVIDED.fullmatch(text := text.strip("_")):
        return None
    word = _OWNED.sub("", text)
    if word in STOP_WORDS or word.removesuffix(_NOT) in STOP_WORDS:
        return Word(text, (word,), stop=True)
    if word.isalpha():
        return Word(text, (word,)) if len(word) > 1 else Word(text, further=(word,))
    parts = [part.replace("'", "") for part in _BETWEEN_PARTS.split(word) if part]
    if not parts:
        return None
    if _ACRONYM.fullmatch(word) and (acronym := "".join(parts)) not in STOP_WORDS:
        return Word(text, further=(acronym,))
    sign = word[len(word.rstrip("+#")) :]
    whole = ("-".join(parts) + sign,) if len(parts) > 1 or sign else ()
    spoken = [part for part in parts if part not in STOP_WORDS]
    return Word(
        text,
        tuple(part for part in spoken if len(part) > 1),
        whole + tuple(part for part in spoken if len(part) == 1),
    )
