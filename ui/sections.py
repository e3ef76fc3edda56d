"""Which section of the page a state asks for."""

from __future__ import annotations

from collections.abc import Callable

from searchcore.engine import Engine
from ui.evaluate.section import CurveSection, FrontierSection
from ui.hood.tab import hood_sections
from ui.neighbours.section import BitsSection, NeighboursSection
from ui.predict.section import PredictSection
from ui.runner import Section
from ui.search.section import SearchSection
from ui.state import BITS, CURVE, EVALUATE, FRONTIER, HOOD, NEIGHBOURS, PAIR, PageState

SectionOf = Callable[[PageState], Section]


def views(engine: Engine, measures: Section) -> SectionOf:
    """The section that shows a state of any tab but the lesson, which shows others' views."""
    search, predict = SearchSection(engine), PredictSection(engine)
    hood = hood_sections()
    evaluate: dict[str, Section] = {CURVE: CurveSection(engine), FRONTIER: FrontierSection(engine)}
    near, bits = NeighboursSection(), BitsSection()

    def section_of(state: PageState) -> Section:
        if state.tab == HOOD:
            return hood.get(state.look, hood[PAIR])
        if state.tab == NEIGHBOURS:
            return bits if state.look == BITS else near
        if state.tab == EVALUATE:
            return evaluate.get(state.look, measures)
        return predict if state.predict and not state.revealed else search

    return section_of
