"""The picture of quality against time: what it says, that each point opens its search, and that names keep apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from searchcore import Corpus, Document
from searchcore.evaluate import Frontier, FrontierPoint, Way
from searchcore.evaluate.frontier import marked
from searchcore.ranking import Method
from searchcore.running import finish
from tests.conftest import MakeEngine
from tests.markup import HOSTILE, METHODS, PLAIN, Element, Reader, methods_called, tree
from tests.unit.judged import TEXTS, CosineEncoder, judged_corpus, logit_scorer
from ui.evaluate.frontier import ANCHORS, CHARACTER, LINE, measured, picture, sentence, state_of
from ui.evaluate.section import FrontierSection, Placed
from ui.runner import Outcome, View
from ui.state import EVALUATE, FRONTIER, PageState

WAYS = {
    Way("bm25", 10): (0.5, 0.4, 0.0),
    Way("bi_encoder", 10): (0.6, 5.0, 1.0),
    Way("fusion", 10): (0.55, 7.0, 1.0),
    Way("cross_encoder", 20, "bm25"): (0.58, 250.0, 20.0),
    Way("cross_encoder", 20, "bi_encoder"): (0.7, 260.0, 21.0),
    Way("cross_encoder", 50, "fusion"): (0.71, 1300.0, 51.0),
}
STATE = PageState(tab=EVALUATE, look=FRONTIER, measured="small", depth=30, split="dev")


SMALL = Corpus("small", (Document("d", "a whale"),))


def needed(way: Way) -> tuple[str, ...]:
    return (way.method,) if way.first is None else (way.first, way.method)


def frontier_of(ways: dict[Way, tuple[float, float, float]]) -> Frontier:
    points = [FrontierPoint(way, needed(way), *numbers) for way, numbers in ways.items()]
    return Frontier(SMALL, 99, marked(points), 1_234)


def drawn(made: Frontier, query: str = "whale", methods: dict[str, Method] | None = None) -> Element:
    return tree(picture(made, methods or dict(METHODS), query, STATE))


def test_the_sentence_names_the_quickest_the_best_and_those_that_are_never_ahead() -> None:
    assert sentence(frontier_of(WAYS), METHODS) == (
        "Below 5 ms a query nothing beats Keyword search (.500). The best, Cross-encoder, 50 of Fusion, is .210 "
        "better and takes 3,200 times as long: nDCG@10 .710 in 1.3 s. "
        "For every point of Fusion another is as good and faster, or as fast and better."
    )


def test_where_nothing_is_better_than_the_quickest_the_sentence_says_so() -> None:
    ways = {
        Way("bm25", 10): (0.9, 0.4, 0.0),
        Way("bi_encoder", 10): (0.9, 5.0, 1.0),
        Way("fusion", 10): (0.2, 7.0, 1.0),
    }
    said = sentence(frontier_of(ways), METHODS)
    assert said == "Nothing here is better than Keyword search or as good and faster: nDCG@10 .900 in 0.4 ms."


def test_where_nothing_is_found_there_is_nothing_to_compare() -> None:
    made = frontier_of({Way("bm25", 10): (0.0, 0.4, 0.0), Way("bi_encoder", 10): (0.0, 5.0, 1.0)})
    assert sentence(made, METHODS) == "No method finds a relevant document, so there is nothing to compare."
    assert not drawn(made).all("ss-series")


def test_it_says_what_the_times_are_and_how_many_passes_were_run() -> None:
    said = measured(frontier_of(WAYS))
    assert said.startswith("Means of nDCG@10 and medians of the time over 99 judged queries. ")
    assert "on this machine, without loading and waiting. 1,234 passes were run for it;" in said


def test_a_point_stands_for_its_search_and_what_evaluate_has_chosen_stays() -> None:
    made = {point.way: point for point in frontier_of(WAYS).points}
    reranked = state_of(made[Way("cross_encoder", 50, "fusion")], "small", "whale", STATE)
    assert reranked == PageState(
        corpus="small",
        query="whale",
        candidates=50,
        columns=("fusion", "cross_encoder"),
        first="fusion",
        measured="small",
        depth=30,
        split="dev",
    )
    plain = state_of(made[Way("bm25", 10)], "small", "whale", STATE)
    assert (plain.columns, plain.first, plain.candidates) == (("bm25",), "", 10)
    default = state_of(made[Way("cross_encoder", 20, "bi_encoder")], "small", "whale", STATE)
    assert (default.columns, default.first) == (("bi_encoder", "cross_encoder"), "")


def test_every_point_is_a_link_to_its_search_with_its_figures_in_the_drawing_and_in_the_table() -> None:
    made = frontier_of(WAYS)
    page = drawn(made)
    svg = page.one(tag="svg")
    # A picture that is one thing hides its links from a screen reader.
    assert svg.attributes["role"] == "group"
    addresses = [state_of(point, "small", "whale", STATE).to_query() for point in made.points]
    for links in (svg.all(tag="a"), page.one(tag="tbody").all(tag="a")):
        assert [link.attributes["data-open"] for link in links] == addresses
        assert [link.attributes["href"] for link in links] == [f"?{address}" for address in addresses]
    assert svg.all(tag="a")[1].attributes["aria-label"] == "Bi-encoder: .600 in 5 ms, 1 pass a query"
    rows = [row.texts(tag="td")[1:] for row in page.one(tag="tbody").all(tag="tr")]
    assert rows[0] == [".500", "0.4 ms", "0", "yes"]
    assert rows[-1] == [".710", "1.3 s", "51", "yes"]
    assert [row[-1] for row in rows] == ["yes", "yes", "", "", "yes", "yes"]


def test_the_frontier_is_a_line_of_steps_and_what_is_reranked_shows_inside_its_dot() -> None:
    svg = drawn(frontier_of(WAYS)).one(tag="svg")
    line = svg.one("ss-series").attributes["d"]
    # To the right and up for each of four points, the first one apart, and on to the edge.
    assert line.count("L") == 3 * 2 + 1
    inner = [[dot.classes[1] for dot in link.all(tag="circle")] for link in svg.all(tag="a")]
    assert inner[0] == ["ss-bm25"]
    assert inner[-1] == ["ss-cross_encoder", "ss-fusion"]


def test_names_in_the_drawing_lie_on_no_other_name_and_on_no_dot() -> None:
    crowd = {
        Way("cross_encoder", depth, first): (0.4 + depth / 1000 + i / 500, 100.0 + depth + i, 9.0)
        for depth in (5, 10, 20, 50)
        for i, first in enumerate(("bm25", "bi_encoder", "fusion"))
    }
    svg = drawn(frontier_of({**WAYS, **crowd})).one(tag="svg")
    names = [text for text in svg.all("ss-tick", tag="text") if any(m.title in text.text for m in METHODS.values())]
    assert len(names) >= 2
    boxes = []
    for each in names:
        length = len(each.text) * CHARACTER
        left = float(each.attributes["x"]) - ANCHORS[each.attributes["text-anchor"]] * length
        base = float(each.attributes["y"])
        boxes.append((left, base - LINE + 3, left + length, base + 3))
    dots = [(float(dot.attributes["cx"]), float(dot.attributes["cy"])) for dot in svg.all(tag="circle")]
    for i, (left, top, right, bottom) in enumerate(boxes):
        assert not any(left < x < right and top < y < bottom for x, y in dots)
        assert not any(left < r and x < right and top < b and y < bottom for x, y, r, b in boxes[:i])


@pytest.mark.parametrize("milliseconds", [0.0, 3.0, 1e7])
def test_a_single_point_is_drawn_at_any_time(milliseconds: float) -> None:
    svg = drawn(frontier_of({Way("bi_encoder", 5): (1.0, milliseconds, 1.0)})).one(tag="svg")
    dot = svg.one(tag="circle").attributes
    assert 60 < float(dot["cx"]) < 865
    assert 60 < float(dot["cy"]) < 350


def test_hostile_text_is_drawn_as_text() -> None:
    made = frontier_of(WAYS)
    shapes = [Reader(picture(made, METHODS, text, STATE)).shape for text in (HOSTILE, PLAIN)]
    assert shapes[0] == shapes[1]
    page = drawn(made, HOSTILE, methods_called(HOSTILE))
    assert not page.all(tag="img") and not page.all(tag="script")
    assert page.one(tag="tbody").all(tag="a")[0].text == HOSTILE


# ---- the section ----


def test_it_opens_the_query_that_is_shown_where_that_is_one_of_its_corpus_else_the_prepared_one(
    make_engine: MakeEngine,
) -> None:
    corpus = judged_corpus(TEXTS, {"q": {"a": 1}}, {"q": "fig"})
    other = replace(judged_corpus(TEXTS, {}), name="other")
    engine = make_engine(corpus, other, encoder=CosineEncoder(), scorer=logit_scorer())
    section = FrontierSection(engine)

    def opened(shown: str) -> str:
        state = PageState(tab=EVALUATE, look=FRONTIER, measured=corpus.name, corpus=shown, query="pear")
        return finish(section.begin(engine, state)).query

    assert (opened(corpus.name), opened("other")) == ("pear", "fig")


def test_it_is_made_once_for_all_who_ask_and_drawn_in_its_fold(make_engine: MakeEngine) -> None:
    corpus, scorer = replace(judged_corpus(TEXTS, {"q": {"a": 1}}), shared=True), logit_scorer()
    encoder = CosineEncoder()
    engine = make_engine(corpus, encoder=encoder, scorer=scorer)
    section, state = FrontierSection(engine), PageState(tab=EVALUATE, look=FRONTIER, measured=corpus.name)
    first, again = (finish(section.begin(engine, state)) for _ in range(2))
    assert isinstance(first, Placed)
    assert again.frontier is first.frontier
    parts = section.draw(View(state, Outcome.DONE, result=first))
    assert parts["evaluate-frontier-fold"]["open"] is True
    assert "The frontier is drawn" in parts["evaluate-status"]
    assert len(tree(parts["evaluate-frontier-picture"]).one(tag="svg").all(tag="a")) == 7
    assert set(section.draw(View(state))) == {"evaluate-status"}
