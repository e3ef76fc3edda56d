"""Rankings side by side: one ordered list for each method, moves as text and as lines."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from searchcore.evaluate import JudgedRanking
from searchcore.methods import BI_ENCODER, METHODS
from searchcore.types import Document, Hit, Ranking, SearchResult, sigmoid
from ui import text
from ui.render import numbers
from ui.render.judged import grade_chip, judgements, missed, ndcg_line

LOGIT_RANGE = 11.0
NAME_CHARACTERS = 60
SIDE_BY_SIDE = 2


@dataclass(frozen=True, slots=True)
class View:
    """How a result is shown: how many hits, and logits or probabilities in the cross-encoder's column."""

    shown: int = 10
    probability: bool = False


def columns(result: SearchResult, view: View, pending: tuple[str, ...] = ()) -> Markup:
    """The rankings that are there, and a place holder for each that is still to come."""
    judged = judgements(result)
    parts = [_column(result, ranking, view, judged.get(name)) for name, ranking in result.rankings.items()]
    parts += [_pending(method) for method in pending]
    below = missed(result, judged) if not pending else Markup("")
    return Markup('<div class="ss-columns{}" style="--columns:{}" data-corpus="{}" data-query="{}">{}</div>{}').format(
        " ss-many" if len(parts) > SIDE_BY_SIDE else "",
        len(parts),
        result.corpus.name,
        result.query,
        Markup("").join(parts),
        below,
    )


def _column(result: SearchResult, ranking: Ranking, view: View, judged: JudgedRanking | None) -> Markup:
    method = METHODS[ranking.method]
    best = ranking.hits[0].score if ranking.hits else 0.0
    grades = judged.grades if judged else None
    items = [
        _hit(result.corpus.document(hit.doc_id), hit, ranking, view, best, grade_chip(grades, hit.doc_id))
        for hit in ranking.hits[: view.shown]
    ]
    body = Markup("<ol>{}</ol>").format(Markup("").join(items))
    if not items:
        body = Markup('<p class="ss-empty">No document shares a word with this query.</p>')
    return Markup(
        '<section class="ss-column ss-{name}" data-method="{name}" data-reranks="{reranks}" aria-label="{title}">'
        '<header><h3>{title} <span class="ss-unit">· {unit}</span></h3><span class="ss-time">{time}</span>'
        '<p class="ss-how">{how}</p><p class="ss-model">{model} · {scale}</p>{ndcg}</header>{body}</section>'
    ).format(
        name=method.name,
        reranks=method.reranks or "",
        title=method.title,
        unit=_unit(ranking, view),
        time=_time(ranking),
        how=text.HOW_IT_READS[method.name],
        model=text.short_name(ranking.model),
        scale=_scale(ranking, view),
        ndcg=ndcg_line(judged),
        body=body,
    )


def _unit(ranking: Ranking, view: View) -> str:
    return "probability" if _as_probability(ranking, view) else METHODS[ranking.method].score_name


def _scale(ranking: Ranking, view: View) -> str:
    return "bar: probability from 0 to 1" if _as_probability(ranking, view) else text.BAR_SCALE[ranking.method]


def _as_probability(ranking: Ranking, view: View) -> bool:
    return view.probability and METHODS[ranking.method].score_name == "logit"


def _time(ranking: Ranking) -> str:
    if ranking.passes_needed and not ranking.passes_run:
        return "remembered"
    return text.duration(ranking.milliseconds / 1000)


def _hit(document: Document, hit: Hit, ranking: Ranking, view: View, best: float, grade: Markup) -> Markup:
    return Markup(
        '<li class="ss-hit" data-doc="{doc}" tabindex="-1"><span class="ss-rank">{rank}</span>'
        '<div class="ss-what">{heading}<p class="ss-text">{passage}</p>{unread}'
        '<p class="ss-foot">{grade}<button type="button" class="ss-link ss-inside" aria-label="Look inside: {name}">'
        "look inside</button></p></div>"
        '<div class="ss-score">{score}{bar}{move}</div></li>'
    ).format(
        doc=document.doc_id,
        rank=hit.rank,
        heading=_heading(document),
        passage=document.text,
        name=numbers.shortened(document.title or document.text, NAME_CHARACTERS),
        unread=_unread(ranking.unread.get(document.doc_id, 0)),
        grade=grade,
        score=_score(hit.score, ranking, view),
        bar=_bar(hit.score, ranking, view, best),
        move=_move(hit) if ranking.reranks else Markup(""),
    )


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
        text.count(tokens, "token")
    )


def _score(score: float, ranking: Ranking, view: View) -> Markup:
    """Cosines and probabilities to four decimals, logits with their sign, all with a real minus."""
    if _as_probability(ranking, view):
        shown = numbers.probability(sigmoid(score))
    elif METHODS[ranking.method].score_name == "logit":
        shown = numbers.logit(score)
    else:
        shown = numbers.cosine(score, 4 if ranking.method == BI_ENCODER else 2)
    return Markup('<span class="ss-number">{}</span>').format(shown)


def _bar(score: float, ranking: Ranking, view: View, best: float) -> Markup:
    """A bar on the method's own scale; a logit's grows from the middle, to the left below 0."""
    if METHODS[ranking.method].score_name == "logit" and not view.probability:
        width = min(abs(score) / LOGIT_RANGE, 1) * 50
        left = 50 if score >= 0 else 50 - width
        sign = "ss-above" if score >= 0 else "ss-below"
        return Markup(
            '<span class="ss-bar ss-diverging" aria-hidden="true"><i class="{}" style="left:{}%;width:{}%"></i></span>'
        ).format(sign, f"{left:.1f}", f"{width:.1f}")
    share = sigmoid(score) if _as_probability(ranking, view) else score
    if METHODS[ranking.method].score_name in ("BM25", "MaxSim"):
        share = score / best if best else 0.0
    return Markup('<span class="ss-bar" aria-hidden="true"><i style="width:{}%"></i></span>').format(
        f"{100 * min(max(share, 0), 1):.1f}"
    )


def _move(hit: Hit) -> Markup:
    sign, words, kind = move(hit)
    return Markup('<span class="ss-move ss-{}"><span aria-hidden="true">{}</span> {}</span>').format(kind, sign, words)


def move(hit: Hit) -> tuple[str, str, str]:
    """How a hit moved: an arrow, the same as text, and "up", "down" or "same"."""
    before = hit.rank_before or hit.rank
    steps = before - hit.rank
    if steps > 0:
        return "▲", f"up {steps}, was {before}", "up"
    if steps < 0:
        return "▼", f"down {-steps}, was {before}", "down"
    return "=", f"stays at {before}", "same"


def _pending(method: str) -> Markup:
    rows = Markup('<li class="ss-ghost"></li>') * 5
    return Markup(
        '<section class="ss-column ss-{name} ss-pending" aria-label="{title}, still working"><header><h3>{title}</h3>'
        '<p class="ss-how">{how}</p></header><ol aria-hidden="true">{rows}</ol></section>'
    ).format(name=method, title=METHODS[method].title, how=text.HOW_IT_READS[method], rows=rows)
