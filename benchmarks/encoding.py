"""Encoding texts by the bundled bi-encoder against SentenceTransformer.encode of the same weights, at equal output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle, islice
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from transformers.utils import logging

from benchmarks.machine import machine
from benchmarks.measure import in_turn
from benchmarks.rerank import MIXED_WORDS
from searchcore import Engine
from searchcore.models import Encoder
from searchcore.models.catalogue import _MINILM
from searchcore.resources import BATCH_DOCUMENTS

ROUNDS, TEXTS = 7, 100
EQUAL = 1e-5
Vectors = NDArray[np.float32]


def main() -> None:
    """Print the times on film texts, on mixed lengths and on queries."""
    logging.disable_progress_bar()
    engine = Engine()
    peer = SentenceTransformer(str(_MINILM.checked_folder()), device="cpu", local_files_only=True)
    films = [document.passage for document in engine.corpora["movies"].documents]
    words = cycle(" ".join(films).split())
    print(f"\n{machine()}")
    compare(f"{TEXTS} film texts", films[:: len(films) // TEXTS][:TEXTS], engine.encoder(), peer)
    mixed = [" ".join(islice(words, count)) for count in islice(cycle(MIXED_WORDS), TEXTS)]
    compare(f"{TEXTS} texts of mixed length", mixed, engine.encoder(), peer)
    compare("one query", [engine.corpora["movies"].queries[0].text], engine.encoder(), peer)
    engine.close()


def compare(title: str, texts: Sequence[str], encoder: Encoder, peer: Any) -> None:
    """Print the lengths in tokens, the largest difference, and the times, in batches as the engine asks."""
    lengths = sorted(len(encoder.read(text).ids) for text in texts)
    print(f"\nEncode {title}; tokens: {lengths[0]} to {lengths[-1]}, median {median(lengths):.0f}")

    def theirs() -> Vectors:
        vectors: Vectors = peer.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return vectors

    def in_batches() -> Vectors:
        return batched(encoder.encode_documents, texts, BATCH_DOCUMENTS)

    away = np.abs(in_batches() - theirs()).max()
    print(f"  {away:.1e} apart at most, a component; equal is below {EQUAL:.0e}")
    assert away < EQUAL
    ours = "bundled bi-encoder, one text at a time, " + ("alone" if len(texts) == 1 else "batches of eight in line")
    in_turn(in_batches, theirs, ROUNDS).show(ours, "SentenceTransformer.encode, fp32 on torch")


def batched(encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str], size: int) -> Vectors:
    """What `encode` gives for so many texts at a time."""
    return np.concatenate([encode(texts[start : start + size]) for start in range(0, len(texts), size)])


if __name__ == "__main__":
    main()
