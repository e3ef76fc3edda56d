"""What must not happen behind a search: mixed-up memories, needless work, and waiting for what is not needed."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from searchcore import Corpus, Document, Engine, ModelUnavailable, PartialScores, Progress, Query, SearchResult
from searchcore.models import ModelSpec, ModelStore
from searchcore.ranking.bm25 import KeywordIndex
from searchcore.resources import BATCH_DOCUMENTS
from searchcore.running import Job, Pause, finish, jobs
from tests.conftest import MakeEngine
from tests.fakes import ENCODER, SCORER, FakeEncoder, FakeScorer, corpus_of, numbered_corpus, store_of

TEXTS = ("a platoon in the vietnam war", "two chess players", "vietnam", "the end of the world")
PATIENCE = 20.0


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Holds a model until the test sets it; opened at the end in any case, so that no thread stays behind."""
    event = threading.Event()
    yield event
    event.set()


class Reversed(FakeEncoder):
    """Another model: its vectors point elsewhere."""

    def encode_documents(self, passages: Sequence[str]) -> NDArray[np.float32]:
        return super().encode_documents(passages)[:, ::-1]

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        return super().encode_queries(queries)[:, ::-1]


def counted(work: Callable[..., Any], calls: list[object]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        calls.append(arguments)
        return work(*arguments, **named)

    return call


def threads_since(before: set[threading.Thread]) -> list[threading.Thread]:
    """The jobs that were begun after `before`; the lines' own threads stay until the engine is closed."""
    return [t for t in threading.enumerate() if t not in before and not t.name.startswith("line-")]


def test_two_encoders_do_not_share_the_vectors_of_a_query() -> None:
    one, other = FakeEncoder(), Reversed("fake/other", "fake encoder, reversed")
    engine = Engine({"small": corpus_of(*TEXTS)}, store_of(one, other, FakeScorer()))
    scores = []
    for name in (ENCODER, "fake/other", ENCODER, "fake/other"):
        ranking = engine.search("small", "vietnam", methods=["bi_encoder"], encoder=name).rankings["bi_encoder"]
        scores.append([(hit.doc_id, hit.score) for hit in ranking.hits])
    assert one.query_calls == other.query_calls == [["vietnam"]]
    assert scores == [scores[0]] * 4  # vectors of one model with those of the other would give other cosines
    engine.close()


def test_a_model_of_the_same_name_and_another_fingerprint_makes_its_own_query_vector(make_engine: MakeEngine) -> None:
    corpus = corpus_of(*TEXTS)
    resources = make_engine(corpus).resources
    one, other = FakeEncoder(), Reversed(fingerprint="fake encoder, prompt 2")
    found = [finish(resources.query_vector(corpus, encoder, "vietnam")) for encoder in (one, other, one, other)]
    assert [passes for _, passes, _ in found] == [1, 1, 0, 0]
    np.testing.assert_array_equal(found[0][0], found[2][0])
    np.testing.assert_array_equal(found[1][0], found[3][0])
    np.testing.assert_array_equal(found[0][0], found[1][0][::-1])


def test_a_second_identical_search_reads_no_text_anew(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, scorer = FakeEncoder(window=3), FakeScorer(window=4)
    engine = make_engine(corpus_of(*TEXTS), encoder=encoder, scorer=scorer)
    read: list[object] = []
    monkeypatch.setattr(encoder, "read", counted(encoder.read, read))
    monkeypatch.setattr(scorer, "read", counted(scorer.read, read))
    first = engine.search("small", "vietnam")
    assert read
    read.clear()
    second = engine.search("small", "vietnam")
    assert read == []
    for method, ranking in first.rankings.items():
        assert second.rankings[method].unread == ranking.unread != {}


def test_many_keyword_searches_load_no_model() -> None:
    loads: list[str] = []
    engine = Engine({"small": corpus_of(*TEXTS)}, store_of(FakeEncoder(), FakeScorer(), loads=loads))
    results = engine.search_many("small", ["vietnam", "chess"], methods=["bm25"])
    assert [[hit.doc_id for hit in result.rankings["bm25"].hits] for result in results] == [["d2", "d0"], ["d1"]]
    assert loads == []
    engine.close()


def test_a_scorer_that_does_not_load_keeps_no_vector_from_being_made() -> None:
    sentence = "fake/scorer could not be fetched."
    encoder = FakeEncoder()

    def refuse(report: object) -> FakeScorer:
        raise ModelUnavailable(sentence)

    specs = [
        ModelSpec(ENCODER, "encoder", True, "MIT", lambda report: encoder),
        ModelSpec(SCORER, "scorer", True, "MIT", refuse),
    ]
    corpora = {"one": corpus_of("a", "b", name="one"), "two": corpus_of("c", name="two")}
    engine = Engine(corpora, ModelStore({spec.name: spec for spec in specs}, ENCODER, SCORER))
    engine.warm().join(PATIENCE)
    assert engine.models.loaded(ENCODER)
    assert encoder.document_calls == [["c"], ["a", "b"]]
    assert (engine.status().ready, engine.status().problem) == (False, sentence)
    assert engine.search("one", "a", methods=["bi_encoder"]).rankings["bi_encoder"].hits[0].doc_id == "d0"
    assert len(encoder.document_calls) == 2
    engine.close()


class LoneStemmer:
    """A stemmer that notices when a second thread comes before the first has left."""

    def __init__(self, stemmer: Any) -> None:
        self.stemmer = stemmer
        self.inside = 0
        self.most_inside = 0

    def stemWords(self, words: Sequence[str]) -> list[str]:  # noqa: N802
        self.inside += 1
        stems = []
        for word in words:
            self.most_inside = max(self.most_inside, self.inside)
            stems.append(self.stemmer.stemWord(word))
        self.inside -= 1
        return stems


@pytest.fixture
def threads_change_often() -> Iterator[None]:
    """Python turns from thread to thread as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("threads_change_often")
def test_eight_threads_at_once_read_the_words_that_one_reads() -> None:
    endings = ("ing", "ed", "s", "ation", "ly", "ness", "fulness", "ities")
    texts = [f"connect{endings[i % 8]} relation{endings[i // 8 % 8]} play{endings[i // 64]}" for i in range(256)]
    index = KeywordIndex(["one connected play"])
    shifted = [texts[number:] + texts[:number] for number in range(8)]
    expected = [list(map(index.asked, some)) for some in shifted]
    lone = index._stemmer = LoneStemmer(index._stemmer)
    found: list[object] = [None] * 8
    barrier = threading.Barrier(8)

    def run(number: int) -> None:
        barrier.wait(PATIENCE)
        found[number] = [list(map(index.asked, shifted[number])) for _ in range(20)]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert found == [[words] * 20 for words in expected]
    assert lone.most_inside == 1


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 50), st.integers(1, 20)), min_size=1, max_size=8),
    st.integers(0, 100),
)
def test_the_time_left_is_at_the_pace_of_this_run_alone(parts: list[tuple[bool, int, int]], more: int) -> None:
    """Parts of work: found done by an earlier run, or made now in so many seconds."""
    now = 1_000.0
    total = sum(count for _, count, _ in parts) + more
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs.time, "monotonic", lambda: now)
        job = Job[None]()
        job.report(0, total)
        done = fresh = 0
        for kept, count, seconds in parts:
            done += count
            if kept:
                job.resume(done, total)
            else:
                now += seconds
                fresh += count
                job.report(done, total)
            assert job.done == done
            expected = (now - 1_000) / fresh * (total - done) if fresh else None
            assert job.seconds_left() == (expected if expected is None else pytest.approx(expected))


def test_a_job_that_begins_with_what_an_earlier_run_had_done_has_no_pace_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 50.0
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now)
    job = Job[None]()
    job.resume(1_024, 4_096)
    assert (job.done, job.total, job.seconds_left()) == (1_024, 4_096, None)
    now = 60.0
    job.report(2_048, 4_096)
    assert job.seconds_left() == pytest.approx(20.0)


def waiting_for_vectors(engine: Engine, encoder: FakeEncoder) -> list[Iterator[object]]:
    """Two searches that wait for one embedding, whose first batch is held at the encoder's gate."""
    both = [engine.steps("numbered", query, methods=["bi_encoder"]) for query in ("topic1", "topic2")]
    for steps in both:
        step = next(steps)
        assert isinstance(step, Progress)
        assert step.activity == "embedding"
    assert encoder.started.wait(PATIENCE)
    return both


def test_of_two_searches_that_wait_for_one_embedding_one_may_leave_and_the_other_gets_it(
    make_engine: MakeEngine, gate: threading.Event
) -> None:
    encoder = FakeEncoder(gate=gate)
    engine = make_engine(numbered_corpus(200), encoder=encoder)
    leaving, staying = waiting_for_vectors(engine, encoder)
    leaving.close()
    gate.set()
    *_, last = staying
    assert isinstance(last, SearchResult)
    assert len(last.rankings["bi_encoder"].hits) == 20
    assert encoder.documents_encoded == 200


def test_an_embedding_that_nobody_waits_for_any_more_stops_within_a_batch(
    make_engine: MakeEngine, gate: threading.Event
) -> None:
    encoder = FakeEncoder(gate=gate)
    engine = make_engine(numbered_corpus(200), corpus_of("one", "two", name="other"), encoder=encoder)
    before = set(threading.enumerate())
    both = waiting_for_vectors(engine, encoder)
    begun = threads_since(before)
    assert begun
    for steps in both:
        steps.close()
    for thread in begun:
        thread.join(PATIENCE)  # it ends although the encoder is still held
        assert not thread.is_alive()
    gate.set()
    engine.search("other", "one", methods=["bi_encoder"])  # comes after it in the encoder's line
    assert sum(len(call) for call in encoder.document_calls if call != ["one", "two"]) <= 64
    again = engine.search("numbered", "topic1", methods=["bi_encoder"])
    assert len(again.rankings["bi_encoder"].hits) == 20


def judged(**changes: Any) -> Corpus:
    corpus = Corpus(
        name="c",
        documents=(Document("a", "one", "first"), Document("b", "two")),
        queries=(Query("q", "one?", {"kind": "title"}), Query("r", "two?")),
        qrels={"q": {"a": 2, "b": 0}, "r": {"b": 1}},
    )
    return replace(corpus, **changes)


CHANGES: dict[str, dict[str, Any]] = {
    "an id": {"documents": (Document("A", "one", "first"), Document("b", "two"))},
    "a text": {"documents": (Document("a", "one!", "first"), Document("b", "two"))},
    "a title": {"documents": (Document("a", "one", "First"), Document("b", "two"))},
    "the order": {"documents": (Document("b", "two"), Document("a", "one", "first"))},
    "a document less": {"documents": (Document("a", "one", "first"),)},
    "a document more": {"documents": (Document("a", "one", "first"), Document("b", "two"), Document("c", ""))},
    "a query's text": {"queries": (Query("q", "one", {"kind": "title"}), Query("r", "two?"))},
    "a query's id": {"queries": (Query("Q", "one?", {"kind": "title"}), Query("r", "two?"))},
    "a query's kind": {"queries": (Query("q", "one?", {"kind": "trap"}), Query("r", "two?"))},
    "a query less": {"queries": (Query("q", "one?", {"kind": "title"}),)},
    "no query": {"queries": ()},
    "a grade": {"qrels": {"q": {"a": 3, "b": 0}, "r": {"b": 1}}},
    "a judgement less": {"qrels": {"q": {"a": 2}, "r": {"b": 1}}},
    "a judged query less": {"qrels": {"q": {"a": 2, "b": 0}}},
    "no judgement": {"qrels": {}},
    "another split": {"other_splits": {"dev": {"q": {"a": 1}}}},
    "another name of another split": {"other_splits": {"train": {"q": {"a": 1}}}},
}


def test_each_change_of_a_document_a_query_or_a_judgement_changes_the_fingerprint_of_a_corpus() -> None:
    found = {"nothing": judged().fingerprint} | {name: judged(**change).fingerprint for name, change in CHANGES.items()}
    twice = {name: print_ for name, print_ in found.items() if list(found.values()).count(print_) > 1}
    assert twice == {}


def test_corpora_of_equal_content_have_equal_fingerprints_whatever_they_are_called() -> None:
    assert judged().fingerprint == judged().fingerprint
    renamed = judged(name="other", title="Other", description="words", shared=True)
    assert renamed.fingerprint == judged().fingerprint


def test_a_document_is_not_mistaken_for_a_query_of_the_same_words() -> None:
    first = Document("a", "one")
    as_document = Corpus("c", (first, Document("x", text="title", title="words")))
    as_query = Corpus("c", (first,), queries=(Query("x", "words", {"kind": "title"}),))
    assert as_document.fingerprint != as_query.fingerprint


class Noting(FakeEncoder):
    """Notes how many passages had been handed over when each query came."""

    def __init__(self, gate: threading.Event) -> None:
        super().__init__(gate=gate)
        self.passages_before: dict[str, int] = {}

    def encode_queries(self, queries: Sequence[str]) -> NDArray[np.float32]:
        self.passages_before |= dict.fromkeys(queries, self.documents_encoded)
        return super().encode_queries(queries)


def test_a_query_waits_for_at_most_one_batch_of_a_big_corpus(make_engine: MakeEngine, gate: threading.Event) -> None:
    encoder = Noting(gate)
    engine = make_engine(numbered_corpus(300), corpus_of("one", "two", name="other"), encoder=encoder)
    gate.set()
    engine.search("other", "one", methods=["bi_encoder"])
    gate.clear()
    encoder.started.clear()
    ready = encoder.documents_encoded
    big = engine.steps("numbered", "topic1", methods=["bi_encoder"])
    next(big)
    assert encoder.started.wait(PATIENCE)
    query = engine.searching("other", "two", methods=["bi_encoder"])
    assert isinstance(next(query), Pause)  # it stands in the encoder's line, behind the batch that is held
    assert encoder.documents_encoded - ready == BATCH_DOCUMENTS == 8
    gate.set()
    assert finish(query).rankings["bi_encoder"].hits[0].doc_id == "d1"
    assert encoder.passages_before["two"] - ready <= BATCH_DOCUMENTS
    *_, last = big
    assert isinstance(last, SearchResult)
    assert encoder.passages_before["topic1"] - ready == 300


def scorer_held_at_its_last_pair(gate: threading.Event, held: threading.Event) -> FakeScorer:
    scorer = FakeScorer()

    def score(query: str, passage: str) -> float:
        if len(scorer.pairs) == len(TEXTS):
            held.set()
            assert gate.wait(PATIENCE)
        return float(len(passage))

    scorer.score = score
    return scorer


def test_steps_tell_the_scores_that_are_known_while_the_last_pair_is_still_read(
    make_engine: MakeEngine, gate: threading.Event
) -> None:
    held = threading.Event()
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer_held_at_its_last_pair(gate, held))
    steps = engine.steps("small", "vietnam")
    partial = next(s for s in steps if isinstance(s, PartialScores) and len(s.scores) == len(TEXTS) - 1)
    assert held.wait(PATIENCE)
    assert not gate.is_set()
    assert (partial.method, partial.total) == ("cross_encoder", len(TEXTS))
    lengths = {f"d{i}": float(len(text)) for i, text in enumerate(TEXTS)}
    assert partial.scores.items() < lengths.items()
    gate.set()
    *_, last = steps
    assert isinstance(last, SearchResult)
    assert {hit.doc_id: hit.score for hit in last.rankings["cross_encoder"].hits} == lengths


def test_a_stream_gives_results_and_nothing_else(make_engine: MakeEngine, gate: threading.Event) -> None:
    held = threading.Event()
    engine = make_engine(corpus_of(*TEXTS), scorer=scorer_held_at_its_last_pair(gate, held))
    stream = engine.stream("small", "vietnam")
    first = next(stream)
    assert not held.is_set()
    assert list(first.rankings) == ["bi_encoder"]
    gate.set()
    rest = list(stream)
    assert all(isinstance(step, SearchResult) for step in [first, *rest])
    assert [list(step.rankings) for step in rest] == [["bi_encoder", "cross_encoder"]]
