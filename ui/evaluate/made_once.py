"""Long work that depends on its key alone: made once for all pages that wait for it, then kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from searchcore.engine import Engine
from searchcore.memory import Recent
from searchcore.running import Job, Once, Work, finish
from searchcore.types import Corpus, Progress

T = TypeVar("T")
KEPT = 16
# Of one corpus that a visitor has given.
KEPT_OF_ONES_OWN = 4


class MadeOnce(Generic[T]):
    """What was made lately, by key; `name` tells one such store from another. Safe to share between threads.

    What is of a visitor's own corpus is kept with what else was worked out for it, and goes when it goes.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._made: Recent[T] = Recent(KEPT)
        self._once = Once()

    def kept(self, engine: Engine, corpus: Corpus, *key: Hashable) -> T | None:
        """What was made for this key lately, if anything."""
        return self._kept(engine, corpus).get((corpus.fingerprint, *key))

    def of(self, engine: Engine, corpus: Corpus, steps: Callable[[], Work[T]], *key: Hashable) -> Work[T]:
        """Yield progress while the work of `steps` is done, then return what it gives; at once where that is kept."""
        made, whole_key = self._kept(engine, corpus), (corpus.fingerprint, *key)
        if (kept := made.get(whole_key)) is not None:
            return kept
        latest: list[Progress] = []

        def make(job: Job[T]) -> T:
            def tell(progress: Any) -> None:
                latest[:] = [progress]
                job.report(progress.done, progress.total)
                job.changed()

            found = finish(steps(), tell, job)
            return made.setdefault(whole_key, lambda: found)

        return (yield from self._once.shared((id(made), whole_key), make, lambda job: latest[0] if latest else None))

    def _kept(self, engine: Engine, corpus: Corpus) -> Recent[T]:
        if corpus.shared:
            return self._made
        made: Recent[T] = engine.resources.memory(corpus).made.setdefault(self._name, Recent(KEPT_OF_ONES_OWN))
        return made
