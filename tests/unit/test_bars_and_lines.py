"""What all tabs draw alike: bars and numbers, status lines, and words that explain themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore.ranking import BUILT_IN, Scale
from searchcore.ranking.fusion import Fusion
from searchcore.request import RECIPROCAL_RANKS, RULES
from searchcore.types import Progress
from tests.markup import (
    METHODS,
    tree,
)
from ui import words
from ui.draw import status
from ui.draw.bars import score_bar, score_text
from ui.draw.terms import EXPLANATIONS, MEASURE_NAMES, definitions, explained, term
from ui.runner import Outcome, View
from ui.search.shown import PROBABILITIES
from ui.state import PageState

# ---- words that explain themselves ----


def test_a_word_points_at_its_explanation_which_is_on_the_page_once() -> None:
    ids = [each.attributes["id"] for each in tree(definitions()).all(tag="dd")]
    assert len(ids) == len(set(ids)) == len(EXPLANATIONS) + len(MEASURE_NAMES) >= 12
    for word in (*EXPLANATIONS, *MEASURE_NAMES):
        assert tree(term(word)).one("ss-term").attributes["aria-describedby"] in ids


def test_the_scores_of_a_fusion_explain_themselves_with_the_figures_of_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    units = {rule: Fusion({}, rule).scale.unit for rule in RULES}
    assert all(unit in EXPLANATIONS for unit in units.values())
    said = EXPLANATIONS[units[RECIPROCAL_RANKS]]
    for figure in ("12,199", "105", ".564", ".566", "p = .91", ".669", ".693"):
        assert figure in said and figure in readme


def test_the_text_of_a_measure_is_that_of_the_library_which_computes_it() -> None:
    import ir_measures

    assert ir_measures.nDCG.SHORT_DESC in tree(definitions()).text


def test_a_word_that_nobody_explains_is_just_that_word() -> None:
    assert term("<b>") == "&lt;b&gt;" and not tree(term("unit")).all()


def test_words_of_a_sentence_explain_themselves_where_they_stand_first() -> None:
    page = tree(explained("[CLS] q [SEP] d [SEP] <i>", "[CLS]", "[SEP]"))
    assert page.text == "[CLS] q [SEP] d [SEP] <i>" and page.texts("ss-term") == ["[CLS]", "[SEP]"]


# ---- bars and numbers ----


@pytest.mark.parametrize(
    ("key", "score", "text"),
    [
        ("bm25", 12.346, "12.35"),
        ("bm25", 0.0, "0.00"),
        ("bi_encoder", 0.12346, "0.1235"),
        ("bi_encoder", -0.5, "−0.5000"),
        ("bi_encoder", -0.00001, "0.0000"),
        ("late_interaction", 7.0, "7.00"),
        ("cross_encoder", 3.0, "+3.00"),
        ("cross_encoder", -11.4321, "−11.43"),
        ("cross_encoder", -0.001, "+0.00"),
    ],
)
def test_a_score_is_written_on_its_own_scale(key: str, score: float, text: str) -> None:
    assert score_text(score, METHODS[key].scale) == text


def bar_of(score: float, scale: Scale, best: float = 1.0) -> tuple[list[str], dict[str, float]]:
    inner = tree(score_bar(score, scale, best)).one(tag="i")
    styles = dict(part.split(":") for part in inner.attributes["style"].split(";"))
    return inner.classes, {name: float(value.removesuffix("%")) for name, value in styles.items()}


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (11.0, (["ss-above"], {"left": 50, "width": 50})),
        (99.0, (["ss-above"], {"left": 50, "width": 50})),
        (-5.5, (["ss-below"], {"left": 25, "width": 25})),
        (-99.0, (["ss-below"], {"left": 0, "width": 50})),
        (0.0, (["ss-above"], {"left": 50, "width": 0})),
    ],
)
def test_the_bar_of_a_logit_starts_in_the_middle(score: float, expected: object) -> None:
    assert bar_of(score, METHODS["cross_encoder"].scale) == expected


@pytest.mark.parametrize(
    ("key", "score", "best", "width"),
    [
        ("bm25", 5.0, 10.0, 50),
        ("bm25", 0.0, 0.0, 0),
        ("late_interaction", 3.0, 4.0, 75),
        ("late_interaction", -1.0, 4.0, 0),
        ("bi_encoder", 0.25, 0.5, 25),
        ("bi_encoder", 1.0000001, 1.0, 100),
        ("bi_encoder", -0.4, 1.0, 0),
    ],
)
def test_other_bars_start_at_the_low_end(key: str, score: float, best: float, width: float) -> None:
    assert bar_of(score, METHODS[key].scale, best) == ([], {"width": width})


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([*(m.scale for m in BUILT_IN), PROBABILITIES]), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_no_bar_is_longer_than_its_frame_and_no_number_is_minus_zero(scale: Scale, score: float, best: float) -> None:
    _, styles = bar_of(score, scale, best)
    assert styles["width"] >= 0 and styles.get("left", 0) + styles["width"] <= 100.1
    text = score_text(score, scale)
    assert "-" not in text
    assert not re.fullmatch(r"−0\.0*", text)


# ---- status lines ----


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_status_line(outcome: Outcome) -> None:
    view = View(PageState(), outcome, Progress("scoring", "m", 3, 20), sentence="Too many wait.")
    line = status.line(view, "All done.")
    (sentence,) = tree(line).all(tag="p")
    if outcome in (Outcome.REFUSED, Outcome.FAILED):
        assert sentence.text == "Too many wait." and sentence.attributes["role"] == "alert"
    else:
        assert "role" not in sentence.attributes and "ss-error" not in sentence.classes
    expected = {Outcome.DONE: "All done.", Outcome.STOPPED: status.STOPPED}
    assert sentence.text == expected.get(outcome, sentence.text)
    assert len(sentence.all(tag="progress")) == (outcome is Outcome.WORKING)


def test_progress_is_not_read_out_step_by_step() -> None:
    for line in (status.working(Progress("scoring", "m", 3, 20)), status.begun()):
        assert tree(line).one("ss-status").attributes["aria-live"] == "off"


def test_a_run_that_has_told_nothing_yet_says_that_it_works() -> None:
    assert tree(status.line(View(PageState()), "done")).one("ss-working").text == "Working …"


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (Progress("loading", "org/model", 1, 4, 5.0), "Loading the model model (25%), about 5.0 s left …"),
        (Progress("loading", "model"), "Loading the model model …"),
        (Progress("indexing", "Films"), "Counting the words of “Films”, once …"),
        (Progress("embedding", "Films", 1, 1), "Encoding “Films”, once: 1 of 1 document are vectors now …"),
        (Progress("waiting", "org/m", 0, 1), "Waiting for m: 1 search ahead of yours …"),
        (Progress("waiting", "org/m", 0, 2), "Waiting for m: 2 searches ahead of yours …"),
        (Progress("elsewhere", "Films"), "Another process is encoding “Films”; waiting for it …"),
        (Progress("evaluating", "Films", 0, 1200), "0 of 1,200 queries evaluated …"),
        (Progress("matching", "m", 2, 20), "Late interaction has matched 2 of 20 documents …"),
        (Progress("scoring", "m", 2, 20, 0.5), "The cross-encoder has read 2 of 20 pairs, about 500 ms left …"),
        (Progress("pondering", "Films"), "Pondering Films …"),
    ],
)
def test_every_activity_has_its_sentence(progress: Progress, sentence: str) -> None:
    assert words.progress_sentence(progress) == sentence
    assert tree(status.working(progress)).text == sentence


def test_a_bar_is_drawn_only_where_the_amount_is_known() -> None:
    (bar,) = tree(status.working(Progress("scoring", "m", 3, 20))).all(tag="progress")
    assert (bar.attributes["value"], bar.attributes["max"]) == ("3", "20")
    for without in (Progress("scoring", "m"), Progress("waiting", "m", 0, 3)):
        assert not tree(status.working(without)).all(tag="progress")
