"""An evaluation as files that other tools read: TREC run, CSV, and the plain data of the endpoint."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np

from searchcore.errors import InvalidInput, quoted
from searchcore.evaluate.results import Evaluation
from searchcore.spreadsheet import safe_cell
from searchcore.types import Ranking

DECIMALS = 6


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Plain data: the means by method, the same for each query, and by id why a judged query was left out."""
    return {
        "measures": {method: dict(values) for method, values in evaluation.measures.items()},
        "queries": [
            {
                "query_id": query.query_id,
                "text": query.text,
                "kind": query.kind,
                "measures": {method: dict(values) for method, values in query.measures.items()},
            }
            for query in evaluation.queries
        ],
        "left_out": dict(evaluation.unusable),
    }


def to_csv(evaluation: Evaluation) -> str:
    """One row for each query and method, with a column for each measure; the first row names the columns.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    names = [measure.name for measure in evaluation.measure_list]
    out = io.StringIO()
    rows = csv.writer(out)  # lines end as RFC 4180 says, so that both characters of an end are quoted in texts
    rows.writerow(["query_id", "query", "kind", "method", *names])
    for query in evaluation.queries:
        texts = [safe_cell(text) for text in (query.query_id, query.text, query.kind)]
        for method in evaluation.methods:
            values = [f"{query.measures[method][name]:.{DECIMALS}f}" for name in names]
            rows.writerow([*texts, safe_cell(method), *values])
    return out.getvalue()


def trec_run(evaluation: Evaluation, method: str, tag: str | None = None) -> str:
    """The rankings of one method as a TREC run: `query_id Q0 doc_id rank score tag`, a line a document.

    Tools sort such a file by score, some in single precision, and break ties in their own way: so
    scores that are equal are set apart just enough to fall strictly with the rank. Raises
    InvalidInput where an id or the tag is empty or has white space, which the format can't hold.
    """
    if method not in evaluation.methods:
        raise InvalidInput(f"method {quoted(method)} was not evaluated; choose from: {', '.join(evaluation.methods)}.")
    tag = _word(f"searchcore_{method}" if tag is None else tag, "tag")
    lines = []
    for query in evaluation.queries:
        query_id = _word(query.query_id, "query id")
        ranking = query.rankings[method]
        for hit, score in zip(ranking.hits, falling_scores(ranking), strict=True):
            lines.append(f"{query_id} Q0 {_word(hit.doc_id, 'document id')} {hit.rank} {score:.{DECIMALS}f} {tag}\n")
    return "".join(lines)


def falling_scores(ranking: Ranking) -> list[float]:
    """The scores of `ranking` with 6 decimals, each less than the one before by a step that float32 can hold."""
    scores: list[float] = []
    for hit in ranking.hits:
        score = round(hit.score, DECIMALS)
        if scores:
            step = max(10.0**-DECIMALS, 2 * float(np.spacing(np.float32(abs(scores[-1])))))
            score = min(score, round(scores[-1] - step, DECIMALS))
        scores.append(score)
    return scores


def _word(value: object, name: str) -> str:
    if not isinstance(value, str) or value.split() != [value]:
        raise InvalidInput(f"A TREC run file can't hold the {name} {quoted(value)}: it is empty or has white space.")
    return value
