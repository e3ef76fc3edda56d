"""What the Search tab does for a state, and what of it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from searchcore.engine import Engine
from searchcore.evaluate import JudgedRanking, judged_ranking
from searchcore.ranking import Method, plan
from searchcore.running import Work, retold
from searchcore.types import Corpus, Ranking, SearchResult
from ui import words
from ui.draw import status
from ui.runner import Drawn, Outcome, View
from ui.search.columns import Columns, caption, columns, move, short_title
from ui.search.cost import cost
from ui.search.intro import two_ways
from ui.state import PROBABILITY, PageState


@dataclass(frozen=True, slots=True)
class Found:
    """A search so far, with the judgements of each ranking where its query is judged."""

    result: SearchResult
    judged: Mapping[str, JudgedRanking]


@dataclass(frozen=True, slots=True)
class Opened:
    """A corpus that was turned to, before anything was asked; `models` were chosen and are in memory."""

    corpus: Corpus
    models: tuple[str, ...]


class SearchSection:
    """Rank a corpus for a query; without one, turn to the corpus and load the models that were chosen."""

    def __init__(self, engine: Engine) -> None:
        self._methods = engine.methods

    def begin(self, engine: Engine, state: PageState) -> Work[Found | Opened]:
        """See Section.begin."""
        if not state.query:
            return self._open(engine, state)
        work = engine.searching(
            state.corpus or default_corpus(engine),
            state.query,
            state.candidates,
            state.columns,
            state.encoder or None,
            state.scorer or None,
            state.matcher or None,
        )
        return self._search(work)

    def draw(self, view: View) -> Drawn:
        """See Section.draw."""
        drawn: Drawn = {"stop": gr.update(visible=view.outcome is Outcome.WORKING)}
        if (line := status.line(view, _summary(view.result, self._methods))) is not None:
            drawn["status"] = str(line)
        if isinstance(view.result, Found):
            drawn["results"] = self._drawn(view, view.result)
        elif isinstance(view.result, Opened):
            drawn["results"] = str(two_ways())
        return drawn

    def _search(self, work: Work[SearchResult]) -> Work[Found]:
        def found(result: SearchResult) -> Found:
            judged = {key: judged_ranking(result.corpus, result.query, made) for key, made in result.rankings.items()}
            return Found(result, {key: made for key, made in judged.items() if made is not None})

        def tell(step: Any) -> Iterable[Any]:
            return (found(step),) if isinstance(step, SearchResult) else (step,)

        return found((yield from retold(work, tell)))

    def _open(self, engine: Engine, state: PageState) -> Work[Opened]:
        models = engine.models
        loads = {"encoder": models.encoder, "scorer": models.scorer, "matcher": models.matcher}
        chosen = {role: name for role in loads if (name := getattr(state, role))}
        for role, name in chosen.items():
            yield from loads[role](models.resolve(role, name))
        return Opened(engine.corpus(state.corpus or default_corpus(engine)), tuple(chosen.values()))

    def _drawn(self, view: View, found: Found) -> str:
        result, state = found.result, view.state
        wanted = [method.key for method in plan(self._methods, state.columns) if method.key in state.columns]
        pending = tuple(key for key in wanted if key not in result.rankings)
        made = Columns(
            result,
            found.judged,
            self._methods,
            pending,
            view.partial,
            view.outcome,
            state.shown,
            probability=state.score == PROBABILITY,
        )
        below = "" if pending else cost(result, self._methods)
        return str(caption(result)) + str(columns(made)) + str(below)


def default_corpus(engine: Engine) -> str:
    """The name of the corpus that the page opens with: the largest."""
    return next(reversed(engine.corpora), "")


def _summary(result: Any, methods: Mapping[str, Method]) -> str:
    """What the search did, for those who can't see the columns and for those who want it short."""
    if isinstance(result, Opened):
        corpus = result.corpus
        about = f"{corpus.title or corpus.name}: {words.count(len(corpus), 'document')}. {corpus.description}".strip()
        in_use = [f"{words.short_name(name)} is in use from the next search on." for name in result.models]
        return " ".join([about, *in_use])
    if not isinstance(result, Found):
        return ""
    made = result.result
    asked, used = made.candidates, made.candidates_used
    title = made.corpus.title or made.corpus.name
    first = f"{words.count(used, 'candidate')} of {words.count(len(made.corpus), 'document')} in “{title}”."
    if used < asked:
        first = f"{asked} candidates were asked for; “{title}” has {words.count(used, 'document')}, and all are ranked."
    moves = [_moves(made, ranking, methods) for ranking in made.rankings.values() if ranking.reranks and ranking.hits]
    return " ".join([first, *moves])


def _moves(result: SearchResult, ranking: Ranking, methods: Mapping[str, Method]) -> str:
    top = ranking.hits[0]
    moved = [hit for hit in ranking.hits if hit.rank_before != hit.rank]
    head = f"{methods[ranking.method].title}: “{short_title(result.corpus, top.doc_id)}” comes first ({move(top)[1]})"
    if not moved:
        return f"{head}; no document moves."
    climber = max(ranking.hits, key=lambda hit: (hit.rank_before or hit.rank) - hit.rank)
    tail = f"{len(moved)} of {len(ranking.hits)} move"
    if climber.rank_before and climber.rank_before > climber.rank and climber is not top:
        name = short_title(result.corpus, climber.doc_id)
        tail += f", “{name}” the furthest up ({climber.rank_before} to {climber.rank})"
    return f"{head}; {tail}."
