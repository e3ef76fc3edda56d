"""Occlusion: leave one word out, score again, and see how far the score falls.

Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks (occlusion, on images);
Li, Monroe and Jurafsky 2016, Understanding Neural Networks through Representation Erasure (words).
It shows what the number depends on around this one pair of texts; it does not prove why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from searchcore.checks import check_text
from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.explain.words import Word, words_of
from searchcore.explain.work import cosines, encoded, loaded_encoder
from searchcore.index import COSINE_DECIMALS
from searchcore.running import Work, finish

MAX_WORDS = 128
OCCLUSION_CITATIONS = (
    "Zeiler and Fergus 2014, Visualizing and Understanding Convolutional Networks",
    "Li, Monroe and Jurafsky 2016, Understanding Neural Networks through Representation Erasure",
)
Side = Literal["query", "document"]


@dataclass(frozen=True, slots=True)
class WordEffect:
    """What leaving out one word does.

    The word is characters `start` to `end` (exclusive) of `Occlusion.query` or `.document`. A drop is
    the full number minus the number without the word: above 0, the word raises the number; below 0, it
    lowers it. `only_word`: without it no word is left, and the model was compared with what
    remains, an empty text or bare punctuation, which it was never trained on.
    """

    side: Side
    word: str
    start: int
    end: int
    cosine_drop: float
    score_drop: float
    only_word: bool = False


@dataclass(frozen=True, slots=True)
class Occlusion:
    """The effect of every word of two texts on cosine and score (a logit).

    `words` stand in order, the query's first. `words_skipped` says for "query" and "document" how many
    words come after the first 128 and were not left out.
    """

    query: str
    document: str
    encoder: str
    scorer: str
    cosine: float
    score: float
    words: tuple[WordEffect, ...]
    words_skipped: Mapping[str, int]

    def of(self, side: Side) -> tuple[WordEffect, ...]:
        """The words of one text, in order."""
        return tuple(effect for effect in self.words if effect.side == side)

    def ranked(self, by: str = "score") -> list[WordEffect]:
        """All words, the largest drop of "score" or "cosine" first; ties in reading order."""
        if by not in ("score", "cosine"):
            raise InvalidInput(f"by must be score or cosine, got {quoted(by)}.")
        return sorted(self.words, key=lambda e: -(e.score_drop if by == "score" else e.cosine_drop))

    def as_json(self) -> dict[str, Any]:
        """Everything as plain lists and dicts."""
        return {**asdict(self), "words": [asdict(effect) for effect in self.words]}


def occlusion(
    engine: Engine, query: str, document: str, encoder: str | None = None, scorer: str | None = None
) -> Occlusion:
    """Leave out each word of both texts in turn (at most 128 words a text) and compare. Raises SearchError."""
    return finish(occlusion_steps(engine, query, document, encoder, scorer))


def occlusion_steps(
    engine: Engine, query: str, document: str, encoder: str | None = None, scorer: str | None = None
) -> Work[Occlusion]:
    """As `occlusion`, with progress on the way; closing it stops the work."""
    query, document = check_text(query, "query"), check_text(document, "document")
    query_words, document_words = words_of(query), words_of(document)
    queries = [query, *_without_each(query, query_words)]
    documents = [document, *_without_each(document, document_words)]

    bi_encoder = yield from loaded_encoder(engine, encoder)
    query_vectors = yield from encoded(engine, bi_encoder, queries, as_query=True)
    document_vectors = yield from encoded(engine, bi_encoder, documents)
    by_query = cosines(query_vectors, document_vectors[:1])[:, 0]
    by_document = cosines(query_vectors[:1], document_vectors)[0]

    pairs = [(text, document) for text in queries] + [(query, text) for text in documents[1:]]
    scores = yield from engine.score_pairs(pairs, scorer)
    full, without = scores[0], scores[1:]
    cosines_without = [*by_query[1:], *by_document[1:]]
    drops = [
        (round(float(by_query[0] - cosine), COSINE_DECIMALS), full - score)
        for cosine, score in zip(cosines_without, without, strict=True)
    ]
    split = len(queries) - 1
    effects = _effects("query", query_words, drops[:split]) + _effects("document", document_words, drops[split:])
    return Occlusion(
        query,
        document,
        bi_encoder.name,
        engine.scorer(scorer).name,
        float(by_query[0]),
        full,
        tuple(effects),
        {
            "query": max(0, len(query_words) - MAX_WORDS),
            "document": max(0, len(document_words) - MAX_WORDS),
        },
    )


def _without_each(text: str, words: list[Word]) -> list[str]:
    """`text` without its first word, without its second, ..., for at most 128 words."""
    return [(text[: word.start] + text[word.end :]).strip() for word in words[:MAX_WORDS]]


def _effects(side: Side, words: list[Word], drops: list[tuple[float, float]]) -> list[WordEffect]:
    return [
        WordEffect(side, word.word, word.start, word.end, cosine, score, only_word=len(words) == 1)
        for word, (cosine, score) in zip(words, drops, strict=False)
    ]
