"""Texts as people mean them: whether there is anything in one, and whether two say the same."""

from __future__ import annotations

import unicodedata

# Single and double marks as keyboards, word processors and phones write them. They are told before NFKC, which takes
# some of them apart into a space and an accent.
_MARKS = str.maketrans(dict.fromkeys("’‘‚‛ʼʹ′＇`´", "'") | dict.fromkeys("“”„‟″＂«»", '"'))
# Spaces, control and format characters, and marks without a letter to stand on.
SHOW_NOTHING = ("Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me")
# Letters and one symbol that are drawn as nothing: the fillers of Hangul and the blank of Braille.
FILLERS = "\u115f\u1160\u3164\uffa0\u2800"


def visible(text: str) -> bool:
    """Whether anything of `text` can be seen: more than white space, zero-width and control characters, and marks."""
    return not all(unicodedata.category(c) in SHOW_NOTHING or c in FILLERS for c in text)


def same_words(text: str) -> str:
    """`text` as it is compared with others: two texts of the same words have the same result.

    They may differ in case, in white space, in the kind of apostrophes and quotation marks, and in the form of their
    letters (composed or decomposed, wide or narrow: Unicode's NFKC).
    """
    plain = unicodedata.normalize("NFKC", text.translate(_MARKS)).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split())
