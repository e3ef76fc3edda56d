"""Reranking 20, 50 and 200 passages: the bundled scorer against CrossEncoder.predict in fp32 on torch.

The peer is the same model, its int8 weights made fp32 again, and so nothing is fetched. Beside the times: how near the
kernels come to the processor's peak, and how near the logits are to those of fp32.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from sentence_transformers import CrossEncoder
from torch import nn
from transformers.utils import logging

from benchmarks.accuracy import show_accuracy
from benchmarks.dequantised import save_dequantised
from benchmarks.kernels import show_share
from benchmarks.machine import machine
from benchmarks.measure import in_turn
from searchcore import Engine
from searchcore.running import finish

ROUNDS = 7
QUERY = "vietnam war"
SIZES = (20, 50, 200)
# From a headline to a page: each about a fifth longer than the one before.
MIXED_WORDS = (8, 9, 11, 14, 16, 20, 24, 28, 34, 41, 49, 58, 70, 84, 101, 121, 145, 174, 209, 251)


def main() -> None:
    """Print all comparisons."""
    logging.disable_progress_bar()
    engine = Engine()
    peer = same_model_in_fp32()
    overviews = [document.passage for document in engine.corpora["movies"].documents]
    words = cycle(" ".join(overviews).split())
    print(f"\n{machine()}")
    for size in SIZES:
        compare(f"{size} movie passages", overviews[:: len(overviews) // size][:size], engine, peer)
        lengths = islice(cycle(MIXED_WORDS), size)
        compare(f"{size} passages of mixed length", [" ".join(islice(words, n)) for n in lengths], engine, peer)
    show_accuracy(engine, peer)
    engine.close()


def same_model_in_fp32() -> Any:
    """A CrossEncoder of the bundled model's weights, as numbers of 32 bits."""
    with tempfile.TemporaryDirectory() as folder:
        return CrossEncoder(
            str(save_dequantised(Path(folder))), device="cpu", local_files_only=True, activation_fn=nn.Identity()
        )


def compare(title: str, passages: Sequence[str], engine: Engine, peer: Any) -> None:
    """Print the lengths of the pairs in tokens, then the times."""
    pairs = [(QUERY, passage) for passage in passages]
    lengths = sorted(len(engine.scorer().read(*pair).ids) for pair in pairs)
    print(f"\nRerank {title}; tokens of a pair: {lengths[0]} to {lengths[-1]}, median {median(lengths):.0f}")

    def ours() -> None:
        finish(engine.score_pairs(pairs))

    def theirs() -> None:
        peer.predict(pairs, show_progress_bar=False)

    in_turn(ours, theirs, rounds=1)
    in_turn(ours, theirs, ROUNDS).show("bundled int8 scorer, one pair at a time", "CrossEncoder.predict, fp32 on torch")
    show_share(ours, lengths, ROUNDS)


if __name__ == "__main__":
    main()
