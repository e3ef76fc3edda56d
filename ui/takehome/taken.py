"""A search to take home, as the files are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from searchcore.evaluate import JudgedRanking
from searchcore.models import DEFAULT_ENCODER, DEFAULT_SCORER
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER, Method
from searchcore.types import SearchResult
from ui.state import PageState


@dataclass(frozen=True, slots=True)
class TakenSearch:
    """A finished search of `state` with its judgements by method; `own` where they are the visitor's."""

    state: PageState
    result: SearchResult
    judged: Mapping[str, JudgedRanking]
    methods: Mapping[str, Method]
    own: bool = False

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
