"""What the tab "Nearest neighbours" says and draws, over an engine of fakes and made-up times."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markupsafe import Markup

from searchcore import InvalidInput
from searchcore.evaluate import EXACT, HNSW, IVF, AtSize, Crossing, Point, Setting, Spread, TradeOff
from searchcore.evaluate.smaller import Small, Smaller
from searchcore.neighbours import BINARY, PCA, Kept
from searchcore.running import finish
from searchcore.types import Corpus
from tests.conftest import MakeEngine
from tests.fakes import corpus_of
from tests.markup import HOSTILE, PLAIN, Reader, all_words, tree
from ui.neighbours import bits, curve, walk
from ui.neighbours.section import NeighboursSection, Seen
from ui.neighbours.words import named, quick
from ui.runner import Outcome, View
from ui.state import PageState


def at(setting: Setting, found: float, took: float) -> Point:
    return Point(setting, Spread(found, found - 0.1, min(found + 0.1, 1)), Spread(took, took * 0.9, took * 1.1))


POINTS = (
    *(at(Setting(EXACT), 1, 1_800), at(Setting(HNSW, 10), 0.9, 100), at(Setting(HNSW, 40), 0.96, 200)),
    *(at(Setting(IVF, 1), 0.5, 80), at(Setting(IVF, 4), 0.8, 300)),
)
TRADE_OFF = TradeOff(POINTS, 99, 0)
CROSSING = Crossing((AtSize(1_000, 20, 30, 20, 0.97, 0.2), AtSize(4_000, 80, 40, 40, 0.96, 1.4)))


def seen(make_engine: MakeEngine, setting: Setting, *texts: str) -> Seen:
    corpus = corpus_of(*(texts or [f"text {i} of {i % 5}" for i in range(60)]), queries=["text 7"])
    work = NeighboursSection().begin(
        make_engine(corpus),
        PageState(corpus="small", query="text 7", index=setting.index, ef=max(setting.value, 1), probes=1),
    )
    for step in work:
        if isinstance(step, Seen):
            work.close()
            return step
    raise AssertionError("nothing was found")


def test_the_lesson_says_what_there_is_to_gain_here_and_from_when_on(make_engine: MakeEngine) -> None:
    made = replace(seen(make_engine, Setting(HNSW, 10)).around, trade_off=TRADE_OFF)
    assert curve.lead(made, None) == (
        "Comparing a query with all 60 documents takes 1.8 ms here. A graph finds .960 of the nearest in 200 µs: "
        "9 times as fast."
    )
    assert curve.lead(made, CROSSING).endswith("It pays from about 2,000 vectors on, measured on made-up ones.")
    slow = replace(TRADE_OFF, points=(at(Setting(EXACT), 1, 18), *TRADE_OFF.points[1:]))
    assert curve.lead(replace(made, trade_off=slow), None).endswith("in 200 µs: nothing gained.")
    never = Crossing((AtSize(1_000, 0.001, 100, 20, 0.97, 0.2),))
    assert curve.lead(made, never).endswith("On this machine exact search stays the quicker one.")


@pytest.mark.parametrize(
    ("microseconds", "said"), [(17.6, "18 µs"), (1_830, "1.8 ms"), (22_000, "22 ms"), (3e6, "3.0 s")]
)
def test_short_times_have_a_unit_of_their_own(microseconds: float, said: str) -> None:
    assert quick(microseconds) == said


def test_each_point_can_be_clicked_and_reached_by_keyboard_and_the_one_in_use_is_marked() -> None:
    drawn = curve.picture(TRADE_OFF, Setting(HNSW, 40))
    for point in TRADE_OFF.points:
        sent = f'data-index="{point.setting.index}" data-value="{point.setting.value}"'
        assert drawn.count(sent) == 2  # a dot and a button
        assert f">{named(point.setting)}</button>" in drawn
    assert drawn.count("<title>in use</title>") == 1
    assert "HNSW, ef 40</button> · in use" in drawn and drawn.count("· in use") == 1
    assert "Over 99 queries." in drawn


@pytest.mark.parametrize("setting", [Setting(EXACT), Setting(HNSW, 12), Setting(IVF, 1)])
def test_the_map_says_how_many_were_looked_at_of_how_many(make_engine: MakeEngine, setting: Setting) -> None:
    made = seen(make_engine, setting).around
    words = all_words(tree(walk.on_the_map(made)))
    assert f"The map shows {made.map.share:.0%} of the variance" in words
    if made.walk is not None:
        lowest = made.walk.layers[-1]
        assert f"Layer 0: {len(lowest.looked_at)} of 60 documents looked at; followed " in words
    elif setting.index == IVF:
        assert "1 cell of 1: 60 documents" in words
    else:
        assert "All 60 documents" in words
    said = walk.sentence(made)
    assert said.startswith(f"For “text 7” {named(setting)} finds {10 - len(made.missed)} of the 10 nearest;")
    assert f"compared the query with {made.compared} vectors, of 60 documents." in said


def test_missed_neighbours_are_named_in_the_sentence_and_marked_in_the_table(make_engine: MakeEngine) -> None:
    made = seen(make_engine, Setting(EXACT)).around
    lost = made.exact[3][0]
    one_less = replace(made, found=tuple(d for d in made.found if d is not lost), missed=(lost,))
    assert walk.sentence(one_less) == (
        "For “text 7” exact finds 9 of the 10 nearest; it compared the query with 60 vectors, of 60 documents. "
        f"Missed: {lost.text}."
    )
    table = walk.found(one_less)
    assert table.count("<b>missed</b>") == 1 and f"<del>{lost.text}</del>" in table


def test_where_the_lines_cross_is_drawn_with_what_was_measured_and_the_corpus_itself() -> None:
    drawn = curve.crossing_picture(CROSSING, 454)
    words = all_words(tree(drawn))
    assert "this corpus: 454" in words
    for size in CROSSING.sizes:
        assert f"exact, {size.count:,} vectors: {quick(size.exact)}" in words
    assert f"exact: {quick(CROSSING.exact(1_000_000))}" in words


def smaller(kept: Kept, corpus: Corpus, ndcg: float | None) -> Smaller:
    points = tuple(Small(replace(kept, dimensions=n), n / 400, ndcg) for n in (16, 128, 384))
    whole = Small(Kept(384), 1.0, None if ndcg is None else 0.635)
    return Smaller(corpus, 99, 99 if ndcg else 0, points, points[1], whole, 384)


def test_smaller_vectors_say_what_they_take_and_what_they_find() -> None:
    corpus = corpus_of("one")
    assert bits.sentence(smaller(Kept(128, BINARY, PCA, 40), corpus, 0.574)) == (
        "128 dimensions in one bit: 16 bytes a vector instead of 1,536. They find .320 of the ten nearest, and nDCG@10 "
        "is .574 instead of .635; the best 40 were compared again in full."
    )
    assert bits.sentence(smaller(Kept(128), corpus, None)).endswith("They find .320 of the ten nearest.")
    drawn = all_words(tree(bits.picture(smaller(Kept(128), corpus, None))))
    assert "not trained to be cut" in drawn and "nDCG@10 of whole vectors" not in drawn
    assert "Over 99 queries, none of them judged." in drawn
    assert "nDCG@10 of whole vectors" in all_words(tree(bits.picture(smaller(Kept(128), corpus, 0.5))))


def test_hostile_texts_are_drawn_as_text(make_engine: MakeEngine) -> None:
    section = NeighboursSection()

    def drawn(text: str) -> Markup:
        around = seen(make_engine, Setting(HNSW, 10), text, "another text 7", "text 7 again").around
        # Times differ from run to run, and with them the lines of the picture.
        made = Seen(replace(around, trade_off=TRADE_OFF))
        return Markup(section.draw(View(PageState(), Outcome.DONE, result=made))["near-picture"])

    assert Reader(drawn(HOSTILE)).shape == Reader(drawn(PLAIN)).shape
    assert "<img src=x onerror=alert(1)>" in all_words(tree(drawn(HOSTILE)))


def test_without_a_corpus_of_ones_own_or_a_query_a_sentence_says_so(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of("one", "two"))
    with pytest.raises(InvalidInput, match="There is no query yet: type one in Search"):
        finish(NeighboursSection().begin(engine, PageState(corpus="small")))
    with pytest.raises(InvalidInput, match="There is no corpus of your own yet"):
        finish(NeighboursSection().begin(engine, PageState(corpus="own")))
