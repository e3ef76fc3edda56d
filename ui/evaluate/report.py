"""An evaluation as a table, a dumbbell for each query, the queries that lose, and a curve over candidates."""

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

SIGNIFICANT = 0.05
MEASURE = "nDCG@10"
SAME = 0.0005
LABEL_CHARACTERS = 46
ROW = 22.0
LOSSES_SHOWN = 10

Significance = Mapping[str, Mapping[str, float]]
"""p-values by method and measure, against the bi-encoder."""

Methods = Mapping[str, Method]


def table(evaluation: Evaluation, significance: Significance, methods: Methods) -> Markup:
    """Methods by measures, each with its difference to the bi-encoder and whether that could be chance."""
    head = Markup("").join(
        Markup('<th scope="col" title="{} {}">{}</th>').format(m.meaning, m.citation, m.name)
        for m in evaluation.measure_list
    )
    rows = Markup("").join(_row(evaluation, methods[key], significance) for key in evaluation.methods)
    meanings = Markup("").join(
        Markup("<li><b>{}</b> {} <cite>{}</cite></li>").format(m.name, m.meaning, m.citation)
        for m in evaluation.measure_list
    )
    return Markup(
        '<div class="ss-scroll"><table class="ss-table"><caption>{}</caption><thead><tr><th scope="col">Method</th>{}'
        "</tr></thead><tbody>{}</tbody></table></div>"
        "<p>Below each mean: the difference to the bi-encoder; ★ where chance is an unlikely reason "
        "(p &lt; {}, {}, {}; {}).</p>"
        "<details><summary>What the measures mean</summary><ul>{}</ul></details>"
    ).format(_caption(evaluation), head, rows, SIGNIFICANT, TEST_NAME, TEST_LIBRARY, TEST_CITATION, meanings)


def _caption(evaluation: Evaluation) -> str:
    pool = (
        f"{words.count(evaluation.candidates, 'candidate')} retrieved from “{evaluation.corpus.title}”"
        if evaluation.pool == "retrieved"
        else f"the judged documents of each query in “{evaluation.corpus.title}”"
    )
    left = f"; {evaluation.left_out} without a relevant document left out" if evaluation.left_out else ""
    return f"Means over {words.count(len(evaluation.queries), 'query', 'queries')}; pool: {pool}{left}."


def _row(evaluation: Evaluation, method: Method, significance: Significance) -> Markup:
    values = evaluation.measures[method.key]
    best = {
        m.name: max(evaluation.measures[name][m.name] for name in evaluation.methods) for m in evaluation.measure_list
    }
    cells = Markup("").join(
        Markup('<td{}><span class="ss-value">{:.3f}</span>{}</td>').format(
            Markup(' class="ss-best"') if values[m.name] >= best[m.name] else "",
            values[m.name],
            _difference(evaluation, method.key, m.name, significance),
        )
        for m in evaluation.measure_list
    )
    return Markup('<tr class="ss-{}"><th scope="row">{}</th>{}</tr>').format(method.key, method.title, cells)


def _difference(evaluation: Evaluation, method: str, measure: str, significance: Significance) -> Markup:
    if method == BI_ENCODER or BI_ENCODER not in evaluation.methods:
        return Markup("")
    difference = evaluation.measures[method][measure] - evaluation.measures[BI_ENCODER][measure]
    p = significance.get(method, {}).get(measure, 1.0)
    star = Markup(' <abbr title="p = {:.4f}, unlikely to be chance">★</abbr>').format(p) if p < SIGNIFICANT else ""
    return Markup('<span class="ss-delta" title="p = {:.4f}">{}{}</span>').format(p, words.signed(difference, 3), star)


def gains(evaluation: Evaluation) -> list[tuple[QueryEvaluation, float]]:
    """Every query with what the cross-encoder gains in nDCG@10 over the bi-encoder, largest gain first."""
    pairs = [(q, q.measures[CROSS_ENCODER][MEASURE] - q.measures[BI_ENCODER][MEASURE]) for q in evaluation.queries]
    return sorted(pairs, key=lambda pair: -pair[1])


def losses(evaluation: Evaluation) -> Markup:
    """Where the reranker loses, worst first, each query a button that opens it in Search."""
    lost = [pair for pair in reversed(gains(evaluation)) if pair[1] < -SAME]
    won = sum(gain > SAME for _, gain in gains(evaluation))
    same = len(evaluation.queries) - won - len(lost)
    heading = f"The cross-encoder wins on {won}, loses on {len(lost)}, and changes nothing on {same}."
    if not lost:
        return Markup('<section class="ss-losses"><h3>Where the reranker loses</h3><p>{}</p></section>').format(heading)
    items = Markup("").join(
        Markup("<li>{} <span>{:.3f} → {:.3f} ({})</span></li>").format(
            _open_button(query),
            query.measures[BI_ENCODER][MEASURE],
            query.measures[CROSS_ENCODER][MEASURE],
            words.signed(gain, 3),
        )
        for query, gain in lost[:LOSSES_SHOWN]
    )
    return Markup(
        '<section class="ss-losses"><h3>Where the reranker loses</h3><p>{} Its worst, by nDCG@10:</p>'
        "<ol>{}</ol></section>"
    ).format(heading, items)


def _open_button(query: QueryEvaluation) -> Markup:
    return Markup(
        '<button type="button" class="ss-link" data-query="{}" title="Open in Search">{}</button> <i>{}</i>'
    ).format(query.query_id, query.text, query.kind)


def dumbbell(evaluation: Evaluation) -> Markup:
    """For each query a bar from the bi-encoder's nDCG@10 to the cross-encoder's, and the same as a table."""
    ordered = gains(evaluation)
    height = ROW * len(ordered) + 50
    drawing = Drawing(900, height, "nDCG@10 of each query: bi-encoder to cross-encoder, largest gain first")
    x = Scale(0, 1, 350, 880)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        drawing.line(x(tick), 26, x(tick), height - 10, "ss-grid")
        drawing.text(x(tick), 18, f"{tick:g}", "ss-tick", "middle")
    for i, (query, gain) in enumerate(ordered):
        _bell(drawing, x, 40 + i * ROW, query, gain)
    return Markup(
        '<h3>Query by query: from bi-encoder to cross-encoder</h3><p><span class="ss-key ss-bi_encoder">●</span> '
        'bi-encoder <span class="ss-key ss-cross_encoder">●</span> cross-encoder, nDCG@10; largest gain first</p>'
        '<div class="ss-scroll">{}</div><details><summary>The same as a table</summary>{}</details>'
    ).format(drawing.markup(), _query_table(ordered))


def _bell(drawing: Drawing, x: Scale, y: float, query: QueryEvaluation, gain: float) -> None:
    before, after = query.measures[BI_ENCODER][MEASURE], query.measures[CROSS_ENCODER][MEASURE]
    drawing.text(338, y + 4, shortened(query.text, LABEL_CHARACTERS), "ss-label", "end")
    drawing.line(x(before), y, x(after), y, "ss-loss" if gain < -SAME else "ss-gain")
    tip = f"{query.text}: {before:.3f} to {after:.3f}"
    drawing.dot(x(before), y, "ss-dot ss-bi_encoder", tip)
    drawing.dot(x(after), y, "ss-dot ss-cross_encoder", tip)


def _query_table(ordered: list[tuple[QueryEvaluation, float]]) -> Markup:
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{:.3f}</td><td>{:.3f}</td><td>{}</td></tr>").format(
            _open_button(query),
            query.measures[BI_ENCODER][MEASURE],
            query.measures[CROSS_ENCODER][MEASURE],
            words.signed(gain, 3),
        )
        for query, gain in ordered
    )
    return Markup(
        '<div class="ss-scroll"><table class="ss-table"><thead><tr><th scope="col">Query</th><th scope="col">Bi-encoder'
        '</th><th scope="col">Cross-encoder</th><th scope="col">Gain</th></tr></thead><tbody>{}</tbody></table></div>'
    ).format(rows)


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
    names = {"ss-ceiling": "ceiling: perfect order of these candidates"}
    for method in made.methods:
        series[f"ss-{method}"] = [(p.depth, p.ndcg[method]) for p in made.points]
        names[f"ss-{method}"] = methods[method].title
    _draw_series(drawing, x, y, series, names)
    return Markup(
        "<h3>What more candidates buy</h3><p>nDCG@10 over the number of candidates (bottom line: cross-encoder passes "
        "a query). Above the dashed line no reranker can rise: what retrieval missed, it never sees.</p>"
        '<div class="ss-scroll">{}</div><details><summary>The same as a table</summary>{}</details>'
    ).format(drawing.markup(), _curve_table(made, methods))


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
            drawing.dot(x(depth), y(value), f"ss-dot {name}", f"{names[name]}, {depth} candidates: {value:.3f}", 4)


def _curve_table(made: CandidateCurve, methods: Methods) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(methods[m].title) for m in made.methods)
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}<td>{:.3f}</td><td>{:.3f}</td><td>{:g}</td></tr>').format(
            point.depth,
            Markup("").join(Markup("<td>{:.3f}</td>").format(point.ndcg[m]) for m in made.methods),
            point.ceiling,
            point.recall,
            round(point.passes.get(CROSS_ENCODER, 0), 1),
        )
        for point in made.points
    )
    return Markup(
        '<div class="ss-scroll"><table class="ss-table"><thead><tr><th scope="col">Candidates</th>{}'
        '<th scope="col">Ceiling</th><th scope="col">Recall</th><th scope="col">Passes a query</th></tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(heads, rows)
