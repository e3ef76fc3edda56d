"""The embedding cache when files are damaged, processes meet or die, and disks refuse."""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from searchcore import Corpus
from searchcore.index import EmbeddingCache
from tests.fakes import FakeEncoder, bag_of_words, corpus_of, rows_of

ROOT = Path(__file__).resolve().parents[2]
CHILD = [sys.executable, "-m", "tests.unit.cache_child"]
CAN_NOT_CHANGE_USER = 77
FLIPS = 200
CORPUS = corpus_of("a platoon in the jungle", "two chess players", "the end of the world")
TRUTH = np.stack([bag_of_words(document.passage) for document in CORPUS.documents])
TRUE_ANSWER = {"encoded": 1_000, "right": True}

needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals, forks and file modes")


def child(mode: str, folder: Path, timeout: float = 120) -> tuple[dict[str, object], str]:
    """What a child process answers, and its warnings."""
    run = subprocess.run([*CHILD, mode, folder], cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False)
    if run.returncode == CAN_NOT_CHANGE_USER:
        pytest.skip("root can't become another user in this container")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout), run.stderr


@pytest.fixture
def entry(cache_folder: Path) -> Path:
    """The file of CORPUS, just written."""
    EmbeddingCache().embed(CORPUS, FakeEncoder())
    (path,) = cache_folder.glob("*.safetensors")
    return path


def documents_encoded_again(corpus: Corpus = CORPUS) -> int:
    """Embed once more: the vectors must be right, whatever the file holds."""
    encoder = FakeEncoder()
    vectors = rows_of(EmbeddingCache().embed(corpus, encoder))
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, TRUTH)
    return encoder.documents_encoded


def header(dtype: str, size: int, **metadata: str) -> bytes:
    """A safetensors file whose one tensor has the right name and a type of our choice."""
    fields = {
        "__metadata__": metadata,
        "embeddings": {"dtype": dtype, "shape": [2], "data_offsets": [0, 2 * size]},
    }
    raw = json.dumps(fields).encode()
    return struct.pack("<Q", len(raw)) + raw + b"\0" * 2 * size


FOREIGN = {
    "empty": b"",
    "text": b"not a safetensors file",
    "pickle": b"\x80\x04N.",
    "huge header": struct.pack("<Q", 2**60) + b"{}",
    "no tensor": save({}),
    "another name": save({"vectors": TRUTH}),
    "no metadata": save({"embeddings": TRUTH}),
    "wrong checksum": save({"embeddings": TRUTH}, metadata={"key": "k", "ids": '["d0","d1","d2"]', "sha256": "0"}),
    "ids too deep": save({"embeddings": TRUTH}, metadata={"key": "k", "ids": "[" * 100_000}),
    "bfloat16": header("BF16", 2),
    "float8": header("F8_E4M3", 1),
    "bool": header("BOOL", 1),
    "complex": header("C64", 8),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_set_aside_and_made_again(
    entry: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    entry.write_bytes(content)
    assert documents_encoded_again() == len(CORPUS)
    assert entry.with_suffix(".damaged").read_bytes() == content
    assert f"{entry.name} is damaged or not ours: it is set aside and made again." in caplog.text
    assert documents_encoded_again() == 0


def test_the_file_of_another_corpus_or_model_under_this_name_is_set_aside(entry: Path) -> None:
    others = [(corpus_of("a", "b", "c"), FakeEncoder()), (CORPUS, FakeEncoder(fingerprint="another"))]
    for corpus, encoder in others:
        before = set(entry.parent.glob("*.safetensors"))
        EmbeddingCache().embed(corpus, encoder)
        (other,) = set(entry.parent.glob("*.safetensors")) - before
        other.replace(entry)
        assert documents_encoded_again() == len(CORPUS)


def test_a_truncated_file_is_set_aside_and_made_again(entry: Path) -> None:
    whole = entry.read_bytes()
    for length in random.Random(3).sample(range(len(whole)), 50):
        entry.write_bytes(whole[:length])
        assert documents_encoded_again() == len(CORPUS)
    entry.write_bytes(whole + b"\0")
    assert documents_encoded_again() == len(CORPUS)


def test_one_flipped_bit_anywhere_never_gives_wrong_vectors(entry: Path) -> None:
    whole = entry.read_bytes()
    body = len(whole) - TRUTH.nbytes
    chance = random.Random(5)
    for _ in range(FLIPS):
        place = chance.choice([chance.randrange(body), chance.randrange(body, len(whole))])
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        entry.write_bytes(flipped)
        assert documents_encoded_again() == len(CORPUS), f"the bit at byte {place} was not noticed"


def test_a_folder_in_place_of_the_file_costs_only_the_cache(entry: Path) -> None:
    entry.unlink()
    entry.mkdir()
    assert documents_encoded_again() == len(CORPUS)


def test_a_cache_below_a_file_costs_only_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "cache", tmp_path / ("x" * 300)):
        monkeypatch.setenv("SEARCHCORE_CACHE", str(folder))
        caplog.clear()
        assert documents_encoded_again() == len(CORPUS)
        assert "Nothing is kept" in caplog.text


@needs_posix
def test_two_processes_that_start_together_compute_once(tmp_path: Path) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    both = [subprocess.Popen([*CHILD, "together", tmp_path], **pipes) for _ in range(2)]
    try:
        assert [process.stdout.readline() for process in both] == ["ready\n"] * 2
        for process in both:
            tell(process, "go")
        heard = [process.stdout.readline() for process in both]
        # The one that encodes says "waiting" once before; the other one says it until the vectors are there.
        assert heard == ["waiting\n"] * 2
        wait_for_the_encoding_one(both)
        for process in both:  # if both encoded, both would go on, and the test would say so
            tell(process, "go")
        answers = [last_line(process) for process in both]
    finally:
        for process in both:
            process.kill()
            process.communicate()
    assert [answer["right"] for answer in answers] == [True, True]
    assert sorted(answer["encoded"] for answer in answers) == [0, 1_000]


def tell(process: subprocess.Popen[str], word: str) -> None:
    process.stdin.write(word + "\n")
    process.stdin.flush()


def wait_for_the_encoding_one(processes: list[subprocess.Popen[str]]) -> None:
    """One says "encoding", while the other one keeps saying "waiting"."""
    while True:
        for process in processes:
            line = process.stdout.readline()
            assert line, "the process has ended"
            if line == "encoding\n":
                return


def last_line(process: subprocess.Popen[str]) -> dict[str, object]:
    return json.loads(process.stdout.read().splitlines()[-1])


@needs_posix
def test_kill_at_any_moment_leaves_nothing_that_loads_wrongly_and_no_lock(tmp_path: Path) -> None:
    answer, _ = child("kill_at_random", tmp_path)
    assert answer["wrong"] == 0
    assert answer["left"] == []
    assert answer["killed"] > 0


@needs_posix
def test_kill_at_each_step_of_writing_leaves_nothing_that_loads_wrongly(tmp_path: Path) -> None:
    answer, warnings = child("kill_at_each_step", tmp_path / "cache")
    # Three batches and the whole: before and after each flush and each rename.
    assert answer == {"steps": 16, "wrong": 0, "left": []}
    assert warnings == ""


@needs_posix
def test_a_run_that_was_killed_while_it_encoded_goes_on_from_its_last_batch(tmp_path: Path) -> None:
    answer, warnings = child("killed_while_encoding", tmp_path)
    assert answer == {"killed": True, "encoded": 1_000 - 3 * 64, "kept": [64, 128, 192], "right": True}
    assert warnings == ""


@needs_posix
def test_a_full_disk_costs_only_the_cache(tmp_path: Path) -> None:
    answer, warnings = child("full_disk", tmp_path)
    assert answer == TRUE_ANSWER
    assert "Nothing is kept" in warnings
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".lock"] == []


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@needs_posix
def test_a_read_only_folder_is_still_read(open_folder: Path) -> None:
    assert child("embed_and_say", open_folder)[0] == TRUE_ANSWER
    open_folder.chmod(0o555)
    answer, warnings = child("unprivileged", open_folder)
    assert answer == {"encoded": 0, "right": True}
    assert warnings == ""


@needs_posix
@pytest.mark.parametrize("mode", [0o555, 0o444, 0o000])
def test_a_folder_that_can_not_be_written_costs_only_the_cache(open_folder: Path, mode: int) -> None:
    open_folder.chmod(mode)
    answer, warnings = child("unprivileged", open_folder)
    assert answer == TRUE_ANSWER
    assert "Nothing is kept" in warnings
    assert "Permission denied" in warnings
