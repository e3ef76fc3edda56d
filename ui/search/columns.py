"""Rankings side by side: one ordered list for each method, moves as text and as lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from searchcore.evaluate import JudgedRanking
from searchcore.ranking import Method, Scale
from searchcore.types import Corpus, Document, Hit, PartialScores, Ranking, SearchResult
from ui import words
from ui.draw import numbers
from ui.draw.bars import score_bar, score_text
from ui.runner import Outcome
from ui.search.judged import grade_chip, missed, ndcg_line

NAME_CHARACTERS = 60
SIDE_BY_SIDE = 2
GHOSTS = 5
PROBABILITIES = Scale("probability", "bar: probability from 0 to 1", high=1.0, decimals=4)
# What a column without a ranking says of itself, once its run has ended.
WHY_MISSING = {
    Outcome.WORKING: "still working",
    Outcome.STOPPED: "stopped",
    Outcome.REFUSED: "refused",
    Outcome.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns show: a result so far, its judgements by method, and the methods still to come.

    `outcome` says how the run stands, `shown` how many places each column has, `probability` whether scores are
    shown as probabilities where a method has them.
    """

    result: SearchResult
    judged: Mapping[str, JudgedRanking]
    methods: Mapping[str, Method]
    pending: tuple[str, ...] = ()
    partial: PartialScores | None = None
    outcome: Outcome = Outcome.DONE
    shown: int = 10
    probability: bool = False

    def scale(self, method: Method) -> Scale:
        """The scale on which a method's scores are shown."""
        return PROBABILITIES if self.probability and method.scale.probability else method.scale

    def on_scale(self, score: float, method: Method) -> float:
        """A score as it is shown."""
        as_probability = method.scale.probability
        return as_probability(score) if self.probability and as_probability else score


def columns(made: Columns) -> Markup:
    """The rankings that are there, and a place for each that is still to come or never came."""
    result = made.result
    parts = [_column(made, ranking) for ranking in result.rankings.values()]
    parts += [_pending(made, made.methods[key]) for key in made.pending]
    below = missed(result, made.judged) if not made.pending else Markup("")
    title = result.corpus.title or result.corpus.name
    return Markup(
        '<div class="ss-columns{}" style="--columns:{}" data-corpus="{}" data-query="{}" role="group" aria-label="{}">'
        "{}</div>{}"
    ).format(
        " ss-many" if len(parts) > SIDE_BY_SIDE else "",
        len(parts),
        result.corpus.name,
        result.query,
        f"“{result.query}” in “{title}”",
        Markup("").join(parts),
        below,
    )


def caption(result: SearchResult) -> Markup:
    """Which query and corpus the columns below answer."""
    return Markup('<p class="ss-of">“{}” in <b>{}</b></p>').format(
        numbers.shortened(result.query, NAME_CHARACTERS), result.corpus.title or result.corpus.name
    )


def _column(made: Columns, ranking: Ranking) -> Markup:
    method = made.methods[ranking.method]
    judged = made.judged.get(ranking.method)
    best = ranking.hits[0].score if ranking.hits else 0.0
    items = [
        _hit(made, method, hit, best, unread=ranking.unread.get(hit.doc_id, 0)) for hit in ranking.hits[: made.shown]
    ]
    body = Markup("<ol>{}</ol>").format(Markup("").join(items))
    if not items:
        body = Markup('<p class="ss-empty">{}</p>').format(words.words_of(method).empty)
    scale = made.scale(method)
    return Markup(
        '<section class="ss-column ss-{name}" data-method="{name}" data-reranks="{reranks}" aria-label="{title}">'
        '<header><h3>{title} <span class="ss-unit">· {unit}</span></h3><span class="ss-time">{time}</span>'
        '<p class="ss-how">{how}</p><p class="ss-model">{model} · {scale}</p>{ndcg}</header>{body}</section>'
    ).format(
        name=method.key,
        reranks=method.reranks or "",
        title=method.title,
        unit=scale.unit,
        time=_time(ranking),
        how=words.words_of(method).how,
        model=words.short_name(ranking.model),
        scale=scale.reading,
        ndcg=ndcg_line(judged),
        body=body,
    )


def _time(ranking: Ranking) -> str:
    if ranking.passes_needed and not ranking.passes_run:
        return "remembered"
    return words.duration(ranking.milliseconds / 1000)


def _hit(made: Columns, method: Method, hit: Hit, best: float, unread: int = 0) -> Markup:
    document, scale = made.result.corpus.document(hit.doc_id), made.scale(method)
    judged = next(iter(made.judged.values()), None)
    score = made.on_scale(hit.score, method)
    return Markup(
        '<li class="ss-hit" data-doc="{doc}" tabindex="-1"><span class="ss-rank">{rank}</span>'
        '<div class="ss-what">{heading}<p class="ss-text">{passage}</p>{unread}'
        '<p class="ss-foot">{grade}<button type="button" class="ss-link ss-inside" aria-label="Look inside: {name}">'
        "look inside</button></p></div>"
        '<div class="ss-score"><span class="ss-number">{score}</span>{bar}{move}</div></li>'
    ).format(
        doc=document.doc_id,
        rank=hit.rank,
        heading=_heading(document),
        passage=document.text,
        name=short_title(made.result.corpus, document.doc_id),
        unread=_unread(unread),
        grade=grade_chip(judged.grades if judged else None, hit.doc_id),
        score=score_text(score, scale),
        bar=score_bar(score, scale, best),
        move=_move(hit) if hit.rank_before is not None else Markup(""),
    )


def short_title(corpus: Corpus, doc_id: str) -> str:
    """A document by its title, or by how its text begins."""
    document = corpus.document(doc_id)
    return numbers.shortened(document.title or document.text, NAME_CHARACTERS)


def _heading(document: Document) -> Markup:
    if not document.title:
        return Markup("")
    year = document.metadata.get("year")
    after = Markup(' <span class="ss-year">{}</span>').format(year) if isinstance(year, int) else Markup("")
    return Markup('<h4 class="ss-title">{}{}</h4>').format(document.title, after)


def _unread(tokens: int) -> Markup:
    if not tokens:
        return Markup("")
    return Markup('<p class="ss-unread">The last {} did not fit the model’s window and were not read.</p>').format(
        words.count(tokens, "token")
    )


def _move(hit: Hit) -> Markup:
    sign, said, kind = move(hit)
    return Markup('<span class="ss-move ss-{}"><span aria-hidden="true">{}</span> {}</span>').format(kind, sign, said)


def move(hit: Hit) -> tuple[str, str, str]:
    """How a hit moved: an arrow, the same as text, and "up", "down" or "same"."""
    before = hit.rank_before or hit.rank
    steps = before - hit.rank
    if steps > 0:
        return "▲", f"up {steps}, was {before}", "up"
    if steps < 0:
        return "▼", f"down {-steps}, was {before}", "down"
    return "=", f"stays at {before}", "same"


def _pending(made: Columns, method: Method) -> Markup:
    """A method without a ranking: the documents it has scored so far, and what it waits for or why it ended."""
    partial = made.partial if made.partial and made.partial.method == method.key else None
    scores = partial.scores if partial else {}
    ordered = sorted(scores, key=lambda doc_id: (-scores[doc_id], made.result.corpus.position(doc_id)))
    best = scores[ordered[0]] if ordered else 0.0
    items = [
        _hit(made, method, Hit(rank, doc_id, scores[doc_id]), best)
        for rank, doc_id in enumerate(ordered[: made.shown], start=1)
    ]
    working = made.outcome is Outcome.WORKING
    if working:
        items += [Markup('<li class="ss-ghost" aria-hidden="true"></li>')] * max(GHOSTS - len(items), 1)
    state = WHY_MISSING.get(made.outcome, "not ranked")
    return Markup(
        '<section class="ss-column ss-{name}{pending}" data-method="{name}" aria-label="{title}, {state}"><header>'
        '<h3>{title} <span class="ss-unit">· {unit}</span></h3><span class="ss-time">{so_far}</span>'
        '<p class="ss-how">{how}</p></header>{body}</section>'
    ).format(
        name=method.key,
        pending=" ss-pending" if working else "",
        title=method.title,
        state=state,
        unit=made.scale(method).unit,
        so_far=_so_far(partial, state),
        how=words.words_of(method).how,
        body=Markup("<ol>{}</ol>").format(Markup("").join(items))
        if items
        else Markup('<p class="ss-empty">{}</p>').format(_nothing(state)),
    )


def _so_far(partial: PartialScores | None, state: str) -> str:
    if partial is None or not partial.total:
        return state
    return f"{state}: {len(partial.scores)} of {words.count(partial.total, 'pair')}"


def _nothing(state: str) -> str:
    return f"Not ranked: the search was {state} before this method had scored a document."
