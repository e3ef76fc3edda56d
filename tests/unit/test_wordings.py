"""Two wordings of a query: the work, the columns, the list for narrow screens, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from searchcore import Corpus, Engine, Query
from searchcore.errors import Cancelled, InvalidInput
from searchcore.evaluate import Agreement, JudgedRanking
from searchcore.running import results
from searchcore.types import Hit, PartialScores, SearchResult
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, store_of
from tests.markup import Element, corpus_saying, tree
from ui.runner import Outcome, View
from ui.search.differences import MOST_WORDS, marked, sentences
from ui.search.section import SearchSection
from ui.search.wordings import Wordings
from ui.state import PageState

FILMS = ("whale at sea", "war on an island", "a dog and a whale", "chess in the war", "the sea of love", "an island")
STATE = PageState(corpus="small", query="whale sea", against="island war", candidates=4)


def judged(corpus: Corpus, *texts: str) -> Corpus:
    queries = [Query(f"q{i}", text) for i, text in enumerate(texts)]
    return corpus.with_judgements(queries, {query.query_id: {"d0": 3, "d1": 1} for query in queries})


def engine_over(corpus: Corpus, scorer: FakeScorer | None = None) -> Engine:
    return Engine({corpus.name: corpus}, store_of(FakeEncoder(), scorer or FakeScorer()))


def steps_of(engine: Engine, state: PageState) -> list[Any]:
    """All that is said on the way, and at last what comes of it."""
    work = results(SearchSection(engine).begin(engine, state))
    said: list[Any] = []
    while True:
        try:
            said.append(next(work))
        except StopIteration as stop:
            engine.close()
            return [*said, stop.value]


def drawn(engine: Engine, state: PageState, result: object = None, **view: Any) -> dict[str, Any]:
    return SearchSection(engine).draw(replace(View(state, Outcome.DONE, result=result), **view))


def documents(page: Element, key: str) -> list[tuple[str, str]]:
    """Each document of a column with what is said of its move."""
    (column,) = [each for each in page.all("ss-column") if each.attributes["data-method"] == key]
    return [(hit.attributes["data-doc"], " ".join(hit.texts("ss-move"))) for hit in column.all("ss-hit")]


def order(result: SearchResult, method: str = "cross_encoder") -> list[str]:
    return [hit.doc_id for hit in result.rankings[method].hits]


def test_the_first_ranking_is_told_before_the_second_is_begun() -> None:
    scorer = FakeScorer()
    engine = engine_over(corpus_of(*FILMS), scorer)
    work = results(SearchSection(engine).begin(engine, STATE))
    told = [(len(step.results), {query for query, _ in scorer.pairs}) for step in work if isinstance(step, Wordings)]
    engine.close()
    assert told == [(1, {"whale sea"}), (2, {"whale sea", "island war"})]


@pytest.mark.parametrize(("by", "method"), [("cross-encoder", "cross_encoder"), ("bi-encoder", "bi_encoder")])
def test_each_wording_is_ranked_as_it_would_be_alone(by: str, method: str) -> None:
    engine = engine_over(corpus_of(*FILMS))
    alone = [engine.search("small", text, 4, methods=[method]) for text in ("whale sea", "island war")]
    found = steps_of(engine, STATE.with_changes(by=by))[-1]
    assert [order(result, method) for result in found.results] == [order(result, method) for result in alone]
    assert [list(result.rankings) for result in found.results] == [[method], [method]]


def test_partial_scores_say_which_wording_they_are_of() -> None:
    steps = steps_of(engine_over(corpus_of(*FILMS)), STATE)
    first = next(i for i, step in enumerate(steps) if isinstance(step, Wordings))
    of = [{s.method for s in part if isinstance(s, PartialScores)} for part in (steps[:first], steps[first:])]
    assert of[0] <= {"wording_a"} and of[1] <= {"wording_b"}


@pytest.mark.parametrize(
    ("against", "said"),
    [
        (" ", "The other wording is empty; please type some text."),
        ("\u200b", "The other wording is empty; please type some text."),
        ("x" * 4_001, "The other wording must have at most 4,000 characters, got 4,001; please shorten it."),
    ],
)
def test_a_wording_that_can_not_be_asked_is_refused_before_anything_is_ranked(against: str, said: str) -> None:
    scorer = FakeScorer()
    engine = engine_over(corpus_of(*FILMS), scorer)
    with pytest.raises(InvalidInput) as raised:
        steps_of(engine, STATE.with_changes(against=against))
    assert str(raised.value) == said
    assert scorer.pairs == []
    shown = drawn(engine, STATE.with_changes(against=against), outcome=Outcome.FAILED, sentence=said)
    assert tree(shown["status"]).text == said and "results" not in shown


def test_every_document_says_how_it_moved_or_that_it_is_only_here() -> None:
    engine = engine_over(corpus_of(*FILMS))
    found = steps_of(engine, STATE)[-1]
    a, b = map(order, found.results)
    assert 0 < len(set(a) & set(b)) < 4
    page = tree(drawn(engine, STATE, found)["results"])
    assert documents(page, "wording_a") == [(doc, "" if doc in b else "◇ only here") for doc in a]
    for now, (doc, said) in enumerate(documents(page, "wording_b"), start=1):
        assert doc == b[now - 1]
        was = a.index(doc) + 1 if doc in a else 0
        ways = {0: f"= stays at {was}", 1: f"▲ up {was - now}, was {was}", -1: f"▼ down {now - was}, was {was}"}
        assert said == (ways[(was > now) - (was < now)] if was else "◇ only here")


def test_lines_join_the_second_column_to_the_first_and_each_has_its_own_query() -> None:
    engine = engine_over(corpus_of(*FILMS))
    page = tree(drawn(engine, STATE, steps_of(engine, STATE)[-1])["results"])
    named = ("data-method", "data-reranks", "data-query", "aria-label")
    assert [tuple(column.attributes[name] for name in named) for column in page.all("ss-column")] == [
        ("wording_a", "", "whale sea", "A: whale sea"),
        ("wording_b", "wording_a", "island war", "B: island war"),
    ]
    assert page.texts("ss-how")[:2] == [
        "Cross-encoder: reads [CLS] query [SEP] document [SEP] together, once for each pair",
        "Cross-encoder as well. Compare places, not scores: these are of another query.",
    ]
    group = page.one("ss-columns").attributes
    assert (group["data-query"], group["data-against"]) == ("whale sea", "island war")
    assert group["aria-label"] == "“whale sea” and “island war” in “Small”"
    assert not page.all("ss-cut") and not page.all("ss-beyond")


def test_the_one_list_has_each_document_once_with_both_places() -> None:
    engine = engine_over(corpus_of(*FILMS))
    found = steps_of(engine, STATE)[-1]
    a, b = map(order, found.results)
    page = tree(drawn(engine, STATE, found)["results"]).one("ss-merged")
    items = page.all("ss-both")
    assert [item.attributes["data-doc"] for item in items] == [*b, *(doc for doc in a if doc not in b)]
    for item in items:
        doc = item.attributes["data-doc"]
        said = item.one("ss-slope").one("ss-hidden").text
        if doc not in a:
            assert said == f"only in B: island war, at {b.index(doc) + 1}"
        elif doc not in b:
            assert said == f"only in A: whale sea, at {a.index(doc) + 1}"
        else:
            assert said.startswith(f"{b.index(doc) + 1}, ")
    assert page.texts("ss-sort") == ["A whale sea", "B island war"]


@pytest.mark.parametrize("outcome", [Outcome.WORKING, Outcome.STOPPED])
def test_while_the_second_ranking_is_missing_the_first_one_stands(outcome: Outcome) -> None:
    engine = engine_over(corpus_of(*FILMS))
    first = next(step for step in steps_of(engine, STATE) if isinstance(step, Wordings))
    partial = PartialScores("wording_b", {"d1": 2.0}, 4)
    error = Cancelled("stopped") if outcome is Outcome.STOPPED else None
    page = tree(drawn(engine, STATE, first, outcome=outcome, partial=partial, error=error)["results"])
    a, b = page.all("ss-column")
    assert len(a.all("ss-hit")) == 4 and not b.all("ss-hit")
    assert "◇" not in page.text
    said = {Outcome.WORKING: "still working", Outcome.STOPPED: "stopped"}[outcome]
    assert b.one("ss-time").text == f"{said}: 1 of 4 pairs"
    assert bool(b.all("ss-ghost")) is (outcome is Outcome.WORKING)


def test_each_column_has_the_grades_of_its_own_query() -> None:
    engine = engine_over(judged(corpus_of(*FILMS), "whale sea"))
    found = steps_of(engine, STATE)[-1]
    a, b = tree(drawn(engine, STATE, found)["results"]).all("ss-column")
    assert len(a.all("ss-grade")) == 4 and len(a.all("ss-ndcg")) == 1
    assert not b.all("ss-grade") and not b.all("ss-ndcg")


def test_the_sentence_says_what_is_shared_what_moved_and_which_is_better() -> None:
    engine = engine_over(judged(corpus_of(*FILMS), "whale sea", "island war"))
    state = STATE.with_changes(candidates=20)
    found = steps_of(engine, state)[-1]
    assert [" ".join(order(result)) for result in found.results] == ["d0 d4 d2 d5 d1 d3", "d1 d5 d3 d0 d4 d2"]
    status = tree(drawn(engine, state, found)["status"])
    # Of 15 pairs 5 stand the same way round; d0 has grade 3 and d1 grade 1.
    assert status.text == (
        "Of the first 6 documents, 6 are shared. “war on an island” moved most, from 5 to 1. "
        "Kendall’s tau over the 6 shared: −0.33. nDCG@10: A .933, B .631. One query again"
    )
    assert status.one("ss-one").text == "One query again"


MOVED = Hit(2, "d3 <b>", 1.0, rank_before=8)


@pytest.mark.parametrize(
    ("found", "judged_names", "said"),
    [
        (
            Agreement(10, 7, 14, 0.6444, MOVED),
            "",
            "Of the first 10 documents, 7 are shared. “title 3 <b>” moved most, from 8 to 2. "
            "Kendall’s tau over the 14 shared: +0.64. Neither is judged.",
        ),
        (
            Agreement(10, 1, 2, -1.0, MOVED),
            "A",
            "Of the first 10 documents, 1 is shared. “title 3 <b>” moved most, from 8 to 2. "
            "Kendall’s tau over the 2 shared: −1.00. Only A is judged.",
        ),
        (Agreement(10, 0, 0, None, None), "B", "Of the first 10 documents, none is shared. Only B is judged."),
        (
            Agreement(3, 3, 3, 1.0, None),
            "",
            "Of the first 3 documents, 3 are shared. No shared document moved. "
            "Kendall’s tau over the 3 shared: +1.00. Neither is judged.",
        ),
        (
            Agreement(1, 1, 1, None, None),
            "",
            "The first document is the same. No shared document moved. Neither is judged.",
        ),
        (Agreement(1, 0, 0, None, None), "", "The first document is not the same. Neither is judged."),
        (
            Agreement(2, 1, 2, 0.001, MOVED),
            "AB",
            "Of the first 2 documents, 1 is shared. “title 3 <b>” moved most, from 8 to 2. "
            "Kendall’s tau over the 2 shared: 0.00. nDCG@10: A .500, B .500.",
        ),
    ],
)
def test_each_sentence_is_exact(found: Agreement, judged_names: str, said: str) -> None:
    half = JudgedRanking({}, 0.5, 1.0, (), ())
    made = sentences(corpus_saying("<b>"), ["one", "two"], found, dict.fromkeys(judged_names, half), "AB")
    assert tree(made).text == said


@pytest.mark.parametrize(("a", "b"), [("war", "war"), ("Vietnam war", "  vietnam  WAR "), ("don't", "don’t")])
def test_the_same_words_twice_differ_in_nothing(a: str, b: str) -> None:
    engine = engine_over(corpus_of(*FILMS))
    state = STATE.with_changes(query=a, against=b)
    status = tree(drawn(engine, state, steps_of(engine, state)[-1])["status"])
    assert status.text == "Both wordings say the same, so nothing differs. One query again"


@pytest.mark.parametrize(
    ("query", "other", "differs"),
    [
        ("vietnam war", "vietnam movie", ["war"]),
        ("a film about war", "film on the war", ["a", "about"]),
        ("red apple", "Red  APPLE", []),
        ("cheap red car", "fast red bus", ["cheap", "car"]),
        ("not a planet", "a planet", ["not"]),
        ("a planet", "not a planet", []),
        ("one two", "three four", ["one two"]),
    ],
)
def test_the_words_that_differ_are_marked(query: str, other: str, differs: Sequence[str]) -> None:
    page = tree(marked(query, other))
    assert page.texts("ss-differs", "mark") == differs
    assert page.text == query


def test_a_long_query_is_marked_in_its_first_words_and_cut_there() -> None:
    long = " ".join(["a", "b"] * 1_000)
    page = tree(marked(long, long.replace("b", "c")))
    assert page.text == " ".join(["a", "b"] * (MOST_WORDS // 2)) + " …"
    assert set(page.texts("ss-differs")) == {"b"}


def test_scores_are_shown_as_the_state_asks() -> None:
    engine = engine_over(corpus_of(*FILMS))
    state = STATE.with_changes(score="probability")
    page = tree(drawn(engine, state, steps_of(engine, state)[-1])["results"])
    for column in page.all("ss-column"):
        assert all(0 <= float(number) <= 1 for number in column.texts("ss-number"))


def test_without_a_query_the_prepared_one_is_compared() -> None:
    corpus = judged(corpus_of(*FILMS), "whale")
    found = steps_of(engine_over(corpus), STATE.with_changes(query=""))[-1]
    assert [result.query for result in found.results] == ["whale", "island war"]


def test_ones_own_corpus_is_compared_by_its_own_judgements() -> None:
    corpus = judged(corpus_of(*FILMS, name="own", shared=False), "whale sea", "island war")
    found = steps_of(engine_over(corpus), STATE.with_changes(corpus="own"))[-1]
    assert sorted(found.judged) == ["A", "B"]


def test_without_a_corpus_of_ones_own_nothing_is_compared() -> None:
    engine = engine_over(corpus_of(*FILMS))
    state = STATE.with_changes(corpus="own")
    status = tree(drawn(engine, state, steps_of(engine, state)[-1])["status"])
    assert "choose a file" in status.text
