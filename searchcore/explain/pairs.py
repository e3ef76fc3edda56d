"""Pairs of a query and a document: those passed, checked, and those taken from the corpora at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from searchcore.checks import check_text
from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.types import Corpus

T = TypeVar("T")
FIRST_CHOICE = ("science", "movies")
GOOD_GRADE = 2


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A query of a corpus and a document that answers it."""

    corpus: str
    query_id: str
    query: str
    doc_id: str
    passage: str


def check_pairs(pairs: Any, most: int) -> list[tuple[str, str]]:
    """A list of 1 to `most` pairs (query, document), each text as in check_text. Raises InvalidInput."""
    if not isinstance(pairs, Sequence) or isinstance(pairs, str | bytes):
        raise InvalidInput(f"pairs must be a list of pairs of texts, got {quoted(pairs)}.")
    if not 1 <= len(pairs) <= most:
        raise InvalidInput(f"pairs must hold 1 to {most} pairs of texts, got {len(pairs):,}.")
    checked = []
    for number, pair in enumerate(pairs):
        if not isinstance(pair, Sequence) or isinstance(pair, str | bytes) or len(pair) != 2:  # noqa: PLR2004
            raise InvalidInput(f"pairs[{number}] must hold a query and a document, got {quoted(pair)}.")
        query, document = pair
        checked.append((check_text(query, f"pairs[{number}][0]"), check_text(document, f"pairs[{number}][1]")))
    return checked


def judged_pairs(engine: Engine, count: int = 20) -> list[JudgedPair]:
    """`count` pairs, as many as there are if fewer, shared out between the judged corpora `science` and `movies`.

    Where neither is there: between all judged corpora; where none is judged: prepared queries with
    documents in corpus order, whether they answer or not. Raises InvalidInput where there is no pair at all.
    """
    judged = {name: pairs for name, corpus in engine.corpora.items() if (pairs := relevant_pairs(corpus))}
    chosen = [judged[name] for name in FIRST_CHOICE if name in judged] or list(judged.values())
    if not chosen:
        chosen = [pairs for corpus in engine.corpora.values() if (pairs := _any_pairs(corpus))]
    if not chosen:
        raise InvalidInput("No corpus has a query, so there is no pair to try; please pass pairs of your own.")
    return _shared_out(chosen, count)


def relevant_pairs(corpus: Corpus) -> list[JudgedPair]:
    """Each judged query with its best document: of grade 2 or 3, or of grade 1 where the corpus knows no higher."""
    best = max((grade for grades in corpus.qrels.values() for grade in grades.values()), default=0)
    least = min(best, GOOD_GRADE)
    pairs = []
    for query in corpus.queries:
        grades = corpus.qrels.get(query.query_id, {})
        if least and max(grades.values(), default=0) >= least:
            doc_id = max(grades, key=lambda d: grades[d])
            passage = corpus.document(doc_id).passage
            pairs.append(JudgedPair(corpus.name, query.query_id, query.text, doc_id, passage))
    return pairs


def spread(items: Sequence[T], count: int) -> list[T]:
    """`count` of `items`, evenly spread from the first on, in order; all of them where there are no more."""
    if len(items) <= count:
        return list(items)
    return [items[i * len(items) // count] for i in range(count)]


def _any_pairs(corpus: Corpus) -> list[JudgedPair]:
    """Every prepared query with every document, the documents running faster."""
    return [
        JudgedPair(corpus.name, query.query_id, query.text, document.doc_id, document.passage)
        for query in corpus.queries
        for document in corpus.documents
    ]


def _shared_out(groups: list[list[JudgedPair]], count: int) -> list[JudgedPair]:
    """`count` pairs in like shares from each group; what a small group lacks, the others give."""
    chosen: list[JudgedPair] = []
    groups = sorted(groups, key=len)
    for position, group in enumerate(groups):
        share = (count - len(chosen)) // (len(groups) - position)
        chosen += spread(group, share)
    return chosen
