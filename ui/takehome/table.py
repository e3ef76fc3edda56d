"""Rankings as a table that a spreadsheet opens."""

from __future__ import annotations

import csv
import io

from searchcore.spreadsheet import safe_cell
from ui.predict.scored import YOU
from ui.takehome.taken import TakenSearch

COLUMNS = ("method", "rank", "rank_before", "doc_id", "title", "text", "score", "grade")
# The first column where each ranking is for a query of its own.
ASKED = "query"
# Further columns where something was predicted.
PREDICTED = ("measure", "value", "sentence")
DECIMALS = 6


def search_table(taken: TakenSearch) -> bytes:
    """CSV with a row for each method and hit; a grade or a rank that there is not is an empty cell."""
    out = io.StringIO()
    rows = csv.writer(out)  # lines end as RFC 4180 says
    rows.writerow([*([ASKED] if taken.queries else []), *COLUMNS, *(PREDICTED if taken.predicted is not None else ())])
    for column, ranking in taken.rankings.items():
        method, grades = ranking.method, taken.grades_of(column)
        query = [safe_cell(taken.queries[column])] if taken.queries else []
        for hit in ranking.hits:
            document = taken.result.corpus.document(hit.doc_id)
            texts = [safe_cell(text) for text in (document.doc_id, document.title, document.text)]
            before = "" if hit.rank_before is None else hit.rank_before
            score = "" if method == YOU else f"{hit.score:.{DECIMALS}f}"
            row = [*query, method, hit.rank, before, *texts, score, grades.get(hit.doc_id, "")]
            rows.writerow(row + _predicted(taken, method))
    if taken.predicted is not None and YOU not in taken.rankings:
        rows.writerow([YOU, *[""] * (len(COLUMNS) - 1), *_predicted(taken, YOU)])
    return out.getvalue().encode("utf-8", "replace")


def _predicted(taken: TakenSearch, method: str) -> list[str]:
    """By what a prediction was measured, what the visitor or the method comes to by it, and it in a sentence."""
    made = taken.predicted
    if made is None:
        return []
    value = made.yours if method == YOU else made.values.get(method)
    known = "" if value is None else f"{value:.{DECIMALS}f}"
    return [made.measure, known, made.sentence if method == YOU else ""]
