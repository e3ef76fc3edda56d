"""A view as a notebook that works its numbers out again with sentence-transformers and pandas, and nothing of ours.

Only what was put in is inside: rows, queries, grades, names of models. What comes out, whoever runs it finds out.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searchcore.errors import InvalidInput
from searchcore.evaluate import Evaluation
from searchcore.explain import SimilarityMatrix
from searchcore.models.catalogue import BGE_QUERY_PROMPT
from searchcore.ranking import BI_ENCODER, CROSS_ENCODER
from searchcore.ranking.feedback import ALPHA, BETA, NEAREST
from searchcore.types import Corpus, Document
from ui import words
from ui.takehome.prediction import NOT_HERE, prediction_cells
from ui.takehome.taken import TakenSearch

MAX_ROWS, MAX_CHARACTERS = 5_000, 5_000_000
# So many rows are shown on the page; the notebook has them all.
SHOWN_ROWS = 2
COLUMNS = ["doc_id", "title", "text"]
PROMPTS = {"BAAI/bge-small-en-v1.5": BGE_QUERY_PROMPT}
RUN_IT = (
    "Run it from top to bottom, after `pip install sentence-transformers pandas`. The models are fetched from the "
    "Hugging Face Hub, unless their names are made folders. Change a row, a text or a model, and run it again."
)
EIGHT_BITS = (
    "On the page the weights of the bundled cross-encoder are rounded to eight bits, so that its logits there may be "
    "off by up to half a unit."
)
OTHER_SOURCE = (
    "The cross-encoder reorders candidates of another method than the bi-encoder here. Which they are is put in, as "
    "`GIVEN`, and not worked out again."
)
ENCODE = """
encoder = SentenceTransformer(ENCODER)
encoder.tokenizer.split_special_tokens = True  # a typed "[SEP]" is text, not the end of one
pairs_of = zip(rows["title"], rows["text"])
rows["passage"] = [f"{title}\\n\\n{text}" if title and text else title or text for title, text in pairs_of]
vectors = encoder.encode(rows["passage"].tolist(), normalize_embeddings=True, show_progress_bar=False)
"""
ENCODE_QUERY = """
vector = encoder.encode(PROMPT + QUERY, normalize_embeddings=True)
"""
MOVE = f"""
# Rocchio: the query moves towards the mean of the nearest documents, then everything is searched again.
near = (-(vectors @ vector).round(6)).argsort(kind="stable")[:{NEAREST}]
vector = {ALPHA} * vector + {BETA} * vectors[near].mean(axis=0)
vector = vector / (vector @ vector) ** 0.5
"""
RETRIEVE = """
rows["cosine"] = (vectors @ vector).round(6)
# Where two are equal, the first in the corpus stands first.
first = rows.sort_values("cosine", ascending=False, kind="stable").head(CANDIDATES)
first = first.assign(rank=range(1, len(first) + 1))
first[["rank", "doc_id", "title", "text", "cosine"]]
"""
SCORER = """
scorer = CrossEncoder(SCORER, activation_fn=torch.nn.Identity())  # the logit itself, not its sigmoid
scorer.tokenizer.split_special_tokens = True
"""
RERANK = """
second = first.sort_index().rename(columns={"rank": "rank_before"})
second["logit"] = scorer.predict([(QUERY, passage) for passage in second["passage"]], show_progress_bar=False)
second = second.sort_values("logit", ascending=False, kind="stable")
second = second.assign(rank=range(1, len(second) + 1))
second[["rank", "rank_before", "doc_id", "title", "text", "logit"]]
"""
# Where another ranking than the bi-encoder's is reordered, which is not worked out again.
RERANK_GIVEN = """
given = rows[rows["doc_id"].isin(GIVEN)]
second = given.assign(rank_before=given["doc_id"].map(GIVEN.index) + 1)
second["logit"] = scorer.predict([(QUERY, passage) for passage in second["passage"]], show_progress_bar=False)
second = second.sort_values("logit", ascending=False, kind="stable")
second = second.assign(rank=range(1, len(second) + 1))
second[["rank", "rank_before", "doc_id", "title", "text", "logit"]]
"""
NDCG = '''
def ndcg(doc_ids, grades, places=10):
    """nDCG@10 of documents in this order (Järvelin and Kekäläinen 2002)."""
    def gain(order):
        return sum(grade / math.log2(place + 2) for place, grade in enumerate(order[:places]))
    return gain([grades.get(doc_id, 0) for doc_id in doc_ids]) / gain(sorted(grades.values(), reverse=True))
'''
JUDGE = """
both = {"bi-encoder": first, "cross-encoder": second}
pd.Series({name: ndcg(ranking["doc_id"], GRADES) for name, ranking in both.items()}, name="nDCG@10")
"""
RETRIEVED = """
def retrieved(query, among):
    cosines = (vectors[among.index] @ encoder.encode(PROMPT + query, normalize_embeddings=True)).round(6)
    # Where two are equal, the first in the corpus stands first.
    first = among.assign(score=cosines).sort_values("score", ascending=False, kind="stable")
    first = first.head(CANDIDATES or len(among))
    return first.assign(rank=range(1, len(first) + 1))
"""
RERANKED = """
def reranked(query, first):
    second = first.sort_index()
    second["score"] = scorer.predict([(query, passage) for passage in second["passage"]], show_progress_bar=False)
    second = second.sort_values("score", ascending=False, kind="stable")
    return second.assign(rank=range(1, len(second) + 1))
"""
MEASURE_ALL = """
measured = []
for query_id, query in QUERIES.items():
    # As in BEIR, a query does not find the document that has its own id.
    among, grades = rows[rows["doc_id"] != query_id], GRADES[query_id]
    if CANDIDATES is None:  # the judged documents alone
        among = among[among["doc_id"].isin(list(grades))]
    first = retrieved(query, among)
    second = reranked(query, first)
    measured.append((query, ndcg(first["doc_id"], grades), ndcg(second["doc_id"], grades)))
measured = pd.DataFrame(measured, columns=["query", "bi-encoder", "cross-encoder"])
measured
"""
MEANS = """
measured[["bi-encoder", "cross-encoder"]].mean().rename("mean nDCG@10")
"""
MATRIX = """
encoder = SentenceTransformer(ENCODER)
encoder.tokenizer.split_special_tokens = True  # a typed "[SEP]" is text, not the end of one
vectors = encoder.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
cosines = pd.DataFrame((vectors @ vectors.T).round(6), index=TEXTS, columns=range(1, len(TEXTS) + 1))
cosines
"""


ROWS = "rows = ..."
"""In place of the cell that holds the documents: they are written out when they are needed."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """Words at the top, then cells of code; the cell ROWS stands for the `documents`."""

    about: str
    cells: tuple[str, ...]
    documents: Sequence[Document] = ()

    def file(self) -> bytes:
        """As an .ipynb file, format 4.5, without outputs."""
        rows = _rows([_row(document) for document in self.documents])
        cells = [_cell("about", "markdown", self.about)]
        cells += [_cell(f"code-{i}", "code", rows if c == ROWS else c) for i, c in enumerate(self.cells, start=1)]
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        made = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        return json.dumps(made, ensure_ascii=False, indent=1).encode()

    def shown(self) -> str:
        """The code as a page shows it, with the beginning of the rows."""
        first = [textwrap.shorten(_row(each), 100, placeholder=" …") for each in self.documents[:SHOWN_ROWS]]
        more = len(self.documents) - len(first)
        note = [f"# and {words.count(more, 'row')} more, all in the notebook"] if more else []
        return "\n\n".join(_rows([*first, *note]) if cell == ROWS else cell for cell in self.cells)


def search_notebook(taken: TakenSearch) -> Notebook:
    """One search with both models, and nDCG@10 where the query is judged."""
    result = taken.result
    documents = [each for each in inside(taken) if each.doc_id != result.excluded]
    encoder, scorer = taken.models
    begin = start(
        "import math\n\nimport pandas as pd\nimport torch\nfrom sentence_transformers import CrossEncoder, "
        "SentenceTransformer",
        ENCODER=encoder,
        SCORER=scorer,
        PROMPT=PROMPTS.get(encoder, ""),
        QUERY=result.query,
        CANDIDATES=result.candidates_used,
    )
    judged = (f"GRADES = {mapping(taken.grades)}\n{NDCG}", JUDGE) if taken.grades else ()
    about = f"# One search, two models\n\n{RUN_IT}\n\n{what_is_inside(taken, documents)} {EIGHT_BITS}"
    source = _other_source(taken)
    if source is not None:
        about += f"\n\n{OTHER_SOURCE}"
    if set(result.rankings) - {BI_ENCODER, CROSS_ENCODER}:
        about += "\n\nThe other columns of the page are not worked out here."
    predicted = prediction_cells(taken)
    if taken.predicted is not None and taken.state.guess and not predicted:
        about += f"\n\n{NOT_HERE}"
    # A single document moves nothing.
    moving = MOVE if BI_ENCODER in taken.state.expanded and len(documents) > 1 else ""
    reranking = RERANK if source is None else f"GIVEN = {source!r}\n{RERANK_GIVEN}"
    cells = (begin, ROWS, ENCODE + ENCODE_QUERY + moving + RETRIEVE, SCORER + reranking, *judged, *predicted)
    return Notebook(about, tuple(cell.strip() for cell in cells), documents)


def _other_source(taken: TakenSearch) -> list[str] | None:
    """The documents that the cross-encoder reordered, in their order, where they are not the bi-encoder's ranking."""
    ranking = taken.result.rankings.get(CROSS_ENCODER)
    if ranking is None or ranking.reranks in (None, BI_ENCODER):
        return None
    return [hit.doc_id for hit in sorted(ranking.hits, key=lambda hit: hit.rank_before or hit.rank)]


def evaluation_notebook(evaluation: Evaluation) -> Notebook:
    """Both models on all judged queries. Raises InvalidInput for a corpus that is too large."""
    corpus, queries = evaluation.corpus, evaluation.queries
    if not _fits(corpus):
        raise InvalidInput(
            f"This corpus has {words.count(len(corpus), 'document')}, and a notebook holds at most {MAX_ROWS:,} of "
            f"{MAX_CHARACTERS:,} characters."
        )
    used = queries[0].rankings
    encoder = used[BI_ENCODER].model
    begin = start(
        "import math\n\nimport pandas as pd\nimport torch\nfrom sentence_transformers import CrossEncoder, "
        "SentenceTransformer",
        ENCODER=encoder,
        SCORER=used[CROSS_ENCODER].model,
        PROMPT=PROMPTS.get(encoder, ""),
        CANDIDATES=evaluation.candidates if evaluation.pool == "retrieved" else None,
    )
    asked = {query.query_id: query.text for query in queries}
    qrels = corpus.splits[evaluation.split]
    grades = {query_id: dict(qrels[query_id]) for query_id in asked}
    about = (
        f"# Whether reranking helps\n\n{RUN_IT}\n\nInside are all {words.count(len(corpus), 'document')}, "
        f"{words.count(len(queries), 'judged query', 'judged queries')} and their grades. It measures nDCG@10 of the "
        f"two models. {EIGHT_BITS}"
    )
    given = f"QUERIES = {mapping(asked)}\nGRADES = {mapping(grades)}"
    cells = (begin, ROWS, given, ENCODE + RETRIEVED, SCORER + RERANKED, NDCG, MEASURE_ALL, MEANS)
    return Notebook(about, tuple(cell.strip() for cell in cells), corpus.documents)


def matrix_notebook(made: SimilarityMatrix) -> Notebook:
    """The cosine of each text with each."""
    begin = start("import pandas as pd\nfrom sentence_transformers import SentenceTransformer", ENCODER=made.model)
    texts = "TEXTS = [\n" + "".join(f"    {text!r},\n" for text in made.texts) + "]"
    return Notebook(f"# How alike texts are\n\n{RUN_IT}", (begin, texts, MATRIX.strip()))


def start(imports: str, **given: Any) -> str:
    """The first cell: what is imported, and what can be changed."""
    lines = {name: f"{name} = {value!r}" for name, value in given.items()}
    for name in ("ENCODER", "SCORER"):
        if name in lines:
            lines[name] += "  # a name on the Hugging Face Hub, or a folder"
    return "\n".join([imports, "", *lines.values()])


def inside(taken: TakenSearch) -> Sequence[Document]:
    """The documents whose rows go in: all of the corpus, or, of one that is too large, those in a ranking."""
    corpus = taken.result.corpus
    if _fits(corpus):
        return corpus.documents
    rankings = taken.result.rankings.values()
    shown = {hit.doc_id for ranking in rankings for hit in ranking.hits}
    shown |= {doc_id for ranking in rankings if ranking.expansion for doc_id in ranking.expansion.documents}
    return [corpus.document(doc_id) for doc_id in sorted(shown, key=corpus.position)]


def _fits(corpus: Corpus) -> bool:
    return len(corpus) <= MAX_ROWS and sum(len(each.passage) for each in corpus.documents) <= MAX_CHARACTERS


def what_is_inside(taken: TakenSearch, documents: Sequence[Document]) -> str:
    """Which rows the notebook holds, in a sentence."""
    corpus = taken.result.corpus
    if _fits(corpus):
        return f"Inside are all {words.count(len(documents), 'document')} that were ranked."
    return (
        f"Inside are only {words.count(len(documents), 'document')} that the page shows: the corpus has "
        f"{len(corpus):,}, and a notebook holds at most {MAX_ROWS:,} of {MAX_CHARACTERS:,} characters."
    )


def _rows(lines: Iterable[str]) -> str:
    return "rows = pd.DataFrame([\n" + "".join(f"    {line}\n" for line in lines) + f"], columns={COLUMNS})"


def _row(document: Document) -> str:
    return f"({document.doc_id!r}, {document.title!r}, {document.text!r}),"


def mapping(given: Mapping[str, Any]) -> str:
    """A dict as code, a line for each key."""
    return "{\n" + "".join(f"    {key!r}: {value!r},\n" for key, value in given.items()) + "}"


def _cell(name: str, kind: str, source: str) -> dict[str, Any]:
    made: dict[str, Any] = {"id": name, "cell_type": kind, "metadata": {}, "source": source}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})
