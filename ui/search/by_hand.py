"""nDCG by hand: the arithmetic of each ranking's first five rows, and of the best order there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from searchcore.evaluate import AT_FIVE, PLACES, ByHand, Place
from searchcore.ranking import Method
from searchcore.types import Corpus
from ui import words
from ui.draw.template import fill, joined
from ui.draw.terms import explained, term
from ui.search.hits import short_title

NAME = "nDCG by hand"
HEADS = ("Rank and document", "Grade", "Gain", "Discount", "Product")
HOW = (
    "The gain is the grade itself, the discount 1 / log₂(rank + 1). Their products, added up, are the DCG. "
    f"{AT_FIVE} is that DCG divided by the DCG of the best order of all judged documents."
)
NOTHING_RELEVANT = (
    "Nobody has judged a document as relevant for this query, so there is nothing to add up yet. {} the first "
    f"{PLACES} rows of each ranking, at least one of them above 0: the arithmetic follows each grade."
)


def hand_button(*, shown: bool) -> Markup:
    """Opens the arithmetic, or closes it."""
    return fill(
        ' <button type="button" class="ss-link ss-judge-it" data-hand="{}">{}</button>',
        "0" if shown else "1",
        f"Close {NAME}" if shown else NAME,
    )


def worked(
    corpus: Corpus, hand: Mapping[str, ByHand], methods: Mapping[str, Method], *, own: bool, judging: bool
) -> Markup:
    """A table for each ranking and one for the best order. `own`: the grades are the visitor's, who is `judging`."""
    if not hand:
        how = "Grade" if judging else "Choose “Judge it yourself” above, then grade"
        return _section(fill("<p>{}</p>", NOTHING_RELEVANT.format(how)))
    ideal = next(iter(hand.values()))
    tables = [_of_ranking(corpus, methods[key], each) for key, each in hand.items()]
    tables.append(
        _table(corpus, "The best order of all judged documents", "", ideal.ideal, ("Best DCG", ideal.ideal_dcg))
    )
    said = fill(
        "<p>{} {}</p>",
        explained(HOW, "grade", "DCG", AT_FIVE),
        _whose(own=own, unjudged=any(each.unjudged for each in hand.values())),
    )
    return _section(said + fill("<div>{}</div>", joined(tables)))


def _section(content: Markup) -> Markup:
    return fill('<section class="ss-hand" aria-label="{0}"><h2 tabindex="-1">{0}</h2>{1}</section>', NAME, content)


def _whose(*, own: bool, unjudged: bool) -> str:
    whose = "The grades are yours." if own else ""
    return f"{whose} What nobody has judged counts as 0.".strip() if unjudged else whose


def _of_ranking(corpus: Corpus, method: Method, made: ByHand) -> Markup:
    said = fill(
        "<p>{} = {:.4f} / {:.4f} = <b>{}</b></p>", term(AT_FIVE), made.dcg, made.ideal_dcg, words.share(made.ndcg)
    )
    return _table(corpus, method.title, f"ss-{method.key}", made.places, ("DCG", made.dcg), said)


def _table(
    corpus: Corpus, title: str, tone: str, places: Sequence[Place], total: tuple[str, float], below: Markup | str = ""
) -> Markup:
    heads = joined(fill('<th scope="col">{}</th>', head) for head in HEADS)
    rows = joined(_row(corpus, place) for place in places)
    return fill(
        '<div class="{}"><div class="ss-scroll" tabindex="0" role="region" aria-label="{}: {}"><table class="ss-table">'
        "<caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody><tfoot><tr>"
        '<th scope="row" colspan="{}">{}</th><td><b>{:.4f}</b></td></tr></tfoot></table></div>{}</div>',
        tone,
        title,
        NAME,
        title,
        heads,
        rows,
        len(HEADS) - 1,
        total[0],
        total[1],
        below,
    )


def _row(corpus: Corpus, place: Place) -> Markup:
    return fill(
        '<tr><th scope="row">{} {}</th><td>{}</td><td>{}</td><td>{:.4f}</td><td>{:.4f}</td></tr>',
        place.rank,
        short_title(corpus, place.doc_id),
        place.grade if place.judged else "0, not judged",
        place.gain,
        place.discount,
        place.product,
    )
