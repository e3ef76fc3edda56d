"""A view taken home as a notebook: plain sentence-transformers comes to the page's numbers."""

from __future__ import annotations

import ast
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from benchmarks.dequantised import save_dequantised
from searchcore import Corpus, Document, Engine, Options, Query
from searchcore.evaluate import JudgedRanking, against, agreement, evaluate
from searchcore.explain import similarity
from searchcore.models.catalogue import _MINILM
from searchcore.running import finish
from searchcore.types import SearchResult
from tests.planets import DOCS, QUERIES
from ui.predict.scored import scored
from ui.search.wordings import METHOD_OF, comparing
from ui.search.wordings import taken as taken_wordings
from ui.state import RIGHT, PageState
from ui.takehome.notebook import Notebook, evaluation_notebook, matrix_notebook, search_notebook
from ui.takehome.taken import TakenSearch, TakenWordings
from ui.takehome.wordings import wordings_notebook

COSINE, LOGIT = 1e-4, 0.5
SECONDS = 120
CORPUS = Corpus(
    "planets",
    tuple(Document(doc_id, text, title=doc_id.title() * (i % 2)) for i, (doc_id, text) in enumerate(DOCS.items())),
    title="Planets",
    queries=tuple(Query(query_id, text) for query_id, text, *_ in QUERIES[:4]),
    qrels={query_id: grades for query_id, _, _, grades in QUERIES[:4]},
)
NAMES = {"you": "you", "bi_encoder": "bi-encoder", "cross_encoder": "cross-encoder"}
SHOW = """
import io
out = io.StringIO()
{frame}.to_csv(out, index=False)
print(out.getvalue())
"""


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Both bundled models as folders that sentence-transformers loads."""
    scorer = save_dequantised(tmp_path_factory.mktemp("dequantised"))
    return {"ENCODER": str(_MINILM.checked_folder()), "SCORER": str(scorer)}


def run(made: Notebook, folders: dict[str, str], frame: str, folder: Path, *then: str) -> list[pd.DataFrame]:
    """The frame of that name, once the notebook has run from top to bottom with its models made folders.

    And once more after each of `then` was run, with all that comes after the rows.
    """
    notebook = nbformat.reads(made.file().decode(), as_version=4)
    nbformat.validate(notebook)
    first, *others = notebook.cells[1:]
    for name, place in folders.items():
        lines = [f"{name} = {place!r}" if x.startswith(f"{name} = ") else x for x in first.source.split("\n")]
        first.source = "\n".join(lines)
    shown = nbformat.v4.new_code_cell(SHOW.format(frame=frame))
    notebook.cells.append(shown)
    for change in then:
        again = [change, *(cell.source for cell in others[1:]), SHOW.format(frame=frame)]
        notebook.cells += [nbformat.v4.new_code_cell(source) for source in again]
    NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(folder)}}).execute()
    printed = [cell.outputs[0].text for cell in notebook.cells if cell.source == shown.source]
    return [pd.read_csv(io.StringIO(text), keep_default_na=False) for text in printed]


def taken(engine: Engine, query: str, candidates: int) -> TakenSearch:
    result = engine.search(CORPUS, query, candidates)
    prepared = CORPUS.prepared_query(query)
    grades = CORPUS.qrels[prepared.query_id] if prepared else {}
    judged: dict[str, JudgedRanking] = {}
    if grades:
        judged = {key: against(CORPUS, grades, ranking) for key, ranking in result.rankings.items()}
    return TakenSearch(PageState(corpus="planets", query=query), result, judged, engine.methods)


def assert_same(frame: pd.DataFrame, result: SearchResult, method: str, score: str, tolerance: float) -> None:
    hits = {hit.doc_id: hit for hit in result.rankings[method].hits}
    found = dict(zip(frame["doc_id"], frame[score], strict=True))
    assert found == pytest.approx({doc_id: hit.score for doc_id, hit in hits.items()}, abs=tolerance)


def test_a_search_is_worked_out_again_and_a_changed_row_changes_it(
    engine: Engine, folders: dict[str, str], tmp_path: Path
) -> None:
    made = taken(engine, "the biggest of the planets", 6)
    change = 'rows.loc[rows["doc_id"] == "jupiter", ["title", "text"]] = ["", "A cup of tea."]'
    frame, changed = run(
        search_notebook(made), folders, 'second.assign(ndcg=ndcg(second["doc_id"], GRADES))', tmp_path, change
    )
    assert_same(frame, made.result, "bi_encoder", "cosine", COSINE)
    assert_same(frame, made.result, "cross_encoder", "logit", LOGIT)
    ranking = made.result.rankings["cross_encoder"]
    assert frame["doc_id"].iloc[0] == ranking.hits[0].doc_id == "jupiter"
    before = {hit.doc_id: hit.rank_before for hit in ranking.hits}
    assert dict(zip(frame["doc_id"], frame["rank_before"], strict=True)) == before
    assert frame["ndcg"].iloc[0] == pytest.approx(made.judged["cross_encoder"].ndcg)
    assert "jupiter" not in list(changed["doc_id"])
    assert changed["ndcg"].iloc[0] < frame["ndcg"].iloc[0]


def test_the_candidates_of_a_fusion_are_put_in_and_reranked_again(
    engine: Engine, folders: dict[str, str], tmp_path: Path
) -> None:
    methods = ("bi_encoder", "fusion", "cross_encoder")
    result = engine.search(CORPUS, "rings", 4, methods, options=Options(first="fusion"))
    made = TakenSearch(PageState(corpus="planets", query="rings", first="fusion"), result, {}, engine.methods)
    [frame] = run(search_notebook(made), folders, "second", tmp_path)
    assert_same(frame, result, "cross_encoder", "logit", LOGIT)
    before = {hit.doc_id: hit.rank_before for hit in result.rankings["cross_encoder"].hits}
    assert dict(zip(frame["doc_id"], frame["rank_before"], strict=True)) == before
    assert before == {hit.doc_id: hit.rank for hit in result.rankings["fusion"].hits}


def test_an_expanded_query_is_expanded_again(engine: Engine, folders: dict[str, str], tmp_path: Path) -> None:
    options = Options(expanded=("bi_encoder",))
    result = engine.search(CORPUS, "rings", 4, options=options)
    assert result.rankings["bi_encoder"].hits != engine.search(CORPUS, "rings", 4).rankings["bi_encoder"].hits
    state = PageState(corpus="planets", query="rings", expanded=options.expanded)
    [frame] = run(search_notebook(TakenSearch(state, result, {}, engine.methods)), folders, "first", tmp_path)
    assert_same(frame, result, "bi_encoder", "cosine", COSINE)
    assert list(frame["doc_id"]) == [hit.doc_id for hit in result.rankings["bi_encoder"].hits]


@pytest.mark.parametrize("query", ["the biggest of the planets", "rings"])
def test_a_prediction_is_scored_again(engine: Engine, folders: dict[str, str], tmp_path: Path, query: str) -> None:
    made = taken(engine, query, 6)
    ranked = made.result.rankings["bi_encoder"].hits
    state = made.state.with_changes(predict=True, revealed=True, guess=tuple(hit.doc_id for hit in ranked[3::-1]))
    predicted = scored(made.result, state, made.grades or None, engine.methods)
    notebook = search_notebook(replace(made, state=state, predicted=predicted))
    [frame] = run(notebook, folders, "pd.DataFrame([figures])", tmp_path)
    assert frame.to_dict("records")[0] == pytest.approx({NAMES[key]: value for key, value in predicted.values.items()})


def test_who_is_right_is_found_out_again(engine: Engine, folders: dict[str, str], tmp_path: Path) -> None:
    made = taken(engine, "the biggest of the planets", 6)
    state = made.state.with_changes(predict=True, revealed=True, asks=RIGHT, guess=("bi_encoder",))
    predicted = scored(made.result, state, made.grades, engine.methods)
    notebook = search_notebook(replace(made, state=state, predicted=predicted))
    [frame] = run(notebook, folders, "pd.DataFrame([figures]).assign(right=PREDICTION == right)", tmp_path)
    found = frame.to_dict("records")[0]
    assert found.pop("right") == bool(predicted.yours)
    assert found == pytest.approx({NAMES[key]: value for key, value in predicted.values.items()})


def test_an_evaluation_is_worked_out_again(engine: Engine, folders: dict[str, str], tmp_path: Path) -> None:
    evaluation = evaluate(engine, CORPUS, 5, ("bi_encoder", "cross_encoder"))
    [frame] = run(evaluation_notebook(evaluation), folders, "measured", tmp_path)
    assert list(frame["query"]) == [query.text for query in evaluation.queries]
    for column, method in (("bi-encoder", "bi_encoder"), ("cross-encoder", "cross_encoder")):
        expected = [query.measures[method]["nDCG@10"] for query in evaluation.queries]
        assert list(frame[column]) == pytest.approx(expected)


def test_a_matrix_is_worked_out_again(engine: Engine, folders: dict[str, str], tmp_path: Path) -> None:
    made = similarity(engine, ["a man eats", "someone has lunch", "it's 'quoted'\nand \"so\" on ?"])
    [frame] = run(matrix_notebook(made), {"ENCODER": folders["ENCODER"]}, "cosines", tmp_path)
    assert frame.to_numpy() == pytest.approx(made.matrix, abs=COSINE)


def imports_of(text: str) -> set[str]:
    """The modules that the code of a notebook imports."""
    tree = ast.parse("\n".join(cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return imported | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


A, B = "the biggest of the planets", "a world that rotates the wrong way round"


def wordings(engine: Engine, by: str) -> TakenWordings:
    state = PageState(corpus=CORPUS.name, query=A, against=B, candidates=6, by=by)
    found = finish(comparing(engine.beside({CORPUS.name: CORPUS}, {}), state))
    return taken_wordings(state, found, engine.methods[METHOD_OF[by]])


@pytest.mark.parametrize(("by", "tolerance"), [("cross-encoder", LOGIT), ("bi-encoder", COSINE)])
def test_two_wordings_are_compared_again(
    engine: Engine, folders: dict[str, str], tmp_path: Path, by: str, tolerance: float
) -> None:
    made = wordings(engine, by)
    first, second = made.result.rankings.values()
    used = folders if by == "cross-encoder" else {"ENCODER": folders["ENCODER"]}
    asked = 'pd.concat([a.assign(of="a"), b.assign(of="b")]).merge(both, on=same).assign(tau=tau, **figures)'
    change = 'QUERY_B = "rust"'
    frame, changed = run(wordings_notebook(made), used, asked, tmp_path, change)
    for name, ranking in (("a", first), ("b", second)):
        found = frame[frame["of"] == name]
        scores = dict(zip(found["doc_id"], found["score"], strict=True))
        assert scores == pytest.approx({hit.doc_id: hit.score for hit in ranking.hits}, abs=tolerance)
        assert list(found["doc_id"]) == [hit.doc_id for hit in ranking.hits]
    ranks = [{hit.doc_id: hit.rank for hit in ranking.hits} for ranking in (first, second)]
    for row in frame.to_dict("records"):
        was, now = (ranking.get(row["doc_id"], "") for ranking in ranks)
        expected = [str(was), str(now), str(was - now) if was and now else ""]
        assert [str(row[name]) for name in ("rank_a", "rank_b", "moved")] == expected
    assert frame["tau"].iloc[0] == pytest.approx(agreement(first, second).tau)
    assert [frame["a"].iloc[0], frame["b"].iloc[0]] == pytest.approx([each.ndcg for each in made.judged.values()])
    assert changed[changed["of"] == "b"]["doc_id"].iloc[0] == "mars" != second.hits[0].doc_id
    # What was put in is inside, and nothing of what came out.
    raw = wordings_notebook(made).file().decode()
    assert not [hit for ranking in (first, second) for hit in ranking.hits if f"{hit.score:.3f}" in raw]
    assert imports_of(raw) <= {"math", "pandas", "torch", "sentence_transformers"}


def test_it_imports_nothing_of_ours_and_holds_no_results(engine: Engine) -> None:
    made = taken(engine, "the biggest of the planets", 6)
    notebook: dict[str, Any] = json.loads(search_notebook(made).file())
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    text = search_notebook(made).file().decode()
    assert imports_of(text) == {"math", "pandas", "torch", "sentence_transformers"}
    for ranking in made.result.rankings.values():
        assert not [hit for hit in ranking.hits if f"{hit.score:.3f}" in text]
