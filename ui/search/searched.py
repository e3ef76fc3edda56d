"""What a method made of a query: the words looked for and left out, and what the query was expanded by."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from searchcore.types import Corpus, Expansion, Ranking, WeightedTerm
from ui import words
from ui.draw.numbers import cosine, shortened
from ui.draw.template import fill
from ui.draw.terms import explained
from ui.search.hits import short_title

MOST_WORDS = 20
WORD_CHARACTERS = 40
RM3, ROCCHIO = "RM3", "Rocchio"


def searched(ranking: Ranking) -> Markup:
    """ "searched for: vitamin, d; left out: the"; nothing for a method that reads no words."""
    read = ranking.words
    if read is None or not read.searched_for:
        return Markup("")
    said = f"searched for: {_words(read.searched_for)}"
    if read.left_out:
        said += f"; left out: {_words(read.left_out)}"
    return fill('<p class="ss-how ss-searched">{}</p>', said)


def expanded(ranking: Ranking, corpus: Corpus) -> Markup:
    """What the query was expanded by; nothing where that was not asked for."""
    if ranking.expansion is None:
        return Markup("")
    # The name stands first, before any word of a document.
    said = explained(expansion_sentence(ranking.expansion, corpus), RM3 if ranking.expansion.terms else ROCCHIO)
    return fill('<p class="ss-how ss-searched ss-expanded">{}</p>', said)


def expansion_sentence(made: Expansion, corpus: Corpus) -> str:
    """ "RM3, from the first 10: war .370; added: village .043", "Rocchio moved the query towards …", or why nothing."""
    if made.why_not:
        return made.why_not
    if made.cosine is not None:
        towards = ", ".join(f"“{short_title(corpus, doc_id)}”" for doc_id in made.documents)
        return f"{ROCCHIO} moved the query towards {towards}: cosine of the old and the new query {cosine(made.cosine)}"
    own = _listed([_weighted(term) for term in made.terms if not term.added])
    added = _listed([_weighted(term) for term in made.terms if term.added])
    return f"{RM3}, from the first {len(made.documents)}: {own}; added: {added or 'no other word'}"


def _words(read: Sequence[str]) -> str:
    return _listed([shortened(word, WORD_CHARACTERS) for word in read])


def _weighted(term: WeightedTerm) -> str:
    return f"{shortened(term.text, WORD_CHARACTERS)} {words.share(term.weight)}"


def _listed(shown: Sequence[str]) -> str:
    first = ", ".join(shown[:MOST_WORDS])
    return first if len(shown) <= MOST_WORDS else f"{first} and {len(shown) - MOST_WORDS} more"
