"""What the Evaluate tab does for a state, and what of it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from searchcore.engine import Engine
from searchcore.evaluate import CandidateCurve, curve_steps
from searchcore.running import Work
from ui.draw import status
from ui.evaluate import report
from ui.evaluate.evaluations import Evaluations, Made
from ui.runner import Drawn, Outcome, View
from ui.state import PageState

DEPTHS = (5, 10, 20, 50)
ALL_KINDS = "all"


@dataclass(frozen=True, slots=True)
class Measured:
    """An evaluation, and the part of it that the state asks for: one kind of queries, or all."""

    whole: Made
    shown: Made


class MeasuresSection:
    """Every method on every judged query."""

    def __init__(self, engine: Engine, evaluations: Evaluations) -> None:
        self._methods = engine.methods
        self._evaluations = evaluations

    def begin(self, engine: Engine, state: PageState) -> Work[Measured]:
        """See Section.begin."""
        whole = yield from self._evaluations.of(engine, measured_corpus(engine, state), state.depth, state.pool)
        return Measured(whole, whole.of_kind(state.kind) if state.kind else whole)

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        made = view.result if isinstance(view.result, Measured) else None
        drawn: Drawn = {"evaluate-stop": gr.update(visible=view.outcome is Outcome.WORKING)}
        if (line := status.line(view, self._summary(made.whole) if made else "")) is not None:
            drawn["evaluate-status"] = str(line)
        if made is None:
            return drawn
        evaluation, tests = made.shown.evaluation, made.shown.tests
        kinds = [ALL_KINDS, *(kind for kind in made.whole.evaluation.kinds if kind)]
        return drawn | {
            "evaluate-kind": gr.update(choices=kinds, value=view.state.kind or ALL_KINDS, visible=len(kinds) > 1),
            "evaluate-report": str(report.table(evaluation, tests, self._methods))
            + str(report.losses(evaluation))
            + str(report.dumbbell(evaluation)),
            "evaluate-files": gr.update(visible=True),
            "evaluate-csv": gr.update(value=str(made.whole.table)),
            "evaluate-runs": gr.update(
                value=str(made.whole.runs) if made.whole.runs else None, visible=made.whole.runs is not None
            ),
        }

    def _summary(self, made: Made) -> str:
        evaluation = made.evaluation
        best = max(evaluation.methods, key=lambda method: evaluation.measures[method][report.MEASURE])
        means = ", ".join(
            f"{self._methods[method].title} {evaluation.measures[method][report.MEASURE]:.3f}"
            for method in evaluation.methods
        )
        return f"Mean nDCG@10: {means}. {self._methods[best].title} is ahead."


class CurveSection:
    """What more candidates buy."""

    def __init__(self, engine: Engine) -> None:
        self._methods = engine.methods

    def begin(self, engine: Engine, state: PageState) -> Work[CandidateCurve]:
        """See Section.begin."""
        return curve_steps(engine, measured_corpus(engine, state), DEPTHS)

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        drawn: Drawn = {"evaluate-stop": gr.update(visible=view.outcome is Outcome.WORKING)}
        if (line := status.line(view, "The curve is at the foot of this tab.")) is not None:
            drawn["evaluate-status"] = str(line)
        if isinstance(view.result, CandidateCurve):
            drawn["evaluate-curve-picture"] = str(report.curve(view.result, self._methods))
        return drawn


def measured_corpus(engine: Engine, state: PageState) -> str:
    """The name of the corpus that is evaluated: the state's, or the largest judged one."""
    judged = [name for name, corpus in engine.corpora.items() if corpus.judged]
    return state.measured or next(reversed(judged), "")
