"""What is folded below the answer: all measures, the queries that lose, each query, a curve over candidates."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from searchcore.evaluate import (
    TEST_CITATION,
    TEST_LIBRARY,
    TEST_NAME,
    CandidateCurve,
    Evaluation,
    QueryEvaluation,
)
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER, Method
from ui import words
from ui.draw.numbers import shortened
from ui.draw.svg import Drawing, Scale
from ui.draw.template import fill, joined
from ui.draw.terms import term
from ui.evaluate.gains import LOST, MEASURE, SIGNIFICANT, Gain, difference, gains, probability

LABEL_CHARACTERS = 46
ROW = 22.0
LOSSES_SHOWN = 10

Significance = Mapping[str, Mapping[str, float]]
"""p-values by method and measure, against the bi-encoder."""

Methods = Mapping[str, Method]


def table(evaluation: Evaluation, significance: Significance, methods: Methods) -> Markup:
    """Methods by measures, each with its difference to the bi-encoder and whether that could be chance."""
    head = joined(fill('<th scope="col">{}</th>', term(m.name)) for m in evaluation.measure_list)
    rows = joined(_row(evaluation, methods[key], significance) for key in evaluation.methods)
    meanings = joined(
        fill("<li><b>{}</b> {} <cite>{}</cite></li>", m.name, m.meaning, m.citation) for m in evaluation.measure_list
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="All measures"><table class="ss-table">'
        '<caption>{}</caption><thead><tr><th scope="col">Method</th>{}'
        "</tr></thead><tbody>{}</tbody></table></div>"
        "<p>Below each mean: the difference to the bi-encoder; ★ where chance is an unlikely reason "
        "(p &lt; {}; {}, {}; {}).</p>"
        "<details><summary>What the measures mean</summary><ul>{}</ul></details>",
        caption(evaluation),
        head,
        rows,
        f"{SIGNIFICANT:g}".removeprefix("0"),
        TEST_NAME,
        TEST_LIBRARY,
        TEST_CITATION,
        meanings,
    )


def caption(evaluation: Evaluation) -> str:
    """What the means are over."""
    pool = (
        f"{words.count(evaluation.candidates, 'candidate')} retrieved from “{evaluation.corpus.title}”"
        if evaluation.pool == "retrieved"
        else f"the judged documents of each query in “{evaluation.corpus.title}”"
    )
    split = f"; judgements: {evaluation.split}" if len(evaluation.corpus.splits) > 1 else ""
    left = f"; {evaluation.left_out} without a relevant document left out" if evaluation.left_out else ""
    means = f"Means over {words.count(len(evaluation.queries), 'query', 'queries')}; pool: {pool}{split}{left}."
    return " ".join(sentence for sentence in (means, _own(evaluation), _unusable(evaluation)) if sentence)


def _own(evaluation: Evaluation) -> str:
    if not evaluation.own_documents:
        return ""
    queries = words.count(evaluation.own_documents, "query", "queries")
    return f"For {queries} the document with the query’s own id is left out, as in BEIR."


def _unusable(evaluation: Evaluation) -> str:
    """How many judged queries were not run, and why the first of them was not."""
    sentences = list(evaluation.unusable.values())
    if not sentences:
        return ""
    said = words.count(len(sentences), "judged query was left out", "judged queries were left out, the first")
    return f"{said}: {sentences[0]}"


def _row(evaluation: Evaluation, method: Method, significance: Significance) -> Markup:
    values = evaluation.measures[method.key]
    best = {
        m.name: max(evaluation.measures[name][m.name] for name in evaluation.methods) for m in evaluation.measure_list
    }
    cells = joined(
        fill(
            '<td{}><span class="ss-value">{}</span>{}</td>',
            Markup(' class="ss-ahead"') if values[m.name] >= best[m.name] else "",
            words.share(values[m.name]),
            _difference(evaluation, method.key, m.name, significance),
        )
        for m in evaluation.measure_list
    )
    return fill('<tr class="ss-{}"><th scope="row">{}</th>{}</tr>', method.key, method.title, cells)


def _difference(evaluation: Evaluation, method: str, measure: str, significance: Significance) -> Markup:
    if method == BI_ENCODER or BI_ENCODER not in evaluation.methods:
        return Markup("")
    size = evaluation.measures[method][measure] - evaluation.measures[BI_ENCODER][measure]
    p = significance.get(method, {}).get(measure, 1.0)
    star = fill(' <abbr title="{}, hardly chance">★</abbr>', probability(p)) if p < SIGNIFICANT else ""
    return fill('<span class="ss-delta" title="{}">{}{}</span>', probability(p), difference(size), star)


def losses(evaluation: Evaluation) -> Markup:
    """Where the reranker loses, worst first, each query a button that opens it in Search."""
    lost = [gain for gain in reversed(gains(evaluation)) if gain.outcome == LOST]
    if not lost:
        return Markup('<p class="ss-worst">It loses on no query.</p>')
    items = joined(
        fill("<li>{} <span>{}</span></li>", _open_button(gain.query), gain.figures) for gain in lost[:LOSSES_SHOWN]
    )
    worst = f"The worst {LOSSES_SHOWN} of {len(lost)}" if len(lost) > LOSSES_SHOWN else "Worst first"
    return fill(
        '<div class="ss-worst" data-corpus="{}"><p>{}, by {}:</p><ol>{}</ol></div>',
        evaluation.corpus.name,
        worst,
        term(MEASURE),
        items,
    )


def _open_button(query: QueryEvaluation) -> Markup:
    return fill(
        '<button type="button" class="ss-link" data-query="{}" title="Open in Search">{}</button> <i>{}</i>',
        query.query_id,
        query.text,
        query.kind,
    )


def dumbbell(evaluation: Evaluation) -> Markup:
    """For each query a bar from the bi-encoder's nDCG@10 to the cross-encoder's, and the same as a table."""
    ordered = gains(evaluation)
    height = ROW * len(ordered) + 50
    drawing = Drawing(900, height, "nDCG@10 of each query: bi-encoder to cross-encoder, largest gain first")
    x = Scale(0, 1, 350, 880)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        drawing.line(x(tick), 26, x(tick), height - 10, "ss-grid")
        drawing.text(x(tick), 18, f"{tick:g}", "ss-tick", "middle")
    for i, gain in enumerate(ordered):
        _bell(drawing, x, 40 + i * ROW, gain)
    return fill(
        '<div data-corpus="{}"><p><span class="ss-key ss-bi_encoder">○</span> bi-encoder '
        '<span class="ss-key ss-cross_encoder">●</span> cross-encoder, {}; largest gain first</p>'
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="Every query, drawn">{}</div>'
        "<details><summary>The same as a table</summary>{}</details></div>",
        evaluation.corpus.name,
        term(MEASURE),
        drawing.markup(),
        _query_table(ordered),
    )


def _bell(drawing: Drawing, x: Scale, y: float, gain: Gain) -> None:
    drawing.text(338, y + 4, shortened(gain.query.text, LABEL_CHARACTERS), "ss-label", "end")
    drawing.line(x(gain.before), y, x(gain.after), y, "ss-loss" if gain.outcome == LOST else "ss-gain")
    tip = f"{gain.query.text}: {gain.figures}"
    drawing.dot(x(gain.before), y, "ss-dot ss-bi_encoder ss-hollow", tip, 6)
    drawing.dot(x(gain.after), y, "ss-dot ss-cross_encoder", tip, 4)


def _query_table(ordered: list[Gain]) -> Markup:
    rows = joined(
        fill(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            _open_button(gain.query),
            words.share(gain.before),
            words.share(gain.after),
            difference(gain.size),
        )
        for gain in ordered
    )
    return fill(
        '<div class="ss-scroll"><table class="ss-table"><thead><tr><th scope="col">Query</th>'
        '<th scope="col">Bi-encoder</th><th scope="col">Cross-encoder</th><th scope="col">Gain</th></tr></thead>'
        "<tbody>{}</tbody></table></div>",
        rows,
    )


def curve(made: CandidateCurve, methods: Methods) -> Markup:
    """nDCG@10 and passes over the number of candidates, with the ceiling no reranker can pass; and as a table."""
    depths = [point.depth for point in made.points]
    drawing = Drawing(900, 360, "nDCG@10 over the number of candidates, with its ceiling, and passes for each query")
    x = Scale(depths[0], depths[-1], 70, 700, log=True)
    y = Scale(0, 1, 310, 30)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        drawing.line(70, y(tick), 700, y(tick), "ss-grid")
        drawing.text(60, y(tick) + 4, f"{tick:g}", "ss-tick", "end")
    for point in made.points:
        drawing.text(x(point.depth), 330, str(point.depth), "ss-tick", "middle")
        passes = point.passes.get(CROSS_ENCODER, point.depth)
        drawing.text(x(point.depth), 348, words.count(round(passes), "pass", "passes"), "ss-tick ss-small", "middle")
    series = {"ss-ceiling": [(p.depth, p.ceiling) for p in made.points]}
    names = {"ss-ceiling": "ceiling: a perfect order"}
    for method in made.methods:
        series[f"ss-{method}"] = [(p.depth, p.ndcg[method]) for p in made.points]
        names[f"ss-{method}"] = methods[method].title
    _draw_series(drawing, x, y, series, names)
    return fill(
        "<p>{} over the number of {} (bottom line: cross-encoder passes a query). Above the dashed line no reranker "
        "can rise: what the bi-encoder missed, it never sees. Keyword search is no reranker and can.</p>"
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="The curve, drawn">{}</div>'
        "<details><summary>The same as a table</summary>{}</details>",
        term(MEASURE),
        term("candidates"),
        drawing.markup(),
        _curve_table(made, methods),
    )


def _draw_series(
    drawing: Drawing, x: Scale, y: Scale, series: Mapping[str, list[tuple[int, float]]], names: Mapping[str, str]
) -> None:
    """Lines with dots; their names at the right end, pushed apart where they would overlap."""
    ends = sorted((y(points[-1][1]), name) for name, points in series.items())
    label_y = 0.0
    for end, name in ends:
        label_y = max(end, label_y + 18)
        drawing.text(712, label_y + 4, names[name], f"ss-series-name {name}")
    for name, points in series.items():
        drawing.path([(x(depth), y(value)) for depth, value in points], f"ss-series {name}")
        for depth, value in points:
            drawing.dot(
                x(depth), y(value), f"ss-dot {name}", f"{names[name]}, {depth} candidates: {words.share(value)}", 4
            )


def _curve_table(made: CandidateCurve, methods: Methods) -> Markup:
    heads = joined(fill('<th scope="col">{}</th>', methods[m].title) for m in made.methods)
    rows = joined(
        fill(
            '<tr><th scope="row">{}</th>{}<td>{}</td><td>{}</td><td>{:g}</td></tr>',
            point.depth,
            joined(fill("<td>{}</td>", words.share(point.ndcg[m])) for m in made.methods),
            words.share(point.ceiling),
            words.share(point.recall),
            round(point.passes.get(CROSS_ENCODER, 0), 1),
        )
        for point in made.points
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="The curve, as a table"><table class="ss-table">'
        '<thead><tr><th scope="col">Candidates</th>{}'
        '<th scope="col">Ceiling</th><th scope="col">Recall</th><th scope="col">Passes a query</th></tr></thead>'
        "<tbody>{}</tbody></table></div>",
        heads,
        rows,
    )
