"""For narrow screens: one list in which each document stands once, with its place and score by every method."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from searchcore.ranking import CROSS_ENCODER
from searchcore.types import Hit
from ui import words
from ui.draw.bars import score_bar, score_text
from ui.draw.template import fill, joined
from ui.predict.scored import YOU
from ui.search.hits import inside_button, move, pick_button, summed
from ui.search.judged import grade_buttons, grade_chip
from ui.search.searched import expanded, searched
from ui.search.shown import Columns


def merged(made: Columns) -> Markup:
    """The list in the order of the last ranking, with a button for each order; nothing before there is a ranking."""
    rankings = made.result.rankings
    if not rankings:
        return Markup("")
    main = CROSS_ENCODER if CROSS_ENCODER in rankings else list(rankings)[-1]
    places = {key: {hit.doc_id: hit for hit in ranking.hits} for key, ranking in rankings.items()}
    documents = list(dict.fromkeys(hit.doc_id for key in [main, *rankings] for hit in rankings[key].hits))
    buttons = joined(
        fill(
            '<button type="button" class="ss-sort ss-{}" data-sort="{}" aria-pressed="{}">{}</button>',
            key,
            key,
            "true" if key == main else "false",
            made.caption(made.methods[key]).name,
        )
        for key in rankings
    )
    return fill(
        '<section class="ss-merged"><h2 class="ss-hidden">Both rankings in one list</h2>'
        '<p class="ss-sorts" role="group" aria-label="Sorted by">Sorted by {}</p>{}{}<ol>{}</ol></section>',
        buttons,
        _waiting(made),
        joined(
            searched(ranking) + expanded(ranking, made.result.corpus) for ranking in rankings.values() if ranking.hits
        ),
        joined(_item(made, main, places, doc_id) for doc_id in documents),
    )


def _waiting(made: Columns) -> Markup:
    partial = made.partial
    if partial is None or partial.method in made.result.rankings:
        return Markup("")
    return fill(
        '<p class="ss-how">{}: {} of {}</p>',
        made.methods[partial.method].title,
        len(partial.scores),
        words.count(partial.total, "pair"),
    )


def _item(made: Columns, main: str, places: Mapping[str, Mapping[str, Hit]], doc_id: str) -> Markup:
    found = {key: hits[doc_id] for key, hits in places.items() if doc_id in hits}
    ranks = ";".join(f"{key}:{hit.rank}" for key, hit in found.items())
    document = made.result.corpus.document(doc_id)
    return fill(
        '<li class="ss-both{}" data-doc="{}" data-ranks="{}"><p class="ss-slope">{}</p><h3 class="ss-title">{}</h3>'
        '{}<p class="ss-places">{}{}</p>{}{}</li>',
        " ss-noted" if doc_id == made.mark else "",
        doc_id,
        ranks,
        _alone(made, found, main) if doc_id in made.alone else _slope(found, main),
        document.title or document.text,
        grade_chip(made.grades(main), doc_id),
        joined(_place(made, key, found.get(key)) for key in places),
        joined(summed(made.shares(ranking, doc_id)) for ranking in made.result.rankings.values()),
        pick_button(document) if made.picking else inside_button(document),
        grade_buttons(doc_id, made.grades(main)) if made.judging else Markup(""),
    )


def _slope(found: Mapping[str, Hit], main: str) -> Markup:
    """ "2 → 1", as numbers and as words."""
    reranked = found.get(main)
    if reranked is None:
        return Markup('<b aria-hidden="true">–</b><span class="ss-hidden">not ranked</span>')
    if reranked.rank_before is None:
        return fill("<b>{}</b>", reranked.rank)
    sign, said, kind = move(reranked)
    return fill(
        '<span aria-hidden="true">{} → <b>{}</b> <span class="ss-move ss-{}">{}</span></span>'
        '<span class="ss-hidden">{}, {}</span>',
        reranked.rank_before,
        reranked.rank,
        kind,
        sign,
        reranked.rank,
        said,
    )


def _alone(made: Columns, found: Mapping[str, Hit], main: str) -> Markup:
    """ "– → 3": a document that only one of two compared rankings has."""
    ((key, hit),) = found.items()
    ways = Markup("– → <b>{}</b>") if key == main else Markup("{} → <b>–</b>")
    return fill(
        '<span aria-hidden="true">{}</span><span class="ss-hidden">only in {}, at {}</span>',
        ways.format(hit.rank),
        made.methods[key].title,
        hit.rank,
    )


def _place(made: Columns, key: str, hit: Hit | None) -> Markup:
    method, ranking = made.methods[key], made.result.rankings[key]
    if hit is None and key == YOU:
        return Markup("")
    if hit is None:
        return fill(
            '<span class="ss-place ss-{}"><span class="ss-hidden">{}: not ranked</span>'
            '<span aria-hidden="true">–</span></span>',
            key,
            method.title,
        )
    if key == YOU:
        return fill('<span class="ss-place ss-{}">you: {}</span>', key, hit.rank)
    score, scale = made.on_scale(hit.score, method), made.scale(method)
    return fill(
        '<span class="ss-place ss-{}"><span class="ss-hidden">{}</span><span class="ss-number">{}</span>{}</span>',
        key,
        method.title,
        score_text(score, scale),
        score_bar(score, scale, ranking.hits[0].score),
    )
