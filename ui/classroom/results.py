"""Drawings of what a class came to: bars of choices, the class's order, and what its judgements say."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from searchcore.types import Ranking
from ui import words as common
from ui.classroom import words
from ui.classroom.question import Question
from ui.classroom.scores import STUDENTS, Chosen, Graded, Ordered, ranking_of
from ui.draw.template import fill, joined
from ui.search.hits import short_title
from ui.search.judged import GRADES

MOST_DISPUTED = 6
DOWNLOAD = Markup(
    '<p><button type="button" class="cl-button" data-save="judgements.zip">Download the judgements as a BEIR corpus'
    "</button></p>"
)


def class_ranking(made: Ordered) -> Mapping[str, Ranking]:
    """The class's order as a ranking, with the places of the vote before; none where nobody answered."""
    before = made.votes[-2].places if len(made.votes) > 1 else ()
    places = made.votes[-1].places
    return {STUDENTS: ranking_of(places, before)} if places else {}


def bars(question: Question, made: Chosen | Ordered) -> Markup:
    """How many chose each option, and before the discussion; what is right is marked."""
    vote = made.votes[-1]
    now = {place.key: place.first for place in vote.places}
    before = {place.key: place.first for place in made.votes[-2].places} if len(made.votes) > 1 else None
    most = max([1, *now.values(), *(before or {}).values()])
    rows = joined(
        fill(
            '<li class="cl-bar{}"><span class="cl-name">{}{}</span><span class="cl-number">{}{}</span>'
            '<span class="cl-rail" aria-hidden="true">{}<i style="width:{:.1f}%"></i></span></li>',
            " cl-right" if option.key in made.right else "",
            option.title,
            Markup(" <b>✓ right</b>") if option.key in made.right else "",
            common.count(now.get(option.key, 0), "answer"),
            f", before {before.get(option.key, 0)}" if before is not None else "",
            fill('<s style="width:{:.1f}%"></s>', 100 * before.get(option.key, 0) / most) if before else "",
            100 * now.get(option.key, 0) / most,
        )
        for option in question.options
    )
    return fill('<ol class="cl-bars">{}</ol>', rows)


def judgements(made: Graded, titles: Mapping[str, str]) -> Markup:
    """Every method by the class's own judgements, beside the corpus's; how far the class agrees, and on what not."""
    return fill(
        '<p class="cl-outcome">{} {}</p><div class="cl-beside"><div>{}{}</div><div>{}</div></div>',
        words.judged(made),
        words.agreement(made.alpha),
        _measures(made, titles),
        DOWNLOAD,
        _disputed(made) + _documents(made),
    )


def _measures(made: Graded, titles: Mapping[str, str]) -> Markup:
    if not made.by_class:
        return Markup("<p>The class found no relevant document, so there is nothing to measure by.</p>")
    names = [key for key in made.by_class if key != STUDENTS]
    names += [STUDENTS] if STUDENTS in made.by_class else []
    head = "<th>built-in judgements</th>" if made.built_in else ""
    rows = joined(
        fill(
            '<tr class="ss-{}"><th>{}</th><td>{}</td>{}</tr>',
            key,
            "The class’s prediction" if key == STUDENTS else titles[key],
            words.value(made.by_class[key]),
            fill("<td>{}</td>", words.value(made.built_in[key])) if made.built_in else "",
        )
        for key in names
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Rankings, measured">'
        '<table class="ss-table cl-table"><caption>{} by the class’s judgements{}. What nobody judged counts as not '
        "relevant.</caption><thead><tr><th>Ranking</th><th>the class’s</th>{}</tr></thead><tbody>{}</tbody></table>"
        "</div>",
        made.measure,
        " and by those that the corpus has" if made.built_in else "; this query has no other judgements",
        Markup(head),  # noqa: S704 - one of two constants
        rows,
    )


def _disputed(made: Graded) -> Markup:
    found = sorted((each for each in made.documents if each.disputed), key=lambda each: -each.spread)
    if not found:
        return Markup("<p>No document is disputed.</p>")
    corpus = made.ranked.result.corpus
    items = joined(
        fill("<li><b>{}</b>: {}</li>", short_title(corpus, each.doc_id), _spread(each.counts))
        for each in found[:MOST_DISPUTED]
    )
    return fill("<h3>Disputed: talk about these</h3><ul>{}</ul>", items)


def _spread(counts: tuple[int, ...]) -> str:
    return ", ".join(f"{n} × {grade} {GRADES[grade]}" for grade, n in enumerate(counts) if n)


def _documents(made: Graded) -> Markup:
    """Every judged document with the grade that counts."""
    corpus, theirs = made.ranked.result.corpus, made.ranked.grades
    rows = joined(
        fill(
            "<tr><th>{}</th><td>{}</td><td>{}</td>{}</tr>",
            short_title(corpus, each.doc_id),
            each.grade,
            _spread(each.counts),
            fill("<td>{}</td>", theirs.get(each.doc_id, "–")) if theirs else "",
        )
        for each in sorted(made.documents, key=lambda each: (-each.grade, -each.total))
    )
    last = Markup("<th>built in</th>") if theirs else Markup("")
    return fill(
        '<details><summary>All judged documents</summary><div class="ss-scroll" tabindex="0" role="region" '
        'aria-label="Judged documents"><table class="ss-table cl-table">'
        "<thead><tr><th>Document</th><th>grade</th><th>given</th>{}</tr></thead><tbody>{}</tbody></table></div>"
        "</details>",
        last,
        rows,
    )
