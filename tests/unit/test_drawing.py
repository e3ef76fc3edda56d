"""Drawings, read as a browser reads them: what they show, and that no text of anybody's becomes markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from markupsafe import Markup

from searchcore.evaluate import CandidateCurve, Evaluation, candidate_curve
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
from searchcore.ranking import Method
from searchcore.ranking.late_interaction import Alignment
from searchcore.types import ModelInput
from tests.conftest import MakeEngine
from tests.markup import HOSTILE, METHODS, PLAIN, Reader, corpus_saying, methods_called, tree
from tests.unit.judged import TEXTS, CosineEncoder, evaluated, judged_corpus, logit_scorer
from ui import words
from ui.draw import status
from ui.evaluate import gains, report
from ui.hood.draw import alignment, comparison, experiments, matrix, occlusion, tokens, word_in_context, word_to_word

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


def test_both_numbers_of_a_pair_stand_by_its_tokens_and_swapping_shows_both_directions() -> None:
    assert tree(tokens.report(comparison_saying(PLAIN))).texts("ss-big") == ["0.5000", "+3.00"]
    page = tree(comparison.report(comparison_saying(PLAIN), swapped=True))
    rows = [row.texts(tag="td") for row in page.one("ss-directions").one(tag="tbody").all(tag="tr")]
    assert rows[0] == ["0.5000", "−1.50", "0.1824"] and rows[1] == ["0.5000", "+3.00", "0.9526"]
    assert rows[2][:2] == ["0.0000 stays", "+4.50 changes"]
    assert not tree(comparison.report(comparison_saying(PLAIN))).all("ss-directions")


def test_no_word_about_a_pair_depends_on_the_sign_of_its_logit() -> None:
    made = comparison_saying(PLAIN)
    said = []
    for score in (3.0, -3.0):
        changed = replace(made, score=score)
        pictures = Markup("{}{}").format(tokens.report(changed), comparison.report(changed, swapped=True))
        said.append(re.sub(r"[+−\d.-]", "", tree(pictures).text + comparison.summary(changed)))
    assert said[0] == said[1]
    assert not re.search("above|a match|no match|agree", said[0])


def test_a_line_of_late_interaction_ends_where_its_blocks_are() -> None:
    read = tuple(Token(f"t{i}", False) for i in range(60))
    made = TokenSimilarity(PLAIN, PLAIN, PLAIN, read[:3], read, np.zeros((3, 60)), 0.5, 0.6)
    page = tree(alignment.drawn(made, Alignment((59, 0, 7), (0.9, 0.4, 0.1))))
    blocks = {block.attributes["data-token"]: block.attributes for block in page.all(tag="rect")}
    assert list(blocks) == ["q0", "q1", "q2", "d0", "d7", "d59"]
    assert page.texts(tag="text").count("…") == 2
    for line in page.all("ss-match"):
        for end, edge in (("1", "from"), ("2", "to")):
            block = blocks[line.attributes[f"data-{edge}"]]
            left, top, width, height = (float(block[name]) for name in ("x", "y", "width", "height"))
            assert float(line.attributes[f"x{end}"]) == pytest.approx(left + width / 2, abs=0.1)
            assert float(line.attributes[f"y{end}"]) == (top + height if edge == "from" else top)


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
    read = model_input(PLAIN, 2)
    shown = [[int(cell.text) for cell in row.all(tag="td")] for row in batch.all("ss-segments")]
    assert shown == [list(model_input(PLAIN).segments), list(read.segments)]


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
    assert len(length.all("ss-dot")) == 4
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
        assert row.texts("ss-value") == [words.share(found.measures[key][name]) for name in names]
        assert len(row.all(tag="abbr")) == (len(names) if key == "cross_encoder" else 0)
        assert len(row.all("ss-delta")) == (0 if key == "bi_encoder" else len(names))
    assert page.one(tag="caption").text.startswith("Means over 2 queries; pool: 5 candidates retrieved from “corpus")
    assert page.all("ss-ahead")


def test_the_caption_says_which_judged_queries_were_left_out_and_why(make_engine: MakeEngine) -> None:
    found = evaluation_of(make_engine)
    assert "left out" not in report.caption(found)
    one = replace(found, unusable={"long": 'query "long" is too long.'})
    assert report.caption(one).endswith('. 1 judged query was left out: query "long" is too long.')
    two = replace(one, unusable={**one.unusable, "blank": 'query "blank" is empty.'})
    assert report.caption(two).endswith('. 2 judged queries were left out, the first: query "long" is too long.')


def test_losses_and_the_dumbbell_tell_the_same_story(make_engine: MakeEngine) -> None:
    found = evaluation_of(make_engine)
    assert [(gain.query.query_id, gain.size > 0) for gain in gains.gains(found)] == [("q1", True), ("q2", False)]
    lost = tree(report.losses(found))
    assert [button.attributes["data-query"] for button in lost.all("ss-link")] == ["q2"]
    bells = tree(report.dumbbell(found))
    assert (len(bells.all("ss-gain")), len(bells.all("ss-loss")), len(bells.all("ss-dot"))) == (1, 1, 4)
    assert [button.attributes["data-query"] for button in bells.all("ss-link")] == ["q1", "q2"]


def test_a_reranker_that_never_loses_has_no_list_of_losses(make_engine: MakeEngine) -> None:
    found = evaluated(make_engine, judged_corpus(TEXTS, {"q1": {"d": 1}}))
    page = tree(report.losses(found))
    assert page.text == "It loses on no query." and not page.all(tag="li")


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
        shown = [*(point.ndcg[m] for m in made.methods), point.ceiling, point.recall]
        assert row.texts(tag="td")[:-1] == [words.share(number) for number in shown]


def test_a_curve_of_a_single_point_is_drawn() -> None:
    point = CurvePoint(5, {"bi_encoder": 0.5}, {"bi_encoder": 1.0}, 0.9, 0.8)
    page = tree(report.curve(CandidateCurve(corpus_saying(PLAIN), ("bi_encoder",), 1, (point,)), METHODS))
    assert len(page.all("ss-dot")) == 2


# ---- nobody's text becomes markup ----

DRAWINGS: dict[str, Callable[[str], str]] = {
    "pair": lambda text: Markup("{}{}").format(
        tokens.report(comparison_saying(text)), comparison.report(comparison_saying(text), swapped=True)
    ),
    "tokens": lambda text: tokens.report(comparison_saying(text), (False, True)),
    "batch": lambda text: tokens.batch([model_input(text), model_input(text, 2)]),
    "occlusion": lambda text: occlusion.report(occlusion_saying(text)),
    "matrix": lambda text: matrix.report(*similarity_saying(text)),
    "words": lambda text: word_to_word.report(*token_similarity_saying(text)),
    "context": lambda text: word_in_context.report(word_in_context_saying(text)),
    "swap": lambda text: experiments.swap_report(swap_saying(text)),
    "length": lambda text: experiments.length_report(length_saying(text)),
}


def test_hostile_text_of_an_evaluation_is_drawn_as_text(make_engine: MakeEngine) -> None:
    shapes = {}
    for text in (HOSTILE, PLAIN):
        found, methods = saying(evaluation_of(make_engine), text), methods_called(text)
        made, _ = curve_of(make_engine)
        said = gains.sentence(found, {}, methods, text)
        pictures = [gains.picture(found, said), report.table(found, {}, methods)]
        pictures += [report.losses(found), report.dumbbell(found)]
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
