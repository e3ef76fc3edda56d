"""One document in a ranking: rank, title, score, bar, move and grade in two lines, the whole passage on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from searchcore.ranking import Scale
from searchcore.types import Chunk, Corpus, Document, Hit, Share
from ui import words
from ui.draw import numbers
from ui.draw.bars import score_bar, score_text
from ui.draw.template import fill
from ui.search.chunks import deciding, text_of
from ui.search.judged import grade_buttons, grade_chip

NAME_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """What a row shows. Without a `scale` the document has no score yet; `beyond` it is below the cut.

    `alone`: of two rankings that are compared, only this one has it. `shares` are what a fusion's score comes from,
    `chunk` is the part of the document that decided.
    """

    document: Document
    hit: Hit
    score: float = 0.0
    scale: Scale | None = None
    best: float = 0.0
    grades: Mapping[str, int] | None = None
    unread: int = 0
    beyond: bool = False
    judging: bool = False
    picking: bool = False
    alone: bool = False
    marked: bool = False
    shares: tuple[tuple[str, Share], ...] = ()
    chunk: Chunk | None = None


def row(made: Row) -> Markup:
    """The list item."""
    document, hit = made.document, made.hit
    return fill(
        '<li class="ss-hit{kind}" data-doc="{doc}" data-rank="{rank}" data-before="{before}" tabindex="-1">'
        '<span class="ss-rank">{rank}</span>{heading}{side}{score}'
        '<div class="ss-rest"><p class="ss-text">{part}{passage}</p>{unread}{judging}<p class="ss-foot">'
        '<button type="button" class="ss-link ss-more" aria-expanded="false" aria-label="More of: {name}">more</button>'
        "{inside}</p></div></li>",
        kind=("" if document.title else " ss-untitled")
        + (" ss-beyond" if made.beyond else "")
        + (" ss-noted" if made.marked else ""),
        doc=document.doc_id,
        rank=hit.rank,
        before=hit.rank_before or "",
        heading=_heading(document),
        side=_side(made),
        score=_score(made),
        part=_part(document, made.chunk),
        passage=text_of(document, made.chunk),
        unread=_unread(made.unread),
        judging=grade_buttons(document.doc_id, made.grades) if made.judging else Markup(""),
        name=numbers.shortened(document.title or document.text, NAME_CHARACTERS),
        # Inside is the score that a prediction is about.
        inside=Markup("") if made.picking else inside_button(document),
    )


def _side(made: Row) -> Markup:
    """The move or what the score comes from, and the grade."""
    move_said = _move(made.hit) if made.hit.rank_before is not None and made.scale is not None else Markup("")
    pick = pick_button(made.document) if made.picking and not made.beyond else Markup("")
    if made.alone:
        move_said = Markup('<span class="ss-move ss-alone"><span aria-hidden="true">◇</span> only here</span>')
    grade = grade_chip(made.grades, made.document.doc_id)
    return fill('<p class="ss-side">{}{}{}{}</p>', move_said, summed(made.shares), grade, pick)


def summed(shares: Sequence[tuple[str, Share]]) -> Markup:
    """What each ranking adds, in its colour and with its name: 1/(60+2) + 1/(60+7)."""
    if not shares:
        return Markup("")
    added = Markup(" + ").join(
        fill(
            '<span class="ss-{}" title="{} has it at {}"><span class="ss-hidden">{}: </span>{}</span>',
            share.method,
            title,
            share.rank,
            title,
            share.written,
        )
        for title, share in shares
    )
    return fill('<span class="ss-sum">{}</span>', added)


def inside_button(document: Document) -> Markup:
    """Opens query and document under the hood."""
    name = numbers.shortened(document.title or document.text, NAME_CHARACTERS)
    return fill(
        '<button type="button" class="ss-link ss-inside" aria-label="Look inside: {}">look inside</button>', name
    )


def pick_button(document: Document) -> Markup:
    """Puts a document into the visitor's prediction."""
    name = numbers.shortened(document.title or document.text, NAME_CHARACTERS)
    return fill(
        '<button type="button" class="ss-small-button ss-pick" data-name="{0}" aria-label="Add to your order: {0}">+'
        "</button>",
        name,
    )


def _score(made: Row) -> Markup:
    if made.scale is None:
        return Markup('<p class="ss-score"><span class="ss-waits">waits</span></p>')
    return fill(
        '<p class="ss-score"><span class="ss-number">{}</span>{}</p>',
        score_text(made.score, made.scale),
        score_bar(made.score, made.scale, made.best),
    )


def short_title(corpus: Corpus, doc_id: str) -> str:
    """A document by its title, or by how its text begins."""
    document = corpus.document(doc_id)
    return numbers.shortened(document.title or document.text, NAME_CHARACTERS)


def _heading(document: Document) -> Markup:
    if not document.title:
        return Markup("")
    year = document.metadata.get("year")
    after = fill(' <span class="ss-year">{}</span>', year) if isinstance(year, int) else Markup("")
    return fill('<h3 class="ss-title">{}{}</h3>', document.title, after)


def _part(document: Document, chunk: Chunk | None) -> Markup:
    """Which passage of which document this is, where a long text was cut, and which chunk of it decided."""
    of, part, parts = (document.metadata.get(name) for name in ("document", "part", "parts"))
    passage = f"Passage {part} of {parts} of document {of}." if isinstance(part, int) and isinstance(parts, int) else ""
    said = " ".join(each for each in (passage, deciding(chunk)) if each)
    return fill('<span class="ss-part">{}</span> ', said) if said else Markup("")


def _unread(tokens: int) -> Markup:
    if not tokens:
        return Markup("")
    return fill(
        '<p class="ss-unread">The last {} did not fit the model’s window and were not read.</p>',
        words.count(tokens, "token"),
    )


def _move(hit: Hit) -> Markup:
    sign, said, kind = move(hit)
    return fill('<span class="ss-move ss-{}"><span aria-hidden="true">{}</span> {}</span>', kind, sign, said)


def move(hit: Hit) -> tuple[str, str, str]:
    """How a hit moved: an arrow, the same as text, and "up", "down" or "same"."""
    before = hit.rank_before or hit.rank
    steps = before - hit.rank
    if steps > 0:
        return "▲", f"up {steps}, was {before}", "up"
    if steps < 0:
        return "▼", f"down {-steps}, was {before}", "down"
    return "=", f"stays at {before}", "same"
