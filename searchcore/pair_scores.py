"""The scores of pairs: of every corpus in memory, and those of known queries to a shared corpus on disk too.

Known are the queries that are prepared for a corpus, and those that are asked in idle time. So a page that opens with
a prepared comparison asks no model for it twice, not even after a restart.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

from searchcore.index import EmbeddingCache, hash_of, keep_scores, read_scores
from searchcore.memory import Memories
from searchcore.types import Corpus, PairScore

log = logging.getLogger("searchcore")
# Scores that come one after the other are written together.
SECONDS_BEFORE_WRITING = 1.0

Scores = dict[str, PairScore]


class PairScores:
    """Safe to share between threads; a thread of its own writes, so that no search waits for the disk."""

    def __init__(self, memories: Memories, cache: EmbeddingCache) -> None:
        self._memories = memories
        self._cache = cache
        self._pending: dict[tuple[Corpus, str], dict[int, Scores]] = {}
        self._changed = threading.Condition()
        self._writer: threading.Thread | None = None
        self._closed = False

    def of(self, corpus: Corpus, fingerprint: str, query: str) -> tuple[Scores, Mapping[str, PairScore]]:
        """What is known for a query under a model's fingerprint, by document, and what of it was read from disk.

        Whoever scores more puts it into the first.
        """
        kept = self._kept(corpus, fingerprint).get(hash_of(query), {})
        memory = self._memories.of(corpus).pair_scores
        return memory.setdefault((fingerprint, query), lambda: dict(kept)), kept

    def changed(self, corpus: Corpus, fingerprint: str, query: str, known: bool = False) -> None:
        """Scores were added to those of a query: keep them, if it is `known` or prepared for a shared corpus."""
        if not corpus.shared or not (known or any(prepared.text == query for prepared in corpus.queries)):
            return
        scores, kept = self.of(corpus, fingerprint, query)
        if scores.keys() <= kept.keys():
            return
        with self._changed:
            self._pending.setdefault((corpus, fingerprint), {})[hash_of(query)] = dict(scores)
            if self._writer is None and not self._closed:
                self._writer = threading.Thread(target=self._write_always, name="pair-scores", daemon=True)
                self._writer.start()
            self._changed.notify_all()

    def close(self) -> None:
        """Write what is not written yet, and nothing after that."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join()

    def _kept(self, corpus: Corpus, fingerprint: str) -> Mapping[int, Scores]:
        if not corpus.shared:
            return {}
        made, key = self._memories.of(corpus).made, ("pair scores", fingerprint)
        if key not in made:
            made[key] = read_scores(self._cache, corpus, fingerprint)
        found: Mapping[int, Scores] = made[key]
        return found

    def _write_always(self) -> None:
        while self._write_next():
            pass

    def _write_next(self) -> bool:
        """Wait for scores and write them; False once that was the last. While it waits it holds no corpus."""
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._closed)
            self._changed.wait_for(lambda: self._closed, SECONDS_BEFORE_WRITING)
            pending, self._pending = self._pending, {}
            closed = self._closed
        for (corpus, fingerprint), scores in pending.items():
            try:
                keep_scores(self._cache, corpus, fingerprint, scores)
            except Exception:  # what can't be kept is computed again; the searches go on
                log.exception("pair scores are not kept")
        return not closed
