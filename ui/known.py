"""The questions that the page itself offers, asked in idle time, so that their answers are there when a person asks.

They go behind everything that anybody asks; the scores of their pairs are kept on disk, for the next start.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator

from searchcore.engine import Engine
from searchcore.errors import Cancelled, SearchError
from searchcore.running import Caller, finish
from ui.lesson.steps import Lesson
from ui.search.prepared import default_corpus, examples
from ui.sections import SectionOf
from ui.state import EVALUATE, MEASURES, SEARCH, PageState

IDLE = Caller(idle=True)
log = logging.getLogger("searchcore")


def known_states(engine: Engine, lesson: Lesson) -> Iterator[PageState]:
    """What the page offers to ask: the example queries, the lesson's searches, and the judged queries.

    The corpus that the page opens with comes first. An evaluation comes after its queries, when nothing of it is left
    to score: whoever wants the same evaluation while it is made would wait in idle time, too.
    """
    first = default_corpus(engine)
    names = sorted(engine.corpora, key=lambda name: name != first)
    for name in names:
        yield from (PageState(corpus=name, query=text) for text in examples(engine.corpora[name]))
    yield from (step.view for step in lesson.steps if step.view.tab == SEARCH)
    for name in names:
        if (corpus := engine.corpora[name]).judged:
            yield from (PageState(corpus=name, query=query.text) for query in corpus.queries)
            yield PageState(tab=EVALUATE, look=MEASURES, measured=name)


class KnownQuestions:
    """Asks the questions of `states` one after the other in a thread of its own, and keeps nothing of the answers.

    What was scored for them is remembered, as for any question.
    """

    def __init__(self, engine: Engine, section_of: SectionOf, states: Iterable[PageState]) -> None:
        self._engine = engine.for_caller(IDLE)
        self._section_of = section_of
        self._states = states

    def ask_after(self, warming: threading.Thread) -> threading.Thread:
        """Begin once `warming` is over; end with the engine."""
        thread = threading.Thread(target=self._run, args=(warming,), name="known-questions", daemon=True)
        thread.start()
        return thread

    def _run(self, warming: threading.Thread) -> None:
        warming.join()
        for state in self._states:
            try:
                finish(self._section_of(state).begin(self._engine, state))
            except Cancelled:
                return
            except SearchError as error:
                # The page will say so to whoever asks.
                log.info("A known question has no answer: %s", error)
            except Exception:  # one that fails costs no other
                log.exception("a known question failed: %s", state.to_query())
