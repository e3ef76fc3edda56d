"""Where it fails: every case that the page offers fails with the bundled models, and says so from the result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from searchcore import Engine
from searchcore.types import Hit, Ranking, SearchResult
from ui.search.failures import CASES, Case, known, label, outcome, watch
from ui.state import PageState


def found(engine: Engine, case: Case) -> SearchResult:
    options = PageState(window=case.window, overlap=case.overlap).options
    return engine.search(case.corpus, case.query, 20, case.columns, options=options)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.query}"[:50])
def test_every_case_fails_as_it_says(engine: Engine, case: Case) -> None:
    result = found(engine, case)
    said = outcome(result, engine.methods)
    assert said.startswith("It failed this time: "), said
    for doc_id in case.right | case.wrong:
        assert result.corpus.document(doc_id)
    assert case.watch in watch(case.corpus, case.query).unescape()


def test_there_are_cases_of_at_least_five_kinds_on_corpora_that_there_are(engine: Engine) -> None:
    kinds = {case.kind.split()[0] for case in known(engine.corpora)}
    assert {"Negation", "Number", "Rare", "Swapped", "No", "Beyond"} <= kinds
    assert len({label(case, engine.corpora) for case in CASES}) == len(CASES)
    assert known({}) == []


def first_is(ranking: Ranking, doc_id: str) -> Ranking:
    hits = [Hit(1, doc_id, -5.0, 1), *(replace(h, rank=h.rank + 1) for h in ranking.hits if h.doc_id != doc_id)]
    if ranking.chunking is None:
        return replace(ranking, hits=tuple(hits))
    decided = {each: chunk._replace(rank_whole=1) for each, chunk in ranking.chunking.decided.items()}
    return replace(ranking, hits=tuple(hits), chunking=replace(ranking.chunking, decided=decided))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.query}"[:50])
def test_a_case_that_goes_well_says_that_it_did_not_fail(engine: Engine, case: Case) -> None:
    result = found(engine, case)
    others = [d.doc_id for d in result.corpus.documents if d.doc_id not in case.wrong]
    good = next(iter(sorted(case.right)), others[-1])
    better = replace(result, rankings={key: first_is(made, good) for key, made in result.rankings.items()})
    assert outcome(better, engine.methods).startswith("It did not fail this time: ")


def test_what_is_said_names_the_documents_and_numbers_of_this_result(engine: Engine) -> None:
    snakes, aliens = CASES[0], next(case for case in CASES if case.kind == "No answer")
    assert "“Snakes on a Plane” first" in outcome(found(engine, snakes), engine.methods)
    result = found(engine, aliens)
    logit = result.rankings["cross_encoder"].hits[0].score
    assert f"{logit:+.2f}" in outcome(result, engine.methods)


def test_another_query_or_corpus_is_no_case(engine: Engine) -> None:
    result = engine.search("toy", "a man eats")
    assert outcome(result, engine.methods) == "" and watch("toy", "a man eats") == ""
    assert watch("toy", CASES[0].query) == ""


def test_what_chunks_do_is_said_with_the_places_without_and_with_them(engine: Engine) -> None:
    rockets, ferry, ice = (case for case in CASES if case.window)
    assert outcome(found(engine, rockets), engine.methods) == (
        "It failed this time: read no further than 256 tokens, “The pharmacy cabinet” is at 16; by its chunk 7 of 8 "
        "the bi-encoder has it at 1."
    )
    assert "bi-encoder: 1; cross-encoder: " in outcome(found(engine, ferry), engine.methods)
    assert "bi-encoder: 2; cross-encoder: 1" in outcome(found(engine, ice), engine.methods)
    # Without chunks the same query says what the window alone does.
    plain = engine.search("museum", rockets.query, 20, rockets.columns)
    assert "the place of what answers is, bi-encoder: 16; " in outcome(plain, engine.methods)
