"""Runs in a process of its own for test_cache_faults and test_kept_scores: only the cache and fakes, never a model.

Called as `cache_child.py MODE FOLDER`; answers in lines on standard output.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from searchcore import Corpus, Engine, pair_scores
from searchcore.index import EmbeddingCache
from searchcore.index.embedding_cache import BATCH_DOCUMENTS
from searchcore.kept import arrays
from tests.fakes import (
    FakeEncoder,
    FakeScorer,
    bag_of_words,
    corpus_of,
    numbered_corpus,
    overlap_logit,
    rows_of,
    store_of,
)

ROUNDS = 20
NOBODY = 65_534
STEPS_DOCUMENTS = 3 * BATCH_DOCUMENTS - 5
CAN_NOT_CHANGE_USER = 77
CORPUS = numbered_corpus(1_000)
TRUTH = np.stack([bag_of_words(document.passage) for document in CORPUS.documents])
TEXTS = ("a platoon in the vietnam war", "two chess players", "vietnam", "the end of the world", "a war of nerves")
PREPARED = ("vietnam war", "chess", "the end", "world war", "platoon", "nerves", "players")
ASKED = {"score_even": PREPARED[::2], "score_odd": PREPARED[1::2]}


def prepared() -> Corpus:
    """Five short texts, with PREPARED as queries."""
    return corpus_of(*TEXTS, queries=PREPARED)


def say(*words: object) -> None:
    print(*words, flush=True)


def embed_and_say(folder: Path) -> None:
    """Embed, then say how many documents were encoded for it and whether the vectors are right."""
    encoder = FakeEncoder()
    index = EmbeddingCache(folder).embed(CORPUS, encoder)
    say(json.dumps({"encoded": encoder.documents_encoded, "right": bool(np.array_equal(rows_of(index), TRUTH))}))


def together(folder: Path) -> None:
    """Two of these run at once: each says "waiting" or "encoding", and encodes only when told "go"."""
    arrays.LOCK_POLL_SECONDS = 0.01
    say("ready")
    sys.stdin.readline()
    asked = False

    def on_call(passages: object) -> None:
        nonlocal asked
        if not asked:
            asked = True
            say("encoding")
            sys.stdin.readline()

    encoder = FakeEncoder(on_call=on_call)
    index = EmbeddingCache(folder).embed(CORPUS, encoder, lambda done, total, **said: None if asked else say("waiting"))
    say(json.dumps({"encoded": encoder.documents_encoded, "right": bool(np.array_equal(rows_of(index), TRUTH))}))


def unprivileged(folder: Path) -> None:
    """As somebody who may not write to `folder`, nor look into it where it is closed."""
    with tempfile.TemporaryDirectory() as scratch:
        EmbeddingCache(Path(scratch)).embed(CORPUS, FakeEncoder())  # imports what is imported on first use
    become_nobody()
    embed_and_say(folder)


def become_nobody() -> None:
    """Be somebody whom modes bind, as they do not bind root."""
    if os.geteuid() == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        except OSError:
            sys.exit(CAN_NOT_CHANGE_USER)


def full_disk(folder: Path) -> None:
    """No file may grow past 2,000 bytes, as on a disk that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
    embed_and_say(folder)


def score(folder: Path, queries: Sequence[str], before_closing: Callable[[], None] = lambda: None) -> str:
    """Search by `queries`, close the engine, and say how many passes each took and whether the scores are right."""
    engine = Engine({"small": prepared()}, store_of(FakeEncoder(), FakeScorer()), EmbeddingCache(folder))
    rankings = {query: engine.search("small", query).rankings["cross_encoder"] for query in queries}
    before_closing()
    engine.close()
    right = all(
        {hit.doc_id: hit.score for hit in ranking.hits}
        == {f"d{i}": overlap_logit(query, text) for i, text in enumerate(TEXTS)}
        for query, ranking in rankings.items()
    )
    return json.dumps({"passes": [ranking.passes_run for ranking in rankings.values()], "right": right})


def score_and_say(folder: Path) -> None:
    """All prepared queries."""
    say(score(folder, PREPARED))


def score_unprivileged(folder: Path) -> None:
    """As `score_and_say`, by somebody who may not write to `folder`."""
    with tempfile.TemporaryDirectory() as scratch:
        score(Path(scratch), PREPARED)  # imports what is imported on first use
    become_nobody()
    score_and_say(folder)


def score_even(folder: Path) -> None:
    """Score every second query, say "scored", and write when told "close"."""
    _score_and_wait(folder, ASKED["score_even"])


def score_odd(folder: Path) -> None:
    """As `score_even`, the other queries."""
    _score_and_wait(folder, ASKED["score_odd"])


def _score_and_wait(folder: Path, queries: Sequence[str]) -> None:
    def wait() -> None:
        say("scored")
        sys.stdin.readline()

    pair_scores.SECONDS_BEFORE_WRITING = 3_600.0
    say(score(folder, queries, wait))


def forked(work: Callable[[], None]) -> int:
    """Run `work` in a fork of this process; returns its id."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def was_killed(pid: int) -> bool:
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def loads_wrongly(folder: Path, corpus: Corpus, truth: np.ndarray) -> bool:
    """Whether a cache that finds these files gives wrong vectors, or has to set any of them aside."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = shutil.copytree(folder, Path(scratch) / "copy")
        right = np.array_equal(rows_of(EmbeddingCache(copy).embed(corpus, FakeEncoder())), truth)
        return not right or any(copy.glob("*.damaged"))


def embed_and_tell(folder: Path, pipe: int, last_call: int) -> None:
    """Embed; write one byte to `pipe` when the encoder gets its last batch, so that writing comes next."""
    calls = 0

    def on_call(passages: object) -> None:
        nonlocal calls
        calls += 1
        if calls == last_call:
            os.write(pipe, b"x")

    EmbeddingCache(folder).embed(CORPUS, FakeEncoder(on_call=on_call))


def kill_at_random(folder: Path) -> None:
    """Kill a writer at a random moment after its last batch, twenty times; one more run must find no lock held."""
    counter = FakeEncoder()
    EmbeddingCache(folder).embed(CORPUS, counter)
    moments = random.Random(7)
    span = 0.0
    killed = wrong = 0
    for number in range(ROUNDS + 1):
        for path in folder.glob("*.safetensors"):
            path.unlink()
        reader, writer = os.pipe()
        pid = forked(lambda pipe=writer: embed_and_tell(folder, pipe, len(counter.document_calls)))
        os.close(writer)
        os.read(reader, 1)  # returns when the last batch is asked for
        began = time.perf_counter()
        if number == 0:  # nobody is killed yet: how long is the way from here to the end?
            was_killed(pid)
            span = time.perf_counter() - began
        else:
            time.sleep(moments.uniform(0, span))
            os.kill(pid, signal.SIGKILL)
            killed += was_killed(pid)
            wrong += loads_wrongly(folder, CORPUS, TRUTH)
        os.close(reader)
    EmbeddingCache(folder).embed(CORPUS, FakeEncoder())
    left = [path.name for path in folder.glob("*.tmp")]
    say(json.dumps({"killed": killed, "wrong": wrong, "left": left}))


def kill_at_each_step(folder: Path) -> None:
    """Kill a writer just before and just after each flush and each rename, in the batches and in the whole."""
    wrong = 0
    step = 0
    corpus = numbered_corpus(STEPS_DOCUMENTS)
    truth = np.stack([bag_of_words(document.passage) for document in corpus.documents])
    killed = True
    while killed:
        step += 1
        shutil.rmtree(folder, ignore_errors=True)
        killed = was_killed(forked(lambda last=step: embed_until(folder, last)))
        wrong += loads_wrongly(folder, corpus, truth)
        EmbeddingCache(folder).embed(corpus, FakeEncoder())
    left = [path.name for path in folder.iterdir() if path.suffix not in (".lock", ".safetensors")]
    say(json.dumps({"steps": step - 1, "wrong": wrong, "left": left}))


def killed_while_encoding(folder: Path) -> None:
    """Kill a writer while it encodes its fourth batch, then embed; say what the second run encoded and was told."""

    def last_batch(passages: object) -> None:
        if len(encoder.document_calls) == 4:
            os.kill(os.getpid(), signal.SIGKILL)

    encoder = FakeEncoder(on_call=last_batch)
    killed = was_killed(forked(lambda: EmbeddingCache(folder).embed(CORPUS, encoder)))
    again, kept = FakeEncoder(), []

    def report(done: int, total: int, **said: bool) -> None:
        if said.get("kept"):
            kept.append(done)

    index = EmbeddingCache(folder).embed(CORPUS, again, report)
    right = bool(np.array_equal(rows_of(index), TRUTH))
    say(json.dumps({"killed": killed, "encoded": again.documents_encoded, "kept": kept, "right": right}))


def embed_until(folder: Path, last_step: int) -> None:
    steps = 0

    def counted(original: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object) -> object:
            count()
            result = original(*args)
            count()
            return result

        return call

    def count() -> None:
        nonlocal steps
        steps += 1
        if steps == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    os.fsync, os.replace = counted(os.fsync), counted(os.replace)
    EmbeddingCache(folder).embed(numbered_corpus(STEPS_DOCUMENTS), FakeEncoder())


MODES = {
    mode.__name__: mode
    for mode in (
        together,
        unprivileged,
        full_disk,
        kill_at_random,
        kill_at_each_step,
        killed_while_encoding,
        embed_and_say,
        score_and_say,
        score_unprivileged,
        score_even,
        score_odd,
    )
}

if __name__ == "__main__":
    MODES[sys.argv[1]](Path(sys.argv[2]))
