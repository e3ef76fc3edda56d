"""Warming up: the default models and every corpus's vectors, in the background, one failure costing nothing else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from searchcore.errors import Cancelled, IndexUnavailable, SearchError
from searchcore.models import Encoder
from searchcore.resources import Resources
from searchcore.running import Caller, Work, finish
from searchcore.types import Corpus, Progress

log = logging.getLogger("searchcore")
UNFORESEEN = "The models could not be loaded; the log says why."


@dataclass(frozen=True, slots=True)
class Status:
    """Whether everything is in memory; until then, what is being done, or what can't be."""

    ready: bool
    progress: Progress | None = None
    problem: str = ""


class WarmUp:
    """What is loaded before anybody asks, and how far it is.

    It goes behind whoever asks for a corpus meanwhile, as the first page to be opened does.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources.for_caller(Caller(idle=True))
        self.status = Status(ready=False)

    def start(self, corpora: Iterable[Corpus]) -> threading.Thread:
        """Begin in a thread of its own; `corpora` are embedded in the order given."""
        thread = threading.Thread(target=self._run, args=(corpora,), name="warm-up", daemon=True)
        thread.start()
        return thread

    def _run(self, corpora: Iterable[Corpus]) -> None:
        problems: list[str] = []
        # A cross-encoder that is made ready takes one core, and vectors are made by whatever cores are free.
        beside = threading.Thread(target=lambda: problems.append(self._problem(self._scorer)), daemon=True)
        beside.start()
        of_vectors = self._problem(partial(self._vectors, corpora))
        beside.join()
        problems = [sentence for sentence in (*problems, of_vectors) if sentence]
        self.status = Status(ready=not problems, problem=" ".join(dict.fromkeys(problems)))

    def _problem(self, step: Callable[[], Work[object]]) -> str:
        """Do one step; the sentence about what went wrong, or an empty text."""
        try:
            finish(step(), self._tell)
        except Cancelled:
            return ""
        except SearchError as error:
            return str(error)
        except Exception:  # whatever it is, the page must not go on saying "loading"
            log.exception("warming up failed")
            return UNFORESEEN
        return ""

    def _tell(self, progress: Progress) -> None:
        self.status = Status(ready=False, progress=progress)

    def _scorer(self) -> Work[object]:
        name = self._resources.models.defaults["scorer"]
        yield Progress("loading", name)
        return (yield from self._resources.models.scorer(name))

    def _vectors(self, corpora: Iterable[Corpus]) -> Work[object]:
        name = self._resources.models.defaults["encoder"]
        yield Progress("loading", name)
        encoder: Encoder = yield from self._resources.models.encoder(name)
        try:
            for corpus in corpora:
                yield from self._resources.index(corpus, encoder)
        except IndexUnavailable as error:  # it may come back: each search asks anew, and says so itself
            log.warning("%s", error)
        return None
