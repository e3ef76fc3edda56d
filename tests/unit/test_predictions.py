"""Predict first: what may be seen before the reveal, and how a prediction is scored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from searchcore import Corpus, Document, InvalidInput, Query
from searchcore.ranking import FUSION
from searchcore.running import finish
from searchcore.types import Hit, Ranking, SearchResult
from tests.conftest import MakeEngine
from tests.fakes import FakeScorer
from tests.markup import tree
from ui.evaluate.evaluations import Evaluations
from ui.evaluate.section import CurveSection, FrontierSection, MeasuresSection
from ui.hood.pair import pair_of
from ui.predict.question import Covered, check_form, check_guess, covered, question_of
from ui.predict.scored import scored
from ui.predict.section import PredictSection
from ui.runner import Outcome, View
from ui.state import ORDER, RIGHT, PageState
from ui.takehome.links import NOT_YET

TEXTS = ("a whale at sea", "war on an island", "a dog and a whale", "chess in the war", "the sea of love", "an island")
ASKED = PageState(corpus="films", query="whale", predict=True)


def films() -> Corpus:
    return Corpus(
        "films",
        tuple(Document(f"d{i}", text) for i, text in enumerate(TEXTS)),
        queries=(Query("q0", "whale"),),
        qrels={"q0": {"d0": 3, "d2": 1}},
    )


def ranking(method: str, *doc_ids: str, reranks: str | None = None) -> Ranking:
    hits = tuple(Hit(rank, doc_id, 1.0 / rank) for rank, doc_id in enumerate(doc_ids, start=1))
    return Ranking(method, "m", hits, reranks=reranks)


def revealed(*seen: str, hidden: tuple[str, ...]) -> SearchResult:
    rankings = {
        "bi_encoder": ranking("bi_encoder", *seen),
        "cross_encoder": ranking("cross_encoder", *hidden, reranks="bi_encoder"),
    }
    return SearchResult(films(), "whale", 20, 6, rankings)


@pytest.fixture
def methods(make_engine: MakeEngine) -> dict:
    return make_engine(films()).methods


def test_before_the_reveal_the_covered_model_reads_nothing(make_engine: MakeEngine) -> None:
    scorer = FakeScorer()
    engine = make_engine(films(), scorer=scorer)
    made = finish(covered(engine, ASKED, engine.corpus("films"), "whale"))
    assert isinstance(made, Covered)
    assert list(made.result.rankings) == ["bi_encoder"]
    assert scorer.pairs == []


def test_the_bi_encoders_order_is_predicted_from_keyword_search(make_engine: MakeEngine) -> None:
    engine = make_engine(films())
    state = ASKED.with_changes(of="bi_encoder")
    made = finish(covered(engine, state, engine.corpus("films"), "whale"))
    assert (list(made.result.rankings), made.hidden) == (["bm25"], "bi_encoder")


def test_where_it_is_asked_who_is_right_both_are_seen(make_engine: MakeEngine) -> None:
    engine = make_engine(films())
    made = finish(covered(engine, ASKED.with_changes(asks=RIGHT), engine.corpus("films"), "whale"))
    assert list(made.result.rankings) == ["bi_encoder", "cross_encoder"]


def test_a_prediction_names_candidates_only() -> None:
    result = revealed("d0", "d1", hidden=("d1", "d0"))
    check_guess(result, ASKED.with_changes(guess=("d1",)))
    with pytest.raises(InvalidInput, match='The prediction names document "d5", which is not among the candidates'):
        check_guess(result, ASKED.with_changes(guess=("d0", "d5")))


def test_a_document_stands_once_in_a_prediction_of_at_most_five() -> None:
    for guess in (("d0", "d0"), ("a", "b", "c", "d", "e", "f"), ("",)):
        with pytest.raises(InvalidInput, match="guess"):
            ASKED.with_changes(guess=guess)


def test_a_judged_query_is_scored_by_the_measure_that_scores_the_models(methods: dict) -> None:
    result = revealed("d2", "d0", "d1", hidden=("d0", "d2", "d1"))
    made = scored(result, ASKED.with_changes(guess=("d1", "d0")), {"d0": 3, "d2": 1}, methods)
    # By hand: (3 / log2 3) / (3 + 1 / log2 3), and (1 + 3 / log2 3) / the same.
    assert made.sentence == "nDCG@5: you .52, bi-encoder .80, cross-encoder 1.00."
    assert made.yours == pytest.approx(0.5213, abs=1e-4)
    assert made.theirs == pytest.approx(0.7967, abs=1e-4)


def test_an_unjudged_query_is_scored_by_agreement_with_the_covered_ranking(methods: dict) -> None:
    result = revealed("d0", "d1", "d2", hidden=("d2", "d1", "d0"))
    made = scored(result, ASKED.with_changes(guess=("d2", "d0", "d1")), None, methods)
    # One of three pairs is turned: (2 - 1) / 3; the ranking that was seen has all three.
    assert made.sentence == ("Agreement with the cross-encoder on these 3 (Kendall’s tau): you .33, bi-encoder −1.00.")
    assert (made.yours, made.theirs) == (pytest.approx(1 / 3), pytest.approx(-1))


def test_who_names_the_first_alone_hears_where_it_stands(methods: dict) -> None:
    result = revealed("d0", "d1", hidden=("d1", "d0"))
    assert scored(result, ASKED.with_changes(guess=("d1",)), None, methods).sentence == "The cross-encoder put it at 1."
    missed = scored(result, ASKED.with_changes(guess=("d0",)), None, methods)
    assert (missed.sentence, missed.yours) == ("The cross-encoder put it at 2.", 0.0)


@pytest.mark.parametrize(
    ("said", "sentence", "yours"),
    [
        ("cross_encoder", "You said cross-encoder: right. nDCG@10: bi-encoder .80, cross-encoder 1.00.", 1.0),
        ("neither", "You said neither: but it is cross-encoder. nDCG@10: bi-encoder .80, cross-encoder 1.00.", 0.0),
    ],
)
def test_which_of_the_two_is_right_is_said_by_the_judgements(
    methods: dict, said: str, sentence: str, yours: float
) -> None:
    result = revealed("d2", "d0", hidden=("d0", "d2"))
    made = scored(result, ASKED.with_changes(asks=RIGHT, guess=(said,)), {"d0": 3, "d2": 1}, methods)
    assert (made.sentence, made.yours) == (sentence, yours)


def test_equal_rankings_are_both_right_and_nobody_knows_without_judgements(methods: dict) -> None:
    result = revealed("d0", "d2", hidden=("d0", "d2"))
    state = ASKED.with_changes(asks=RIGHT, guess=("neither",))
    assert scored(result, state, {"d0": 3, "d2": 1}, methods).sentence.startswith("You said neither: right.")
    assert scored(result, state, None, methods).sentence == (
        "Nobody has judged this query, so nobody knows which of the two is right."
    )


def test_who_names_only_what_the_covered_ranking_leaves_out_hears_so(methods: dict) -> None:
    result = revealed("d0", "d1", "d2", hidden=("d2",))
    made = scored(result, ASKED.with_changes(guess=("d0", "d1")), None, methods)
    assert made.sentence == "The cross-encoder ranks none of these 2, so there is no order to agree with."
    assert (made.yours, made.theirs) == (None, None)


@pytest.mark.parametrize(
    ("guess", "asks", "sentence"),
    [
        (("d0", "d0"), ORDER, 'The prediction names document "d0" twice.'),
        (("a", "b", "c", "d", "e", "f"), ORDER, "A prediction has at most 5 documents, got 6."),
        (("d0",), RIGHT, 'The prediction must name one of the two methods or neither, got "d0".'),
        ((), RIGHT, 'The prediction must name one of the two methods or neither, got "nothing".'),
        (("bm25",), RIGHT, 'The prediction must name one of the two methods or neither, got "bm25".'),
    ],
)
def test_a_prediction_of_the_wrong_form_gets_a_sentence(
    methods: dict, guess: tuple[str, ...], asks: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        check_form(guess, ASKED.with_changes(asks=asks), methods)
    assert str(raised.value) == sentence


@pytest.mark.parametrize("look", ["pair", "why", "tokens"])
@pytest.mark.parametrize("text", ["whale", " WHALE ", ""])
def test_what_is_covered_is_not_seen_under_the_hood(make_engine: MakeEngine, look: str, text: str) -> None:
    scorer = FakeScorer()
    engine = make_engine(films(), scorer=scorer)
    state = ASKED.with_changes(tab="hood", look=look, text_a=text, doc="d0")
    with pytest.raises(InvalidInput, match="This query is to be predicted; nothing of it is shown before the reveal"):
        pair_of(engine, state)
    assert pair_of(engine, state.with_changes(text_a="another text")).query == "another text"
    assert pair_of(engine, state.with_changes(revealed=True, text_a="whale")).query == "whale"
    assert scorer.pairs == []


def test_what_is_covered_is_not_measured(make_engine: MakeEngine) -> None:
    engine, evaluations = make_engine(replace(films(), shared=True)), Evaluations()
    section, state = MeasuresSection(engine, evaluations), PageState(tab="evaluate", measured="films")
    finish(section.begin(engine, state))
    covering = state.with_changes(predict=True, corpus="films", query="whale")
    with pytest.raises(InvalidInput, match="A judged query of this corpus is to be predicted"):
        finish(section.begin(engine, covering))
    for other in (CurveSection(engine), FrontierSection(engine)):
        with pytest.raises(InvalidInput, match="A judged query of this corpus is to be predicted"):
            finish(other.begin(engine, covering))
        finish(other.begin(engine, covering.with_changes(revealed=True)))
    assert "evaluate-picture" in section.turned_to(engine, state)
    assert "evaluate-picture" not in section.turned_to(engine, covering)
    assert "evaluate-picture" in section.turned_to(engine, covering.with_changes(revealed=True))
    assert "evaluate-picture" in section.turned_to(engine, covering.with_changes(query="not judged"))


def test_wordings_are_not_compared_before_the_reveal(make_engine: MakeEngine) -> None:
    scorer = FakeScorer()
    engine = make_engine(films(), scorer=scorer)
    with pytest.raises(InvalidInput, match="reveal it, or turn “Predict first” off, before you compare wordings"):
        PredictSection(engine).begin(engine, ASKED.with_changes(against="sea"))
    assert scorer.pairs == []


def test_what_is_covered_says_nothing_but_the_ranking_that_is_seen(make_engine: MakeEngine) -> None:
    engine = make_engine(films())
    section = PredictSection(engine)
    made = finish(section.begin(engine, ASKED))
    drawn = section.draw(View(ASKED, Outcome.DONE, result=made))
    page = tree(str(drawn["results"]))
    assert [part.attributes["data-method"] for part in page.all("ss-column")] == ["bi_encoder"]
    assert page.all("ss-inside") == []
    assert len(page.all("ss-pick")) == 12  # in the column, and in the list for phones
    assert drawn["take-report"] == NOT_YET
    assert (drawn["cost-report"], drawn["curve"], drawn["case"]) == ("", "", "")


def test_a_question_is_the_same_whatever_was_answered(make_engine: MakeEngine) -> None:
    result = revealed("d0", hidden=("d0",))
    first = ASKED.with_changes(guess=("d0",), revealed=True)
    assert question_of(first, result) == question_of(first.with_changes(guess=("d1",), view="projector"), result)
    assert question_of(first, result) != question_of(first.with_changes(of="bi_encoder"), result)
    assert question_of(first, result) != question_of(first.with_changes(expanded=("bi_encoder",)), result)


def test_any_two_methods_can_be_predicted_one_from_the_other(make_engine: MakeEngine) -> None:
    engine = make_engine(films())
    for hidden in engine.methods:
        for seen in engine.methods:
            state = ASKED.with_changes(of=hidden, seen=seen)
            if seen == FUSION and hidden in state.fused:
                continue
            made = finish(covered(engine, state, engine.corpus("films"), "whale"))
            [shown] = made.result.rankings
            assert made.hidden == hidden and shown != hidden
            assert seen in (shown, hidden)


@pytest.mark.parametrize("hidden", ["bm25", "bi_encoder"])
def test_what_is_part_of_a_fusion_cannot_be_predicted_from_it(make_engine: MakeEngine, hidden: str) -> None:
    engine, state = make_engine(films()), ASKED.with_changes(of=hidden, seen=FUSION)
    with pytest.raises(InvalidInput, match="is part of the fusion that it is to be predicted from"):
        finish(covered(engine, state, engine.corpus("films"), "whale"))
    other = state.with_changes(fused=tuple({"bm25", "bi_encoder", "late_interaction"} - {hidden}))
    assert list(finish(covered(engine, other, engine.corpus("films"), "whale")).result.rankings) == [FUSION]


def test_it_is_predicted_from_what_is_reranked(make_engine: MakeEngine) -> None:
    engine, state = make_engine(films()), ASKED.with_changes(first=FUSION)
    assert list(finish(covered(engine, state, engine.corpus("films"), "whale")).result.rankings) == [FUSION]


def test_a_ranking_that_reorders_the_covered_one_does_not_tell_where_its_documents_were(
    make_engine: MakeEngine,
) -> None:
    engine = make_engine(films())
    state = ASKED.with_changes(of="bi_encoder", seen="cross_encoder")
    made = finish(covered(engine, state, engine.corpus("films"), "whale"))
    seen = made.result.rankings["cross_encoder"]
    assert seen.reranks is None and {hit.rank_before for hit in seen.hits} == {None}
    both_seen = finish(covered(engine, state.with_changes(asks=RIGHT), engine.corpus("films"), "whale"))
    assert both_seen.result.rankings["cross_encoder"].reranks == "bi_encoder"
