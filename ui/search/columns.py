"""Rankings side by side: one ordered list for each method, moves as text and as lines, and the cut between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from searchcore.evaluate import JudgedRanking
from searchcore.ranking import Method
from searchcore.types import Hit, PartialScores, Ranking, SearchResult
from ui import words
from ui.draw.template import fill, joined
from ui.draw.terms import explained, term
from ui.runner import Outcome
from ui.search.hits import Row, row
from ui.search.merged import merged
from ui.search.searched import expanded, searched
from ui.search.shown import Columns
from ui.state import MOST_CANDIDATES

SIDE_BY_SIDE = 2
GHOSTS = 8
# What a column without a ranking says of itself, once its run has ended.
WHY_MISSING = {
    Outcome.WORKING: "still working",
    Outcome.STOPPED: "stopped",
    Outcome.REFUSED: "refused",
    Outcome.FAILED: "failed",
}


def columns(made: Columns) -> Markup:
    """The rankings that are there, and a place for each that is still to come or never came."""
    result = made.result
    shown = beside_each_other([*result.rankings, *made.pending], made.methods)
    parts = [_column(made, made.methods[key]) for key in shown]
    parts += [made.beside] if made.beside else []
    title = result.corpus.title or result.corpus.name
    queries = [caption.query for caption in made.captions.values()] or [result.query]
    return fill(
        '<div class="ss-columns{}" style="--columns:{}" data-corpus="{}" data-query="{}" data-against="{}" '
        'data-cut="{}" data-state="{}" role="group" aria-label="{}">{}{}</div>',
        " ss-many" if len(parts) > SIDE_BY_SIDE else "",
        len(parts),
        result.corpus.name,
        result.query,
        "".join(queries[1:]),
        result.candidates_used,
        made.outcome,
        f"{' and '.join(f'“{query}”' for query in queries)} in “{title}”",
        joined(parts),
        merged(made),
    )


def beside_each_other(keys: Sequence[str], methods: Mapping[str, Method]) -> list[str]:
    """The columns from left to right: what reorders a ranking stands beside it, so that lines cross no column."""
    order = [key for key in keys if methods[key].reranks not in keys]
    for key in keys:
        if key not in order:
            source = order.index(methods[key].reranks or "")
            right_is_free = source + 1 == len(order) or methods[order[source + 1]].reranks != order[source]
            order.insert(source + 1 if right_is_free else source, key)
    return order


def _column(made: Columns, method: Method) -> Markup:
    ranking = made.result.rankings.get(method.key)
    working = ranking is None and made.outcome is Outcome.WORKING
    state = "" if ranking is not None else WHY_MISSING.get(made.outcome, "not ranked")
    caption = made.caption(method)
    return fill(
        '<section class="ss-column ss-{name}{pending}" data-method="{name}" data-reranks="{reranks}"{query} '
        'aria-label="{title}{state}"><header title="{read}"><h2>{heading} <span class="ss-unit">· {unit} · '
        '<span class="ss-time">{time}</span></span>{play}</h2>{ndcg}<p class="ss-how">{how}</p>{searched}</header>'
        "{body}</section>",
        name=method.key,
        pending=" ss-pending" if working else "",
        reranks=method.reranks or "",
        query=fill(' data-query="{}"', caption.query) if caption.query else "",
        title=method.title,
        heading=caption.name,
        state=f", {state}" if state else "",
        read=f"{words.short_name(ranking.model)} · {made.scale(method).reading}" if ranking is not None else "",
        unit=term(made.scale(method).unit),
        time=_passes(ranking) if ranking is not None else _so_far(_partial(made, method), state),
        ndcg=_ndcg(made.judged.get(method.key)),
        play=_play(made, ranking),
        how=explained(caption.how, "[CLS]", "[SEP]"),
        searched=searched(ranking) + expanded(ranking, made.result.corpus) if ranking is not None else "",
        body=_ranked(made, method, ranking) if ranking is not None else _pending(made, method, working, state),
    )


def _play(made: Columns, ranking: Ranking | None) -> Markup:
    if ranking is None or ranking.reranks not in made.result.rankings:
        return Markup("")
    return Markup(' <button type="button" class="ss-link ss-play">Play again</button>')


def _passes(ranking: Ranking) -> str:
    return words.count(ranking.passes_needed, "pass", "passes")


def _ndcg(judged: JudgedRanking | None) -> Markup:
    if judged is None:
        return Markup("")
    return fill(
        '<p class="ss-ndcg">{} <b>{}</b> <span class="ss-best">of at most {}</span></p>',
        term("nDCG@10"),
        words.share(judged.ndcg),
        words.share(judged.best_ndcg),
    )


def _ranked(made: Columns, method: Method, ranking: Ranking) -> Markup:
    if not ranking.hits:
        return fill('<p class="ss-empty">{}</p>', words.words_of(method).empty(ranking))
    best = ranking.hits[0].score
    items = [_row(made, method, hit, best, ranking) for hit in ranking.hits]
    if made.further is not None and made.further.method == method.key:
        items.append(_cut(made.result, len(ranking.hits)))
        beyond = made.further.hits[len(ranking.hits) :]
        items += [_row(made, method, hit, best, made.further, beyond=True) for hit in beyond]
    return fill("<ol>{}</ol>", joined(items))


def _cut(result: SearchResult, candidates: int) -> Markup:
    """The handle between the last candidate and the first document that no reranker sees."""
    more = f" of {result.candidates} asked for: all there are" if result.candidates > candidates else ""
    return fill(
        '<li class="ss-cut"><div class="ss-handle" role="separator" tabindex="0" aria-orientation="horizontal" '
        'aria-valuemin="1" aria-valuemax="{most}" aria-valuenow="{candidates}" aria-valuetext="{said}{more}" '
        'aria-label="Cut: how many candidates are reranked" title="Drag, or use the arrow keys">'
        '<span aria-hidden="true">⇕</span> <span class="ss-cut-said">cut: {said}{more}</span></div></li>',
        most=min(len(result.corpus) - (result.excluded is not None), MOST_CANDIDATES),
        candidates=candidates,
        said=words.count(candidates, "candidate"),
        more=more,
    )


def _row(
    made: Columns, method: Method, hit: Hit, best: float, ranking: Ranking | None, *, beyond: bool = False
) -> Markup:
    return row(
        Row(
            document=made.result.corpus.document(hit.doc_id),
            hit=hit,
            score=made.on_scale(hit.score, method),
            scale=made.scale(method),
            best=best,
            grades=made.grades(method.key),
            unread=ranking.unread.get(hit.doc_id, 0) if ranking is not None else 0,
            beyond=beyond,
            judging=made.judging,
            picking=made.picking,
            alone=hit.doc_id in made.alone,
            marked=hit.doc_id == made.mark,
            shares=made.shares(ranking, hit.doc_id) if ranking is not None else (),
        )
    )


def _partial(made: Columns, method: Method) -> PartialScores | None:
    return made.partial if made.partial and made.partial.method == method.key else None


def _pending(made: Columns, method: Method, working: bool, state: str) -> Markup:
    """A method without a ranking: the candidates in the order that is known so far.

    Those that have a score come first, sorted; the others keep the order of the ranking that is being reordered.
    """
    partial, source = _partial(made, method), made.result.rankings.get(method.reranks or "")
    scores = partial.scores if partial else {}
    if source is None:
        return fill('<p class="ss-empty">{}</p>', _nothing(state)) if not working else _ghosts()
    position = made.result.corpus.position
    scored = sorted(
        (h for h in source.hits if h.doc_id in scores), key=lambda h: (-scores[h.doc_id], position(h.doc_id))
    )
    if not working and not scored:
        return fill('<p class="ss-empty">{}</p>', _nothing(state))
    best = scores[scored[0].doc_id] if scored else 0.0
    items = [
        _row(made, method, Hit(rank, h.doc_id, scores[h.doc_id], h.rank), best, None)
        for rank, h in enumerate(scored, start=1)
    ]
    if working:
        waiting = [hit for hit in source.hits if hit.doc_id not in scores]
        items += [
            row(Row(made.result.corpus.document(hit.doc_id), Hit(rank, hit.doc_id, 0.0, hit.rank)))
            for rank, hit in enumerate(waiting, start=len(scored) + 1)
        ]
    return fill("<ol>{}</ol>", joined(items))


def _ghosts() -> Markup:
    return fill('<ol aria-hidden="true">{}</ol>', Markup('<li class="ss-ghost"></li>') * GHOSTS)


def _so_far(partial: PartialScores | None, state: str) -> str:
    if partial is None or not partial.total:
        return state
    return f"{state}: {len(partial.scores)} of {words.count(partial.total, 'pair')}"


def _nothing(state: str) -> str:
    ended = state if state == WHY_MISSING[Outcome.FAILED] else f"was {state}"
    return f"Not ranked: the search {ended} before this method had scored a document."


def skeleton(methods: Sequence[Method]) -> Markup:
    """What will be there, before anything is: a column for each method, with rows that wait."""
    return fill(
        '<div class="ss-columns ss-skeleton" style="--columns:{}" aria-hidden="true">{}</div>',
        len(methods),
        joined(
            fill(
                '<section class="ss-column ss-{} ss-pending"><header><p class="ss-heading">{}</p>'
                '<p class="ss-how">{}</p></header>{}</section>',
                method.key,
                method.title,
                words.words_of(method).how,
                _ghosts(),
            )
            for method in methods
        ),
    )
