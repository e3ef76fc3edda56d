"""Vectors in a real Milvus server: the same first twenty, the same evaluation, through changes and kill -9."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest

from searchcore.kept import FOLDER_VARIABLE
from tests.faults.alone import prefix
from tests.scale.corpora import CORPUS_VARIABLE
from tests.scale.inside import LEAVES
from tests.server import ROOT

pytestmark = pytest.mark.scale
# Where the embeddings of a corpus of one's own are, before the tests get a folder of theirs.
CACHE = os.environ.get(FOLDER_VARIABLE)
OF_ITS_OWN = ["--pid", "--fork", "--kill-child", "--mount-proc"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the run in a network of its own says."""
    alone, folder = prefix(), tmp_path_factory.mktemp("milvus")
    assert alone is not None, "the server listens everywhere, so it needs a network namespace: see unshare"
    program = [sys.executable, "-m", "tests.scale.inside", str(folder)]
    watched = [sys.executable, "-m", "tests.faults.alone", str(folder / "left.json"), *program]
    cache = CACHE if CACHE and os.environ.get(CORPUS_VARIABLE) else str(folder / "cache")
    done = subprocess.run(
        [*alone, *OF_ITS_OWN, *watched],
        cwd=ROOT,
        env=os.environ | {FOLDER_VARIABLE: cache, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((folder / "told.json").read_text("utf-8"))
    print(json.dumps(found, indent=1))
    shutil.rmtree(folder / "milvus")
    for left in LEAVES:  # where something was mounted, in a namespace that is gone
        with suppress(OSError):
            left.rmdir()
    return found | {"sent": json.loads((folder / "left.json").read_text("utf-8"))}


def test_the_first_twenty_of_every_judged_query_are_those_of_a_matrix_in_memory(told: Any) -> None:
    assert told["flat"]["queries"] >= 100
    assert told["flat"]["differ"] == []


def test_an_evaluation_is_the_same(told: Any) -> None:
    assert told["same_measures"] is True


def test_documents_added_changed_and_removed_are_found_as_they_are_now(told: Any) -> None:
    assert told["changed"] == [True] * 10


def test_a_server_that_was_killed_is_a_sentence_and_when_it_is_back_nothing_is_lost(told: Any) -> None:
    goes_on = "Keyword search, and texts of your own, go on without it."
    assert told["gone"] == f"The vector engine (SEARCHCORE_INDEX) does not answer. {goes_on}"
    assert told["back"] == []


def test_a_graph_answers_as_well_as_it_can_from_its_first_answer_on(told: Any) -> None:
    assert told["graph"] >= 0.95
    assert told["left"] == 1


def test_neither_the_server_nor_the_client_asks_any_other_machine(told: Any) -> None:
    assert told["sent"] == []
