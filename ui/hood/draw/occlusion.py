"""Occlusion: both texts with each word toned by what its absence does, the numbers, and a sorted list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from searchcore.explain import MAX_WORDS, Occlusion, WordEffect
from searchcore.explain.occlusion import Side
from searchcore.ranking import BiEncoder, CrossEncoder
from ui import words
from ui.draw import numbers
from ui.draw.template import fill, joined
from ui.draw.terms import term

LISTED = 8
SIDES: tuple[Side, Side] = ("query", "document")


@dataclass(frozen=True, slots=True)
class _Scoring:
    """One of the two numbers that fall: how it is called in the core and on the page, read from a word, and written."""

    method: type[BiEncoder] | type[CrossEncoder]
    name: str
    unit: str
    drop: Callable[[WordEffect], float]
    decimals: int


_COSINE = _Scoring(BiEncoder, "cosine", "cosine", lambda effect: effect.cosine_drop, 3)
_SCORE = _Scoring(CrossEncoder, "score", "logit", lambda effect: effect.score_drop, 2)


def report(made: Occlusion) -> Markup:
    """A block for each model, and the sentence about words left alone."""
    return fill(
        '<div class="ss-occlusion">{}{}</div>{}',
        _block(made, _COSINE, numbers.cosine(made.cosine)),
        _block(made, _SCORE, numbers.logit(made.score)),
        _notes(made),
    )


def summary(made: Occlusion) -> str:
    """What each model depends on most, in one sentence."""
    if not made.words:
        return "There is no word to leave out: the texts hold no letters or digits."
    parts = []
    for scoring in (_COSINE, _SCORE):
        top = made.ranked(scoring.name)[0]
        parts.append(f"the {scoring.method.title.lower()} {_most(top, scoring)}")
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _most(top: WordEffect, scoring: _Scoring) -> str:
    drop = scoring.drop(top)
    if round(drop, scoring.decimals) <= 0:
        return "has no word without which its number falls"
    number = f"{drop:.{scoring.decimals}f}"
    return f"leans most on “{top.word}” in the {top.side} (without it the {scoring.unit} falls by {number})"


def _block(made: Occlusion, scoring: _Scoring, full: str) -> Markup:
    strongest = max((abs(scoring.drop(effect)) for effect in made.words), default=0.0)
    texts = joined(
        fill(
            '<p class="ss-marked"><b class="ss-role">{}</b>{}</p>',
            side,
            _marked(getattr(made, side), made.of(side), scoring, strongest),
        )
        for side in SIDES
    )
    return fill(
        '<section class="ss-card ss-{}" aria-label="{}, word by word"><h3>{} <span class="ss-unit">{} {}</span></h3>'
        '{}<p class="ss-how">Under each word: how far the number falls without it. '
        '<span class="ss-effect ss-for" style="--strength:60%">+ the word raises it</span> '
        '<span class="ss-effect ss-against" style="--strength:60%">− lowers it</span></p>{}</section>',
        scoring.method.key,
        scoring.method.title,
        scoring.method.title,
        term(scoring.unit),
        full,
        texts,
        _sorted_list(made, scoring),
    )


def _marked(words: str, effects: tuple[WordEffect, ...], scoring: _Scoring, strongest: float) -> Markup:
    """The text with its words toned; what lies between them, and after the last one, stays as it is."""
    parts, end = [], 0
    for effect in effects:
        parts.append(fill("{}{}", words[end : effect.start], _word(effect, scoring, strongest)))
        end = effect.end
    parts.append(fill("{}", words[end:]))
    return joined(parts)


def _word(effect: WordEffect, scoring: _Scoring, strongest: float) -> Markup:
    drop = scoring.drop(effect)
    strength = 100 * abs(drop) / strongest if strongest else 0.0
    return fill(
        '<span class="ss-effect {}" style="--strength:{:.0f}%">{}<small>{}</small></span>',
        _direction(drop, scoring),
        strength,
        effect.word,
        numbers.change(drop, scoring.decimals),
    )


def _direction(drop: float, scoring: _Scoring) -> str:
    rounded = round(drop, scoring.decimals)
    return "ss-for" if rounded > 0 else "ss-against" if rounded < 0 else ""


def _sorted_list(made: Occlusion, scoring: _Scoring) -> Markup:
    items = [
        fill(
            "<li><b>{}</b> <i>{}</i> {}</li>",
            effect.word,
            effect.side,
            numbers.change(scoring.drop(effect), scoring.decimals),
        )
        for effect in made.ranked(scoring.name)
    ]
    first = fill('<ol class="ss-sorted">{}</ol>', joined(items[:LISTED]))
    if len(items) <= LISTED:
        return first
    return fill(
        '{}<details><summary>{} more</summary><ol class="ss-sorted" start="{}">{}</ol></details>',
        first,
        len(items) - LISTED,
        LISTED + 1,
        joined(items[LISTED:]),
    )


def _notes(made: Occlusion) -> Markup:
    notes = []
    for side in SIDES:
        if skipped := made.words_skipped[side]:
            notes.append(
                f"Only the first {MAX_WORDS} words of the {side} were left out, one at a time; "
                f"{words.count(skipped, 'word')} after them stayed in."
            )
        if any(effect.only_word for effect in made.of(side)):
            notes.append(f"The {side} has a single word: without it an empty text was read, which says little.")
    return joined(fill("<p>{}</p>", note) for note in notes)
