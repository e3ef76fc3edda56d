"""Two wordings compared, as a notebook: both rankings worked out again, and how far they agree."""

from __future__ import annotations

from searchcore.ranking import CROSS_ENCODER
from ui.takehome.notebook import (
    EIGHT_BITS,
    ENCODE,
    NDCG,
    PROMPTS,
    RERANKED,
    RETRIEVED,
    ROWS,
    RUN_IT,
    SCORER,
    Notebook,
    inside,
    mapping,
    start,
    what_is_inside,
)
from ui.takehome.taken import TakenWordings

IMPORTS = "import pandas as pd\nfrom sentence_transformers import SentenceTransformer"
IMPORTS_OF_BOTH = (
    "import pandas as pd\nimport torch\nfrom sentence_transformers import CrossEncoder, SentenceTransformer"
)
# The names of the wordings, by which the frames are called too.
NAMES = ("a", "b")
SHOW = '{name}[["rank", "doc_id", "title", "text", "score"]]'
JOIN = """
same = ["doc_id", "title"]
both = a[[*same, "rank"]].merge(b[[*same, "rank"]], on=same, how="outer", suffixes=("_a", "_b"))
both["moved"] = both["rank_a"] - both["rank_b"]  # so many places up; empty where one ranking has it alone
both = both.sort_values(["rank_b", "rank_a"]).astype({"rank_a": "Int64", "rank_b": "Int64", "moved": "Int64"})
both
"""
AGREE = """
shared = both.dropna().astype({"rank_a": int, "rank_b": int})
tau = shared["rank_a"].corr(shared["rank_b"], method="kendall")
print(f"Kendall's tau over the {len(shared)} shared: {tau:+.2f}.")
"""
JUDGE = """
figures = {name: ndcg(ranking["doc_id"], GRADES[name]) for name, ranking in {"a": a, "b": b}.items() if name in GRADES}
pd.Series(figures, name="nDCG@10")
"""


def wordings_notebook(taken: TakenWordings) -> Notebook:
    """Both rankings, each document's two ranks, Kendall's tau and, where a query is judged, nDCG@10."""
    documents, reranks = inside(taken), taken.method == CROSS_ENCODER
    queries = {f"QUERY_{name.upper()}": query for name, query in zip(NAMES, taken.queries.values(), strict=True)}
    encoder, scorer = taken.models
    grades = {
        name: dict(taken.grades_of(column))
        for name, column in zip(NAMES, taken.queries, strict=True)
        if column in taken.judged
    }
    begin = start(
        ("import math\n\n" if grades else "") + (IMPORTS_OF_BOTH if reranks else IMPORTS),
        ENCODER=encoder,
        **({"SCORER": scorer} if reranks else {}),
        PROMPT=PROMPTS.get(encoder, ""),
        **queries,
        CANDIDATES=max(result.candidates_used for result in taken.results.values()),
    )
    judged = (f"GRADES = {mapping(grades)}\n{NDCG}", JUDGE) if grades else ()
    made = (ENCODE + RETRIEVED, *([SCORER + RERANKED] if reranks else []), *_rankings(taken, reranks=reranks))
    about = f"# Two wordings of a query\n\n{RUN_IT}\n\n{what_is_inside(taken, documents)}"
    about += f" {EIGHT_BITS}" if reranks else ""
    return Notebook(about, tuple(cell.strip() for cell in (begin, ROWS, *made, JOIN, AGREE, *judged)), documents)


def _rankings(taken: TakenWordings, *, reranks: bool) -> list[str]:
    """A cell for each wording. As in BEIR, a query does not find the document that has its own id."""
    cells = []
    for name, result in zip(NAMES, taken.results.values(), strict=True):
        query = f"QUERY_{name.upper()}"
        among = "rows" if result.excluded is None else f'rows[rows["doc_id"] != {result.excluded!r}]'
        note = "" if result.excluded is None else "# As in BEIR, a query does not find the document with its own id.\n"
        ranked = f"{name} = retrieved({query}, {among})\n"
        ranked += f"{name} = reranked({query}, {name})\n" if reranks else ""
        cells.append(note + ranked + SHOW.format(name=name))
    return cells
