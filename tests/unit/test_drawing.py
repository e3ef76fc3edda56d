"""Drawings, read as a browser reads them: what they show, and that no text of anybody's becomes markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from searchcore import Corpus, Document, Query
from searchcore.evaluate import CandidateCurve, Evaluation, JudgedRanking, candidate_curve
from searchcore.evaluate.curve import CurvePoint
from searchcore.explain import (
    CONDITIONS,
    Comparison,
    LengthExperiment,
    LengthRow,
    Occlusion,
    Occurrence,
    PcaMap,
    SimilarityMatrix,
    SwapExperiment,
    SwapRow,
    Token,
    TokenSimilarity,
    WordEffect,
    WordInContext,
)
from searchcore.ranking import BUILT_IN, Method, Scale, by_key
from searchcore.ranking.late_interaction import Alignment
from searchcore.types import Hit, ModelInput, PartialScores, Progress, Ranking, SearchResult
from tests.conftest import MakeEngine
from tests.unit.judged import TEXTS, CosineEncoder, evaluated, judged_corpus, logit_scorer
from ui import words
from ui.draw import status
from ui.draw.bars import score_bar, score_text
from ui.evaluate import report
from ui.hood.draw import comparison, experiments, matrix, occlusion, tokens, word_in_context, word_to_word
from ui.runner import Outcome, View
from ui.search import columns as drawn
from ui.search.columns import Columns
from ui.search.cost import cost
from ui.search.intro import two_ways
from ui.search.judged import grade_chip
from ui.state import PageState

HOSTILE = """<img src=x onerror=alert(1)> ${6*7} {{value}} {} {0.__class__} %s "' & </script> --> ]]> <!-- """
PLAIN = "plain words"
METHODS = by_key(BUILT_IN)
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    content: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    def all(self, css_class: str = "", tag: str = "") -> list[Element]:
        found = []
        for part in self.content:
            if isinstance(part, Element):
                if (not css_class or css_class in part.classes) and (not tag or part.tag == tag):
                    found.append(part)
                found += part.all(css_class, tag)
        return found

    def one(self, css_class: str = "", tag: str = "") -> Element:
        (found,) = self.all(css_class, tag)
        return found

    def texts(self, css_class: str = "", tag: str = "") -> list[str]:
        return [element.text for element in self.all(css_class, tag)]


class Reader(HTMLParser):
    """A tree of what is read, and its `shape`: all tags with the names of their attributes, and all that is no text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.root = Element("root", {})
        self.open = [self.root]
        self.shape: list[tuple[str, ...]] = []
        self.feed(markup)
        self.close()
        assert self.open == [self.root], f"never closed: {[element.tag for element in self.open[1:]]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"an attribute twice in {tag}: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.shape.append((tag, *names, *element.classes))
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag
        self.shape.append((f"/{tag}",))

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)

    def handle_comment(self, data: str) -> None:
        self.shape.append(("comment",))

    def handle_decl(self, decl: str) -> None:
        self.shape.append(("declaration",))

    def handle_pi(self, data: str) -> None:
        self.shape.append(("instruction",))


def tree(markup: str) -> Element:
    return Reader(markup).root


# ---- what is drawn ----


class Titled:
    """A built-in method under another title."""

    def __init__(self, method: Method, title: str, key: str = "") -> None:
        self._method, self.title, self.key = method, title, key or method.key

    def __getattr__(self, name: str) -> object:
        return getattr(self._method, name)


def methods_called(title: str) -> dict[str, Method]:
    return {key: Titled(method, title) for key, method in METHODS.items()}  # type: ignore[misc]


def corpus_saying(text: str, count: int = 7) -> Corpus:
    """Documents whose ids, titles and texts hold `text`; the last one has no title."""
    documents = [
        Document(f"d{i} {text}", f"text {i} {text}", f"title {i} {text}", {"year": 1990}) for i in range(count)
    ]
    documents[-1] = replace(documents[-1], title="")
    return Corpus(f"name {text}", tuple(documents), f"corpus {text}", queries=(Query("q", text, {"kind": text}),))


def result_saying(text: str = PLAIN, keys: tuple[str, ...] = tuple(METHODS)) -> SearchResult:
    """bi-encoder order 0 1 2; the others 2 0 1, with moves."""
    corpus = corpus_saying(text)
    ids = [document.doc_id for document in corpus.documents]
    straight = (Hit(1, ids[0], 0.9), Hit(2, ids[1], 0.5), Hit(3, ids[2], -0.25))
    moved = (Hit(1, ids[2], 7.5, 3), Hit(2, ids[1], 0.0, 2), Hit(3, ids[0], -3.456, 1))
    rankings = {
        key: Ranking(
            key,
            f"model/{text}",
            moved if METHODS[key].reranks else straight,
            METHODS[key].reranks,
            1234.0,
            passes_needed=3,
            passes_run=3,
            unread={ids[0]: 2},
        )
        for key in keys
    }
    return SearchResult(corpus, f"query {text}", 20, 3, rankings, seconds_per_pass=0.5)


def judged_saying(result: SearchResult, text: str = PLAIN) -> dict[str, JudgedRanking]:
    ids = [document.doc_id for document in result.corpus.documents]
    grades = {ids[0]: 3, ids[1]: 0, ids[5]: 2, ids[6]: 7}
    query = Query("q", text, {"kind": text})
    judged = JudgedRanking(query, grades, 0.75, 1.0, (ids[6], ids[0], ids[5]), (ids[6], ids[5]))
    return dict.fromkeys(result.rankings, judged)


def columns_of(outcome: Outcome = Outcome.DONE, text: str = PLAIN, partial: bool = False, **more: object) -> Columns:
    result = result_saying(text, ("bi_encoder",) if outcome is not Outcome.DONE else tuple(METHODS))
    pending = () if outcome is Outcome.DONE else ("cross_encoder",)
    ids = [document.doc_id for document in result.corpus.documents]
    scores = PartialScores("cross_encoder", {ids[0]: -2.0, ids[1]: 4.0, ids[2]: 4.0}, 20) if partial else None
    return replace(Columns(result, {}, METHODS, pending, scores, outcome), **more)  # type: ignore[arg-type]


def test_every_hit_shows_its_rank_score_bar_and_document() -> None:
    page = tree(drawn.columns(columns_of()))
    assert [column.attributes["data-method"] for column in page.all("ss-column")] == list(METHODS)
    for column in page.all("ss-column"):
        assert column.texts("ss-rank") == ["1", "2", "3"]
        assert len(column.all("ss-bar")) == len(column.all("ss-number")) == len(column.all("ss-hit")) == 3
        assert all(bar.attributes["aria-hidden"] == "true" for bar in column.all("ss-bar"))
    bi, cross = (page.all(f"ss-{key}")[0] for key in ("bi_encoder", "cross_encoder"))
    assert bi.texts("ss-number") == ["0.9000", "0.5000", "−0.2500"]
    assert cross.texts("ss-number") == ["+7.50", "+0.00", "−3.46"]
    assert cross.texts("ss-title")[0] == f"title 2 {PLAIN} 1990"
    assert cross.all("ss-hit")[0].attributes["data-doc"] == f"d2 {PLAIN}"


def test_a_reranked_hit_says_how_it_moved_and_another_says_nothing() -> None:
    page = tree(drawn.columns(columns_of()))
    cross = page.all("ss-cross_encoder")[0]
    assert cross.texts("ss-move") == ["▲ up 2, was 3", "= stays at 2", "▼ down 2, was 1"]
    assert [move.classes[1] for move in cross.all("ss-move")] == ["ss-up", "ss-same", "ss-down"]
    assert not page.all("ss-bi_encoder")[0].all("ss-move")


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 200), st.integers(1, 200))
def test_the_words_of_a_move_add_up(rank: int, before: int) -> None:
    sign, said, kind = drawn.move(Hit(rank, "d", 0.0, before))
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    if rank == before:
        assert (sign, kind, numbers) == ("=", "same", [rank])
    else:
        step = 1 if kind == "up" else -1
        assert numbers[1] == before and before - step * numbers[0] == rank
        assert sign == {"up": "▲", "down": "▼"}[kind]


def test_scores_are_shown_as_probabilities_where_a_method_has_them() -> None:
    page = tree(drawn.columns(columns_of(probability=True)))
    cross, bi = page.all("ss-cross_encoder")[0], page.all("ss-bi_encoder")[0]
    assert cross.texts("ss-number") == ["0.9994", "0.5000", "0.0306"]
    assert "probability" in cross.all("ss-unit")[0].text
    assert bi.texts("ss-number")[0] == "0.9000"
    assert not cross.all("ss-diverging")


def test_a_column_shows_as_many_places_as_it_was_told_to() -> None:
    page = tree(drawn.columns(columns_of(shown=2)))
    assert all(column.texts("ss-rank") == ["1", "2"] for column in page.all("ss-column"))


def test_a_column_without_hits_says_why_and_remembered_scores_say_so() -> None:
    result = result_saying()
    empty = replace(result.rankings["bm25"], hits=())
    remembered = replace(result.rankings["cross_encoder"], passes_run=0)
    result = replace(result, rankings={"bm25": empty, "cross_encoder": remembered})
    page = tree(drawn.columns(Columns(result, {}, METHODS)))
    assert page.texts("ss-empty") == ["No document shares a word with this query."]
    assert page.all("ss-cross_encoder")[0].texts("ss-time") == ["remembered"]


def test_more_than_two_columns_are_many() -> None:
    assert "ss-many" in tree(drawn.columns(columns_of())).one("ss-columns").classes
    assert "ss-many" not in tree(drawn.columns(columns_of(Outcome.WORKING))).one("ss-columns").classes


@pytest.mark.parametrize("partial", [False, True])
def test_a_pending_column_shows_what_is_scored_best_first_and_ghosts_while_working(partial: bool) -> None:
    page = tree(drawn.columns(columns_of(Outcome.WORKING, partial=partial)))
    column = page.one("ss-pending")
    assert column.attributes["aria-label"] == "Cross-encoder, still working"
    assert len(column.all("ss-ghost")) + len(column.all("ss-hit")) == drawn.GHOSTS
    assert all(ghost.attributes["aria-hidden"] == "true" for ghost in column.all("ss-ghost"))
    if partial:
        assert [hit.attributes["data-doc"][:2] for hit in column.all("ss-hit")] == ["d1", "d2", "d0"]
        assert column.texts("ss-number") == ["+4.00", "+4.00", "−2.00"]
        assert column.texts("ss-rank") == ["1", "2", "3"]
        assert column.texts("ss-time") == ["still working: 3 of 20 pairs"]
    else:
        assert not column.all("ss-hit")


@pytest.mark.parametrize("partial", [False, True])
@pytest.mark.parametrize("outcome", [Outcome.STOPPED, Outcome.REFUSED, Outcome.FAILED])
def test_a_column_that_never_came_is_no_longer_pending_and_says_why(outcome: Outcome, partial: bool) -> None:
    page = tree(drawn.columns(columns_of(outcome, partial=partial)))
    assert not page.all("ss-ghost") and not page.all("ss-pending")
    column = page.all("ss-cross_encoder")[0]
    assert column.attributes["aria-label"] == f"Cross-encoder, {outcome.value}"
    assert len(column.all("ss-hit")) == (3 if partial else 0)
    assert column.texts("ss-time") == [f"{outcome.value}: 3 of 20 pairs" if partial else outcome.value]
    if not partial:
        assert outcome.value in column.one("ss-empty").text


def test_the_partial_scores_of_another_method_are_not_shown() -> None:
    made = columns_of(Outcome.WORKING, partial=True)
    assert made.partial is not None
    other = replace(made, partial=replace(made.partial, method="late_interaction"))
    assert not tree(drawn.columns(other)).one("ss-pending").all("ss-hit")


def test_the_caption_and_the_group_name_the_query_and_the_corpus() -> None:
    made = columns_of()
    assert tree(drawn.caption(made.result)).text == f"“query {PLAIN}” in corpus {PLAIN}"
    group = tree(drawn.columns(made)).one("ss-columns")
    assert group.attributes["aria-label"] == f"“query {PLAIN}” in “corpus {PLAIN}”"
    assert (group.attributes["data-query"], group.attributes["data-corpus"]) == (f"query {PLAIN}", f"name {PLAIN}")
    untitled = replace(made.result, corpus=replace(made.result.corpus, title=""))
    assert tree(drawn.caption(untitled)).text.endswith(f"in name {PLAIN}")


def test_judgements_are_shown_at_each_hit_above_each_column_and_below_all() -> None:
    result = result_saying()
    page = tree(drawn.columns(Columns(result, judged_saying(result), METHODS)))
    bi = page.all("ss-bi_encoder")[0]
    assert bi.texts("ss-grade") == ["grade 3 · right", "grade 0 · not relevant", "not judged"]
    assert page.texts("ss-ndcg") == ["nDCG@10 0.750 perfect order of these: 1.000"] * len(METHODS)
    missed = page.one("ss-missed")
    assert "2 of 3 relevant documents are not among the 3 candidates" in missed.text
    assert missed.texts(tag="li") == [f"text 6 {PLAIN} grade 7", f"title 5 {PLAIN} grade 2 · largely"]
    assert not tree(drawn.columns(columns_of())).all("ss-grade")
    assert grade_chip(None, "d") == ""


def test_a_search_that_missed_nothing_says_so() -> None:
    result = result_saying()
    judged = {key: replace(each, missed=()) for key, each in judged_saying(result).items()}
    page = tree(drawn.columns(Columns(result, judged, METHODS)))
    assert page.one("ss-missed").text == "Judged query: all 3 relevant documents are among the candidates."


# ---- bars and numbers ----


@pytest.mark.parametrize(
    ("key", "score", "text"),
    [
        ("bm25", 12.345, "12.35"),
        ("bm25", 0.0, "0.00"),
        ("bi_encoder", 0.12345, "0.1235"),
        ("bi_encoder", -0.5, "−0.5000"),
        ("bi_encoder", -0.00001, "0.0000"),
        ("late_interaction", 7.0, "7.00"),
        ("cross_encoder", 3.0, "+3.00"),
        ("cross_encoder", -11.4321, "−11.43"),
        ("cross_encoder", -0.001, "+0.00"),
    ],
)
def test_a_score_is_written_on_its_own_scale(key: str, score: float, text: str) -> None:
    if (key, score) == ("bm25", 12.345):  # halves go where the binary number lies
        text = f"{12.345:.2f}"
    if (key, score) == ("bi_encoder", 0.12345):
        text = f"{0.12345:.4f}"
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
@given(st.sampled_from([*(m.scale for m in BUILT_IN), drawn.PROBABILITIES]), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_no_bar_is_longer_than_its_frame_and_no_number_is_minus_zero(scale: Scale, score: float, best: float) -> None:
    _, styles = bar_of(score, scale, best)
    assert styles["width"] >= 0 and styles.get("left", 0) + styles["width"] <= 100.1
    text = score_text(score, scale)
    assert "-" not in text
    assert not re.fullmatch(r"−0\.0*", text)


# ---- status and cost ----


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_status_line(outcome: Outcome) -> None:
    view = View(PageState(), outcome, Progress("scoring", "m", 3, 20), sentence="Too many wait.")
    line = status.line(view, "All done.")
    assert line is not None
    (sentence,) = tree(line).all(tag="p")
    if outcome in (Outcome.REFUSED, Outcome.FAILED):
        assert sentence.text == "Too many wait." and sentence.attributes["role"] == "alert"
    else:
        assert "role" not in sentence.attributes and "ss-error" not in sentence.classes
    expected = {Outcome.DONE: "All done.", Outcome.STOPPED: status.STOPPED}
    assert sentence.text == expected.get(outcome, sentence.text)
    assert len(sentence.all(tag="progress")) == (outcome is Outcome.WORKING)


def test_a_run_that_has_told_nothing_yet_has_nothing_to_say() -> None:
    assert status.line(View(PageState()), "done") is None


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (Progress("loading", "org/model", 1, 4, 5.0), "Loading the model model (25%), about 5.0 s left …"),
        (Progress("loading", "model"), "Loading the model model …"),
        (Progress("indexing", "Films"), "Counting the words of “Films”, once …"),
        (Progress("embedding", "Films", 1, 1), "Encoding “Films”, once: 1 of 1 document are vectors now …"),
        (Progress("waiting", "org/m", 0, 1), "Waiting for m: 1 search ahead of yours …"),
        (Progress("waiting", "org/m", 0, 2), "Waiting for m: 2 searches ahead of yours …"),
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


def test_each_ranking_has_a_cost_and_so_has_the_whole_corpus() -> None:
    page = tree(cost(result_saying(), METHODS))
    assert page.texts(tag="dt") == [*(m.title for m in METHODS.values()), "all 7 documents, cross-encoder"]
    assert page.texts(tag="b") == ["1.2 s"] * 4 + ["about 3.5 s"]
    details = dict(zip([*METHODS, "all"], page.one(tag="dl").texts(tag="span"), strict=True))
    assert details["bm25"] == "no pass, an index of words"
    assert details["bi_encoder"] == "3 passes + 7 dot products"
    assert details["cross_encoder"] == "3 passes, one for each pair"
    assert details["all"] == "7 passes"


@pytest.mark.parametrize(
    ("run", "said"), [(0, "3 passes (3 remembered)"), (2, "3 passes (1 remembered)"), (3, "3 passes")]
)
def test_what_was_remembered_stands_beside_the_passes(run: int, said: str) -> None:
    result = result_saying(keys=("cross_encoder",))
    ranking = replace(result.rankings["cross_encoder"], passes_run=run)
    page = tree(cost(replace(result, rankings={"cross_encoder": ranking}, seconds_per_pass=None), METHODS))
    assert page.one(tag="dl").texts(tag="span") == [f"{said}, one for each pair"]


def test_without_a_cross_encoder_nothing_is_said_of_the_whole_corpus() -> None:
    page = tree(cost(result_saying(keys=("bm25",)), METHODS))
    assert page.texts(tag="dt") == [METHODS["bm25"].title]


def test_the_first_picture_shows_both_ways_of_reading() -> None:
    assert tree(two_ways()).texts(tag="h3") == ["Bi-encoder", "Cross-encoder"]


# ---- under the hood ----


def model_input(text: str, padding: int = 0) -> ModelInput:
    names = ("[CLS]", text, f"##{text}", "[SEP]", "[UNK]", "[SEP]", *["[PAD]"] * padding)
    segments = (0, 0, 0, 0, 1, 1, *[0] * padding)
    mask = (1,) * 6 + (0,) * padding
    return ModelInput(names, tuple(range(len(names))), segments, mask, 8, 100, (text,) * 100)


def comparison_saying(text: str) -> Comparison:
    inputs = {"bi_encoder": (model_input(text), model_input(text)), "cross_encoder": (model_input(text),)}
    return Comparison(f"a {text}", f"b {text}", text, text, 0.5, 0.5, 3.0, -1.5, inputs)


def occlusion_saying(text: str) -> Occlusion:
    def effects(side: str) -> list[WordEffect]:
        drops = [(0.2, -1.5), (-0.1, 2.0), (0.0, 0.0)] * 4
        size = len(text)
        return [
            WordEffect(side, text, i * (size + 1), i * (size + 1) + size, *drop)  # type: ignore[arg-type]
            for i, drop in enumerate(drops)
        ]

    whole = " ".join([text] * 12) + text
    made = (*effects("query"), *effects("document"))
    return Occlusion(whole, whole, text, text, 0.8, 2.0, made, {"query": 3, "document": 0})


def similarity_saying(text: str) -> tuple[SimilarityMatrix, PcaMap]:
    texts = (f"1 {text}", f"2 {text}", f"3 {text}")
    cosines = np.array([[1, 0.5, -0.2], [0.5, 1, 0.1], [-0.2, 0.1, 1]])
    return SimilarityMatrix(text, texts, cosines, np.eye(3, dtype=np.float32)), PcaMap(
        ((0.5, 0.1), (-0.5, 0.2), (0.0, -0.3)), (0.7, 0.2)
    )


def token_similarity_saying(text: str) -> tuple[TokenSimilarity, Alignment]:
    read = (Token("[CLS]", True), Token(text, False))
    made = TokenSimilarity(text, text, text, read, read, np.array([[0.9, -0.1], [0.2, 0.7]]), 0.5, 0.6)
    return made, Alignment((0, 1), (0.9, 0.7))


def word_in_context_saying(text: str) -> WordInContext:
    sentences = (f"{text}bank{text}", f"bank{text}bank", text)
    places = [(0, len(text)), (1, 0), (1, len(text) + 4)]
    found = tuple(Occurrence(i, start, start + 4, "bank", (text, f"##{text}")) for i, start in places)
    return WordInContext(f"bank {text}", text, sentences, found, np.eye(3), (2,), (), 0)


def swap_saying(text: str) -> SwapExperiment:
    encoders = (f"org/{text}", f"org/2 {text}")
    rows = tuple(SwapRow(text, text, text, dict.fromkeys(encoders, 0.02 * i), 1.0, 1.0 - i) for i in range(3))
    return SwapExperiment(encoders, f"org/s {text}", rows)


def length_saying(text: str) -> LengthExperiment:
    rows = tuple(LengthRow(c, text, text, text, 20, {f"a {text}": 1, f"b {text}": 4}) for c in CONDITIONS)
    return LengthExperiment(text, (f"a {text}", f"b {text}"), rows)


def test_the_cards_of_a_pair_show_both_numbers_and_swapping_shows_both_directions() -> None:
    page = tree(comparison.report(comparison_saying(PLAIN), swapped=True))
    assert page.texts("ss-big") == ["0.5000", "+3.00"]
    rows = [row.texts(tag="td") for row in page.one("ss-directions").one(tag="tbody").all(tag="tr")]
    assert rows[0] == ["0.5000", "−1.50", "0.1824"] and rows[1] == ["0.5000", "+3.00", "0.9526"]
    assert rows[2][:2] == ["0.0000 stays", "+4.50 changes"]
    assert not tree(comparison.report(comparison_saying(PLAIN))).all("ss-directions")


def test_every_token_is_shown_with_its_role_and_what_did_not_fit_is_struck_out() -> None:
    page = tree(tokens.report(comparison_saying(PLAIN), prompt=(False, True)))
    assert len(page.all("ss-token")) == 18
    first = page.all("ss-strip")[0]
    assert "ss-role-prompt" in [name for segment in first.all("ss-segment") for name in segment.classes]
    assert first.one("ss-role-dropped").text.endswith(" and 20 more")
    for strip in page.all("ss-strip"):
        assert [t.attributes["tabindex"] for t in strip.all("ss-token")] == ["0", *["-1"] * 5]
    batch = tree(tokens.batch([model_input(PLAIN), model_input(PLAIN, 2)]))
    assert len(batch.all("ss-mask-0")) == 2


def test_the_text_of_an_occlusion_is_shown_whole_with_each_word_toned() -> None:
    made = occlusion_saying("cat")
    page = tree(occlusion.report(made))
    for marked in page.all("ss-marked"):
        notes = marked.all(tag="small")
        assert len(notes) == 12
        for note in notes:
            note.content.clear()
        assert marked.text.removeprefix("query").removeprefix("document") == made.query
    first = page.all("ss-marked")[0].all("ss-effect")
    assert [effect.classes[1:] for effect in first[:3]] == [["ss-for"], ["ss-against"], []]
    assert "3 words after them stayed in" in page.text


def test_a_heat_map_has_a_number_in_each_cell_and_one_cell_to_start_from() -> None:
    cells = tree(matrix.report(*similarity_saying(PLAIN))).all("ss-heat", tag="td")
    assert [cell.text for cell in cells[:3]] == ["1.0000", "0.5000", "−0.2000"]
    assert [cell.attributes["tabindex"] for cell in cells] == ["0", *["-1"] * 8]
    assert "ss-against" in cells[2].classes and "ss-against" not in cells[1].classes
    tops = tree(word_to_word.report(*token_similarity_saying(PLAIN))).all("ss-top")
    assert [cell.text for cell in tops] == ["0.90", "0.70"]


def test_each_place_of_a_word_is_marked_in_its_sentence() -> None:
    page = tree(word_in_context.report(word_in_context_saying(PLAIN)))
    assert page.texts(tag="mark") == ["bank"] * 3
    assert "the word is not in this sentence" in page.one("ss-sentences").all(tag="li")[2].text


def test_the_experiments_show_a_row_for_each_pair_and_each_model() -> None:
    swap = tree(experiments.swap_report(swap_saying(PLAIN)))
    assert len(swap.all("ss-change")) == 9
    assert len(swap.one(tag="tbody").all(tag="tr")) == 3
    length = tree(experiments.length_report(length_saying(PLAIN)))
    assert length.all(tag="tbody")[0].texts(tag="td") == ["1.000", "1.000", "0.000", "0.250", "0.250", "0.000"]


# ---- evaluate ----


def evaluation_of(make_engine: MakeEngine) -> Evaluation:
    """Two queries: the cross-encoder, whose order is dcbae, wins the first and loses the second."""
    corpus = judged_corpus(TEXTS, {"q1": {"d": 1}, "q2": {"a": 1}}, {"q1": "one", "q2": "two"})
    return evaluated(make_engine, replace(corpus, title=f"corpus {PLAIN}"))


def saying(evaluation: Evaluation, text: str) -> Evaluation:
    """The same numbers under other words."""
    queries = tuple(replace(q, query_id=f"{q.query_id} {text}", text=text, kind=text) for q in evaluation.queries)
    return replace(evaluation, corpus=replace(evaluation.corpus, title=text), queries=queries)


def test_the_table_has_a_row_for_each_method_and_a_star_where_chance_is_unlikely(make_engine: MakeEngine) -> None:
    found = evaluation_of(make_engine)
    names = [measure.name for measure in found.measure_list]
    page = tree(report.table(found, {"cross_encoder": dict.fromkeys(names, 0.01)}, METHODS))
    body = page.one(tag="tbody").all(tag="tr")
    assert [row.one(tag="th").text for row in body] == [METHODS[key].title for key in found.methods]
    for key, row in zip(found.methods, body, strict=True):
        assert row.texts("ss-value") == [f"{found.measures[key][name]:.3f}" for name in names]
        assert len(row.all(tag="abbr")) == (len(names) if key == "cross_encoder" else 0)
        assert len(row.all("ss-delta")) == (0 if key == "bi_encoder" else len(names))
    assert page.one(tag="caption").text.startswith("Means over 2 queries; pool: 5 candidates retrieved from “corpus")
    assert page.all("ss-best")


def test_losses_and_the_dumbbell_tell_the_same_story(make_engine: MakeEngine) -> None:
    found = evaluation_of(make_engine)
    assert [(query.query_id, gain > 0) for query, gain in report.gains(found)] == [("q1", True), ("q2", False)]
    lost = tree(report.losses(found))
    assert "wins on 1, loses on 1, and changes nothing on 0" in lost.text
    assert [button.attributes["data-query"] for button in lost.all("ss-link")] == ["q2"]
    bells = tree(report.dumbbell(found))
    assert (len(bells.all("ss-gain")), len(bells.all("ss-loss")), len(bells.all("ss-dot"))) == (1, 1, 4)
    assert [button.attributes["data-query"] for button in bells.all("ss-link")] == ["q1", "q2"]


def test_a_reranker_that_never_loses_has_no_list_of_losses(make_engine: MakeEngine) -> None:
    found = evaluated(make_engine, judged_corpus(TEXTS, {"q1": {"d": 1}}))
    page = tree(report.losses(found))
    assert "wins on 1, loses on 0" in page.text and not page.all(tag="li")


def curve_of(make_engine: MakeEngine) -> tuple[CandidateCurve, dict[str, Method]]:
    corpus = judged_corpus(TEXTS, {"q1": {"d": 1}, "q2": {"a": 1}})
    engine = make_engine(corpus, encoder=CosineEncoder(), scorer=logit_scorer())
    return candidate_curve(engine, corpus, (1, 3, 5)), dict(engine.methods)


def test_the_curve_has_a_line_for_each_method_and_its_ceiling(make_engine: MakeEngine) -> None:
    made, methods = curve_of(make_engine)
    page = tree(report.curve(made, methods))
    assert len(page.all("ss-series")) == len(made.methods) + 1
    assert len(page.all("ss-dot")) == (len(made.methods) + 1) * len(made.points)
    rows = page.one(tag="tbody").all(tag="tr")
    assert [row.one(tag="th").text for row in rows] == ["1", "3", "5"]
    for row, point in zip(rows, made.points, strict=True):
        shown = [*(f"{point.ndcg[m]:.3f}" for m in made.methods), f"{point.ceiling:.3f}", f"{point.recall:.3f}"]
        assert row.texts(tag="td")[:-1] == shown


def test_a_curve_of_a_single_point_is_drawn() -> None:
    point = CurvePoint(5, {"bi_encoder": 0.5}, {"bi_encoder": 1.0}, 0.9, 0.8)
    page = tree(report.curve(CandidateCurve(corpus_saying(PLAIN), ("bi_encoder",), 1, (point,)), METHODS))
    assert len(page.all("ss-dot")) == 2


# ---- nobody's text becomes markup ----

DRAWINGS: dict[str, Callable[[str], str]] = {
    "columns": lambda text: drawn.columns(
        replace(columns_of(text=text), judged=judged_saying(result_saying(text), text), methods=methods_called(text))
    ),
    "pending": lambda text: drawn.columns(
        replace(columns_of(Outcome.WORKING, text, partial=True), methods=methods_called(text))
    ),
    "failed": lambda text: drawn.columns(replace(columns_of(Outcome.FAILED, text), methods=methods_called(text))),
    "caption": lambda text: drawn.caption(result_saying(text)),
    "cost": lambda text: cost(result_saying(text), methods_called(text)),
    "progress": lambda text: status.working(Progress("loading", text, 1, 2)),
    "activity": lambda text: status.working(Progress(text, text, 1, 2)),
    "info": status.info,
    "error": status.error,
    "pair": lambda text: comparison.report(comparison_saying(text), swapped=True),
    "tokens": lambda text: tokens.report(comparison_saying(text), (False, True)),
    "batch": lambda text: tokens.batch([model_input(text), model_input(text, 2)]),
    "occlusion": lambda text: occlusion.report(occlusion_saying(text)),
    "matrix": lambda text: matrix.report(*similarity_saying(text)),
    "words": lambda text: word_to_word.report(*token_similarity_saying(text)),
    "context": lambda text: word_in_context.report(word_in_context_saying(text)),
    "swap": lambda text: experiments.swap_report(swap_saying(text)),
    "length": lambda text: experiments.length_report(length_saying(text)),
}


def all_words(element: Element) -> str:
    attributes = [value for each in element.all() for value in each.attributes.values()]
    return "\n".join([element.text, *attributes])


@pytest.mark.parametrize("name", DRAWINGS)
def test_hostile_text_is_drawn_as_text(name: str) -> None:
    hostile, plain = DRAWINGS[name](HOSTILE), DRAWINGS[name](PLAIN)
    assert isinstance(hostile, Markup)
    assert Reader(hostile).shape == Reader(plain).shape
    shown = all_words(tree(hostile))
    assert "script>" in shown  # a model is called by what comes after its last slash
    for again in ("&lt;", "&amp;", "&#3"):
        assert again not in shown, "escaped twice"


@pytest.mark.parametrize("name", DRAWINGS)
@settings(deadline=None, max_examples=20)
@given(text=st.text("<>\"'&;=/{}%$!-[]a \n\0\u2028", min_size=1, max_size=30).filter(str.strip))
def test_no_text_at_all_becomes_markup(name: str, text: str) -> None:
    assert Reader(DRAWINGS[name](f"aaaa{text}")).shape == Reader(DRAWINGS[name]("abcd")).shape


def test_hostile_text_of_an_evaluation_is_drawn_as_text(make_engine: MakeEngine) -> None:
    shapes = {}
    for text in (HOSTILE, PLAIN):
        found, methods = saying(evaluation_of(make_engine), text), methods_called(text)
        made, _ = curve_of(make_engine)
        pictures = [report.table(found, {}, methods), report.losses(found), report.dumbbell(found)]
        shapes[text] = [Reader(picture).shape for picture in [*pictures, report.curve(made, methods)]]
    assert shapes[HOSTILE] == shapes[PLAIN]


@pytest.mark.parametrize("summary", ["swap", "length", "occlusion", "matrix", "context"])
def test_a_summary_of_hostile_text_is_a_plain_sentence_for_the_status_line(summary: str) -> None:
    made = {
        "swap": lambda text: experiments.swap_summary(swap_saying(text)),
        "length": lambda text: experiments.length_summary(length_saying(text)),
        "occlusion": lambda text: occlusion.summary(occlusion_saying(text)),
        "matrix": lambda text: matrix.summary(similarity_saying(text)[0]),
        "context": lambda text: word_in_context.summary(word_in_context_saying(text)),
    }[summary]
    assert not isinstance(made(HOSTILE), Markup)
    assert Reader(status.info(made(HOSTILE))).shape == Reader(status.info(made(PLAIN))).shape
