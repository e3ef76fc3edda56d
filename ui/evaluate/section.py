"""What the Evaluate tab does for a state, and what of it is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import gradio as gr

from searchcore.corpora import OWN
from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.evaluate import CandidateCurve, Frontier, curve_steps, frontier_steps
from searchcore.running import Work
from searchcore.types import Corpus
from ui import words
from ui.draw import status
from ui.evaluate import frontier, gains, report
from ui.evaluate.downloads import links
from ui.evaluate.evaluations import Evaluations, Made, named_split
from ui.evaluate.made_once import MadeOnce
from ui.predict.question import check_measurable
from ui.runner import Drawn, Outcome, View
from ui.search.prepared import prepared_query, shown_corpus
from ui.state import PageState

DEPTHS = (5, 10, 20, 50)
ALL_KINDS = "all"


@dataclass(frozen=True, slots=True)
class Measured:
    """An evaluation, and the part of it that the state asks for: one kind of queries, or all."""

    whole: Made
    shown: Made


def judged_choices(corpora: Iterable[Corpus]) -> list[tuple[str, str]]:
    """Names to choose from, with the number of judged queries."""
    return [(f"{c.title or c.name} ({words.count(len(c.qrels), 'query', 'queries')})", c.name) for c in corpora]


class MeasuresSection:
    """Every method on every judged query."""

    def __init__(self, engine: Engine, evaluations: Evaluations) -> None:
        self._methods = engine.methods
        self._evaluations = evaluations

    def begin(self, engine: Engine, state: PageState) -> Work[Measured]:
        """See Section.begin."""
        corpus = measured_corpus(engine, state)
        check_measurable(engine, state, corpus)
        whole = yield from self._evaluations.of(engine, corpus, state.depth, state.pool, state.split)
        return Measured(whole, whole.of_kind(state.kind) if state.kind else whole)

    def turned_to(self, engine: Engine, state: PageState) -> Drawn:
        """What is drawn when the tab is turned to: the judged corpora there are, and what was made lately."""
        judged = [corpus for corpus in engine.corpora.values() if corpus.judged]
        if not any(corpus.shared for corpus in judged):
            return {}  # the tab was laid out without anything to choose
        chosen = gr.update(choices=judged_choices(judged), value=measured_corpus(engine, state))
        drawn = {"evaluate-corpus": chosen}
        with suppress(InvalidInput):
            check_measurable(engine, state, measured_corpus(engine, state))
            drawn |= self._kept(engine, state)
        return drawn

    def _kept(self, engine: Engine, state: PageState) -> Drawn:
        corpus = measured_corpus(engine, state)
        whole = self._evaluations.kept(engine, corpus, state.depth, state.pool, state.split) if corpus else None
        if whole is None:
            return {}
        shown = whole.of_kind(state.kind) if state.kind in whole.evaluation.kinds else whole
        drawn = self.draw(View(state, Outcome.DONE, result=Measured(whole, shown)))
        # The controls may be on their way to another corpus by now.
        return {name: value for name, value in drawn.items() if name != "evaluate-split"}

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        made = view.result if isinstance(view.result, Measured) else None
        said = report.caption(made.shown.evaluation) if made else ""
        drawn: Drawn = {"evaluate-status": str(status.line(view, said))}
        if made is None:
            return drawn
        shown, kinds = made.shown.evaluation, [kind for kind in made.whole.evaluation.kinds if kind]
        said = gains.sentence(shown, made.shown.tests, self._methods, view.state.kind)
        return drawn | {
            "evaluate-kind": gr.update(
                choices=[ALL_KINDS, *kinds], value=view.state.kind or ALL_KINDS, visible=bool(kinds)
            ),
            "evaluate-split": splits_of(shown.corpus, view.state.split),
            "evaluate-picture": str(gains.picture(shown, said)),
            "evaluate-measures": str(report.table(shown, made.shown.tests, self._methods)),
            "evaluate-losses": str(report.losses(shown)),
            "evaluate-queries": str(report.dumbbell(shown)),
            "evaluate-files": str(links(made.whole.evaluation, shown, view.state)),
        }


class CurveSection:
    """What more candidates buy."""

    def __init__(self, engine: Engine) -> None:
        self._methods = engine.methods

    def begin(self, engine: Engine, state: PageState) -> Work[CandidateCurve]:
        """See Section.begin."""
        corpus = measured_corpus(engine, state)
        check_measurable(engine, state, corpus)
        return curve_steps(engine, corpus, DEPTHS, split=state.split or None)

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        said = "The curve is drawn, under “What more candidates buy”."
        drawn: Drawn = {"evaluate-status": str(status.line(view, said))}
        if isinstance(view.result, CandidateCurve):
            drawn["evaluate-curve-fold"] = gr.update(open=True)
            drawn["evaluate-curve-picture"] = str(report.curve(view.result, self._methods))
        return drawn


@dataclass(frozen=True, slots=True)
class Placed:
    """A frontier, and the query that its points open."""

    frontier: Frontier
    query: str


class FrontierSection:
    """Quality against time, of every method and depth."""

    def __init__(self, engine: Engine) -> None:
        self._methods = engine.methods
        self._made: MadeOnce[Frontier] = MadeOnce("frontiers")

    def begin(self, engine: Engine, state: PageState) -> Work[Placed]:
        """See Section.begin."""
        corpus = engine.corpus(measured_corpus(engine, state))
        check_measurable(engine, state, corpus.name)

        def steps() -> Work[Frontier]:
            return frontier_steps(engine, corpus, DEPTHS, split=state.split or None)

        made = yield from self._made.of(engine, corpus, steps, named_split(corpus, state.split))
        shown = shown_corpus(engine, state)
        here = shown is not None and shown.name == made.corpus.name
        return Placed(made, (state.query if here else "") or prepared_query(made.corpus))

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        said = "The frontier is drawn, under “Quality against time”."
        drawn: Drawn = {"evaluate-status": str(status.line(view, said))}
        if isinstance(view.result, Placed):
            made, query = view.result.frontier, view.result.query
            drawn["evaluate-frontier-fold"] = gr.update(open=True)
            drawn["evaluate-frontier-picture"] = str(frontier.picture(made, self._methods, query, view.state))
        return drawn


def splits_of(corpus: Corpus, split: str = "") -> Any:
    """The choice between the splits of a corpus, where it has several; the first is chosen, or `split`."""
    names = list(corpus.splits)
    value = split if split in names else next(iter(names), None)
    return gr.update(choices=names, value=value, visible=len(names) > 1)


def measured_corpus(engine: Engine, state: PageState) -> str:
    """The corpus that is evaluated: the state's, else the visitor's own that is shown, else the largest judged one."""
    judged = [name for name, corpus in engine.corpora.items() if corpus.judged]
    return state.measured or (OWN if state.own and OWN in judged else next(reversed(judged), ""))
