"""Two texts, two models: what each read, what it says, and whether it matters which text is the query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchcore.checks import check_text
from searchcore.engine import Engine
from searchcore.explain.pairs import check_pairs
from searchcore.explain.work import loaded_encoder, role_cosines
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER
from searchcore.running import Work, finish
from searchcore.types import ModelInput, sigmoid

MAX_BATCH_PAIRS = 8
# A cosine has no zero point of its own. Below the first number of a band texts have, by our own trials,
# little to do with each other; above the second they mean much the same. Each model has its own band.
DEFAULT_BAND = (0.3, 0.5)
BANDS: Mapping[str, tuple[float, float]] = {
    "BAAI/bge-small-en-v1.5": (0.55, 0.7),
    "google-bert/bert-base-uncased": (0.7, 0.85),
}
# What can't be seen with the decimals shown counts as no change.
SAME_COSINE = 0.00005
SAME_SCORE = 0.005


@dataclass(frozen=True, slots=True)
class Example:
    """Two texts worth comparing, and what to look for."""

    name: str
    title: str
    query: str
    document: str
    look_for: str


EXAMPLES = (
    Example(
        "answer",
        "A question and its answer",
        "How long do cats sleep?",
        "Felines spend around fifteen hours a day in slumber.",
        "No word in common. Swap the two: a question does not answer a fact.",
    ),
    Example(
        "identical",
        "The same text twice",
        "The ferry to the island leaves at noon.",
        "The ferry to the island leaves at noon.",
        "The cosine is 1 by definition. The cross-encoder has no such rule.",
    ),
    Example(
        "negation",
        "A negation",
        "The medicine is safe for children.",
        "The medicine is not safe for children.",
        "One small word turns the meaning round. Put the query itself into both boxes: how much higher is each number?",
    ),
    Example(
        "roles",
        "Who did what to whom",
        "The dog chased the cat across the yard.",
        "The cat chased the dog across the yard.",
        "The same words, the roles exchanged. Does either model mind?",
    ),
    Example(
        "unrelated",
        "Nothing in common",
        "The weather is lovely today.",
        "He drove to the stadium.",
        "What do the two numbers look like when there is nothing to find?",
    ),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts as both models see them.

    `cosine` and `score` (a logit) take text_a as the query and text_b as the document, the numbers
    ending in `_swapped` the other way round. `inputs` holds by method what was read: two inputs of
    the bi-encoder, one of the cross-encoder.
    """

    text_a: str
    text_b: str
    encoder: str
    scorer: str
    cosine: float
    cosine_swapped: float
    score: float
    score_swapped: float
    inputs: Mapping[str, tuple[ModelInput, ...]]

    @property
    def probability(self) -> float:
        """The sigmoid of `score`."""
        return sigmoid(self.score)

    @property
    def verdict(self) -> str:
        """See `verdict`, with the band of this comparison's encoder."""
        band = BANDS.get(self.encoder, DEFAULT_BAND)
        return verdict(self.cosine, self.cosine_swapped, self.score, self.score_swapped, band)

    def as_json(self) -> dict[str, Any]:
        """The answer of the endpoint /compare."""
        return {
            "cosine": self.cosine,
            "cosine_swapped": self.cosine_swapped,
            "score": self.score,
            "score_swapped": self.score_swapped,
            "probability": self.probability,
            "inputs": {method: [input_json(item) for item in items] for method, items in self.inputs.items()},
        }


def compare(
    engine: Engine, text_a: str, text_b: str, encoder: str | None = None, scorer: str | None = None
) -> Comparison:
    """Compare two texts of 1 to 20,000 characters by both models, in both roles. Raises SearchError."""
    return finish(compare_steps(engine, text_a, text_b, encoder, scorer))


def compare_steps(
    engine: Engine, text_a: str, text_b: str, encoder: str | None = None, scorer: str | None = None
) -> Work[Comparison]:
    """As `compare`, with progress on the way."""
    text_a, text_b = check_text(text_a, "text_a"), check_text(text_b, "text_b")
    bi_encoder = yield from loaded_encoder(engine, encoder)
    [(cosine, cosine_swapped)] = yield from role_cosines(engine, bi_encoder, [(text_a, text_b)])
    score, score_swapped = yield from engine.score_pairs([(text_a, text_b), (text_b, text_a)], scorer)
    cross_encoder = engine.scorer(scorer)
    return Comparison(
        text_a,
        text_b,
        bi_encoder.name,
        cross_encoder.name,
        cosine,
        cosine_swapped,
        score,
        score_swapped,
        inputs={
            BI_ENCODER: (bi_encoder.read(text_a, as_query=True), bi_encoder.read(text_b)),
            CROSS_ENCODER: (cross_encoder.read(text_a, text_b),),
        },
    )


def verdict(
    cosine: float,
    cosine_swapped: float,
    score: float,
    score_swapped: float,
    band: tuple[float, float] = DEFAULT_BAND,
) -> str:
    """Plain sentences that follow from these numbers alone: what each says, and what swapping the two does.

    A cosine counts as low below `band[0]` and as high above `band[1]`; in between it settles nothing. A
    logit is not judged: it puts the passages of one query in order, and says nothing of a single pair.
    """
    return f"{_alone(cosine, score, band)} {_swapping(cosine, cosine_swapped, score, score_swapped)}"


def _alone(cosine: float, score: float, band: tuple[float, float]) -> str:
    if band[0] <= cosine <= band[1]:
        said = f"The cosine of {_cosine(cosine)} settles nothing"
    else:
        said = f"The vectors are {'close' if cosine > band[1] else 'far apart'} (cosine {_cosine(cosine)})"
    return f"{said}. The logit of {_logit(score)} says nothing alone: compare it with another passage for this query."


def _swapping(cosine: float, cosine_swapped: float, score: float, score_swapped: float) -> str:
    moved = abs(cosine_swapped - cosine) >= SAME_COSINE
    changed = abs(score_swapped - score) >= SAME_SCORE
    cosine_part = f"the cosine from {_cosine(cosine)} to {_cosine(cosine_swapped)}"
    score_part = f"the logit from {_logit(score)} to {_logit(score_swapped)}"
    if moved and changed:
        return f"Swapping the two takes {cosine_part}, and {score_part}."
    if moved:
        return f"Swapping the two takes {cosine_part} and leaves the logit as it is."
    if changed:
        return f"Swapping the two leaves the cosine as it is and takes {score_part}."
    return "Swapping the two changes neither number."


# Adding 0 turns a rounded -0.0 into 0.0.
def _cosine(number: float) -> str:
    return f"{round(number, 4) + 0.0:.4f}"


def _logit(number: float) -> str:
    return f"{round(number, 2) + 0.0:+.2f}"


def padded_batch(engine: Engine, pairs: Sequence[tuple[str, str]], scorer: str | None = None) -> tuple[ModelInput, ...]:
    """What the cross-encoder would read of 1 to 8 (query, document) pairs as one batch.

    All inputs are as long as the longest; attention mask 0 marks the padding. (The bundled model is
    run one pair at a time, without it: see `OnnxPairScorer`.) Raises InvalidInput.
    """
    return finish(padded_batch_steps(engine, pairs, scorer))


def padded_batch_steps(
    engine: Engine, pairs: Sequence[tuple[str, str]], scorer: str | None = None
) -> Work[tuple[ModelInput, ...]]:
    """As `padded_batch`, with progress while the model loads."""
    checked = check_pairs(pairs, MAX_BATCH_PAIRS)
    model = yield from engine.models.scorer(engine.models.resolve("scorer", scorer))
    return tuple(model.padded(checked))


def input_json(item: ModelInput) -> dict[str, Any]:
    """A model input as the endpoints return it."""
    return {
        "tokens": list(item.tokens),
        "ids": list(item.ids),
        "segments": list(item.segments),
        "attention_mask": list(item.attention_mask),
        "limit": item.limit,
        "dropped": item.dropped,
    }
