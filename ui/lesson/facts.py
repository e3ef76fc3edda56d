"""The facts of a live result that a lesson can name, by what is looked at."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchcore.explain import LengthExperiment, SimilarityMatrix, SwapExperiment, TokenSimilarity, WordInContext
from searchcore.explain.price import Price
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER
from ui import words
from ui.draw import numbers
from ui.hood.compare import Compared
from ui.lesson.claims import Fact, Find
from ui.search.hits import short_title
from ui.search.section import Found
from ui.state import CONTEXT, EVALUATE, HOOD, LENGTH, MATRIX, PAIR, PRICE, SWAP, TOKENS, PageState

SEARCHED = "a search"
NOT_RANKED = math.inf
DECIMALS = {BI_ENCODER: 4, CROSS_ENCODER: 2}


@dataclass(frozen=True, slots=True)
class Named:
    """A fact by its first word: which words follow, and how it is read from a result."""

    follows: tuple[str, ...]
    read: Callable[..., Fact]


def number(value: float, decimals: int = 0) -> Fact:
    """A fact that is a number."""
    return Fact(value, f"{value:,.{decimals}f}".replace("-", "−"))


def cosine(value: float) -> Fact:
    """A fact that is a cosine."""
    return Fact(value, numbers.cosine(value))


def logit(value: float) -> Fact:
    """A fact that is a logit."""
    return Fact(value, numbers.logit(value))


def _ranking(found: Found, method: str) -> Any:
    try:
        return found.result.rankings[method]
    except KeyError:
        raise ValueError(f"There is no ranking by “{method}”.") from None


def _rank(found: Found, method: str, doc_id: str) -> Fact:
    _document(found, doc_id)
    rank = next((hit.rank for hit in _ranking(found, method).hits if hit.doc_id == doc_id), None)
    return number(rank) if rank else Fact(NOT_RANKED, "nowhere")


def _score(found: Found, method: str, doc_id: str) -> Fact:
    score = next((hit.score for hit in _ranking(found, method).hits if hit.doc_id == doc_id), None)
    if score is None:
        raise ValueError(f"“{doc_id}” has no score by “{method}”.")
    return logit(score) if method == CROSS_ENCODER else number(score, DECIMALS.get(method, 2))


def _first(found: Found, method: str) -> Fact:
    hits = _ranking(found, method).hits
    if not hits:
        return Fact("", "no document")
    return Fact(hits[0].doc_id, f"“{short_title(found.result.corpus, hits[0].doc_id)}”")


def _ndcg(found: Found, method: str) -> Fact:
    if method not in found.judged:
        raise ValueError(f"The ranking by “{method}” is not judged.")
    return Fact(found.judged[method].ndcg, words.share(found.judged[method].ndcg))


def _ndcg_by_hand(found: Found, method: str) -> Fact:
    if method not in (found.hand or {}):
        raise ValueError(f"The ranking by “{method}” is not worked out by hand; the view needs look=hand.")
    ndcg = (found.hand or {})[method].ndcg
    return Fact(ndcg, words.share(ndcg))


def _passes(found: Found, method: str) -> Fact:
    return number(_ranking(found, method).passes_needed)


def _ranked(found: Found, method: str) -> Fact:
    return number(len(_ranking(found, method).hits))


def _metadata(found: Found, doc_id: str, key: str) -> Fact:
    try:
        value = found.result.corpus.document(doc_id).metadata[key]
    except KeyError:
        raise ValueError(f"Document “{doc_id}” has no “{key}”.") from None
    return Fact(value if isinstance(value, int | float) else str(value), str(value))


def _document(found: Found, doc_id: str) -> Fact:
    try:
        return Fact(doc_id, f"“{short_title(found.result.corpus, doc_id)}”")
    except KeyError:
        raise ValueError(f"There is no document “{doc_id}”.") from None


def _candidates(found: Found) -> Fact:
    return number(found.result.candidates_used)


def _documents(found: Found) -> Fact:
    return number(len(found.result.corpus))


def _read(compared: Compared, which: str) -> Fact:
    """The number of tokens of the query alone, of the document alone, or of both together."""
    inputs = compared.made.inputs
    parts = {
        "query": inputs[BI_ENCODER][0],
        "document": inputs[BI_ENCODER][1],
        "together": inputs[CROSS_ENCODER][0],
    }
    if which not in parts:
        raise ValueError(f"Tokens are those of {', '.join(parts)}, not of “{which}”.")
    return number(len(parts[which].tokens))


def _padding(compared: Compared) -> Fact:
    """How many tokens of the batch are padding, which the mask hides."""
    return number(sum(mask == 0 for each in compared.batch for mask in each.attention_mask))


def _place(text: str, size: int) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= size:
        raise ValueError(f"“{text}” is no place from 1 to {size}.")
    return int(text) - 1


def _cell(made: SimilarityMatrix | WordInContext, row: str, column: str) -> Fact:
    size = len(made.matrix)
    return cosine(float(made.matrix[_place(row, size), _place(column, size)]))


def _token_cell(made: TokenSimilarity, query_token: str, document_token: str) -> Fact:
    rows = [token.token for token in made.query_tokens]
    columns = [token.token for token in made.document_tokens]
    for token, tokens in ((query_token, rows), (document_token, columns)):
        if token not in tokens:
            raise ValueError(f"There is no token “{token}”.")
    return cosine(float(made.matrix[rows.index(query_token), columns.index(document_token)]))


def _vectors(made: TokenSimilarity, which: str) -> Fact:
    sides = {"query": made.query_tokens, "document": made.document_tokens}
    if which not in sides:
        raise ValueError(f"Vectors are those of {' or '.join(sides)}, not of “{which}”.")
    return number(len(sides[which]))


def _change(made: SwapExperiment, model: str) -> Fact:
    means = {words.short_name(name): value for name, value in made.mean_change().items()}
    if model not in means:
        raise ValueError(f"“{model}” is none of the models {', '.join(means)}.")
    return number(means[model], 2 if model == words.short_name(made.scorer) else 4)


def _reciprocal_rank(made: LengthExperiment, model: str, *condition: str) -> Fact:
    by_model = made.reciprocal_rank().get(" ".join(condition), {})
    means = {words.short_name(name): value for name, value in by_model.items()}
    if model not in means:
        raise ValueError(f"“{model}” in “{' '.join(condition)}” was not measured.")
    return Fact(means[model], words.share(means[model]))


WAYS = ("apart", "every-pair", "reranked")


def _way(way: str) -> None:
    if way not in WAYS:
        raise ValueError(f"A way is one of {', '.join(WAYS)}, not “{way}”.")


def _needed(price: Price, way: str) -> Fact:
    _way(way)
    return number(dict(zip(WAYS, (price.passes_bi, price.passes_cross, price.passes_rerank), strict=True))[way])


def _takes(price: Price, way: str) -> Fact:
    _way(way)
    seconds = dict(zip(WAYS, (price.seconds_bi, price.seconds_cross, price.seconds_rerank), strict=True))[way]
    return Fact(seconds, words.duration(seconds))


_METHOD, _DOC = "METHOD", "DOCUMENT"
OF_SEARCH = {
    "rank": Named((_METHOD, _DOC), _rank),
    "score": Named((_METHOD, _DOC), _score),
    "first": Named((_METHOD,), _first),
    "ndcg": Named((_METHOD,), _ndcg),
    "ndcg5": Named((_METHOD,), _ndcg_by_hand),
    "passes": Named((_METHOD,), _passes),
    "ranked": Named((_METHOD,), _ranked),
    "metadata": Named((_DOC, "KEY"), _metadata),
    "document": Named((_DOC,), _document),
    "candidates": Named((), _candidates),
    "documents": Named((), _documents),
}
FACTS: Mapping[str, Mapping[str, Named]] = {
    SEARCHED: OF_SEARCH,
    PAIR: {
        "cosine": Named((), lambda compared: cosine(compared.made.cosine)),
        "cosine-swapped": Named((), lambda compared: cosine(compared.made.cosine_swapped)),
        "logit": Named((), lambda compared: logit(compared.made.score)),
        "logit-swapped": Named((), lambda compared: logit(compared.made.score_swapped)),
        "tokens": Named(("query, document or together",), _read),
        "padding": Named((), _padding),
    },
    TOKENS: {
        "cosine": Named(("TOKEN", "TOKEN"), _token_cell),
        "pooled": Named((), lambda made: cosine(made.pooled_cosine)),
        "search": Named((), lambda made: cosine(made.cosine)),
        "vectors": Named(("query or document",), _vectors),
    },
    CONTEXT: {"cosine": Named(("PLACE", "PLACE"), _cell)},
    MATRIX: {"cosine": Named(("LINE", "LINE"), _cell)},
    SWAP: {"change": Named(("MODEL",), _change)},
    PRICE: {
        "passes": Named(("WAY",), _needed),
        "time": Named(("WAY",), _takes),
        "pass": Named((), lambda price: number(price.milliseconds_cross)),
    },
    LENGTH: {"reciprocal-rank": Named(("MODEL", "KIND", "OF", "SEARCH"), _reciprocal_rank)},
}


def looked_at(view: PageState) -> str:
    """What a view is, as FACTS names it; a view without facts of its own is its look."""
    if view.tab == HOOD:
        return view.look or PAIR
    return view.look if view.tab == EVALUATE else SEARCHED


def check_fact(view: PageState, fact: Sequence[str]) -> None:
    """Raises ValueError, with a sentence, where the view has no such fact."""
    known = FACTS.get(looked_at(view), {})
    if not fact or fact[0] not in known:
        raise ValueError(f"This view has no fact “{' '.join(fact)}”; it has {', '.join(known) or 'none'}.")
    follows = known[fact[0]].follows
    if len(fact) - 1 != len(follows):
        raise ValueError(f"“{' '.join(fact)}” must be {' '.join([fact[0], *follows])}.")


def finder(view: PageState, result: Any) -> Find:
    """Finds the facts of a live result."""

    def find(fact: Sequence[str]) -> Fact:
        check_fact(view, fact)
        return FACTS[looked_at(view)][fact[0]].read(result, *fact[1:])

    return find
