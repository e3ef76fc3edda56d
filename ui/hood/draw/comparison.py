"""Two texts, two numbers: the cards of both models, the verdict, and what swapping the two does."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.explain import EXAMPLES, Comparison
from searchcore.explain.compare import SAME_COSINE, SAME_SCORE
from searchcore.ranking import BiEncoder, CrossEncoder
from searchcore.types import sigmoid
from ui import words
from ui.draw import numbers
from ui.draw.bars import score_bar, score_text

LABEL_CHARACTERS = 60


def report(made: Comparison, *, swapped: bool = False) -> Markup:
    """Both cards and the verdict; `swapped`: the two have just changed places, so both directions are shown."""
    directions = _directions(made) if swapped else Markup("")
    return Markup('<div class="ss-intro">{}{}</div><p class="ss-verdict">{}</p>{}{}').format(
        _cosine_card(made), _score_card(made), made.verdict.replace(" -", " −"), _look_for(made), directions
    )


def _cosine_card(made: Comparison) -> Markup:
    about = "cosine of two vectors, at most 1; the bar runs from 0 to 1"
    return _card(BiEncoder, made.cosine, about, made.encoder)


def _score_card(made: Comparison) -> Markup:
    about = f"logit; its sigmoid is the probability {numbers.probability(made.probability)}. Above 0 means a match"
    return _card(CrossEncoder, made.score, about, made.scorer)


def _card(method: type[BiEncoder] | type[CrossEncoder], score: float, about: str, model: str) -> Markup:
    return Markup(
        '<section class="ss-card ss-{}" aria-label="{}"><h3>{} <span class="ss-unit">· {}</span></h3>'
        '<p class="ss-big">{}</p>{}<p class="ss-how">{}</p><p class="ss-model">{}</p></section>'
    ).format(
        method.key,
        method.title,
        method.title,
        method.scale.unit,
        score_text(score, method.scale),
        score_bar(score, method.scale, best=1.0),
        about,
        words.short_name(model),
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
