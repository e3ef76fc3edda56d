"""Two texts, two numbers: the answer in a sentence, the verdict, and what swapping the two does."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.explain import EXAMPLES, Comparison
from searchcore.explain.compare import SAME_COSINE, SAME_SCORE
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER
from searchcore.types import sigmoid
from ui import words
from ui.draw import numbers
from ui.draw.template import fill, joined
from ui.draw.terms import term

LABEL_CHARACTERS = 60


def summary(made: Comparison) -> str:
    """How many tokens are read apart and together, and the number that comes of each."""
    query, document = (len(item.tokens) for item in made.inputs[BI_ENCODER])
    (pair,) = made.inputs[CROSS_ENCODER]
    return (
        f"Read apart, in {query:,} and {words.count(document, 'token')}: cosine {numbers.cosine(made.cosine)}. "
        f"Read together, in {len(pair.tokens):,}: logit {numbers.logit(made.score)}."
    )


def report(made: Comparison, *, swapped: bool = False) -> Markup:
    """The verdict; `swapped`: the two have just changed places, so both directions are shown."""
    directions = _directions(made) if swapped else Markup("")
    return fill('<p class="ss-verdict">{}</p>{}{}', made.verdict.replace(" -", " −"), _look_for(made), directions)


def _look_for(made: Comparison) -> Markup:
    for example in EXAMPLES:
        if (example.query, example.document) == (made.text_a, made.text_b):
            return fill('<p class="ss-hint"><b>{}.</b> {}</p>', example.title, example.look_for)
    return Markup("")


def _directions(made: Comparison) -> Markup:
    """A table of both directions; the comparison's own is the new one."""
    rows = [
        _row("Before", made.text_b, made.cosine_swapped, made.score_swapped),
        _row("Swapped", made.text_a, made.cosine, made.score),
    ]
    cosine, score = made.cosine - made.cosine_swapped, made.score - made.score_swapped
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Both directions"><table class="ss-table '
        'ss-directions"><caption>Both directions</caption><thead><tr><th scope="col">Query</th><th scope="col">{}</th>'
        '<th scope="col">{}</th><th scope="col">{}</th></tr></thead><tbody>{}<tr><th scope="row">Difference</th><td>{} '
        "<b>{}</b></td><td>{} <b>{}</b></td><td>{}</td></tr></tbody></table></div>",
        term("cosine", "Cosine"),
        term("logit", "Logit"),
        term("probability", "Sigmoid"),
        joined(rows),
        numbers.change(cosine, 4),
        "stays" if abs(cosine) < SAME_COSINE else "changes",
        numbers.change(score, 2),
        "stays" if abs(score) < SAME_SCORE else "changes",
        numbers.change(sigmoid(made.score) - sigmoid(made.score_swapped), 4),
    )


def _row(name: str, query: str, cosine: float, score: float) -> Markup:
    return fill(
        '<tr><th scope="row">{}: <i>{}</i></th><td>{}</td><td>{}</td><td>{}</td></tr>',
        name,
        numbers.shortened(query, LABEL_CHARACTERS),
        numbers.cosine(cosine),
        numbers.logit(score),
        numbers.probability(sigmoid(score)),
    )
