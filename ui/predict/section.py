"""What the Search tab does before the reveal: nothing of what is covered is computed for the page, or sent to it."""

from __future__ import annotations

from markupsafe import Markup, escape

from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.evaluate import grades_of
from searchcore.ranking import Method
from searchcore.running import Work
from ui.draw import status
from ui.predict.draw import cover, which
from ui.predict.question import Covered, asked_query, covered, hidden_method, shown_method
from ui.runner import Drawn, Outcome, View
from ui.search.columns import columns, skeleton
from ui.search.shown import Columns, put_together
from ui.state import RIGHT, PageState
from ui.takehome.links import NOT_YET

NOBODY_JUDGED = "Nobody has judged this query, so nobody knows which of the two is right; predict the order instead."
ONE_FIRST = "This query is to be predicted; reveal it, or turn “Predict first” off, before you compare wordings."
NO_QUERY = "There is nothing to predict without a query; type one, then press Enter."


class PredictSection:
    """One ranking to see, and one to predict."""

    def __init__(self, engine: Engine) -> None:
        self._methods = engine.methods

    def begin(self, engine: Engine, state: PageState) -> Work[Covered]:
        """See Section.begin."""
        corpus, query = asked_query(engine, state)
        if state.against:
            raise InvalidInput(ONE_FIRST)
        if corpus is None or not query:
            raise InvalidInput(NO_QUERY)
        if state.asks == RIGHT and not grades_of(corpus, query):
            raise InvalidInput(NOBODY_JUDGED)
        return covered(engine, state, corpus, query)

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        state = view.state
        drawn: Drawn = {
            "status": str(status.line(view, self._asked(state))),
            "case": "",
            "cost-report": "",
            "take-report": NOT_YET,
            "curve": "",
        }
        methods = put_together(self._methods, state)
        shown, hidden = methods[shown_method(state)], methods[hidden_method(state)]
        if isinstance(view.result, Covered):
            drawn["results"] = str(self._drawn(view, view.result, shown, hidden))
        elif view.outcome is Outcome.WORKING and view.progress is None and view.partial is None:
            drawn["results"] = str(skeleton([shown, hidden]))
        return drawn

    def _drawn(self, view: View, made: Covered, shown: Method, hidden: Method) -> Markup:
        right = view.state.asks == RIGHT
        pending = (hidden.key,) if right and hidden.key not in made.result.rankings else ()
        asked = which(shown, hidden) if right else cover(hidden, view.state.guess)
        all_there = view.outcome is not Outcome.WORKING
        above = asked if right and all_there else Markup("")
        return above + columns(
            Columns(
                made.result,
                {},
                put_together(self._methods, view.state),
                pending=pending,
                partial=view.partial if right else None,
                outcome=view.outcome,
                picking=not right,
                mark=view.state.mark,
                beside=asked if all_there and not right else Markup(""),
            )
        )

    def _asked(self, state: PageState) -> Markup:
        title = self._methods[hidden_method(state)].title.lower()
        if state.asks == RIGHT:
            return escape("Which of the two rankings is right? Say it, then the judgements are shown.")
        return escape(f"Which documents will the {title} put first? Predict, then reveal.")
