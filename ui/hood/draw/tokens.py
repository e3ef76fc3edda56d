"""Inputs as their models read them: a line of tokens for each with the number made of it, and a padded batch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from searchcore.explain import Comparison
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER, BiEncoder, CrossEncoder
from searchcore.types import ModelInput
from ui import words
from ui.draw import numbers
from ui.draw.template import fill, joined
from ui.draw.terms import term

SPECIAL = frozenset({"[CLS]", "[SEP]", "[PAD]", "[MASK]"})
UNKNOWN = "[UNK]"
PIECE = "##"
DROPPED_SHOWN = 80
LABELS = {
    "query": "query",
    "document": "document",
    "special": "special",
    "prompt": "query prompt",
    "padding": "padding",
}


def report(made: Comparison, prompt: Sequence[bool] = ()) -> Markup:
    """What each model reads and the number that it makes of it: two inputs of the bi-encoder, one of the cross-encoder.

    `prompt` says of each token of the bi-encoder's query whether the model put it there.
    """
    of_query, of_document = made.inputs[BI_ENCODER]
    (pair,) = made.inputs[CROSS_ENCODER]
    query_roles = [
        "prompt" if role == "query" and i < len(prompt) and prompt[i] else role
        for i, role in enumerate(_roles(of_query, "query"))
    ]
    apart = fill(
        "{}{}",
        strip("Input 1 of 2", of_query, query_roles),
        strip("Input 2 of 2", of_document, _roles(of_document, "document")),
    )
    together = strip("One input", pair, pair_roles(pair))
    cosine = _number(term("cosine"), numbers.cosine(made.cosine))
    sigmoid = fill("<p>{} {}</p>", term("probability", "its sigmoid"), numbers.probability(made.probability))
    logit = _number(term("logit"), numbers.logit(made.score)) + sigmoid
    return fill(
        '<div class="ss-strips">{}{}</div>',
        _reads(BiEncoder, f"{words.short_name(made.encoder)} reads them apart", apart, cosine),
        _reads(CrossEncoder, f"{words.short_name(made.scorer)} reads them together", together, logit),
    )


def _number(unit: Markup, number: str) -> Markup:
    return fill('<p>{}</p><p class="ss-big">{}</p>', unit, number)


def _reads(method: type[BiEncoder] | type[CrossEncoder], how: str, inputs: Markup, number: Markup) -> Markup:
    """One model: its name, the number that it makes, and its inputs."""
    return fill(
        '<section class="ss-reads ss-{}" aria-label="{}"><h3>{} <span class="ss-unit">{}</span></h3>'
        '<div class="ss-number-of">{}</div><div class="ss-inputs">{}</div></section>',
        method.key,
        method.title,
        method.title,
        how,
        number,
        inputs,
    )


def pair_roles(item: ModelInput) -> list[str]:
    """For each token of a pair whether it is of the query, of the document, special or padding."""
    roles = []
    for token, segment, mask in zip(item.tokens, item.segments, item.attention_mask, strict=True):
        if not mask:
            roles.append("padding")
        elif token in SPECIAL:
            roles.append("special")
        else:
            roles.append("document" if segment else "query")
    return roles


def _roles(item: ModelInput, role: str) -> list[str]:
    return ["special" if token in SPECIAL else role for token in item.tokens]


def strip(title: str, item: ModelInput, roles: Sequence[str]) -> Markup:
    """One input on one line, as a list of labelled segments; arrow keys walk the tokens, the frame scrolls."""
    segments = []
    for role, places in groupby(range(len(roles)), key=lambda place: roles[place]):
        tokens = joined(_token(item, place, role) for place in places)
        segments.append(
            fill(
                '<li class="ss-segment ss-role-{}"><span class="ss-role">{}</span><ol>{}</ol></li>',
                role,
                LABELS[role],
                tokens,
            )
        )
    size = f"{len(item.tokens):,} of {words.count(item.limit, 'token')}"
    return fill(
        '<p class="ss-input-name">{} · {}</p><div class="ss-scroll ss-frame" tabindex="0" role="region" '
        'aria-label="{}, {}"><ol class="ss-strip">{}{}</ol></div>',
        title,
        size,
        title,
        size,
        joined(segments),
        _beyond(item),
    )


def _token(item: ModelInput, place: int, role: str) -> Markup:
    token, number = item.tokens[place], item.ids[place]
    notes = [f"id {number}", LABELS[role]]
    if token.startswith(PIECE):
        notes.append("a piece that continues the word before it")
    if token == UNKNOWN:
        notes.append("not in the model’s vocabulary")
    return fill(
        '<li class="ss-token{}" tabindex="{}" title="{}" aria-label="{}" data-id="{}">{}</li>',
        " ss-piece" if token.startswith(PIECE) else "",
        0 if place == 0 else -1,
        ", ".join(notes),
        ", ".join([token, *notes]),
        f"id {number}",
        token,
    )


def _beyond(item: ModelInput) -> Markup:
    """The tokens that did not fit, struck out."""
    if not item.dropped:
        return Markup("")
    shown = item.dropped_tokens[:DROPPED_SHOWN]
    more = item.dropped - len(shown)
    return fill(
        '<li class="ss-segment ss-role-dropped"><span class="ss-role">beyond the window, not read: {}</span>'
        "<p><del>{}</del>{}</p></li>",
        words.count(item.dropped, "token"),
        " ".join(shown),
        f" and {more:,} more" if more > 0 else "",
    )


def batch(inputs: Sequence[ModelInput]) -> Markup:
    """Pairs as one padded batch: for each a row of tokens, of segments, and of the attention mask."""
    rows = joined(_batch_rows(number, item) for number, item in enumerate(inputs, start=1))
    padding = [sum(mask == 0 for mask in item.attention_mask) for item in inputs]
    longest = len(inputs[0].tokens)
    sentence = (
        f"One batch is one block of numbers, so both inputs are {words.count(longest, 'token')} long; padding: "
        + ", ".join(f"{count} in pair {number}" for number, count in enumerate(padding, start=1))
        + ". Segment 0 is [CLS], the query and its [SEP], segment 1 the document and its [SEP]. The attention mask "
        "says 1 where the model looks and 0 where it must not."
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Two pairs as one padded batch"><table '
        'class="ss-batch">{}</table></div><p>{}</p>',
        rows,
        sentence,
    )


def _batch_rows(number: int, item: ModelInput) -> Markup:
    tokens = joined(
        fill('<td class="ss-role-{}" title="id {}, {}">{}</td>', role, token_id, LABELS[role], token)
        for token, token_id, role in zip(item.tokens, item.ids, pair_roles(item), strict=True)
    )
    segments = joined(fill("<td>{}</td>", segment) for segment in item.segments)
    mask = joined(fill('<td class="ss-mask-{}">{}</td>', value, value) for value in item.attention_mask)
    return fill(
        '<tr><th scope="row">Pair {}</th>{}</tr><tr class="ss-segments"><th scope="row">segment</th>{}</tr>'
        '<tr class="ss-mask"><th scope="row">mask</th>{}</tr>',
        number,
        tokens,
        segments,
        mask,
    )
