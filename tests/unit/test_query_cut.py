"""A query longer than a model's window: the query is said to be cut, and no document is blamed for it."""

from __future__ import annotations

import pytest

from searchcore.engine import Engine
from searchcore.models import cut_by_encoder
from searchcore.running import finish
from searchcore.types import ModelInput, QueryCut, SearchResult
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer, corpus_of
from tests.markup import METHODS
from ui.runner import Outcome, View
from ui.search.section import SearchSection
from ui.search.verdict import query_cuts
from ui.state import PageState

TEXTS = ("one", "one two", "one two three")
LONG = "a b c d e f g"
ALL = ("bm25", "bi_encoder", "cross_encoder", "late_interaction")


def engine_of(make_engine: MakeEngine, encoder_window: int, scorer_window: int) -> Engine:
    return make_engine(
        corpus_of(*TEXTS), encoder=FakeEncoder(window=encoder_window), scorer=FakeScorer(window=scorer_window)
    )


def search(make_engine: MakeEngine, query: str, encoder_window: int, scorer_window: int) -> SearchResult:
    return engine_of(make_engine, encoder_window, scorer_window).search("small", query, 3, ALL)


def test_a_query_that_fits_is_not_cut(make_engine: MakeEngine) -> None:
    result = search(make_engine, LONG, 7, 10)
    assert [ranking.query_cut for ranking in result.rankings.values()] == [None] * 4
    assert query_cuts(result, METHODS) == ""


def test_a_query_beyond_the_window_of_the_bi_encoder_is_cut_by_it_and_by_late_interaction(
    make_engine: MakeEngine,
) -> None:
    result = search(make_engine, LONG, 5, 10)
    cuts = {key: ranking.query_cut for key, ranking in result.rankings.items()}
    assert cuts == {
        "bm25": None,
        "bi_encoder": QueryCut(7, 2),
        "cross_encoder": None,
        "late_interaction": QueryCut(7, 2),
    }
    assert [ranking.unread for ranking in result.rankings.values()] == [{}] * 4
    assert query_cuts(result, METHODS) == (
        "The bi-encoder read the first 5 of the query’s 7 tokens; 2 were cut. "
        "Late interaction read the first 5 of the query’s 7 tokens; 2 were cut."
    )


def test_what_a_pair_drops_of_its_query_is_not_blamed_on_its_document(make_engine: MakeEngine) -> None:
    # The fake reads from the start: the query's first six words, and nothing of a document.
    engine = engine_of(make_engine, 256, 6)
    for ranking in (engine.search("small", LONG).rankings["cross_encoder"], engine.rerank(LONG, TEXTS)):
        assert ranking.query_cut == QueryCut(7, 1, 3)
        assert sorted(ranking.unread.values()) == [1, 2, 3]
    result = engine.search("small", LONG)
    assert query_cuts(result, METHODS) == (
        "The cross-encoder read at least the first 6 of the query’s 7 tokens; up to 1 was cut, in 3 of 3 pairs."
    )


def test_a_query_is_read_once_to_know_what_is_cut(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, read = FakeEncoder(window=5), []
    original = encoder.read
    monkeypatch.setattr(encoder, "read", lambda text, as_query=False: (read.append(text), original(text))[1])
    engine = make_engine(corpus_of(*TEXTS), encoder=encoder)
    cuts = [engine.search("small", LONG).rankings["bi_encoder"].query_cut for _ in range(2)]
    assert cuts == [QueryCut(7, 2)] * 2
    assert read.count(LONG) == 1


def test_a_remembered_cut_is_said_again(make_engine: MakeEngine) -> None:
    corpus = corpus_of(*TEXTS, queries=(LONG,))
    for _ in range(2):
        engine = make_engine(corpus, scorer=FakeScorer(window=6))
        ranking = engine.search("small", LONG).rankings["cross_encoder"]
        engine.close()
        assert ranking.query_cut == QueryCut(7, 1, 3)
    assert ranking.passes_run == 0


def test_a_prompt_is_no_part_of_the_query(make_engine: MakeEngine) -> None:
    class Prompted(FakeEncoder):
        def read(self, text: str, *, as_query: bool = False) -> ModelInput:
            return super().read(f"represent this {text}" if as_query else text)

        def offsets(self, text: str, *, as_query: bool = False) -> tuple[tuple[int, int] | None, ...]:
            places = super().offsets(f"represent this {text}" if as_query else text)
            return (None, None, *places[2:]) if as_query else places

    assert cut_by_encoder(Prompted(window=5), LONG) == QueryCut(7, 4)
    assert cut_by_encoder(Prompted(window=9), LONG) is None


@pytest.mark.parametrize(("window", "said"), [(5, True), (7, False)])
def test_the_page_says_it_beside_the_verdict(make_engine: MakeEngine, window: int, said: bool) -> None:
    engine = engine_of(make_engine, window, 512)
    section, state = SearchSection(engine), PageState(corpus="small", query=LONG)
    drawn = section.draw(View(state, Outcome.DONE, result=finish(section.begin(engine, state))))
    assert ("The bi-encoder read the first 5 of the query’s 7 tokens; 2 were cut." in str(drawn["status"])) == said
    assert "ss-unread" not in str(drawn["results"])
