"""One word in several sentences: a contextual model gives it another vector each time.

A static vector (word2vec: Mikolov et al. 2013) belongs to the word alone and could not differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchcore.checks import check_text, check_texts
from searchcore.engine import Engine
from searchcore.errors import InvalidInput, quoted
from searchcore.explain.words import Word, places_of, words_of
from searchcore.explain.work import cosines, loaded_encoder, plain, unit
from searchcore.models import Encoder
from searchcore.running import Work, finish
from searchcore.types import Progress

MAX_SENTENCES = 50
MAX_OCCURRENCES = 100


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place of the word: characters `start` to `end` (exclusive) of `sentences[sentence]`, read as `pieces`."""

    sentence: int
    start: int
    end: int
    word: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class WordInContext:
    """The vectors of one word compared across sentences.

    `matrix` (occurrences, occurrences) holds cosines of the last hidden states; where the model cuts
    the word into pieces, of their mean. Sentences are counted from 0: `absent` are those without the
    word, `unread` those where it stands at least once beyond the model's window. At most 100 occurrences are
    compared; `occurrences_skipped` says how many more there are.
    """

    word: str
    encoder: str
    sentences: tuple[str, ...]
    occurrences: tuple[Occurrence, ...]
    matrix: NDArray[np.float64]
    absent: tuple[int, ...]
    unread: tuple[int, ...]
    occurrences_skipped: int

    @property
    def statement(self) -> str:
        """Where the word was not found, in plain sentences that count from 1; empty if there is nothing to say."""
        parts = []
        if len(self.absent) == len(self.sentences):
            parts.append(f"{quoted(self.word)} does not occur in any sentence.")
        elif self.absent:
            parts.append(f"{quoted(self.word)} does not occur in {_numbered(self.absent)}.")
        if self.unread:
            parts.append(f"In {_numbered(self.unread)} it stands where the model does not read.")
        if self.occurrences_skipped:
            parts.append(f"{self.occurrences_skipped:,} more occurrences were left out.")
        return " ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """Everything as plain lists and dicts."""
        return {
            "model": self.encoder,
            "word": self.word,
            "occurrences": [asdict(occurrence) for occurrence in self.occurrences],
            "matrix": plain(self.matrix),
            "absent": list(self.absent),
            "unread": list(self.unread),
            "occurrences_skipped": self.occurrences_skipped,
            "statement": self.statement,
        }


def word_in_context(engine: Engine, word: str, sentences: Sequence[str], encoder: str | None = None) -> WordInContext:
    """Compare one word, in any case, across 1 to 50 sentences. Raises SearchError.

    A word that does not occur is a result without occurrences, whose `statement` says so.
    """
    return finish(word_in_context_steps(engine, word, sentences, encoder))


def word_in_context_steps(
    engine: Engine, word: str, sentences: Sequence[str], encoder: str | None = None
) -> Work[WordInContext]:
    """As `word_in_context`, with progress on the way."""
    word = _check_word(word)
    texts = check_texts(sentences, "sentences", least=1, most=MAX_SENTENCES)
    model = yield from loaded_encoder(engine, encoder)
    occurrences: list[Occurrence] = []
    vectors: list[NDArray[np.float64]] = []
    absent, unread = [], []
    for number, text in enumerate(texts):
        yield Progress("embedding", model.name, number, len(texts))
        places = places_of(word, text)
        if not places:
            absent.append(number)
            continue
        states = yield from engine.resources.token_vectors(model, text)
        found = _occurrences(model, states, places, number, text)
        if len(found) < len(places):
            unread.append(number)
        occurrences += [occurrence for occurrence, _ in found]
        # What is beyond the bound is counted only: its vectors would not be compared.
        vectors += [vector for _, vector in found[: MAX_OCCURRENCES - len(vectors)]]
    kept = len(vectors)
    return WordInContext(
        word,
        model.name,
        tuple(texts),
        tuple(occurrences[:kept]),
        cosines(np.stack(vectors), np.stack(vectors)) if vectors else np.zeros((0, 0)),
        tuple(absent),
        tuple(unread),
        len(occurrences) - kept,
    )


def _check_word(word: Any) -> str:
    text = check_text(word, "word")
    words = words_of(text)
    if len(words) != 1:
        raise InvalidInput(f"word must be one word, got {quoted(text)}.")
    return words[0].word


def _occurrences(
    model: Encoder, states: NDArray[np.floating], places: Sequence[Word], number: int, text: str
) -> list[tuple[Occurrence, NDArray[np.float64]]]:
    """Those places in one sentence that the model reads, each with its unit vector (dimensions,).

    `states` (tokens, dimensions) are the token vectors of `text`.
    """
    tokens, offsets = model.read(text).tokens, model.offsets(text)
    found = []
    for place in places:
        rows = [i for i, span in enumerate(offsets) if span and span[0] < place.end and span[1] > place.start]
        if rows:
            pieces = tuple(tokens[i] for i in rows)
            vector = unit(np.asarray(states[rows], dtype=np.float64).mean(axis=0))
            found.append((Occurrence(number, place.start, place.end, place.word, pieces), vector))
    return found


def _numbered(sentences: Sequence[int]) -> str:
    """As "sentence 2" or "sentences 2, 4 and 5"."""
    numbers = [str(number + 1) for number in sentences]
    if len(numbers) == 1:
        return f"sentence {numbers[0]}"
    return f"sentences {', '.join(numbers[:-1])} and {numbers[-1]}"
