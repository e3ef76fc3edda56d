"""The corpora that visitors have given: in memory alone, each under the secret of one browser tab.

One is kept as long as a page that knows its secret is open, 60 seconds longer, and never beyond an idle hour.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from searchcore.checks import check_query
from searchcore.corpora import OWN
from searchcore.engine import Engine
from searchcore.errors import Busy, InvalidInput, quoted
from searchcore.types import Corpus, Query
from ui.own.draft import Draft, size_of

SECONDS_AFTER_LEAVING = 60.0
IDLE_SECONDS = 3_600.0
SECONDS_BETWEEN_LOOKS = 5.0
MAX_CORPORA = 200
MAX_CHARACTERS = 400_000_000
MAX_QUERIES = 1_000
ABSENT = "There is no corpus of your own in this browser tab; one lives only in the tab in which it was given."


@dataclass(slots=True)
class Own:
    """What one tab has given: what it is looking at (`draft`), and what it searches (`corpus`).

    `sessions` are the pages that are open with its secret, `used` and `left` the times of the last call and of the
    last page's closing; `engine` is what searched it.
    """

    secret: str
    draft: Draft | None = None
    corpus: Corpus | None = None
    sessions: set[str] = field(default_factory=set)
    used: float = 0.0
    left: float | None = None
    closed: set[str] = field(default_factory=set)
    engine: Engine | None = None

    def use(self) -> None:
        """Search what was given last. Raises InvalidInput where it can't be searched."""
        if self.draft is None or self.draft.corpus is None:
            raise InvalidInput("There is nothing to search yet; paste lines, or choose a file.")
        # The same again keeps the judgements that were given meanwhile.
        if self.corpus is None or self.corpus.first is not self.draft.corpus:
            self.drop()
            self.corpus = self.draft.corpus

    def drop(self) -> None:
        """Search nothing any more: what is being worked out stops, and what was is forgotten."""
        if self.corpus is not None and self.engine is not None:
            self.engine.forget(self.corpus)
        self.corpus = None

    def grade(self, query: str, doc_id: str, grade: str) -> None:
        """Judge a document for a query; the same grade again takes it back. Raises InvalidInput."""
        if self.corpus is None:
            raise InvalidInput(ABSENT)
        if grade not in ("0", "1", "2", "3"):
            raise InvalidInput(f"grade must be 0, 1, 2 or 3, got {quoted(grade)}.")
        if doc_id not in {document.doc_id for document in self.corpus.documents}:
            raise InvalidInput(f"Your own corpus has no document {quoted(doc_id)}.")
        self.corpus = graded(self.corpus, query, doc_id, int(grade))

    @property
    def size(self) -> int:
        """About how many characters it keeps in memory."""
        drafted = self.draft.size if self.draft is not None else 0
        # The one in use may be of a file before.
        older = self.corpus is not None and (self.draft is None or self.corpus.first is not self.draft.corpus)
        return drafted + (size_of(self.corpus) if older and self.corpus is not None else 0)


def graded(corpus: Corpus, text: str, doc_id: str, grade: int) -> Corpus:
    """`corpus` with a grade more, or without the one that is there already; a query without any goes.

    The grade stands in the split that judges the query already, else in the first. Raises InvalidInput.
    """
    text = check_query(text)
    query = corpus.prepared_query(text)
    queries = list(corpus.queries)
    if query is None:
        if len(queries) >= MAX_QUERIES:
            raise InvalidInput(f"A corpus of your own has at most {MAX_QUERIES:,} judged queries.")
        taken = {each.query_id for each in queries}
        # An id of its own: where a query has the id of a document, the document is left out of its ranking.
        taken |= {document.doc_id for document in corpus.documents}
        query = Query(next(f"q{n}" for n in range(1, len(taken) + 2) if f"q{n}" not in taken), text)
        queries.append(query)
    splits = {corpus.split: corpus.qrels, **corpus.other_splits}
    split = next((name for name, qrels in splits.items() if query.query_id in qrels), corpus.split)
    grades = dict(splits[split].get(query.query_id, {}))
    if grades.pop(doc_id, None) != grade:
        grades[doc_id] = grade
    changed = {**splits[split], query.query_id: grades}
    splits[split] = {each: found for each, found in changed.items() if found}
    if not any(query.query_id in qrels for qrels in splits.values()):
        queries.remove(query)
    first = splits.pop(corpus.split)
    return corpus.with_judgements(queries, first, {name: qrels for name, qrels in splits.items() if qrels})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose page it is: what they can search, and what they have given.

    `late` is a call that was sent before the page knew the secret of what it has given meanwhile.
    """

    engine: Engine
    own: Own | None = None
    late: bool = False
    forget: Callable[[], None] = lambda: None


class OwnCorpora:
    """All of them. Used in the server's event loop only.

    `forget_session` is called for each page that held a corpus which is gone, so that nothing else keeps its texts.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.forget_session: Callable[[str], None] = lambda session: None
        self._by_secret: dict[str, Own] = {}
        self._looking = False

    def __len__(self) -> int:
        return len(self._by_secret)

    def of(self, secret: str) -> Own | None:
        """What was given under `secret`, as long as it is kept."""
        self.sweep()
        found = self._by_secret.get(secret)
        if found is not None:
            found.used = self.clock()
        return found

    def visitor(self, engine: Engine, secret: object, session: str) -> Visitor:
        """The visitor whose page is `session`: it holds the corpus of its secret from now on."""
        own = self.of(secret) if isinstance(secret, str) and secret else None
        if own is None:
            late = any(session in each.sessions for each in self._by_secret.values())
            return Visitor(engine.beside({}, {OWN: ABSENT}), late=late)
        own.engine = engine
        if session:
            own.sessions.add(session)
            own.left = None
        corpora = {OWN: own.corpus} if own.corpus is not None else {}
        return Visitor(engine.beside(corpora, {OWN: ABSENT}), own, forget=lambda: self.delete(own))

    def give(self, secret: str, draft: Draft) -> Own:
        """Keep what was given, under `secret` or, where that is not known, under a new one. Raises Busy."""
        own = self.of(secret)
        others = sum(each.size for each in self._by_secret.values() if each is not own)
        asked = replace(own, draft=draft).size if own is not None else draft.size
        if others + asked > MAX_CHARACTERS or (own is None and len(self) >= MAX_CORPORA):
            raise Busy("So many corpora are kept here now that there is no room for yours; please try again later.")
        if own is None:
            own = self._by_secret.setdefault(made := secrets.token_urlsafe(24), Own(made, left=self.clock()))
            own.used = self.clock()
        own.draft = draft
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_later(SECONDS_BETWEEN_LOOKS, self._look)
        return own

    def delete(self, own: Own) -> None:
        """Forget it now, also where a call that still runs holds `own`."""
        self._by_secret.pop(own.secret, None)
        own.drop()
        own.draft = None
        for session in own.sessions | own.closed:
            self.forget_session(session)

    def leave(self, session: str) -> None:
        """A page was closed, or its connection cut."""
        for own in self._by_secret.values():
            if session in own.sessions:
                own.sessions.discard(session)
                own.closed.add(session)
                own.left = None if own.sessions else self.clock()

    def _look(self) -> None:
        """Now and then, as long as there is any, whatever goes wrong in between."""
        try:
            self.sweep()
        finally:
            self._looking = len(self) > 0
            if self._looking:
                asyncio.get_running_loop().call_later(SECONDS_BETWEEN_LOOKS, self._look)

    def sweep(self) -> None:
        """Forget what nobody holds any more."""
        now = self.clock()
        for own in list(self._by_secret.values()):
            gone = own.left is not None and now - own.left >= SECONDS_AFTER_LEAVING
            if gone or now - own.used >= IDLE_SECONDS:
                self.delete(own)
