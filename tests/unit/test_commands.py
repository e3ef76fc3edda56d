"""`python -m searchcore`: films in, embeddings made ahead, errors in one sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from searchcore import Engine
from searchcore.__main__ import FAILED, INTERRUPTED, UNUSABLE, main
from searchcore.index.embedding_cache import BATCH_DOCUMENTS, cache_key
from searchcore.kept import arrays
from searchcore.running import Job
from tests.conftest import MakeEngine
from tests.fakes import PATIENCE_SECONDS, FakeEncoder, numbered_corpus, write_beir
from tests.unit.film_archives import judgements_tgz, movies_tgz

ROOT = Path(__file__).resolve().parents[2]


def test_without_a_command_the_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out = capsys.readouterr().out
    assert "check" in out and "import-tmdb" in out and "embed" in out


def test_films_are_imported_and_counted_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "corpora" / "films"
    assert main(["import-tmdb", str(movies_tgz(tmp_path)), str(judgements_tgz(tmp_path)), "--to", str(target)]) == 0
    told = capsys.readouterr()
    assert "2 films (4 left out), 2 queries and 3 judgements (2 left out)" in told.err
    assert "Reading the films: " in told.err and told.out == ""
    assert (target / "corpus.jsonl").is_file()


def test_an_error_is_one_sentence_on_stderr_and_exit_code_2(tmp_path: Path) -> None:
    """In a process of its own: what a reader sees, and no stack trace."""
    command = [sys.executable, "-m", "searchcore", "import-tmdb", "no.tgz", "no.tgz", "--to", str(tmp_path / "films")]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (child.returncode, child.stdout, child.stderr) == (FAILED, "", '"no.tgz" is not a file.\n')


def test_an_interrupted_import_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(self: object, text: str, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("searchcore.__main__.ProgressLine.show", interrupt)
    target = tmp_path / "corpora" / "films"
    command = ["import-tmdb", str(movies_tgz(tmp_path)), str(judgements_tgz(tmp_path)), "--to", str(target)]
    assert main(command) == INTERRUPTED
    assert "Stopped." in capsys.readouterr().err
    assert list(target.parent.iterdir()) == []


def test_a_folder_is_checked_with_what_is_kept_and_left_out_and_nothing_is_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = write_beir(
        tmp_path / "shop",
        b'{"_id": "a", "text": "x"}\n{"_id": "b"}\n',
        qrels="q\ta\t1\n",
        card="---\npretty_name: Shop\n---\n",
    )
    (shop / "qrels" / "dev.tsv").write_text("q\ta\t2\nq99\ta\t2\n")
    before = {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()}
    told = [
        'shop: can be used, titled "Shop".',
        "  kept: 1 document, 1 query, judgements: test 1 (of 1 query), dev 1 (of 1 query).",
        "  shop/corpus.jsonl: 1 row was left out: line 2 has no text and no title.",
        '  shop/qrels/dev.tsv: 1 row was left out: line 2 names a query that is not there ("q99").',
    ]
    assert main(["check", str(shop)]) == 0
    assert capsys.readouterr().out.splitlines() == told
    assert {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()} == before
    write_beir(tmp_path / "broken", b"{\n")
    (tmp_path / "nearly").mkdir()
    (tmp_path / "nearly" / "corpus.csv").write_text("id,text\n")
    (tmp_path / "other").mkdir()
    assert main(["check", str(tmp_path)]) == UNUSABLE == 1
    assert capsys.readouterr().out.splitlines() == [
        *told,
        "Can't be used. nearly/corpus.jsonl: the file is missing, though corpus.csv is there; "
        "it holds one JSON object a line for each document.",
        "Can't be used. broken/corpus.jsonl: there is no document in it to use; "
        "1 row was left out: line 1 is not valid JSON.",
    ]


def test_a_folder_without_a_corpus_and_one_that_is_not_there_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().out == f'"{tmp_path / "none"}" can\'t be read (No such file or directory).\n'
    assert main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"{tmp_path.name}: there is no corpus.jsonl in it, nor in the folders in it.\n"


def engine_of(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    """`embed` uses this engine."""
    monkeypatch.setattr("searchcore.engine.Engine", lambda: engine)


def test_a_corpus_is_embedded_into_the_cache(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cache_folder: Path
) -> None:
    engine_of(monkeypatch, make_engine(numbered_corpus(5)))
    assert main(["embed", "numbered"]) == 0
    assert "5 documents are embedded, 64 numbers each" in capsys.readouterr().err
    assert len(list(cache_folder.glob("*.safetensors"))) == 1
    again = FakeEncoder()
    engine_of(monkeypatch, make_engine(numbered_corpus(5), encoder=again))
    assert main(["embed", "numbered"]) == 0
    assert again.documents_encoded == 0


def test_an_unknown_corpus_or_model_is_told_in_a_sentence(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = make_engine(numbered_corpus(5))
    engine.problems.append("films/corpus.jsonl: the file is missing.")
    engine_of(monkeypatch, engine)
    assert main(["embed", "films"]) == FAILED
    told = capsys.readouterr().err
    assert 'corpus "films" is not known; choose one of: numbered.' in told
    assert "films/corpus.jsonl: the file is missing." in told
    assert main(["embed", "numbered", "--encoder", "nobody"]) == FAILED
    assert 'encoder "nobody" is not known' in capsys.readouterr().err


def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on_from_there(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = threading.Event()
    kept, count = 2 * BATCH_DOCUMENTS, 300

    def interrupt(passages: Sequence[str]) -> None:
        # Two batches are written before the third is begun; there the user gives up.
        if encoder.documents_encoded > kept and not closed.is_set():
            os.kill(os.getpid(), signal.SIGINT)
            assert closed.wait(PATIENCE_SECONDS)

    encoder = FakeEncoder(on_call=interrupt)
    engine = make_engine(numbered_corpus(count), encoder=encoder)
    close = engine.close

    def close_and_tell() -> None:
        close()
        closed.set()

    monkeypatch.setattr(engine, "close", close_and_tell)
    engine_of(monkeypatch, engine)
    before = signal.getsignal(signal.SIGINT)
    assert main(["embed", "numbered"]) == INTERRUPTED
    assert "What is done is kept" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before
    assert encoder.documents_encoded < count

    again = FakeEncoder()
    engine_of(monkeypatch, make_engine(numbered_corpus(count), encoder=again))
    assert main(["embed", "numbered"]) == 0
    assert again.documents_encoded == count - kept


@pytest.mark.parametrize("terminal", [False, True])
def test_whoever_waits_for_another_process_is_told_so_once(
    make_engine: MakeEngine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    cache_folder: Path,
    terminal: bool,
) -> None:
    monkeypatch.setattr(arrays, "LOCK_POLL_SECONDS", 0.01)
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    corpus, encoder = numbered_corpus(5), FakeEncoder()
    engine_of(monkeypatch, make_engine(corpus, encoder=encoder))
    cache_folder.mkdir()
    other = FileLock(cache_folder / f"{cache_key(corpus, encoder.fingerprint)}.lock", thread_local=False)
    other.acquire()
    waited: list[bool] = []
    report = Job.report

    def watched(job: Job[object], done: int, total: int, *, elsewhere: bool = False) -> None:
        report(job, done, total, elsewhere=elsewhere)
        if elsewhere:
            waited.append(elsewhere)
            if len(waited) == 5:
                other.release()

    monkeypatch.setattr(Job, "report", watched)
    assert main(["embed", "numbered"]) == 0
    told = capsys.readouterr().err
    assert told.count("Another process is embedding Numbered; waiting for it ...\n") == 1
    assert told.count("Another process") == 1
    assert told.rstrip().splitlines()[-1].startswith("5 documents are embedded")
    assert (len(waited), encoder.documents_encoded) == (5, 5)


def test_progress_on_a_terminal_rewrites_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from searchcore.__main__ import ProgressLine

    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    line = ProgressLine()
    line.show("a long text")
    line.show("too soon")
    line.show("short", last=True)
    assert capsys.readouterr().err == "\ra long text\rshort      \n"
