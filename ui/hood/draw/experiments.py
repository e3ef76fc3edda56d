"""The two experiments on direction: what swapping roles does, and short-to-long against sentence-to-sentence."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.explain import CONDITIONS, LengthExperiment, SwapExperiment
from searchcore.explain.compare import SAME_COSINE
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER
from ui import words
from ui.draw import numbers
from ui.draw.svg import Drawing, Scale
from ui.draw.template import fill, joined

ROW, TOP = 21.0, 58.0
LENGTH_WIDTH, LENGTH_ROW, LENGTH_NAMES = 900.0, 44.0, 240.0
PANEL, GAP, NAMES = 180.0, 24.0, 310.0
NAME_CHARACTERS = 38
LEAST_REACH = 0.01


def swap_summary(made: SwapExperiment) -> str:
    """The mean size of the change for each model, in one sentence."""
    means = made.mean_change()
    parts = [
        f"{'0' if means[name] < SAME_COSINE else numbers.cosine(means[name])} for {words.short_name(name)}"
        for name in made.encoders
    ]
    score = f"{means[made.scorer]:.2f} for {words.short_name(made.scorer)}"
    return (
        f"Mean size of the change over {words.count(len(made.rows), 'pair')}: cosine {', '.join(parts)}; logit {score}."
    )


def swap_report(made: SwapExperiment) -> Markup:
    """A panel for each model, each on its own scale, and the same as a table."""
    return fill(
        "<h3>What swapping the roles changes, pair by pair</h3><p>Swapped minus as it was: to the left of the middle "
        "line the number falls, to the right it rises. Cosines and logits have scales of their own.</p>"
        '<div class="ss-scroll ss-frame" tabindex="0" role="region" aria-label="Changes, drawn">{}</div>'
        "<details><summary>The same as a table</summary>{}</details>",
        _panels(made),
        _swap_table(made),
    )


def _panels(made: SwapExperiment) -> Markup:
    width = NAMES + (len(made.encoders) + 1) * (PANEL + GAP)
    height = TOP + ROW * len(made.rows) + 8
    drawing = Drawing(width, height, swap_summary(made), "ss-wide-drawing")
    for i, row in enumerate(made.rows):
        drawing.text(NAMES - 12, TOP + ROW * (i + 0.5) + 4, numbers.shortened(row.query, NAME_CHARACTERS), "", "end")
    cosines = {name: [row.cosine_change[name] for row in made.rows] for name in made.encoders}
    # Both encoders share one scale, so that nothing is drawn as nothing.
    reach = max([LEAST_REACH, *(abs(value) for values in cosines.values() for value in values)])
    left = NAMES
    for name, values in cosines.items():
        _panel(drawing, left, (words.short_name(name), "cosine", BI_ENCODER, 4), values, reach)
        left += PANEL + GAP
    scores = [row.score_change for row in made.rows]
    reach = max([LEAST_REACH, *(abs(value) for value in scores)])
    _panel(drawing, left, (words.short_name(made.scorer), "logits", CROSS_ENCODER, 2), scores, reach)
    return drawing.markup()


def _panel(drawing: Drawing, left: float, about: tuple[str, str, str, int], values: list[float], reach: float) -> None:
    """Bars from the middle; `about` is the model, the unit, the method whose colour it has, and the decimals."""
    name, unit, method, decimals = about
    x = Scale(-reach, reach, left, left + PANEL)
    bottom = TOP + ROW * len(values)
    drawing.text(left + PANEL / 2, 14, name, f"ss-series-name ss-{method}", "middle")
    drawing.text(left + PANEL / 2, 30, unit, "ss-tick", "middle")
    for tick, anchor in ((-reach, "start"), (0.0, "middle"), (reach, "end")):
        drawing.line(x(tick), TOP - 4, x(tick), bottom, "ss-grid")
        drawing.text(x(tick), TOP - 10, numbers.change(tick, 2), "ss-tick ss-small", anchor)
    for i, value in enumerate(values):
        y = TOP + ROW * (i + 0.5)
        drawing.line(x(0), y, x(value), y, f"ss-change ss-{method}")
        drawing.dot(x(value), y, f"ss-dot ss-{method}", f"{name}: {numbers.change(value, decimals)}", 4)


def _swap_table(made: SwapExperiment) -> Markup:
    heads = [words.short_name(name) for name in made.encoders]
    head = joined(fill('<th scope="col">{}, cosine</th>', name) for name in heads)
    rows = joined(
        fill(
            '<tr><th scope="row">{}</th>{}<td>{}</td><td>{}</td><td>{}</td></tr>',
            row.query,
            joined(fill("<td>{}</td>", numbers.change(row.cosine_change[name], 4)) for name in made.encoders),
            numbers.logit(row.score),
            numbers.logit(row.score_swapped),
            numbers.change(row.score_change, 2),
        )
        for row in made.rows
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Changes, as a table"><table class="ss-table '
        'ss-wrapping"><thead><tr><th scope="col">Query</th>{}<th scope="col">Logit</th><th scope="col">Swapped</th>'
        '<th scope="col">Change</th></tr></thead><tbody>{}</tbody></table></div>',
        head,
        rows,
    )


def length_summary(made: LengthExperiment) -> str:
    """Which model is ahead in each kind of search."""
    means = made.reciprocal_rank()
    parts = []
    for condition in CONDITIONS:
        best = max(made.models, key=lambda model: means[condition][model])
        parts.append(f"{condition}: {words.short_name(best)} ({means[condition][best]:.3f})")
    return f"Ahead, by mean 1/rank of the right document: {'; '.join(parts)}."


def length_report(made: LengthExperiment) -> Markup:
    """Mean reciprocal ranks by model and kind of search: drawn, as a table, and every rank."""
    return fill(
        '<div class="ss-scroll ss-frame" tabindex="0" role="region" aria-label="Mean reciprocal ranks, drawn">{}</div>'
        '<p class="ss-how">Corpus “{}”: mean of 1/rank of the right document, 1 is best (Kantor and Voorhees 2000). '
        "Full dot: {}; hollow dot: {}.</p>{}<details><summary>Every rank</summary>{}</details>",
        _reciprocal_ranks(made),
        made.corpus,
        *CONDITIONS,
        _means(made),
        _ranks(made),
    )


def _reciprocal_ranks(made: LengthExperiment) -> Markup:
    """A row for each model with a dot for each kind of search."""
    means = made.reciprocal_rank()
    x = Scale(0, 1, LENGTH_NAMES, LENGTH_WIDTH - 24)
    bottom = 24 + LENGTH_ROW * len(made.models)
    drawing = Drawing(LENGTH_WIDTH, bottom + 4, length_summary(made), "ss-length")
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        drawing.line(x(tick), 20, x(tick), bottom, "ss-grid")
        drawing.text(x(tick), 14, f"{tick:g}", "ss-tick", "middle")
    for i, model in enumerate(made.models):
        y = 24 + LENGTH_ROW * (i + 0.5)
        before, after = (means[condition][model] for condition in CONDITIONS)
        drawing.text(LENGTH_NAMES - 16, y + 5, words.short_name(model), "", "end")
        drawing.line(x(before), y, x(after), y, "ss-change ss-all")
        drawing.dot(x(after), y, "ss-dot ss-hollow ss-all", f"{words.short_name(model)}: {after:.3f}", 8)
        drawing.dot(x(before), y, "ss-dot ss-all", f"{words.short_name(model)}: {before:.3f}", 5)
        for value, up in ((before, 12), (after, -14)):
            drawing.text(x(value), y - up + 4, f"{value:.3f}", "ss-tick ss-small", "middle")
    return drawing.markup()


def _means(made: LengthExperiment) -> Markup:
    means = made.reciprocal_rank()
    head = joined(fill('<th scope="col">{}</th>', condition) for condition in CONDITIONS)
    rows = joined(
        fill(
            '<tr><th scope="row">{}</th>{}<td>{}</td></tr>',
            words.short_name(model),
            joined(fill("<td>{:.3f}</td>", means[condition][model]) for condition in CONDITIONS),
            numbers.change(means[CONDITIONS[1]][model] - means[CONDITIONS[0]][model], 3),
        )
        for model in made.models
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Mean reciprocal ranks"><table class="ss-table '
        'ss-wrapping"><thead><tr><th scope="col">Model</th>{}<th scope="col">Difference</th></tr></thead><tbody>{}'
        "</tbody></table></div>",
        head,
        rows,
    )


def _ranks(made: LengthExperiment) -> Markup:
    head = joined(fill('<th scope="col">{}</th>', words.short_name(model)) for model in made.models)
    rows = joined(
        fill(
            '<tr><th scope="row">{} <i>{}</i></th>{}</tr>',
            row.query,
            row.condition,
            joined(fill("<td>{} of {}</td>", row.ranks[model], row.candidates) for model in made.models),
        )
        for row in made.rows
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Every rank"><table class="ss-table ss-wrapping">'
        '<thead><tr><th scope="col">Query</th>{}</tr></thead><tbody>{}</tbody></table></div>',
        head,
        rows,
    )
