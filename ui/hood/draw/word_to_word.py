"""Token vectors of two texts: their heat map, the one number their means make, and the late-interaction alignment."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.explain import Token, TokenSimilarity
from searchcore.explain.compare import SAME_COSINE
from searchcore.ranking.late_interaction import Alignment
from ui import words
from ui.draw import numbers
from ui.draw.heatmap import Label, heatmap
from ui.draw.svg import Drawing
from ui.hood import words as hood_words

MOST_ROWS, MOST_COLUMNS = 40, 120
STEP = 24.0
LEFT, RIGHT = 150.0, 250.0
STRONG, FAIR = 0.6, 0.3
NAME_CHARACTERS = 16


def report(made: TokenSimilarity, alignment: Alignment) -> Markup:
    """Heat map beside the mean-pooled result, then the alignment drawn and as a list."""
    return Markup('<div class="ss-beside">{}{}</div>{}').format(_heat(made), _pooled(made), _late(made, alignment))


def _heat(made: TokenSimilarity) -> Markup:
    rows, columns = made.query_tokens[:MOST_ROWS], made.document_tokens[:MOST_COLUMNS]
    caption = (
        "Rows: query tokens. Columns: document tokens. Framed: the best of each row. "
        "In italics: put there by the model."
    )
    shown = heatmap(
        caption, _labels(rows), _labels(columns), made.matrix[: len(rows), : len(columns)], best_in_row=True
    )
    cut = []
    if len(rows) < len(made.query_tokens):
        cut.append(f"the first {MOST_ROWS} of {words.count(len(made.query_tokens), 'query token')}")
    if len(columns) < len(made.document_tokens):
        cut.append(f"the first {MOST_COLUMNS} of {words.count(len(made.document_tokens), 'document token')}")
    note = Markup("<p>Shown: {}; the numbers elsewhere count all.</p>").format(" and ".join(cut)) if cut else ""
    return Markup("<div>{}{}</div>").format(shown, note)


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
    return Markup(
        '<section class="ss-card ss-bi_encoder" aria-label="From token vectors to one vector"><h3>Average first</h3>'
        '<p class="ss-flow"><span>{}</span><b>→ mean →</b><i>vector</i></p>'
        '<p class="ss-flow"><span>{}</span><b>→ mean →</b><i>vector</i></p>'
        '<p class="ss-big">{}</p><p class="ss-how">cosine of the two means</p><p>{}</p></section>'
    ).format(
        words.count(len(made.query_tokens), "vector"),
        words.count(len(made.document_tokens), "vector"),
        numbers.cosine(made.pooled_cosine),
        sentence,
    )


def _late(made: TokenSimilarity, alignment: Alignment) -> Markup:
    total = f"{alignment.score:.2f}"
    most = words.count(len(alignment.cosines), "query token")
    return Markup(
        '<section class="ss-late ss-late_interaction" aria-label="Late interaction"><h3>Match first: late interaction'
        '</h3><p>{}</p><p class="ss-big">{}</p><p class="ss-how">MaxSim: the sum of the best cosines of {}, so at most '
        "{}</p>"
        '<div class="ss-beside-even">{}<ol class="ss-sorted">{}</ol></div><p><cite>{}.</cite></p></section>'
    ).format(
        hood_words.LATE,
        total,
        most,
        len(alignment.cosines),
        _drawn(made, alignment),
        _listed(made, alignment),
        hood_words.LATE_CITATION,
    )


def _listed(made: TokenSimilarity, alignment: Alignment) -> Markup:
    return Markup("").join(
        Markup("<li><b>{}</b> → <b>{}</b> <i>token {}</i> {}</li>").format(
            token.token, made.document_tokens[match].token, match + 1, numbers.cosine(cosine, 2)
        )
        for token, match, cosine in zip(made.query_tokens, alignment.matches, alignment.cosines, strict=True)
    )


def _drawn(made: TokenSimilarity, alignment: Alignment) -> Markup:
    """Query tokens on the left, on the right the document tokens that one of them chose, in reading order."""
    shown = min(len(made.query_tokens), MOST_ROWS)
    chosen = sorted(set(alignment.matches[:shown]))
    place = {match: i for i, match in enumerate(chosen)}
    height = STEP * (max(shown, len(chosen)) + 1)
    drawing = Drawing(400, height, "Each query token and the document token it matches best", "ss-small-drawing")
    for i in range(shown):
        match, cosine = alignment.matches[i], alignment.cosines[i]
        y, target = STEP * (i + 1), STEP * (place[match] + 1)
        weight = "ss-strong" if cosine >= STRONG else "ss-fair" if cosine >= FAIR else "ss-weak"
        drawing.line(LEFT + 6, y - 4, RIGHT - 6, target - 4, f"ss-match {weight}")
        drawing.text(LEFT, y, numbers.shortened(made.query_tokens[i].token, NAME_CHARACTERS), "", "end")
        drawing.text(2, y, numbers.cosine(cosine, 2), "ss-tick")
    for match, i in place.items():
        drawing.text(RIGHT, STEP * (i + 1), numbers.shortened(made.document_tokens[match].token, NAME_CHARACTERS))
    note = ""
    if shown < len(made.query_tokens):
        note = Markup("<p>Drawn: the first {} query tokens.</p>").format(shown)
    return Markup("<div>{}{}</div>").format(drawing.markup(), note)
