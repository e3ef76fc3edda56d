"""How a question is asked before the reveal, and what it comes to after it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from markupsafe import Markup

from searchcore.ranking import Method, Scale
from searchcore.request import Request
from searchcore.types import Hit, Ranking
from ui.draw.template import fill
from ui.parameters import MOST_PREDICTED
from ui.predict.scored import YOU, Scored
from ui.state import NEITHER


class You:
    """The visitor's prediction, shown as a column beside those of the methods."""

    key = YOU
    title = "You"
    citation = ""
    reranks = None
    scale = Scale("your order", "as you predicted")
    models: tuple[str, ...] = ()

    def passes(self, n: int) -> int:
        """None."""
        return 0

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Ranking:
        """A prediction comes from the visitor: nothing ranks for it."""
        raise NotImplementedError


def prediction(guess: tuple[str, ...]) -> Ranking:
    """The visitor's order as a ranking."""
    hits = tuple(Hit(rank, doc_id, float(len(guess) - rank + 1)) for rank, doc_id in enumerate(guess, start=1))
    return Ranking(YOU, "", hits)


def cover(method: Method, guess: tuple[str, ...]) -> Markup:
    """In place of the covered ranking: what to do, the order so far, and Reveal. The script does the rest."""
    return fill(
        '<section class="ss-cover ss-{}" aria-label="Your prediction"><h2>{} · covered</h2>'
        '<p class="ss-how">Which documents will it put first? Add one to {} with +; then order them by dragging, with '
        "their buttons, or with the arrow keys. Enter reveals.</p>"
        '<ol class="ss-guess" data-guess="{}" aria-label="Your order"></ol>'
        '<p class="ss-guess-said" role="status"></p>'
        '<p><button type="button" class="ss-button ss-primary ss-reveal">Reveal</button></p></section>',
        method.key,
        method.title,
        MOST_PREDICTED,
        json.dumps(guess),
    )


def which(shown: Method, hidden: Method) -> Markup:
    """The question which of two rankings is right, with a button for each answer."""
    answers = ((shown.key, shown.title), (hidden.key, hidden.title), (NEITHER, "No difference"))
    buttons = Markup(" ").join(
        fill('<button type="button" class="ss-button ss-answer" data-answer="{}">{}</button>', key, title)
        for key, title in answers
    )
    return fill(
        '<section class="ss-cover ss-which" aria-label="Your prediction">'
        "<p><span>Which of the two is right, by nDCG@10?</span> {}</p></section>",
        buttons,
    )


def tally(key: str, made: Scored) -> Markup:
    """What the script adds to this browser's tally, once for each question."""
    if made.yours is None or made.theirs is None:
        return Markup("")
    return fill(
        ' <span class="ss-tally" data-question="{}" data-yours="{:.4f}" data-theirs="{:.4f}"></span>',
        key,
        made.yours,
        made.theirs,
    )
