"""Late interaction: MaxSim by hand, as a stage of a search, what of it is kept, and what it never delays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from searchcore import Cancelled, Corpus, Engine, Progress, Ranking, SearchResult
from searchcore.index import EmbeddingCache, TokenVectors
from searchcore.models import OwnTokens
from searchcore.ranking import late_interaction
from searchcore.ranking.late_interaction import align, best_matches, max_sim
from tests.conftest import MakeEngine
from tests.fakes import FakeEncoder, FakeScorer, corpus_of, numbered_corpus, store_of
from tests.unit.filled import until_filled

METHODS = ["bi_encoder", "late_interaction"]
ALL = ["bm25", "bi_encoder", "cross_encoder", "late_interaction"]
TEXTS = ("red fox", "blue sky", "green grass", "a red car", "the sky")
PATIENCE = 20.0


class CountingEncoder(FakeEncoder):
    """Remembers which texts were taken apart into tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.taken_apart: list[str] = []

    def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
        self.taken_apart.append(text)
        return super().token_vectors(text, as_query=as_query)


def test_each_query_token_takes_its_best_document_token_and_the_cosines_are_summed() -> None:
    query = np.array([[1, 0], [0, 1]], dtype=np.float32)
    document = np.array([[0, 1], [0.8, 0.6], [-1, 0]], dtype=np.float32)
    made = align(query, document)
    assert made.matches == (1, 0)
    assert made.cosines == pytest.approx((0.8, 1.0))
    assert made.score == pytest.approx(1.8)
    assert max_sim(query, document) == pytest.approx(1.8)


def test_the_first_of_two_equal_tokens_is_the_match() -> None:
    assert best_matches(np.array([[0.5, 0.5, 0.1]])).matches == (0,)


def test_the_order_of_the_two_texts_matters() -> None:
    one, two = np.eye(2, dtype=np.float32)[:1], np.eye(2, dtype=np.float32)
    assert (max_sim(one, two), max_sim(two, one)) == (1.0, 1.0)
    assert align(one, two).matches == (0,)
    assert align(two, one).matches == (0, 0)


def test_it_reorders_the_candidates_of_the_bi_encoder(make_engine: MakeEngine) -> None:
    engine = make_engine(corpus_of("red fox", "red red red", "a blue sky", "fox"))
    result = engine.search("small", "red fox", candidates=3, methods=METHODS)
    late = result.rankings["late_interaction"]
    before = {hit.doc_id: hit.rank for hit in result.rankings["bi_encoder"].hits}
    assert late.reranks == "bi_encoder"
    assert {hit.doc_id: hit.rank_before for hit in late.hits} == before
    assert [hit.score for hit in late.hits] == sorted((hit.score for hit in late.hits), reverse=True)


def test_the_tokens_of_a_small_corpus_are_made_once_and_kept_on_disk(make_engine: MakeEngine) -> None:
    texts = ("red fox", "blue sky", "green grass")
    first, second = CountingEncoder(), CountingEncoder()
    engine = make_engine(corpus_of(*texts, shared=True), encoder=first)
    until_filled(engine, "small")
    assert sorted(first.taken_apart) == sorted(texts)
    for query in ("red", "sky"):
        ranking = engine.search("small", query, methods=METHODS).rankings["late_interaction"]
        assert (ranking.passes_needed, ranking.passes_run) == (1, 1)
    assert sorted(first.taken_apart) == sorted([*texts, "red", "sky"])
    again = make_engine(corpus_of(*texts, shared=True), encoder=second).search("small", "red", methods=METHODS)
    assert second.taken_apart == ["red"]
    assert again.rankings["late_interaction"].passes_run == 1


def test_the_tokens_of_a_large_corpus_are_made_for_the_candidates_alone(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_interaction, "MAX_TOKEN_DOCUMENTS", 3)
    encoder = CountingEncoder()
    engine = make_engine(corpus_of("red fox", "blue sky", "green grass", "red car"), encoder=encoder)
    ranking = engine.search("small", "red", candidates=2, methods=METHODS).rankings["late_interaction"]
    assert encoder.taken_apart[0] == "red"
    assert sorted(encoder.taken_apart[1:]) == ["red car", "red fox"]
    assert (ranking.passes_needed, ranking.passes_run) == (3, 3)


class GatedCache(EmbeddingCache):
    """Holds the making of token vectors at a gate, before it asks the model for any. Counts how often it is begun."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.started = threading.Event()
        self.begun = 0
        self.errors: list[Exception] = []

    def embed_tokens(self, *arguments: Any, **named: Any) -> TokenVectors:
        self.begun += 1
        self.started.set()
        assert self.gate.wait(PATIENCE), "nobody opened the gate"
        if self.errors:
            raise self.errors.pop()
        return super().embed_tokens(*arguments, **named)


MakeGated = Callable[..., tuple[Engine, GatedCache, CountingEncoder]]


@pytest.fixture
def make_gated() -> Iterator[MakeGated]:
    """make_gated(corpus): an engine whose token vectors wait for the test, its cache, and its encoder."""
    made: list[tuple[Engine, GatedCache]] = []

    def make(corpus: Corpus) -> tuple[Engine, GatedCache, CountingEncoder]:
        cache, encoder = GatedCache(), CountingEncoder()
        engine = Engine({"small": corpus}, store_of(encoder, FakeScorer()), cache)
        made.append((engine, cache))
        return engine, cache, encoder

    yield make
    for engine, cache in made:
        cache.gate.set()
        engine.close()


def late(engine: Engine, query: str = "red", candidates: int = 20) -> Ranking:
    return engine.search("small", query, candidates, METHODS).rankings["late_interaction"]


def passes(ranking: Ranking) -> tuple[int, int]:
    """Needed, and run now."""
    return ranking.passes_needed, ranking.passes_run


@pytest.mark.parametrize("shared", [True, False])
def test_scores_are_the_same_before_and_after_the_token_vectors_are_there(make_gated: MakeGated, shared: bool) -> None:
    engine, cache, _ = make_gated(corpus_of(*TEXTS, shared=shared))
    queries = ("red", "sky", "a blue fox", "nothing of this")
    before = [late(engine, query) for query in queries]
    assert not cache.gate.is_set()
    cache.gate.set()
    until_filled(engine, "small")
    after = [late(engine, query) for query in queries]
    # To the last bit, so that no document changes places because of where its vectors come from.
    assert [ranking.hits for ranking in before] == [ranking.hits for ranking in after]
    assert [passes(ranking) for ranking in before] == [(1 + len(TEXTS),) * 2] * len(queries)
    assert [passes(ranking) for ranking in after] == [(1, 1)] * len(queries)


def test_until_the_token_vectors_are_there_those_of_the_candidates_are_made(make_gated: MakeGated) -> None:
    engine, cache, encoder = make_gated(numbered_corpus(50))
    ranking = late(engine, "film number7", candidates=4)
    texts = {document.doc_id: document.text for document in engine.corpora["small"].documents}
    assert encoder.taken_apart[0] == "film number7"
    assert sorted(encoder.taken_apart[1:]) == sorted(texts[hit.doc_id] for hit in ranking.hits)
    assert passes(ranking) == (5, 5)
    assert cache.started.wait(PATIENCE)


def test_the_cross_encoder_comes_before_late_interaction_has_begun(make_gated: MakeGated) -> None:
    engine, cache, encoder = make_gated(corpus_of(*TEXTS))
    stream = engine.stream("small", "red", methods=ALL)
    found = next(result for result in stream if "cross_encoder" in result.rankings)
    assert list(found.rankings) == ALL[:3]
    assert found.rankings["cross_encoder"].passes_run == len(TEXTS)
    assert encoder.taken_apart == []
    assert cache.begun == 0
    assert list(next(stream).rankings) == ALL


def test_the_cross_encoder_never_waits_for_token_vectors_that_are_being_made(make_gated: MakeGated) -> None:
    engine, cache, _ = make_gated(corpus_of(*TEXTS))
    late(engine)
    assert cache.started.wait(PATIENCE)
    results = list(engine.stream("small", "sky", methods=ALL))
    assert not cache.gate.is_set()  # and no search waited for it
    assert [list(result.rankings) for result in results] == [ALL[:1], ALL[:2], ALL[:3], ALL]
    assert results[2].rankings["cross_encoder"].passes_run == len(TEXTS)


def test_the_cross_encoder_comes_while_the_model_reads_tokens(make_engine: MakeEngine) -> None:
    gate, reading = threading.Event(), threading.Event()

    class Held(FakeEncoder):
        def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
            reading.set()
            assert gate.wait(PATIENCE)
            return super().token_vectors(text, as_query=as_query)

    engine = make_engine(corpus_of(*TEXTS), encoder=Held())
    engine.search("small", "sky", methods=["bi_encoder"])  # its vector is remembered
    other = threading.Thread(target=late, args=(engine,))
    try:
        other.start()
        assert reading.wait(PATIENCE)
        steps = engine.steps("small", "sky", methods=ALL)
        found = next(s for s in steps if isinstance(s, SearchResult) and "cross_encoder" in s.rankings)
        assert found.rankings["cross_encoder"].passes_run == len(TEXTS)
        assert not gate.is_set()
        steps.close()
    finally:
        gate.set()
        other.join(PATIENCE)


def test_token_vectors_are_begun_once_for_many_searches(make_gated: MakeGated) -> None:
    engine, cache, encoder = make_gated(corpus_of(*TEXTS))
    searches = [threading.Thread(target=late, args=(engine, f"query {number}")) for number in range(8)]
    for thread in searches:
        thread.start()
    for thread in searches:
        thread.join(PATIENCE)
    assert cache.started.wait(PATIENCE)
    assert cache.begun == 1
    made = len(encoder.taken_apart)
    assert made == 8 * (1 + len(TEXTS))
    cache.gate.set()
    until_filled(engine, "small")
    assert sorted(encoder.taken_apart[made:]) == sorted(TEXTS)
    late(engine, "one more")
    assert cache.begun == 1


def test_a_search_that_is_closed_does_not_stop_the_token_vectors(make_gated: MakeGated) -> None:
    engine, cache, _ = make_gated(corpus_of(*TEXTS))
    steps = engine.steps("small", "red", methods=METHODS)
    next(step for step in steps if isinstance(step, Progress) and step.activity == "matching")
    steps.close()
    assert cache.started.wait(PATIENCE)
    cache.gate.set()
    until_filled(engine, "small")
    assert cache.begun == 1


def test_token_vectors_that_could_not_be_made_are_begun_again(make_gated: MakeGated) -> None:
    engine, cache, _ = make_gated(corpus_of(*TEXTS))
    cache.errors = [RuntimeError("no memory")]
    hits = [late(engine).hits]  # the search itself does not need them
    [(job, _)] = engine.resources._once._jobs.values()
    cache.gate.set()
    with pytest.raises(RuntimeError, match="no memory"):
        job.result()
    hits.append(late(engine).hits)
    until_filled(engine, "small")
    hits.append(late(engine).hits)
    assert hits == [hits[0]] * 3
    assert cache.begun == 2


def test_token_vectors_that_have_just_been_made_are_not_made_again(make_gated: MakeGated) -> None:
    engine, cache, encoder = make_gated(corpus_of(*TEXTS, shared=False))
    cache.gate.set()
    until_filled(engine, "small")
    corpus, matcher = engine.corpora["small"], OwnTokens(engine.encoder())
    kept = engine.resources.memory(corpus).made

    class LookedForTooEarly(dict[Any, Any]):
        """Says at first that nothing is there: the job ended between the look and the next job."""

        looks = 0

        def __contains__(self, key: object) -> bool:
            self.looks += 1
            return self.looks > 2 and super().__contains__(key)

    engine.resources.memory(corpus).made = LookedForTooEarly(kept)
    found = engine.resources.token_vectors_of(corpus, matcher)
    assert found is not None
    for job, _ in list(engine.resources._once._jobs.values()):
        job.result()
    assert cache.begun == 1
    assert sorted(encoder.taken_apart) == sorted(TEXTS)


def test_token_vectors_of_a_corpus_that_is_not_shared_leave_nothing_on_disk(
    make_engine: MakeEngine, cache_folder: Path
) -> None:
    engine = make_engine(corpus_of(*TEXTS, shared=False))
    late(engine)
    until_filled(engine, "small")
    assert passes(late(engine)) == (1, 1)
    assert not cache_folder.exists()


def test_a_damaged_file_of_token_vectors_is_made_again_behind_the_search(
    make_engine: MakeEngine, cache_folder: Path
) -> None:
    first = make_engine(corpus_of(*TEXTS))
    until_filled(first, "small")
    expected = late(first).hits
    for path in cache_folder.glob("*.safetensors"):
        path.write_bytes(b"damaged")
    second = make_engine(corpus_of(*TEXTS))
    assert late(second).hits == expected
    until_filled(second, "small")
    assert late(second).hits == expected
    assert passes(late(make_engine(corpus_of(*TEXTS)))) == (1, 1)


def test_closing_the_engine_stops_the_token_vectors(make_engine: MakeEngine) -> None:
    gate, reading = threading.Event(), threading.Event()

    class Held(CountingEncoder):
        def token_vectors(self, text: str, *, as_query: bool = False) -> NDArray[np.float32]:
            vectors = super().token_vectors(text, as_query=as_query)
            reading.set()
            assert gate.wait(PATIENCE)
            return vectors

    encoder = Held()
    engine = make_engine(numbered_corpus(100), encoder=encoder)
    corpus = engine.corpora["numbered"]
    assert engine.resources.token_vectors_of(corpus, OwnTokens(encoder)) is None
    assert reading.wait(PATIENCE)
    [(job, _)] = engine.resources._once._jobs.values()
    engine.close()
    with pytest.raises(Cancelled):
        job.result()  # at once: the model is still held
    gate.set()
    assert len(encoder.taken_apart) <= 8
