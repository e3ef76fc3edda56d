"""Late interaction drawn: the query's tokens in one line, the document's below, and a line for each best match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from searchcore.explain import Token, TokenSimilarity
from searchcore.ranking.late_interaction import Alignment
from ui.draw import numbers
from ui.draw.svg import Drawing
from ui.draw.template import fill

MOST_QUERY_TOKENS = 40
# Of a longer document only the tokens are drawn that a query token has chosen, and gaps between them.
MOST_DOCUMENT_TOKENS = 24
NAME_CHARACTERS = 16
STRONG, FAIR = 0.6, 0.3
# In units of the drawing, REM of which are one rem. No monospaced letter of 13 units is wider than LETTER.
LETTER, PADDING, LEAST, SPACE = 8.2, 16.0, 30.0, 8.0
ABOVE, BLOCK, BETWEEN, MARGIN = 22.0, 28.0, 104.0, 4.0
REM = 13.0
GAP = "…"


@dataclass(frozen=True, slots=True)
class _Block:
    """A token's place in its line: the number of its token (None: a gap), and where it stands."""

    token: int | None
    name: str
    left: float
    width: float

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def drawn(made: TokenSimilarity, alignment: Alignment) -> Markup:
    """The picture, as large as its text needs, in a frame that scrolls."""
    asked = min(len(made.query_tokens), MOST_QUERY_TOKENS)
    above = _line(made.query_tokens, list(range(asked)))
    below = _line(made.document_tokens, _document_places(made, alignment, asked))
    width = max(above[-1].left + above[-1].width, below[-1].left + below[-1].width) + MARGIN
    drawing = Drawing(
        width,
        ABOVE + 2 * BLOCK + BETWEEN + MARGIN,
        "Each query token and the document token it matches best",
        "ss-fixed",
    )
    _lines(drawing, above, below, alignment)
    for side, blocks, top in (("q", above, ABOVE), ("d", below, ABOVE + BLOCK + BETWEEN)):
        for block in blocks:
            _block(drawing, block, side, top)
    for block, cosine in zip(above, alignment.cosines, strict=False):
        drawing.text(block.middle, ABOVE - 8, numbers.cosine(cosine, 2), "ss-tick", "middle")
    note = fill("<p>Drawn: the first {} query tokens.</p>", asked) if asked < len(made.query_tokens) else ""
    return fill(
        '<div class="ss-scroll ss-frame ss-alignment" tabindex="0" role="region" aria-label="Late interaction, drawn">'
        '<div style="width:{:.2f}rem">{}</div></div>{}',
        width / REM,
        drawing.markup(),
        note,
    )


def _document_places(made: TokenSimilarity, alignment: Alignment, asked: int) -> list[int | None]:
    """Which tokens of the document are drawn, in reading order; None for a gap."""
    count = len(made.document_tokens)
    if count <= MOST_DOCUMENT_TOKENS:
        return list(range(count))
    places: list[int | None] = []
    after = 0
    for chosen in sorted(set(alignment.matches[:asked])):
        places += [None, chosen] if chosen > after else [chosen]
        after = chosen + 1
    return [*places, None] if after < count else places


def _line(tokens: Sequence[Token], places: Sequence[int | None]) -> list[_Block]:
    blocks, left = [], MARGIN
    for place in places:
        name = GAP if place is None else numbers.shortened(tokens[place].token, NAME_CHARACTERS)
        width = max(LEAST, len(name) * LETTER + PADDING)
        blocks.append(_Block(place, name, left, width))
        left += width + SPACE
    return blocks


def _lines(drawing: Drawing, above: list[_Block], below: list[_Block], alignment: Alignment) -> None:
    """From the middle of a query token's lower edge to the middle of its document token's upper edge."""
    targets = {block.token: block for block in below}
    for block, match, cosine in zip(above, alignment.matches, alignment.cosines, strict=False):
        weight = "ss-strong" if cosine >= STRONG else "ss-fair" if cosine >= FAIR else "ss-weak"
        drawing.add(
            fill(
                '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="ss-match {}" data-from="q{}" '
                'data-to="d{}"/>',
                block.middle,
                ABOVE + BLOCK,
                targets[match].middle,
                ABOVE + BLOCK + BETWEEN,
                weight,
                block.token,
                match,
            )
        )


def _block(drawing: Drawing, block: _Block, side: str, top: float) -> None:
    if block.token is not None:
        drawing.add(
            fill(
                '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="5" class="ss-block ss-block-{}" '
                'data-token="{}{}"/>',
                block.left,
                top,
                block.width,
                BLOCK,
                side,
                side,
                block.token,
            )
        )
    drawing.text(block.middle, top + 19, block.name, "ss-block-name", "middle")
