"""The three kinds of files that are kept, each with a use that says whether the answer is right and what was made."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from searchcore import Engine
from searchcore.index import EmbeddingCache
from searchcore.kept import read_arrays
from searchcore.models.kept_model import kept_model
from tests.fakes import FakeEncoder, FakeScorer, bag_of_words, overlap_logit, rows_of, store_of
from tests.unit.cache_child import PREPARED, TEXTS, prepared

WEIGHTS = bytes(range(256)) * 40
VECTORS = np.stack([bag_of_words(text) for text in TEXTS])


@dataclass(frozen=True, slots=True)
class Use:
    """Whether the answer was right, and how many documents, pairs or models were read anew for it."""

    right: bool
    made: int


def use_embeddings() -> Use:
    """Embed the corpus."""
    encoder = FakeEncoder()
    found = rows_of(EmbeddingCache().embed(prepared(), encoder))
    return Use(bool(np.array_equal(found, VECTORS)), encoder.documents_encoded)


def use_scores() -> Use:
    """Search by the first prepared query with an engine of its own."""
    return searched(PREPARED[0])[0]


def use_model() -> Use:
    """Load a model that is made of another one."""
    made: list[bytes] = []

    def make() -> bytes:
        made.append(WEIGHTS)
        return WEIGHTS

    return Use(kept_model("fake/scorer", "weights", make) == WEIGHTS, len(made))


USES: dict[str, Callable[[], Use]] = {"embeddings": use_embeddings, "scores": use_scores, "model": use_model}
ANEW = {"embeddings": Use(True, len(TEXTS)), "scores": Use(True, len(TEXTS)), "model": Use(True, 1)}
AS_KEPT = Use(True, 0)


def searched(*queries: str, between: Callable[[], object] = lambda: None) -> list[Use]:
    """Search by each query with one engine, which is closed then; `between` is called after each search."""
    scorer = FakeScorer()
    engine = Engine({"small": prepared()}, store_of(FakeEncoder(), scorer))
    uses = []
    for query in queries:
        ranking = engine.search("small", query).rankings["cross_encoder"]
        truth = {f"d{i}": overlap_logit(query, text) for i, text in enumerate(TEXTS)}
        uses.append(Use({hit.doc_id: hit.score for hit in ranking.hits} == truth, ranking.passes_run))
        between()
    engine.close()
    return uses


def keep(kind: str, folder: Path) -> Path:
    """Use what there is of a kind once; the file that is kept of it."""
    if kind == "scores":
        use_embeddings()
    before = set(folder.glob("*.safetensors"))
    USES[kind]()
    [path] = set(folder.glob("*.safetensors")) - before
    return path


def damaged_in(folder: Path) -> list[str]:
    """Names of the files that are kept but are not whole and right."""
    return sorted(path.name for path in folder.glob("*.safetensors") if not _is_right(path))


def _is_right(path: Path) -> bool:
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
    except SafetensorError:
        return False
    key = metadata.get("key", "")
    ours = path.name.split(".")[0] == key
    return ours and read_arrays(path, key, json.loads(metadata["ids"])) is not None
