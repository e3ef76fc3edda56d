"""Texts as people mean them: whether there is anything in one, and whether two say the same."""

from __future__ import annotations

import unicodedata

# Single and double marks as keyboards, word processors and phones write them. They are told before NFKC, which takes
# some of them apart into a space and an accent.
_MARKS = str.maketrans(dict.fromkeys("’‘‚‛ʼʹ′＇`´", "'") | dict.fromkeys("“”„‟″＂«»", '"'))
# Spaces, line ends, control characters and format characters such as the zero-width space.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def visible(text: str) -> bool:
    """Whether `text` holds any character that can be seen."""
    return any(unicodedata.category(character) not in _UNSEEN for character in text)


def same_words(text: str) -> str:
    """`text` as it is compared with others: two texts of the same words have the same result.

    They may differ in case, in white space, in the kind of apostrophes and quotation marks, and in the form of their
    letters (composed or decomposed, wide or narrow: Unicode's NFKC).
    """
    plain = unicodedata.normalize("NFKC", text.translate(_MARKS)).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split())
