"""Chunks on the page: what is said of a window and of chunks, the text that decided, and who carries the choice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from searchcore import Document
from searchcore.ranking import BI_ENCODER
from searchcore.types import Chunk, Chunking, Corpus, Hit, Ranking, SearchResult
from tests.markup import METHODS
from ui.predict.question import question_of
from ui.search import failures
from ui.search.chunks import deciding, reach, reach_line, reaches, text_of
from ui.search.columns import columns
from ui.search.shown import Columns
from ui.search.tab import _failing
from ui.state import PageState
from ui.takehome.links import search_links
from ui.takehome.taken import TakenSearch

METHOD = METHODS[BI_ENCODER]
LONG = Document("a", "It began <b>well</b>. Then it <i>burned</i>. So it ended.", "Fire & ice")
CORPUS = Corpus("museum", (LONG, Document("b", "Short.")), title="Museum")
START = LONG.passage.index("Then")
DECIDED = Chunk(2, 3, START, LONG.passage.index("So"), 2)
CUT = Chunking(64, 0, 4, 2, 1, {"a": DECIDED, "b": Chunk(1, 1, 0, 6, 1)})
HITS = (Hit(1, "a", 0.9), Hit(2, "b", 0.5))
WHOLE = Ranking(BI_ENCODER, "a model", HITS, window=256, unread={"a": 40})
BY_CHUNKS = replace(WHOLE, unread={}, chunking=CUT)


@pytest.mark.parametrize(
    ("ranking", "said"),
    [
        (WHOLE, "Of 2 documents here, 1 is longer than the 256 tokens that the bi-encoder reads."),
        (replace(WHOLE, unread={}), ""),
        (replace(WHOLE, window=0), ""),
        (
            BY_CHUNKS,
            "Of 2 documents, 1 is longer than the 256 tokens that the bi-encoder reads; in 4 chunks of at most 64 "
            "tokens, all is read.",
        ),
        (
            replace(BY_CHUNKS, chunking=replace(CUT, overlap=16, longer=2)),
            "Of 2 documents, 2 are longer than the 256 tokens that the bi-encoder reads; in 4 chunks of at most 64 "
            "tokens, which overlap by up to 16, all is read.",
        ),
        (
            replace(BY_CHUNKS, chunking=replace(CUT, longer=0)),
            "No document is longer than the 256 tokens that the bi-encoder reads; all the same they are cut into 4 "
            "chunks of at most 64 tokens.",
        ),
        (
            replace(BY_CHUNKS, chunking=replace(CUT, longer=0, chunks=2)),
            "No document is longer than a chunk of 64 tokens, so nothing is cut.",
        ),
    ],
)
def test_what_a_window_does_to_documents_is_counted_and_said(ranking: Ranking, said: str) -> None:
    assert reach(ranking, METHOD).startswith(said) and bool(said) == bool(reach(ranking, METHOD))
    assert (str(reach_line(ranking, METHOD)) == "") == (said == "")


def test_the_chunk_that_decided_is_named_with_the_rank_without_it() -> None:
    assert deciding(DECIDED) == "Chunk 2 of 3 decided; whole: rank 2."
    assert deciding(DECIDED._replace(rank_whole=None)) == "Chunk 2 of 3 decided; whole: far below."
    assert deciding(CUT.decided["b"]) == deciding(None) == ""


def test_the_text_of_the_chunk_is_marked_and_nothing_of_it_is_markup() -> None:
    assert text_of(LONG, DECIDED) == (
        '<span class="ss-before">It began &lt;b&gt;well&lt;/b&gt;. </span>'
        "<mark>Then it &lt;i&gt;burned&lt;/i&gt;.</mark> So it ended."
    )


def test_of_a_chunk_that_begins_in_the_title_the_part_in_the_text_is_marked() -> None:
    assert str(text_of(LONG, Chunk(1, 3, 0, START, 1))).startswith(
        '<span class="ss-before"></span><mark>It began &lt;b&gt;well&lt;/b&gt;.</mark> Then it '
    )
    assert "<mark>" not in text_of(LONG, Chunk(1, 3, 0, 4, 1))  # in the title alone
    assert str(text_of(Document("c", "", "A title"), Chunk(1, 2, 0, 2, 1))) == ""
    assert "<mark>Short</mark>." in text_of(Document("d", "Short."), Chunk(1, 2, 0, 5, 1))


def result_of(ranking: Ranking) -> SearchResult:
    return SearchResult(CORPUS, "fire", 2, 2, {BI_ENCODER: ranking})


def test_both_lists_show_it_and_documents_that_are_not_cut_have_nothing() -> None:
    drawn = str(columns(Columns(result_of(BY_CHUNKS), {}, METHODS)))
    assert drawn.count("Chunk 2 of 3 decided; whole: rank 2.") == 2  # the column, and the one list
    assert drawn.count("<mark>Then it &lt;i&gt;burned&lt;/i&gt;.</mark>") == 2
    assert drawn.count("Of 2 documents, 1 is longer than") == 2
    assert "of 1 decided" not in drawn
    assert "decided" not in str(columns(Columns(result_of(WHOLE), {}, METHODS)))


def test_what_is_taken_home_says_it_and_its_links_carry_it() -> None:
    state = PageState(corpus="museum", query="fire", columns=(BI_ENCODER,), window="64", overlap="quarter")
    taken = TakenSearch(state, result_of(BY_CHUNKS), {}, METHODS)
    assert reaches(taken.result.rankings, METHODS) in taken.said
    links = str(search_links(taken))
    assert links.count("window=64&amp;overlap=quarter") == 5
    assert reaches({BI_ENCODER: WHOLE}, METHODS) == ""


def test_an_address_says_window_and_overlap_and_the_options_are_in_tokens() -> None:
    state, ignored = PageState.from_query("window=64&overlap=quarter")
    assert (state.options.window, state.options.overlap, ignored) == (64, 16, [])
    assert state.to_query() == "window=64&overlap=quarter"
    assert PageState(overlap="half").options.overlap == 0
    assert PageState(window="32", overlap="half").options.overlap == 16
    assert PageState.from_query("window=65&overlap=most")[1] == ['window="65"', 'overlap="most"']


def test_a_prediction_is_about_one_way_to_read() -> None:
    asked = {question_of(PageState(window=window), result_of(WHOLE)) for window in ("", "64", "32")}
    assert len(asked) == 3


def test_a_case_brings_its_chunks_and_the_next_one_puts_them_away() -> None:
    places = [i for i, case in enumerate(failures.CASES) if case.window and case.overlap]
    shown = _failing(list(failures.CASES), PageState(), places[0])
    assert (shown.window, shown.overlap) == ("64", "quarter")
    assert _failing(list(failures.CASES), shown, 0).options == PageState().options
