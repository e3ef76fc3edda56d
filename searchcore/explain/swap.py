"""Symmetric or asymmetric? Two small experiments on the corpora at hand.

Sentence-Transformers' documentation calls a search symmetric where query and documents are of one
kind and could change places, asymmetric where a short query looks for a longer passage that answers it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from searchcore.engine import Engine
from searchcore.explain.pairs import check_pairs, judged_pairs
from searchcore.explain.work import loaded_encoder, role_cosines
from searchcore.index import COSINE_DECIMALS
from searchcore.running import Work, finish

PROMPTED_ENCODER = "BAAI/bge-small-en-v1.5"
SWAP_PAIRS = 20
MAX_SWAP_PAIRS = 100


@dataclass(frozen=True, slots=True)
class SwapRow:
    """One pair: what becomes of each number (swapped minus as it was) when query and document change roles."""

    query: str
    document: str
    corpus: str
    cosine_change: Mapping[str, float]
    score: float
    score_swapped: float

    @property
    def score_change(self) -> float:
        """In logits."""
        return self.score_swapped - self.score


@dataclass(frozen=True, slots=True)
class SwapExperiment:
    """One row for each pair; `cosine_change` of a row is by the name of the encoder."""

    encoders: tuple[str, ...]
    scorer: str
    rows: tuple[SwapRow, ...]

    def mean_change(self) -> dict[str, float]:
        """By model: the mean size of the change, signs put aside; cosines for encoders, logits for the scorer."""
        sizes = {name: [abs(row.cosine_change[name]) for row in self.rows] for name in self.encoders}
        sizes[self.scorer] = [abs(row.score_change) for row in self.rows]
        return {name: sum(values) / len(values) for name, values in sizes.items()}

    def as_json(self) -> dict[str, Any]:
        """Everything as plain lists and dicts."""
        rows = [{**asdict(row), "score_change": row.score_change} for row in self.rows]
        return {
            "encoders": list(self.encoders),
            "scorer": self.scorer,
            "rows": rows,
            "mean_change": self.mean_change(),
        }


def swap_experiment(engine: Engine, pairs: Sequence[tuple[str, str]] | None = None) -> SwapExperiment:
    """Swap the roles of query and document in 1 to 100 pairs (None: twenty from the judged corpora).

    With the default bi-encoder, with bge-small-en-v1.5 and its query prompt where the catalogue has
    it, and with the default cross-encoder. Raises SearchError.
    """
    return finish(swap_experiment_steps(engine, pairs))


def swap_experiment_steps(engine: Engine, pairs: Sequence[tuple[str, str]] | None = None) -> Work[SwapExperiment]:
    """As `swap_experiment`, with progress on the way; closing it stops the work."""
    if pairs is None:
        found = judged_pairs(engine, SWAP_PAIRS)
        chosen, corpora = [(p.query, p.passage) for p in found], [p.corpus for p in found]
    else:
        chosen = check_pairs(pairs, MAX_SWAP_PAIRS)
        corpora = [""] * len(chosen)
    names = encoders_to_try(engine)
    changes: dict[str, list[float]] = {}
    for name in names:
        encoder = yield from loaded_encoder(engine, name)
        cosines = yield from role_cosines(engine, encoder, chosen)
        changes[name] = [round(swapped - cosine, COSINE_DECIMALS) for cosine, swapped in cosines]
    scores = yield from engine.score_pairs([*chosen, *((b, a) for a, b in chosen)])
    rows = tuple(
        SwapRow(
            query,
            document,
            corpora[i],
            {name: changes[name][i] for name in names},
            scores[i],
            scores[len(chosen) + i],
        )
        for i, (query, document) in enumerate(chosen)
    )
    return SwapExperiment(names, engine.models.resolve("scorer", None), rows)


def encoders_to_try(engine: Engine) -> tuple[str, ...]:
    """The default bi-encoder, and the bundled one with a query prompt where the catalogue has it."""
    names = [engine.models.resolve("encoder", None)]
    if PROMPTED_ENCODER in engine.models.names("encoder"):
        names.append(PROMPTED_ENCODER)
    return tuple(dict.fromkeys(names))
