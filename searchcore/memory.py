"""What the engine has worked out for a corpus and keeps in memory for as long as the corpus lives.

Nothing here outlives its corpus object, and nothing of one corpus can be reached from another: a
user's own texts never end up in what others share.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from searchcore.models import Encoder
from searchcore.types import Corpus, Document, PairScore, QueryCut

V = TypeVar("V")
REMEMBERED_QUERIES = 2_000
MOST_WAYS_TO_CUT = 4


class Recent(Generic[V]):
    """At most `size` values by key; the one used longest ago is forgotten first. Safe between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> V | None:
        """The value for `key`, or None."""
        with self._lock:
            if key not in self._items:
                return None
            self._items.move_to_end(key)
            return self._items[key]

    def setdefault(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value for `key`, made now where there is none."""
        with self._lock:
            if key not in self._items:
                self._items[key] = make()
            self._items.move_to_end(key)
            while len(self._items) > self._size:
                self._items.popitem(last=False)
            return self._items[key]


class CorpusMemory:
    """For one corpus: what was made once, by key; of queries the vectors with their seconds, cuts and pair scores.

    `wanted` says whether anybody has asked for it: until then its vectors are made in idle time.
    """

    def __init__(self) -> None:
        self.wanted = False
        self.made: dict[Hashable, Any] = {}
        self.query_vectors: Recent[tuple[NDArray[np.float32], float]] = Recent(REMEMBERED_QUERIES)
        self.pair_scores: Recent[dict[str, PairScore]] = Recent(REMEMBERED_QUERIES)
        self.query_cuts: Recent[QueryCut | None] = Recent(REMEMBERED_QUERIES)
        self._dropped: dict[tuple[str, str], int] = {}

    def make_room(self, way: tuple[Hashable, ...]) -> None:
        """Forget the oldest of the ways in which the corpus was cut into chunks, and what was begun of them.

        A way is the key, of four parts, under which it is kept in `made`; `way` is the next one.
        """
        # What is half done has the same key with one more word before it.
        ways = dict.fromkeys(key[-4:] for key in list(self.made) if isinstance(key, tuple) and key[-4:-3] == way[:1])
        for old in [each for each in ways if each != way][: 1 - MOST_WAYS_TO_CUT]:
            for key in [key for key in list(self.made) if isinstance(key, tuple) and key[-4:] == old]:
                self.made.pop(key, None)

    def dropped(self, encoder: Encoder, document: Document) -> int:
        """How many tokens at the end of `document` the encoder does not read, counted once."""
        key = (encoder.fingerprint, document.doc_id)
        if key not in self._dropped:
            self._dropped[key] = encoder.read(document.passage).dropped
        return self._dropped[key]


class Memories:
    """The memory of each corpus, dropped together with it.

    It hangs on the corpus, not in a table of weak references: what is kept may lead back to the corpus, as an
    evaluation does, and would hold it for ever there. Here the two are garbage together.
    """

    _lock = threading.Lock()

    def of(self, corpus: Corpus) -> CorpusMemory:
        """The memory of `corpus`, empty at first."""
        with self._lock:
            kept: weakref.WeakKeyDictionary[Memories, CorpusMemory] = corpus.first.__dict__.setdefault(
                "_memories", weakref.WeakKeyDictionary()
            )
            return kept.setdefault(self, CorpusMemory())

    def forget(self, corpus: Corpus) -> None:
        """Drop the memory of `corpus` now."""
        with self._lock:
            corpus.first.__dict__.get("_memories", {}).pop(self, None)
