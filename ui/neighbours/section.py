"""What the tab "Nearest neighbours" does for a state, and how that is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from searchcore.engine import Engine
from searchcore.errors import InvalidInput
from searchcore.evaluate import (
    HNSW,
    IVF,
    Crossing,
    Neighbourhood,
    Setting,
    Smaller,
    crossing_steps,
    neighbour_steps,
    smaller_steps,
)
from searchcore.neighbours import Kept
from searchcore.running import Work
from searchcore.types import Corpus
from ui.draw import status
from ui.draw.template import fill
from ui.neighbours import bits, curve, walk
from ui.runner import Drawn, View
from ui.search.prepared import prepared_query, shown_corpus
from ui.state import PageState


@dataclass(frozen=True, slots=True)
class Seen:
    """A query's neighbourhood and, once it is known, where exact search and a graph cross."""

    around: Neighbourhood
    crossing: Crossing | None = None


class NeighboursSection:
    """Recall against time on the corpus that Search shows, and the walk of its query."""

    def begin(self, engine: Engine, state: PageState) -> Work[Seen]:
        """See Section.begin."""
        corpus, query = asked(engine, state)
        return _steps(engine, corpus, query, _setting(state), state.encoder or None)

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        seen = view.result if isinstance(view.result, Seen) else None
        drawn: Drawn = {"near-status": str(status.line(view, walk.sentence(seen.around) if seen else ""))}
        if seen is None:
            return drawn
        around = seen.around
        drawn["near-picture"] = str(
            fill(
                '<p class="ss-lead">{}</p><div class="ss-beside-even"><div>{}{}</div><div>{}</div></div>',
                curve.lead(around, seen.crossing),
                curve.picture(around.trade_off, around.setting),
                walk.found(around),
                walk.on_the_map(around),
            )
        )
        if seen.crossing is not None:
            drawn["near-crossing"] = str(curve.crossing_picture(seen.crossing, len(around.corpus)))
        return drawn


class BitsSection:
    """Smaller vectors of the corpus that Search shows."""

    def begin(self, engine: Engine, state: PageState) -> Work[Smaller]:
        """See Section.begin."""
        kept = Kept(state.dimensions, state.precision, state.way, int(state.rescored))
        return smaller_steps(engine, asked(engine, state)[0], kept, state.encoder or None)

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        made = view.result if isinstance(view.result, Smaller) else None
        drawn: Drawn = {"near-status": str(status.line(view, bits.sentence(made) if made else ""))}
        if made is not None:
            drawn["near-bits-fold"] = gr.update(open=True)
            drawn["near-bits"] = str(bits.picture(made))
        return drawn


def asked(engine: Engine, state: PageState) -> tuple[Corpus, str]:
    """The corpus that Search shows and its query. Raises InvalidInput where there is none."""
    corpus = shown_corpus(engine, state)
    if corpus is None:
        raise InvalidInput("There is no corpus of your own yet: give one in Search, or choose another one there.")
    query = state.query.strip() or prepared_query(corpus)
    if not query:
        raise InvalidInput("There is no query yet: type one in Search.")
    return corpus, query


def about(engine: Engine, state: PageState) -> str:
    """Which corpus and query the tab is about."""
    try:
        corpus, query = asked(engine, state)
    except InvalidInput as error:
        return str(status.info(str(error)))
    title = corpus.title or corpus.name
    return str(fill("<p>In <b>{}</b>, for <b>{}</b>, as in Search.</p>", title, query))


def _setting(state: PageState) -> Setting:
    return Setting(state.index, {HNSW: state.ef, IVF: state.probes}.get(state.index, 0))


def _steps(engine: Engine, corpus: Corpus, query: str, setting: Setting, encoder: str | None) -> Work[Seen]:
    around = yield from neighbour_steps(engine, corpus, query, setting, encoder)
    yield Seen(around)
    return Seen(around, (yield from crossing_steps(engine)))
