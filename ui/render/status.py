"""Status lines: what is going on, what went wrong, and what a search found, in words."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.methods import METHODS
from searchcore.types import Progress, Ranking, SearchResult
from ui import text
from ui.render.numbers import shortened
from ui.render.ranking import NAME_CHARACTERS, move


def info(sentence: str) -> Markup:
    """A plain sentence."""
    return Markup('<p class="ss-status">{}</p>').format(sentence)


def error(sentence: str) -> Markup:
    """A sentence about something that went wrong, read out at once by a screen reader."""
    return Markup('<p class="ss-status ss-error" role="alert">{}</p>').format(sentence)


def working(progress: Progress) -> Markup:
    """A sentence and, where the amount is known, a bar."""
    bar = Markup("")
    if progress.total and progress.stage != "waiting":
        bar = Markup('<progress value="{}" max="{}" aria-hidden="true"></progress>').format(
            progress.done, progress.total
        )
    return Markup('<p class="ss-status ss-working">{}{}</p>').format(text.progress_sentence(progress), bar)


def summary(result: SearchResult) -> Markup:
    """What the search did, for those who can't see the columns and for those who want it short."""
    asked, used = result.candidates, result.candidates_used
    title = result.corpus.title or result.corpus.name
    first = f"{text.count(used, 'candidate')} of {text.count(len(result.corpus), 'document')} in “{title}”."
    if used < asked:
        first = f"{asked} candidates were asked for; “{title}” has {text.count(used, 'document')}, and all are ranked."
    moves = [_moves(result, ranking) for ranking in result.rankings.values() if ranking.reranks and ranking.hits]
    return info(" ".join([first, *moves]))


def _moves(result: SearchResult, ranking: Ranking) -> str:
    top = ranking.hits[0]
    moved = [hit for hit in ranking.hits if hit.rank_before != hit.rank]
    name = METHODS[ranking.method].title
    head = f"{name}: “{_name(result, top.doc_id)}” comes first ({move(top)[1]})"
    if not moved:
        return f"{head}; no document moves."
    climber = max(ranking.hits, key=lambda hit: (hit.rank_before or hit.rank) - hit.rank)
    tail = f"{len(moved)} of {len(ranking.hits)} move"
    if climber.rank_before and climber.rank_before > climber.rank and climber is not top:
        tail += f", “{_name(result, climber.doc_id)}” the furthest up ({climber.rank_before} to {climber.rank})"
    return f"{head}; {tail}."


def _name(result: SearchResult, doc_id: str) -> str:
    document = result.corpus.document(doc_id)
    return shortened(document.title or document.text, NAME_CHARACTERS)
