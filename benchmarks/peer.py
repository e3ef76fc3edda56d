"""The peer's models, with the weights that ours has, and the command that serves it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searchcore.corpora import find_corpora
from searchcore.models.catalogue import _MINILM

CORPUS = "movies"
PEER = "the peer (benchmarks/naive_app.py: sentence-transformers, fp32 on torch)"
FOLDER = Path(__file__).resolve().parent.parent / "corpora" / CORPUS


@contextmanager
def peer_program() -> Iterator[list[str]]:
    """The arguments for Python that serve the peer; its cross-encoder's folder is gone at the end."""
    assert CORPUS in find_corpora()[0]
    from transformers.utils import logging

    from benchmarks.dequantised import save_dequantised

    logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as scorer:
        save_dequantised(Path(scorer))
        yield ["-m", "benchmarks.naive_app", str(_MINILM.checked_folder()), scorer, str(FOLDER)]
