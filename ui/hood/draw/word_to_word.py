"""Token vectors of two texts: the late-interaction alignment, their heat map, and the one number their means make."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.explain import Token, TokenSimilarity
from searchcore.explain.compare import SAME_COSINE
from searchcore.ranking.late_interaction import Alignment
from ui import words
from ui.draw import numbers
from ui.draw.heatmap import Label, heatmap
from ui.draw.template import fill, joined
from ui.draw.terms import term
from ui.hood.draw.alignment import drawn

MOST_ROWS, MOST_COLUMNS = 40, 120


def report(made: TokenSimilarity, alignment: Alignment) -> Markup:
    """The alignment, drawn and as a list; then the heat map beside the mean-pooled result."""
    return fill('{}<div class="ss-beside">{}{}</div>', _late(made, alignment), _heat(made), _pooled(made))


def _heat(made: TokenSimilarity) -> Markup:
    rows, columns = made.query_tokens[:MOST_ROWS], made.document_tokens[:MOST_COLUMNS]
    caption = (
        "Every query token with every document token. Framed: the best of each row. In italics: put there by the model."
    )
    shown = heatmap(
        caption, _labels(rows), _labels(columns), made.matrix[: len(rows), : len(columns)], best_in_row=True
    )
    cut = []
    if len(rows) < len(made.query_tokens):
        cut.append(f"the first {MOST_ROWS} of {words.count(len(made.query_tokens), 'query token')}")
    if len(columns) < len(made.document_tokens):
        cut.append(f"the first {MOST_COLUMNS} of {words.count(len(made.document_tokens), 'document token')}")
    note = fill("<p>Shown: {}; the numbers elsewhere count all.</p>", " and ".join(cut)) if cut else ""
    return fill("<div>{}{}</div>", shown, note)


def _labels(tokens: tuple[Token, ...]) -> list[Label]:
    return [Label(token.token, added=token.added) for token in tokens]


def _pooled(made: TokenSimilarity) -> Markup:
    same = abs(made.pooled_cosine - made.cosine) < SAME_COSINE
    sentence = (
        "The mean of the tokens’ vectors, scaled to length 1, is the very vector that Search uses, so Search shows "
        "the same number."
        if same
        else f"Search shows {numbers.cosine(made.cosine)}: this model does not average, it takes the vector of its "
        "first token, [CLS]."
    )
    return fill(
        '<section class="ss-card ss-bi_encoder" aria-label="From token vectors to one vector"><h3>Average first</h3>'
        '<p class="ss-flow"><span>{}</span><b>→ mean →</b><i>vector</i></p>'
        '<p class="ss-flow"><span>{}</span><b>→ mean →</b><i>vector</i></p>'
        '<p class="ss-big">{}</p><p class="ss-how">cosine of the two means</p><p>{}</p></section>',
        words.count(len(made.query_tokens), "vector"),
        words.count(len(made.document_tokens), "vector"),
        numbers.cosine(made.pooled_cosine),
        sentence,
    )


def _late(made: TokenSimilarity, alignment: Alignment) -> Markup:
    return fill(
        '<section class="ss-late ss-late_interaction" aria-label="Late interaction"><h3>Match first: late interaction '
        '<span class="ss-unit">{} {}, the sum of {}</span></h3>{}<details><summary>The same as a list</summary>'
        '<ol class="ss-sorted">{}</ol></details></section>',
        term("MaxSim"),
        f"{alignment.score:.2f}",
        words.count(len(alignment.cosines), "best cosine"),
        drawn(made, alignment),
        _listed(made, alignment),
    )


def _listed(made: TokenSimilarity, alignment: Alignment) -> Markup:
    return joined(
        fill(
            "<li><b>{}</b> → <b>{}</b> <i>token {}</i> {}</li>",
            token.token,
            made.document_tokens[match].token,
            match + 1,
            numbers.cosine(cosine, 2),
        )
        for token, match, cosine in zip(made.query_tokens, alignment.matches, alignment.cosines, strict=True)
    )
