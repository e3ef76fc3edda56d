"""Two wordings of a query: which of their words differ, and in a few sentences what the other one changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from searchcore.evaluate import NDCG, Agreement, JudgedRanking
from searchcore.text import same_words
from searchcore.types import Corpus
from ui import words
from ui.draw import numbers
from ui.draw.template import fill
from ui.draw.terms import TAU, term
from ui.search.hits import short_title

# So many words of a query are compared and shown above its column: comparing takes long where many recur.
MOST_WORDS = 60
NOTHING_DIFFERS = "Both wordings say the same, so nothing differs."


def marked(query: str, other: str) -> Markup:
    """The first words of `query`, where those that `other` does not have there are marked."""
    here, there = (text.split() for text in (query, other))
    shown, compared = here[:MOST_WORDS], there[:MOST_WORDS]
    matcher = SequenceMatcher(
        None, [same_words(word) for word in shown], [same_words(word) for word in compared], False
    )
    parts = [_part(" ".join(shown[start:end]), tag != "equal") for tag, start, end, _, _ in matcher.get_opcodes()]
    rest = ["…"] if len(here) > MOST_WORDS else []
    return Markup(" ").join([*(part for part in parts if part), *rest])


def _part(text: str, differs: bool) -> Markup:
    return fill('<mark class="ss-differs">{}</mark>', text) if differs and text else escape(text)


def sentences(
    corpus: Corpus, queries: Sequence[str], found: Agreement, judged: Mapping[str, JudgedRanking], names: Sequence[str]
) -> Markup:
    """How much the rankings of two `queries` share, what moved most, how alike they are, and which is the better one.

    `names` are what the two are called, which is the key of their judgements.
    """
    alike = found.moved is None and found.shared_first == found.places
    if alike and len({same_words(query) for query in queries}) == 1:
        return escape(NOTHING_DIFFERS)
    said = [_shared(found), _moved(corpus, found)]
    if found.tau is not None:
        tau = numbers.change(found.tau, 2)
        said.append(fill("{} over the {} shared: {}.", term(TAU), f"{found.shared:,}", tau))
    said.append(_judged(judged, names))
    return Markup(" ").join(sentence for sentence in said if sentence)


def _shared(found: Agreement) -> str:
    number = {0: "none is", 1: "1 is"}.get(found.shared_first, f"{found.shared_first} are")
    if found.places == 1:
        return f"The first document is {'' if found.shared_first else 'not '}the same."
    return f"Of the first {found.places} documents, {number} shared."


def _moved(corpus: Corpus, found: Agreement) -> str:
    if not found.shared:
        return ""
    if found.moved is None:
        return "No shared document moved."
    return (
        f"“{short_title(corpus, found.moved.doc_id)}” moved most, from {found.moved.rank_before} to {found.moved.rank}."
    )


def _judged(judged: Mapping[str, JudgedRanking], names: Sequence[str]) -> str:
    if len(judged) == len(names):
        return f"{NDCG.name}: {', '.join(f'{name} {words.share(judged[name].ndcg)}' for name in names)}."
    return f"Only {next(iter(judged))} is judged." if judged else "Neither is judged."
