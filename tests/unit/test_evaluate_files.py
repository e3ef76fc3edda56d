"""An evaluation as a TREC run, as CSV and as plain data."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import ir_measures
import numpy as np
import pytest

from searchcore import Document, Hit, InvalidInput, Query, Ranking
from searchcore.evaluate import Evaluation, as_json, evaluate, to_csv, trec_run
from searchcore.evaluate.export import falling_scores
from searchcore.spreadsheet import safe_cell
from tests.conftest import MakeEngine
from tests.unit.judged import CosineEncoder, judged_corpus, logit_scorer

TEXTS = ["0.9 1 apple", "0.8 2 apple", "0.8 2 pear", "0.7 2 pear"]
CORPUS = judged_corpus(TEXTS, {"q1": {"c": 1}, "q2": {"a": 2, "d": 1}}, kinds={"q1": "theme"})


@pytest.fixture
def evaluation(make_engine: MakeEngine) -> Evaluation:
    return evaluate(make_engine(CORPUS, encoder=CosineEncoder(), scorer=logit_scorer()), CORPUS)


def test_a_run_file_has_six_cells_a_line(evaluation: Evaluation) -> None:
    lines = trec_run(evaluation, "bi_encoder", "me").splitlines()
    assert lines[0] == "q1 Q0 a 1 0.900000 me"
    assert [line.split(" ")[:4] for line in lines] == [
        [query, "Q0", doc_id, str(rank)] for query in ("q1", "q2") for rank, doc_id in enumerate("abcd", start=1)
    ]


def test_without_a_tag_the_run_is_named_after_its_method(evaluation: Evaluation) -> None:
    assert trec_run(evaluation, "bm25").splitlines()[0].endswith(" searchcore_bm25")


@pytest.mark.parametrize("method", ["bm25", "bi_encoder", "late_interaction", "cross_encoder"])
def test_a_run_file_gives_the_same_measures_when_it_is_read_back(evaluation: Evaluation, method: str) -> None:
    """Ties would be broken otherwise by whoever reads it; nDCG and R go through pytrec_eval, RR@10 does not."""
    run = list(ir_measures.read_trec_run(trec_run(evaluation, method)))
    names = [measure.name for measure in evaluation.measure_list]
    found = ir_measures.calc_aggregate([ir_measures.parse_measure(name) for name in names], CORPUS.qrels, run)
    assert {str(measure): value for measure, value in found.items()} == pytest.approx(evaluation.measures[method])


def test_scores_fall_strictly_even_in_single_precision() -> None:
    random = np.random.default_rng(3)
    for scale in (1e-6, 1.0, 25.0, 400.0):
        drawn = np.round(-np.sort(-random.normal(0, scale, 200)), 2 if scale >= 1 else 7)
        hits = tuple(Hit(i, f"d{i}", float(score)) for i, score in enumerate(drawn, start=1))
        texts = [f"{score:.6f}" for score in falling_scores(Ranking("bm25", "m", hits))]
        assert (np.diff(np.array(texts, dtype=np.float32)) < 0).all()


def test_a_score_without_a_tie_stays_as_it_is() -> None:
    hits = (Hit(1, "a", 7.25), Hit(2, "b", -0.5), Hit(3, "c", -11.125))
    assert falling_scores(Ranking("cross_encoder", "m", hits)) == [7.25, -0.5, -11.125]


@pytest.mark.parametrize("bad", ["two words", "tab\there", "line\nbreak", "no\u00a0break", " edge", ""])
def test_a_run_file_refuses_ids_and_tags_that_it_cannot_hold(evaluation: Evaluation, bad: str) -> None:
    query = evaluation.queries[0]
    hits = (Hit(1, bad, 0.5),)
    by_document = replace(query, rankings={"bm25": Ranking("bm25", "m", hits)})
    by_query = replace(query, query_id=bad)
    for name, changed in (("document id", by_document), ("query id", by_query)):
        with pytest.raises(InvalidInput, match=f"can't hold the {name}"):
            trec_run(replace(evaluation, queries=(changed,)), "bm25", "me")
    with pytest.raises(InvalidInput, match="can't hold the tag"):
        trec_run(evaluation, "bm25", bad)


def test_a_run_of_a_method_that_was_not_evaluated_is_refused(evaluation: Evaluation) -> None:
    with pytest.raises(InvalidInput, match='method "magic" was not evaluated; choose from: bm25'):
        trec_run(evaluation, "magic")


def test_the_table_has_a_row_for_each_query_and_method(evaluation: Evaluation) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(evaluation))))
    assert [(row["query_id"], row["method"]) for row in rows] == [
        (query, method) for query in ("q1", "q2") for method in evaluation.methods
    ]
    assert rows[0]["kind"] == "theme" and rows[0]["query"] == "apple"
    for row in rows:
        query = next(q for q in evaluation.queries if q.query_id == row["query_id"])
        for name, value in query.measures[row["method"]].items():
            assert float(row[name]) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1"])
def test_a_formula_in_a_text_reaches_no_spreadsheet(make_engine: MakeEngine, text: str) -> None:
    corpus = replace(
        CORPUS,
        queries=(Query(f"={text}", text + "x", {"kind": text}),),
        qrels={f"={text}": {"a": 1}},
    )
    evaluation = evaluate(make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer()), corpus)
    for row in csv.reader(io.StringIO(to_csv(evaluation), newline="")):
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_plain_texts_and_numbers_stay_as_they_are(evaluation: Evaluation) -> None:
    assert safe_cell("what is 1+1 = ?") == "what is 1+1 = ?"
    assert "'" not in to_csv(evaluation)


def test_commas_quotes_and_line_breaks_survive_the_table(make_engine: MakeEngine) -> None:
    text = 'a "b", c\nd'
    corpus = judged_corpus(TEXTS, {"q": {"a": 1}}, queries={"q": text})
    evaluation = evaluate(make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer()), corpus)
    rows = list(csv.DictReader(io.StringIO(to_csv(evaluation), newline="")))
    assert {row["query"] for row in rows} == {text}


def test_the_plain_data_has_the_shape_of_the_endpoint(evaluation: Evaluation) -> None:
    data = json.loads(json.dumps(as_json(evaluation)))
    assert list(data) == ["measures", "queries", "left_out"]
    assert data["measures"]["bi_encoder"]["nDCG@10"] == pytest.approx(evaluation.measures["bi_encoder"]["nDCG@10"])
    assert list(data["queries"][0]) == ["query_id", "text", "kind", "measures"]
    assert data["queries"][0]["query_id"] == "q1" and data["queries"][0]["kind"] == "theme"
    assert set(data["queries"][0]["measures"]) == set(evaluation.methods)


def test_a_corpus_with_an_awkward_id_can_still_be_evaluated(make_engine: MakeEngine) -> None:
    corpus = replace(CORPUS, documents=(Document("two words", "0.5 1 apple"),), qrels={"q1": {"two words": 1}})
    evaluation = evaluate(make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer()), corpus)
    assert evaluation.measures["bi_encoder"]["nDCG@10"] == 1.0
