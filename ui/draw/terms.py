"""Words of the field, explained where they stand: on hover, on focus and on touch."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from searchcore.evaluate import AT_FIVE, MEASURES, description
from ui.draw.template import fill, joined

TAU = "Kendall’s tau"
EXPLANATIONS = {
    "cosine": "How alike the directions of two vectors are: 1 the same, 0 nothing in common. It compares texts that "
    "were read apart.",
    "logit": "The number that comes out of the cross-encoder, without a unit. It puts the passages of one query in "
    "order; between two queries it can’t be compared.",
    "probability": "The logit squeezed between 0 and 1 by the sigmoid. The model was not calibrated: .9 does not mean "
    "right nine times out of ten.",
    "BM25": "A sum over the words that query and document share: rare words count more, long documents less.",
    "RM3": "The words of the documents found first are added to the query, each by its weight. These are "
    "taken to be relevant, whether they are or not (Abdul-Jaleel and others 2004).",
    "Rocchio": "The query’s vector is moved towards the mean of the nearest documents, which are taken to be relevant; "
    "then everything is searched again (Rocchio 1971).",
    "MaxSim": "Each token of the query looks for its nearest token in the document; the best cosines are added up.",
    "reciprocal ranks": "1 / (60 + rank), added up over the rankings that are fused: a place high up in any counts. "
    "On 12,199 films with 105 judged queries, fusing BM25 and the bi-encoder made the top no better (nDCG@10 .564 to "
    ".566, p = .91) but found more for a reranker (recall@20 .669 to .693).",
    "min-max score": "The scores of each ranking that is fused, brought to 0 for its lowest and 1 for its highest, "
    "and averaged.",
    "pass": "One run of a transformer over one input. Passes don’t depend on the machine, seconds do.",
    "candidates": "The documents that the first ranking hands on. What is not among them, no reranker ever sees.",
    "frontier": "The ways to search that no other beats: none is as good and faster, or as fast and better.",
    "token": "A piece of text with a number: a word or a part of one. Models read tokens, not words.",
    "chunks": "Pieces of a document, cut between words. Each has a vector of its own, and the best one counts for the "
    "document (MaxP; Dai and Callan 2019).",
    "vector": "A list of numbers that stands for a text; near means alike in meaning.",
    "[CLS]": "A token put before every input. The cross-encoder’s score is read off at its place.",
    "[SEP]": "A token put between the two texts of a pair, and at the end.",
    "window": "The most tokens that a model reads of one input; what comes after is cut off.",
    "attention mask": "1 where the model looks, 0 where it must not: at padding.",
    TAU: "How alike two orders of the same documents are: 1 the same, 0 unrelated, −1 reversed. It counts the pairs "
    "that stand the same way round in both.",
    "DCG": "Discounted cumulative gain: what the documents are worth, summed, each counting less the lower it stands.",
    "grade": "A person’s judgement of a document for this query, from 0 (not relevant) to 3 (answers it).",
}


MEASURE_NAMES = (*(measure.name for measure in MEASURES), AT_FIVE)


def explanations() -> dict[str, str]:
    """What each word means; a measure’s own description comes from the library that computes it."""
    return EXPLANATIONS | {name: description(name) for name in MEASURE_NAMES}


def definitions() -> Markup:
    """All of them as a list, which the words on the page point at."""
    items = joined(
        fill('<dt>{}</dt><dd id="{}">{}</dd>', word, _id(word), said) for word, said in explanations().items()
    )
    return fill('<dl class="ss-definitions">{}</dl>', items)


def term(word: str, shown: str = "") -> Markup:
    """A word that explains itself, shown as it is or as `shown`; one that nobody explains is just that word."""
    if word not in EXPLANATIONS and word not in MEASURE_NAMES:
        return escape(shown or word)
    return fill('<button type="button" class="ss-term" aria-describedby="{}">{}</button>', _id(word), shown or word)


def explained(text: str, *words: str) -> Markup:
    """`text` in which each of `words` explains itself where it stands first."""
    marked = escape(text)
    for word in words:
        marked = Markup(marked.replace(escape(word), term(word), 1))  # noqa: S704 - both are escaped
    return marked


def _id(word: str) -> str:
    return "ss-term-" + re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")
