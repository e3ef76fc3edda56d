"""A search to take home, as the files are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from searchcore.evaluate import JudgedRanking
from searchcore.models import DEFAULT_ENCODER, DEFAULT_SCORER
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER, Method
from searchcore.types import Ranking, SearchResult
from ui.predict.draw import You, prediction
from ui.predict.scored import YOU, Scored
from ui.state import ORDER, PageState


@dataclass(frozen=True, slots=True)
class TakenSearch:
    """A finished search of `state` with its judgements by method; `own` where they are the visitor's.

    `predicted` is what a prediction came to, where one was made.
    """

    state: PageState
    result: SearchResult
    judged: Mapping[str, JudgedRanking]
    methods: Mapping[str, Method]
    own: bool = False
    predicted: Scored | None = None

    @property
    def rankings(self) -> Mapping[str, Ranking]:
        """The rankings, and as a last one the order that the visitor predicted."""
        guess = self.state.guess if self.predicted is not None and self.state.asks == ORDER else ()
        return {**self.result.rankings, **({YOU: prediction(guess)} if guess else {})}

    @property
    def named(self) -> Mapping[str, Method]:
        """The methods, and the visitor."""
        return {**self.methods, YOU: You()}

    @property
    def grades(self) -> Mapping[str, int]:
        """The judgements of the query; empty where there are none."""
        judged = next(iter(self.judged.values()), None)
        return judged.grades if judged is not None else {}

    @property
    def models(self) -> tuple[str, str]:
        """The names of the bi-encoder and the cross-encoder, of which a column may not be shown."""
        shown, state = self.result.rankings, self.state
        encoder = shown[BI_ENCODER].model if BI_ENCODER in shown else state.encoder or DEFAULT_ENCODER
        scorer = shown[CROSS_ENCODER].model if CROSS_ENCODER in shown else state.scorer or DEFAULT_SCORER
        return encoder, scorer
