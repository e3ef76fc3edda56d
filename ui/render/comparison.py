"""Two texts, two numbers: the cards of both models, the verdict, and what swapping the two does."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.explain import EXAMPLES, Comparison
from searchcore.explain.compare import SAME_COSINE, SAME_SCORE
from searchcore.methods import BI_ENCODER, CROSS_ENCODER, METHODS
from searchcore.types import sigmoid
from ui import text
from ui.render import numbers
from ui.render.ranking import LOGIT_RANGE

LABEL_CHARACTERS = 60


def report(made: Comparison, *, swapped: bool = False) -> Markup:
    """Both cards and the verdict; `swapped`: the two have just changed places, so both directions are shown."""
    directions = _directions(made) if swapped else Markup("")
    return Markup('<div class="ss-intro">{}{}</div><p class="ss-verdict">{}</p>{}{}').format(
        _cosine_card(made), _score_card(made), made.verdict.replace(" -", " −"), _look_for(made), directions
    )


def _cosine_card(made: Comparison) -> Markup:
    bar = Markup('<span class="ss-bar" aria-hidden="true"><i style="width:{:.1f}%"></i></span>').format(
        100 * min(max(made.cosine, 0), 1)
    )
    about = "cosine of two vectors, at most 1; the bar runs from 0 to 1"
    return _card(BI_ENCODER, numbers.cosine(made.cosine), bar, about, made.encoder)


def _score_card(made: Comparison) -> Markup:
    width = min(abs(made.score) / LOGIT_RANGE, 1) * 50
    left = 50 if made.score >= 0 else 50 - width
    bar = Markup(
        '<span class="ss-bar ss-diverging" aria-hidden="true"><i class="{}" style="left:{:.1f}%;width:{:.1f}%"></i>'
        "</span>"
    ).format("ss-above" if made.score >= 0 else "ss-below", left, width)
    about = f"logit; its sigmoid is the probability {numbers.probability(made.probability)}. Above 0 means a match"
    return _card(CROSS_ENCODER, numbers.logit(made.score), bar, about, made.scorer)


def _card(method: str, number: str, bar: Markup, about: str, model: str) -> Markup:
    return Markup(
        '<section class="ss-card ss-{}" aria-label="{}"><h3>{} <span class="ss-unit">· {}</span></h3>'
        '<p class="ss-big">{}</p>{}<p class="ss-how">{}</p><p class="ss-model">{}</p></section>'
    ).format(
        method,
        METHODS[method].title,
        METHODS[method].title,
        METHODS[method].score_name,
        number,
        bar,
        about,
        text.short_name(model),
    )


def _look_for(made: Comparison) -> Markup:
    for example in EXAMPLES:
        if (example.query, example.document) == (made.text_a, made.text_b):
            return Markup('<p class="ss-hint"><b>{}.</b> {}</p>').format(example.title, example.look_for)
    return Markup("")


def _directions(made: Comparison) -> Markup:
    """A table of both directions; the comparison's own is the new one."""
    rows = [
        _row("Before", made.text_b, made.cosine_swapped, made.score_swapped),
        _row("Swapped", made.text_a, made.cosine, made.score),
    ]
    cosine, score = made.cosine - made.cosine_swapped, made.score - made.score_swapped
    return Markup(
        '<div class="ss-scroll"><table class="ss-table ss-directions"><caption>Both directions</caption><thead><tr>'
        '<th scope="col">Query</th><th scope="col">Cosine</th><th scope="col">Logit</th><th scope="col">Probability'
        '</th></tr></thead><tbody>{}<tr><th scope="row">Difference</th><td>{} <b>{}</b></td><td>{} <b>{}</b></td>'
        "<td>{}</td></tr></tbody></table></div>"
    ).format(
        Markup("").join(rows),
        numbers.change(cosine, 4),
        "stays" if abs(cosine) < SAME_COSINE else "changes",
        numbers.change(score, 2),
        "stays" if abs(score) < SAME_SCORE else "changes",
        numbers.change(sigmoid(made.score) - sigmoid(made.score_swapped), 4),
    )


def _row(name: str, query: str, cosine: float, score: float) -> Markup:
    return Markup('<tr><th scope="row">{}: <i>{}</i></th><td>{}</td><td>{}</td><td>{}</td></tr>').format(
        name,
        numbers.shortened(query, LABEL_CHARACTERS),
        numbers.cosine(cosine),
        numbers.logit(score),
        numbers.probability(sigmoid(score)),
    )
