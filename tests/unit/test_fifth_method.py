"""A fifth method is one class: given to the engine, it is in every search, evaluation, file and drawing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

import pytest

from searchcore import Corpus, Engine, SearchResult
from searchcore.evaluate import candidate_curve, evaluate, significance, to_csv, trec_run
from searchcore.evaluate.runs import POOLS
from searchcore.ranking import CROSS_ENCODER, Method, Scale
from searchcore.ranking.method import reordered
from searchcore.request import Request
from searchcore.types import Ranking
from tests.fakes import store_of
from tests.unit.judged import CosineEncoder, judged_corpus, logit_scorer
from ui.api import _result
from ui.layout import build_site
from ui.search.columns import Columns, columns
from ui.search.cost import cost
from ui.search.section import SearchSection
from ui.state import Known, PageState

# By cosine a b c d e; by logit d c b a e; by length e c d a b.
TEXTS = ["0.9 1 apples", "0.8 2 apple apple", "0.7 3 pear", "0.6 4 pears", "0.5 -5 a"]
QRELS = {"q": {"a": 3, "d": 1, "e": 2}, "r": {"b": 1, "c": 0}, "s": {"c": 2, "a": 1}}
QUERIES = {"q": "apple", "r": "pear", "s": "fig"}
ALL = ["bm25", "bi_encoder", "fusion", "cross_encoder", "late_interaction", "shortest"]


class Shortest:
    """The cross-encoder's candidates, the shortest first."""

    key = "shortest"
    title = "Shortest first"
    citation = "nobody 2026, A joke"
    reranks = CROSS_ENCODER
    scale = Scale("characters fewer", "bar: nothing to speak of")
    models: tuple[str, ...] = ()

    def passes(self, n: int) -> int:
        return 0

    def rank(self, request: Request, before: Mapping[str, Ranking]) -> Ranking:
        hits, corpus = before[self.reranks].hits, request.corpus
        scores = {hit.doc_id: -float(len(corpus.document(hit.doc_id).passage)) for hit in hits}
        return Ranking(self.key, "a ruler", reordered(hits, scores, corpus.position), reranks=self.reranks)


@pytest.fixture
def corpus() -> Corpus:
    return judged_corpus(TEXTS, QRELS, QUERIES)


@pytest.fixture
def engine(corpus: Corpus) -> Iterator[Engine]:
    made = Engine({corpus.name: corpus}, store_of(CosineEncoder(), logit_scorer()), methods=[Shortest()])
    yield made
    made.close()


def order(ranking: Ranking) -> str:
    return "".join(hit.doc_id for hit in ranking.hits)


def test_the_engine_knows_it_beside_the_built_in_methods(engine: Engine) -> None:
    assert isinstance(engine.methods["shortest"], Method)
    assert list(engine.methods) == ALL


def test_a_search_ranks_by_it_and_shows_no_method_that_was_not_asked_for(engine: Engine) -> None:
    result = engine.search("fruit", "apple", 3, ["shortest"])
    assert list(result.rankings) == ["shortest"]
    ranking = result.rankings["shortest"]
    assert order(ranking) == "cab"
    assert [hit.rank_before for hit in ranking.hits] == [1, 3, 2]  # the cross-encoder had them c b a
    assert (ranking.reranks, ranking.passes_needed) == ("cross_encoder", 0)


def test_a_stream_and_its_steps_bring_it_after_the_method_that_it_reranks(engine: Engine) -> None:
    asked = ["shortest", "cross_encoder"]
    expected = [["cross_encoder"], ["cross_encoder", "shortest"]]
    assert [list(step.rankings) for step in engine.stream("fruit", "apple", methods=asked)] == expected
    found = [step for step in engine.steps("fruit", "apple", methods=asked) if isinstance(step, SearchResult)]
    assert [list(step.rankings) for step in found] == expected
    assert order(found[-1].rankings["shortest"]) == "ecdab"


def test_many_searches_rank_by_it(engine: Engine) -> None:
    results = engine.search_many("fruit", ["apple", "pear"], 4, ["shortest"])
    assert [order(result.rankings["shortest"]) for result in results] == ["cdab", "cdab"]


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("methods", [None, ["shortest"], ["shortest", "bi_encoder"]])
def test_an_evaluation_measures_it_in_both_pools(engine: Engine, pool: str, methods: list[str] | None) -> None:
    evaluation = evaluate(engine, "fruit", 3, methods, pool)
    assert list(evaluation.methods) == [key for key in ALL if key in (methods or ALL)]
    assert evaluation.methods[-1] == "shortest"
    assert set(evaluation.measures["shortest"]) == {measure.name for measure in evaluation.measure_list}
    orders = [order(query.rankings["shortest"]) for query in evaluation.queries]
    assert orders == (["cab"] * 3 if pool == "retrieved" else ["eda", "cb", "ca"])


@pytest.mark.parametrize("methods", [None, ["shortest"]])
def test_the_curve_over_candidates_has_at_each_depth_what_an_evaluation_gives(
    engine: Engine, methods: list[str] | None
) -> None:
    curve = candidate_curve(engine, "fruit", (1, 2, 3, 4, 5), methods)
    assert curve.methods == tuple(methods or ALL)
    for point in curve.points:
        single = evaluate(engine, "fruit", point.depth, methods)
        expected = {key: single.measures[key]["nDCG@10"] for key in curve.methods}
        assert point.ndcg == pytest.approx(expected), f"{point.depth} candidates"


def test_the_curve_over_candidates_counts_its_passes_at_each_depth(engine: Engine) -> None:
    for point in candidate_curve(engine, "fruit", (1, 2, 3, 4, 5)).points:
        assert point.passes["shortest"] == 0
        assert point.passes["cross_encoder"] == point.depth


def test_the_files_of_an_evaluation_have_it(engine: Engine) -> None:
    evaluation = evaluate(engine, "fruit", 3)
    rows = list(csv.DictReader(io.StringIO(to_csv(evaluation))))
    own = [row for row in rows if row["method"] == "shortest"]
    assert [row["query_id"] for row in own] == ["q", "r", "s"]
    lines = trec_run(evaluation, "shortest").splitlines()
    assert len(lines) == 9
    assert lines[0] == f"q Q0 c 1 {-len(TEXTS[2]):.6f} searchcore_shortest"


def test_its_difference_to_another_method_is_tested_both_ways(engine: Engine) -> None:
    evaluation = evaluate(engine, "fruit", 3)
    for method, baseline in (("shortest", "bi_encoder"), ("cross_encoder", "shortest")):
        found = significance(evaluation, method, baseline)
        assert set(found) == {measure.name for measure in evaluation.measure_list}
        assert all(0 < p <= 1 for p in found.values())


def test_its_column_is_drawn_with_its_title_and_its_scale(engine: Engine) -> None:
    result = engine.search("fruit", "apple", 3, ["bi_encoder", "shortest"])
    drawn = str(columns(Columns(result, {}, engine.methods)))
    own = drawn[drawn.index('data-method="shortest"') :]
    for shown in ("Shortest first", "characters fewer", "bar: nothing to speak of", "a ruler", "−10.00"):
        assert shown in own
    assert 'data-reranks="cross_encoder"' in own


def test_a_column_for_it_is_kept_free_while_the_search_works(engine: Engine) -> None:
    first = next(iter(engine.stream("fruit", "apple", 3, ["bi_encoder", "shortest"])))
    drawn = str(columns(Columns(first, {}, engine.methods, pending=("shortest",))))
    own = drawn[drawn.index('data-method="shortest"') :]
    assert "Shortest first" in own
    assert "characters fewer" in own


def test_what_it_cost_has_a_cell_of_its_own(engine: Engine) -> None:
    result = engine.search("fruit", "apple", 3, ["bi_encoder", "shortest"])
    drawn = str(cost(result, engine.methods))
    assert '<div class="ss-cell ss-shortest"><dt>Shortest first · a ruler</dt>' in drawn
    assert "0 passes" in drawn


def test_the_endpoint_of_a_search_gives_its_ranking(engine: Engine) -> None:
    result = engine.search("fruit", "apple", 3, ["shortest"])
    made = _result(result, engine.methods)["rankings"]["shortest"]
    assert (made["model"], made["reranks"], made["passes_needed"]) == ("a ruler", "cross_encoder", 0)
    assert [(hit["doc_id"], hit["rank_before"], hit["probability"]) for hit in made["hits"]] == [
        ("c", 1, None),
        ("a", 3, None),
        ("b", 2, None),
    ]


def test_the_page_offers_it_under_more_columns(engine: Engine) -> None:
    page = build_site(engine).page
    [extra] = [block for block in page.blocks.values() if getattr(block, "elem_id", None) == "columns"]
    assert extra.label == "More columns"
    assert ("Shortest first", "shortest") in [tuple(choice) for choice in extra.choices]


def test_the_search_tab_searches_by_it_when_an_address_asks_for_it(engine: Engine) -> None:
    state = PageState(corpus="fruit", query="apple", columns=("bi_encoder", "cross_encoder", "shortest"))
    known = Known(tuple(engine.corpora), tuple(engine.methods), ())
    assert PageState.from_query(state.to_query(), known) == (state, [])
    *_, last = (step for step in SearchSection(engine).begin(engine, state) if hasattr(step, "result"))
    assert list(last.result.rankings) == ["bi_encoder", "cross_encoder", "shortest"]
