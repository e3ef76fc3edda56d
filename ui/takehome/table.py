"""A search as a table that a spreadsheet opens."""

from __future__ import annotations

import csv
import io

from searchcore.spreadsheet import safe_cell
from ui.takehome.taken import TakenSearch

COLUMNS = ("method", "rank", "rank_before", "doc_id", "title", "text", "score", "grade")
DECIMALS = 6


def search_table(taken: TakenSearch) -> bytes:
    """CSV with a row for each method and hit; a grade or a rank that there is not is an empty cell."""
    out = io.StringIO()
    rows = csv.writer(out)  # lines end as RFC 4180 says
    rows.writerow(COLUMNS)
    for method, ranking in taken.result.rankings.items():
        for hit in ranking.hits:
            document = taken.result.corpus.document(hit.doc_id)
            texts = [safe_cell(text) for text in (document.doc_id, document.title, document.text)]
            before = "" if hit.rank_before is None else hit.rank_before
            score, grade = f"{hit.score:.{DECIMALS}f}", taken.grades.get(hit.doc_id, "")
            rows.writerow([method, hit.rank, before, *texts, score, grade])
    return out.getvalue().encode("utf-8", "replace")
