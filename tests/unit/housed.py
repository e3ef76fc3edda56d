"""Own corpora by the clock: what tests of them share."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from searchcore import Corpus, Engine
from ui.own.corpora import Own, OwnCorpora
from ui.own.draft import drafted

LINES = b"a red apple\na green pear\n\na blue plum\n"
BUSY = "So many corpora are kept here now that there is no room for yours; please try again later."


class Clock:
    """Goes on when told to, by seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class House:
    """All own corpora, an engine beside them, and which sessions were forgotten."""

    def __init__(self, engine: Engine) -> None:
        self.clock = Clock()
        self.engine = engine
        self.own = OwnCorpora(self.clock)
        self.forgotten: list[str] = []
        self.own.forget_session = self.forgotten.append

    def give(self, secret: str = "", data: bytes = LINES, name: str = "lines.txt") -> Own:
        kept = self.own.give(secret, drafted(name, data))
        kept.use()
        return kept

    def knows(self, secret: object, session: str = "") -> bool:
        return self.own.visitor(self.engine, secret, session).own is not None

    def later(self, seconds: float) -> None:
        self.clock.now += seconds


Test = Callable[[House], Coroutine[None, None, None]]


def small(name: str = "lines.txt", data: bytes = LINES) -> Corpus:
    corpus = drafted(name, data).corpus
    assert corpus is not None
    return corpus
