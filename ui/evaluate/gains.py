"""What reranking gains on each judged query: one sentence, and one chart of all of them, sorted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from searchcore.evaluate import Evaluation, QueryEvaluation
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER, Method
from ui import words
from ui.draw.svg import Scale
from ui.draw.template import fill, joined
from ui.draw.terms import term

MEASURE = "nDCG@10"
SIGNIFICANT = 0.05
# Smaller differences are none, as in Search: the third decimal is the last one shown.
WON, LOST, SAME = "ss-gain-up", "ss-gain-down", "ss-gain-none"
TICK = 0.25
SKELETON = (0.9, 0.7, 0.6, 0.5, 0.42, 0.34, 0.28, 0.22, 0.16, 0.1, 0.05, 0, 0, 0, 0, 0, 0, -0.05, -0.12, -0.2, -0.35)
INVITATION = (
    "Judged queries have known answers. Evaluate runs every method on all of them and shows here on which queries "
    "reranking helps and on which it hurts. A corpus takes a minute or two the first time."
)


@dataclass(frozen=True, slots=True)
class Gain:
    """A query with its measure by the bi-encoder (`before`) and by the cross-encoder (`after`)."""

    query: QueryEvaluation
    before: float
    after: float

    @property
    def size(self) -> float:
        """What reranking adds; below 0 where it hurts."""
        return self.after - self.before

    @property
    def outcome(self) -> str:
        """WON, LOST or SAME."""
        if abs(self.size) < words.CHANGED:
            return SAME
        return WON if self.size > 0 else LOST

    @property
    def figures(self) -> str:
        """Both numbers and their difference: ".301 → 1.000 (+.699)"."""
        return f"{words.share(self.before)} → {words.share(self.after)} ({difference(self.size)})"


def gains(evaluation: Evaluation) -> list[Gain]:
    """Every query with what reranking gains on it, largest gain first."""
    found = [Gain(q, q.measures[BI_ENCODER][MEASURE], q.measures[CROSS_ENCODER][MEASURE]) for q in evaluation.queries]
    return sorted(found, key=lambda gain: -gain.size)


def difference(number: float) -> str:
    """A difference of shares with its sign, as in "+.699"; ".000" where nothing of it is left."""
    shown = words.share(abs(number))
    return shown if float(shown) == 0 else f"{'+' if number > 0 else '−'}{shown}"


def probability(p: float) -> str:
    """A p-value as in "p = .023"; the smallest that so many swaps can give, .0001, has a fourth decimal."""
    return f"p = {words.share(p) if p >= words.CHANGED else f'{p:.4f}'.removeprefix('0')}"


def sentence(
    evaluation: Evaluation, tests: Mapping[str, Mapping[str, float]], methods: Mapping[str, Method], kind: str = ""
) -> str:
    """Whether reranking helps, by how much, and whether that may be chance; and who is better than both."""
    found = gains(evaluation)
    won, lost, same = (sum(gain.outcome == each for gain in found) for each in (WON, LOST, SAME))
    over = f"Over {words.count(len(found), 'judged query', 'judged queries')}{f' of the kind “{kind}”' if kind else ''}"
    return (
        f"{over} reranking {_change(evaluation, tests.get(CROSS_ENCODER, {}).get(MEASURE, 1.0))}. "
        f"It wins on {won}, loses on {lost} and changes nothing on {same}.{_better(evaluation, methods)}"
    )


def _change(evaluation: Evaluation, p: float) -> str:
    before, after = (evaluation.measures[method][MEASURE] for method in (BI_ENCODER, CROSS_ENCODER))
    figures = f"mean {MEASURE} {words.share(before)} → {words.share(after)}"
    if abs(after - before) < words.CHANGED:
        return f"changes nothing on average: {figures}"
    if p < SIGNIFICANT:
        return f"{'helps' if after > before else 'hurts'}: {figures} (★ hardly chance, {probability(p)})"
    return f"is {'ahead' if after > before else 'behind'}: {figures}, but that could be chance ({probability(p)})"


def _better(evaluation: Evaluation, methods: Mapping[str, Method]) -> str:
    means = {method: evaluation.measures[method][MEASURE] for method in evaluation.methods}
    best = max(means, key=lambda method: means[method])
    if means[best] - max(means[BI_ENCODER], means[CROSS_ENCODER]) < words.CHANGED:
        return ""
    return f" {methods[best].title} is ahead of both: {words.share(means[best])}."


def picture(evaluation: Evaluation, said: str) -> Markup:
    """The sentence `said` and the chart of every query's gain; the query in focus is named below it."""
    found = gains(evaluation)
    bars = joined(_bar(gain, scale_of(found), first=i == 0) for i, gain in enumerate(found))
    plot = fill(
        '<div class="ss-plot" role="listbox" aria-orientation="horizontal" aria-label="{}">{}{}</div>',
        f"Queries by their gain in {MEASURE}, largest first",
        _axis(scale_of(found)),
        bars,
    )
    key = Markup(
        '<span><span class="ss-swatch ss-gain-up"></span> helps '
        '<span class="ss-swatch ss-gain-down"></span> hurts</span>'
    )
    return fill(
        '<h2 class="ss-lead">{}</h2><figure class="ss-gains" data-corpus="{}"><figcaption><span>What reranking adds '
        "to each query’s {}: the cross-encoder’s minus the bi-encoder’s, sorted</span>{}</figcaption>{}{}</figure>",
        said,
        evaluation.corpus.name,
        term(MEASURE),
        key,
        plot,
        _reading(found[0]),
    )


def _reading(gain: Gain) -> Markup:
    """The line that names a query; the page's script fills it again for another bar."""
    return fill(
        '<p class="ss-reading"><b>{}</b> <span>{}</span> '
        '<button type="button" class="ss-small-button" data-query="{}">Open in Search</button></p>',
        gain.query.text,
        gain.figures,
        gain.query.query_id,
    )


def _bar(gain: Gain, y: Scale, *, first: bool) -> Markup:
    return fill(
        '<div role="option" class="ss-gain-bar {}" tabindex="{}" aria-selected="{}" data-id="{}" data-text="{}" '
        'data-figures="{}" title="{}" aria-label="{}">{}</div>',
        gain.outcome,
        0 if first else -1,
        "true" if first else "false",
        gain.query.query_id,
        gain.query.text,
        gain.figures,
        *[f"{gain.query.text}: {gain.figures}"] * 2,
        _block(gain.size, y),
    )


def _block(size: float, y: Scale) -> Markup:
    top, bottom = sorted((y(size), y(0)))
    return fill('<span style="top:{:.2f}%;height:{:.2f}%"></span>', top, bottom - top)


def scale_of(found: Sequence[Gain]) -> Scale:
    """From the largest loss at the bottom to the largest gain at the top, both rounded to the next tick."""
    high = math.ceil(max(TICK, *(gain.size for gain in found)) / TICK - words.CHANGED) * TICK
    low = math.floor(min(-TICK, *(gain.size for gain in found)) / TICK + words.CHANGED) * TICK
    return Scale(low, high, 100, 0)


def ticks_of(y: Scale) -> list[tuple[float, str]]:
    """The levels that are drawn behind the bars, each with its name."""
    step = TICK if y.high - y.low <= 1 else 2 * TICK
    ticks = [i * step for i in range(math.ceil(y.low / step), math.floor(y.high / step) + 1)]
    return [(tick, difference(tick).rstrip("0").rstrip(".") if tick else "0") for tick in ticks]


def _axis(y: Scale) -> Markup:
    return joined(
        fill(
            '<span class="ss-level{}" style="top:{:.2f}%" aria-hidden="true">{}</span>',
            "" if tick else " ss-zero",
            y(tick),
            name,
        )
        for tick, name in ticks_of(y)
    )


def skeleton() -> Markup:
    """What the chart will look like, under an invitation."""
    y = Scale(-0.5, 1, 100, 0)
    bars = joined(
        fill('<div class="ss-gain-bar {}">{}</div>', SAME if size == 0 else WON, _block(size, y)) for size in SKELETON
    )
    return fill(
        '<p class="ss-invitation">{}</p><figure class="ss-gains ss-unmeasured" aria-hidden="true">'
        '<div class="ss-plot">{}{}</div></figure>',
        INVITATION,
        _axis(y),
        bars,
    )
