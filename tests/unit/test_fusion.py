"""Fusion: ranks or scores of several methods added up, each row saying what its score comes from; and reranking it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchcore import Corpus, Engine, InvalidInput, Ranking, UnknownName
from searchcore.evaluate import candidate_curve, evaluate
from searchcore.ranking import FUSION, Method, Scale
from searchcore.ranking.fusion import Fusion
from searchcore.request import AVERAGE, RECIPROCAL_RANKS, Options, Request
from searchcore.types import Hit
from tests.conftest import MakeEngine
from tests.fakes import corpus_of
from tests.unit.judged import CosineEncoder, judged_corpus, logit_scorer

# By cosine a b c d e; by BM25 for "apple" b c; by logit d c b a e.
TEXTS = ["0.9 1 plum", "0.8 2 apple apple", "0.7 3 apple", "0.6 4 pear", "0.5 -5 fig"]
QRELS = {"q": {"c": 2, "e": 1}}


@pytest.fixture
def corpus() -> Corpus:
    return judged_corpus(TEXTS, QRELS)


@pytest.fixture
def engine(corpus: Corpus, make_engine: MakeEngine) -> Engine:
    return make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())


def search(engine: Engine, *methods: str, candidates: int = 5, options: Options | None = None) -> dict[str, Ranking]:
    return dict(engine.search("fruit", "apple", candidates, methods, options=options).rankings)


def order(ranking: Ranking) -> str:
    return "".join(hit.doc_id for hit in ranking.hits)


def test_reciprocal_ranks_are_added_up_over_the_methods_that_have_the_document(engine: Engine) -> None:
    found = search(engine, "bm25", "bi_encoder", FUSION)
    assert (order(found["bm25"]), order(found["bi_encoder"])) == ("bc", "abcde")
    scores = {hit.doc_id: hit.score for hit in found[FUSION].hits}
    expected = {"b": 1 / 61 + 1 / 62, "c": 1 / 62 + 1 / 63, "a": 1 / 61, "d": 1 / 64, "e": 1 / 65}
    assert scores == pytest.approx(expected, abs=1e-9)
    assert order(found[FUSION]) == "bcade"


def test_each_row_says_where_its_score_comes_from(engine: Engine) -> None:
    ranking = search(engine, FUSION)[FUSION]
    assert [share.written for share in ranking.shares["b"]] == ["1/(60+1)", "1/(60+2)"]
    assert [(share.method, share.rank) for share in ranking.shares["a"]] == [("bi_encoder", 1)]
    for hit in ranking.hits:
        assert sum(share.value for share in ranking.shares[hit.doc_id]) == pytest.approx(hit.score, abs=1e-9)


def test_an_average_of_scores_brings_each_ranking_to_one_range_first(engine: Engine) -> None:
    found = search(engine, "bm25", "bi_encoder", FUSION, options=Options(rule=AVERAGE))
    cosines = {"a": 1.0, "b": 0.75, "c": 0.5, "d": 0.25, "e": 0.0}
    expected = {doc_id: cosine / 2 for doc_id, cosine in cosines.items()}
    expected["b"] += 0.5  # the best of BM25's two; the other one is its worst
    assert {hit.doc_id: hit.score for hit in found[FUSION].hits} == pytest.approx(expected, abs=1e-3)
    assert order(found[FUSION]) == "bacde"


def test_fewer_candidates_are_the_same_ranking_cut_short(engine: Engine) -> None:
    whole = search(engine, FUSION)[FUSION].hits
    for candidates in range(1, 5):
        assert search(engine, FUSION, candidates=candidates)[FUSION].hits == whole[:candidates]


def test_the_cross_encoder_reranks_it_where_that_is_asked_for(engine: Engine) -> None:
    reranked = search(engine, "cross_encoder", candidates=2, options=Options(first=FUSION))["cross_encoder"]
    assert (order(reranked), reranked.reranks) == ("cb", FUSION)
    assert [hit.rank_before for hit in reranked.hits] == [2, 1]
    plain = search(engine, "cross_encoder", candidates=2)["cross_encoder"]
    assert (order(plain), plain.reranks) == ("ba", "bi_encoder")


def test_late_interaction_reranks_what_the_cross_encoder_does(engine: Engine) -> None:
    assert search(engine, "late_interaction", options=Options(first="bm25"))["late_interaction"].reranks == "bm25"


def test_what_reranks_can_be_fused_and_is_run_before(engine: Engine) -> None:
    options = Options(fused=("bm25", "cross_encoder"))
    found = search(engine, FUSION, candidates=3, options=options)
    assert list(found) == [FUSION]
    # The cross-encoder has the three candidates of the bi-encoder: c b a.
    assert [share.written for share in found[FUSION].shares["c"]] == ["1/(60+2)", "1/(60+1)"]
    assert order(found[FUSION]) == "bca"


def test_its_passes_are_those_of_the_methods_that_it_runs(engine: Engine) -> None:
    ranking = search(engine, FUSION)[FUSION]
    assert (ranking.passes_needed, ranking.passes_run) == (1, 1)
    assert search(engine, FUSION)[FUSION].passes_run == 0  # the query's vector is remembered
    assert engine.methods[FUSION].passes(20) == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (Options(first="nobody"), 'first "nobody" is not known; choose one of: bm25, bi_encoder, fusion, '),
        (Options(rule="best"), 'rule must be one of: rrf, average; got "best".'),
        (Options(fused=("bm25",)), 'fused must name two methods or more, got "bm25".'),
        (Options(fused=("bm25", "bm25")), 'fused must name two methods or more, got "bm25".'),
        (Options(fused=()), "methods must be a list of names such as bi_encoder, got ()."),
        (Options(fused=("bm25", "fusion")), 'method "fusion" is not known; choose from: bm25, bi_encoder, '),
        (
            Options(first="fusion", fused=("bm25", "cross_encoder")),
            "methods must not rerank each other in a circle, got fusion → cross_encoder → fusion.",
        ),
    ],
)
def test_options_that_cannot_be_are_refused_in_a_sentence(engine: Engine, options: Options, sentence: str) -> None:
    with pytest.raises((InvalidInput, UnknownName)) as caught:
        engine.search("fruit", "apple", options=options)
    assert str(caught.value).startswith(sentence)


def test_it_is_measured_at_every_depth_as_any_other(engine: Engine, corpus: Corpus) -> None:
    curve = candidate_curve(engine, corpus, (1, 2, 5), [FUSION])
    for point in curve.points:
        alone = evaluate(engine, corpus, point.depth, [FUSION])
        assert point.ndcg == pytest.approx({FUSION: alone.measures[FUSION]["nDCG@10"]}, abs=1e-12)


class Given:
    """A method that ranks documents of a corpus as it was told."""

    title = citation = "given"
    reranks = None
    scale = Scale("points", "no bar")
    models: tuple[str, ...] = ()

    def __init__(self, key: str, places: Sequence[int]) -> None:
        self.key = key
        self._places = places

    def passes(self, n: int) -> int:
        return 0

    def rank(self, request: Request, before: object) -> Ranking:
        kept = self._places[: request.candidates]
        hits = [Hit(rank, f"d{place}", float(-rank)) for rank, place in enumerate(kept, start=1)]
        return Ranking(self.key, "a list", tuple(hits))


SOME = st.lists(st.integers(0, 9), unique=True, max_size=10)


@given(st.lists(SOME, min_size=2, max_size=4), st.integers(1, 10), st.sampled_from([RECIPROCAL_RANKS, AVERAGE]))
def test_any_rankings_are_fused_as_the_formulas_say(lists: list[list[int]], candidates: int, rule: str) -> None:
    corpus = corpus_of(*(f"text {n}" for n in range(10)), name="ten")
    methods: dict[str, Method] = {f"m{i}": Given(f"m{i}", places) for i, places in enumerate(lists)}
    request = Request(corpus, "q", candidates, (FUSION,), None, "", "")  # type: ignore[arg-type]
    work = Fusion(methods, rule).rank(request, {})
    with pytest.raises(StopIteration) as ended:
        next(work)
    ranking: Ranking = ended.value.value
    expected: dict[int, float] = {}
    for places in lists:
        for rank, place in enumerate(places, start=1):
            between = (len(places) - rank) / (len(places) - 1) if len(places) > 1 else 1.0
            share = 1 / (60 + rank) if rule == RECIPROCAL_RANKS else between / len(lists)
            expected[place] = expected.get(place, 0.0) + share
    best = sorted(expected, key=lambda place: (-round(expected[place], 9), place))[:candidates]
    assert [hit.doc_id for hit in ranking.hits] == [f"d{place}" for place in best]
    assert [hit.score for hit in ranking.hits] == pytest.approx([expected[place] for place in best], abs=1e-8)
    assert [hit.rank for hit in ranking.hits] == list(range(1, len(best) + 1))
