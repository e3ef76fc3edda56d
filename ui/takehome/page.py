"""A view as one page that needs nothing else: it opens offline, in light and dark, and prints on a sheet of A4."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from searchcore.evaluate import Evaluation
from searchcore.explain import SimilarityMatrix
from searchcore.ranking import Method
from searchcore.types import Hit, Ranking
from ui import words
from ui.draw.bars import score_text
from ui.draw.template import fill, joined
from ui.evaluate import report
from ui.hood.draw.matrix import summary
from ui.predict.scored import YOU, figure
from ui.search.columns import beside_each_other
from ui.search.cost import spent
from ui.search.hits import move
from ui.search.searched import expansion_sentence
from ui.takehome import picture
from ui.takehome.looks import page_style
from ui.takehome.taken import TakenSearch

# A sheet has no room for more rows than these.
PRINTED = 30
TEXT_CHARACTERS = 200


def search_page(taken: TakenSearch) -> bytes:
    """The rankings side by side, with what is said of them and what each cost."""
    result, order = taken.result, beside_each_other(list(taken.rankings), taken.named)
    count = f"{words.count(result.candidates_used, 'candidate')} of {words.count(len(result.corpus), 'document')}."
    body = fill(
        '<h1 class="short">{}</h1><p class="lead">{}</p><p class="soft">{}</p>'
        '<div class="columns" style="--columns:{}">{}</div>',
        taken.title,
        " ".join(taken.said),
        f"{count} {taken.note}" if taken.queries else count,
        len(order),
        joined(_column(taken, key) for key in order),
    )
    return _page(taken.title, body)


def _column(taken: TakenSearch, key: str) -> Markup:
    method, ranking = taken.named[key], taken.rankings[key]
    more = len(ranking.hits) - PRINTED
    return fill(
        '<section class="ss-{}"><h2>{}</h2><p class="soft">{}</p><ol>{}</ol>{}</section>',
        method.key,
        f"{method.title} · {method.scale.unit}",
        " · ".join(_figures(taken, key, ranking)),
        joined(_row(taken, method, hit) for hit in ranking.hits),
        fill('<p class="soft">{}</p>', f"In print the first {PRINTED} rows.") if more > 0 else "",
    )


def _figures(taken: TakenSearch, key: str, ranking: Ranking) -> list[str]:
    """How good it is, by what it was made, and what that cost."""
    judged, made = taken.judged.get(key), taken.predicted
    said = [f"nDCG@10 {words.share(judged.ndcg)}"] if judged is not None else []
    if ranking.expansion is not None:
        said.append(expansion_sentence(ranking.expansion, taken.result.corpus))
    if key != YOU:
        return [*said, words.short_name(ranking.model), spent(ranking)]
    return (
        [f"{made.measure} {figure(made.yours)}"]
        if made is not None and made.yours is not None and made.measure
        else ["as you predicted"]
    )


def _row(taken: TakenSearch, method: Method, hit: Hit) -> Markup:
    document, grades = taken.result.corpus.document(hit.doc_id), taken.grades_of(method.key)
    said = [move(hit)[1]] if hit.rank_before is not None else []
    said += ["only here"] if hit.doc_id in taken.alone else []
    said += [f"grade {grades[hit.doc_id]}"] if hit.doc_id in grades else []
    text = Markup("") if not document.title else fill('<span class="text">{}</span>', _short(document.text))
    return fill(
        '<li{}><b>{}</b><span{}>{}</span><span class="score">{}</span>{}<span class="said">{}</span></li>',
        Markup(' class="beyond"') if hit.rank > PRINTED else "",
        hit.rank,
        Markup("") if document.title else Markup(' class="plain"'),
        _short(document.title or document.text),
        score_text(hit.score, method.scale) if method.key != YOU else "",
        text,
        " · ".join(said),
    )


def _short(text: str) -> str:
    return " ".join(text[: 2 * TEXT_CHARACTERS].split())[:TEXT_CHARACTERS]


def evaluation_page(evaluation: Evaluation, said: str, methods: Mapping[str, Method]) -> bytes:
    """The sentence, the chart of gains, and the means of each method."""
    names = [measure.name for measure in evaluation.measure_list]
    rows = joined(
        fill(
            "<tr><th>{}</th>{}</tr>",
            methods[key].title,
            joined(fill("<td>{}</td>", words.share(evaluation.measures[key][n])) for n in names),
        )
        for key in evaluation.methods
    )
    title = f"Whether reranking helps in “{evaluation.corpus.title or evaluation.corpus.name}”"
    body = fill(
        '<h1>{}</h1><div class="wide">{}</div><div class="wide"><table><tr><th>Method</th>{}</tr>{}</table></div>'
        '<p class="soft">{}</p>',
        title,
        picture.gains_chart(evaluation, said).markup(),
        joined(fill("<th>{}</th>", name) for name in names),
        rows,
        report.caption(evaluation),
    )
    return _page(title, body)


def matrix_page(made: SimilarityMatrix) -> bytes:
    """The matrix as a picture, and the pairs that are most and least alike."""
    title = f"How alike {words.count(len(made.texts), 'text')} are"
    body = fill(
        '<h1>{}</h1><p class="lead">{}</p><div class="wide">{}</div>',
        title,
        summary(made),
        picture.matrix(made).markup(),
    )
    return _page(title, body)


def _page(title: str, body: Markup) -> bytes:
    made = fill(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>{}</title><style>{}</style></head>"
        "<body><main>{}</main><footer>{}</footer></body></html>\n",
        title,
        Markup(page_style()),  # noqa: S704 - our own sheet
        body,
        f"{words.PAGE_TITLE}.",
    )
    return made.encode("utf-8", "replace")
