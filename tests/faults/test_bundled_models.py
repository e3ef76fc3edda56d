"""A file of a bundled model is missing, cut or altered: which one is said, with what to do, and the rest works."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from searchcore import Engine, ModelUnavailable
from searchcore.models import DEFAULT_ENCODER, DEFAULT_SCORER, ModelSpec, ModelStore
from searchcore.models.bundled import BundledFiles
from searchcore.models.catalogue import _BGE, _MINILM, _RERANKER
from tests.fakes import FakeEncoder, FakeScorer
from tests.gated import films
from tests.planets import write_planets
from tests.server import Server, free_port, run_app
from ui.warming import warming

ALL = {"bi-encoder": _MINILM, "second bi-encoder": _BGE, "cross-encoder": _RERANKER}
EACH = [(name, file) for name, files in ALL.items() for file in files.sha256]
WAYS: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "altered": lambda path: path.write_bytes(path.read_bytes()[:-1] + b"!"),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b" "),
}


def sentence(files: BundledFiles, name: str) -> str:
    return (
        f"The model file {name} of the package {files.package} is missing or damaged; install requirements.txt again."
    )


def stand_in(files: BundledFiles, root: Path) -> BundledFiles:
    """A package that has files of these names, with little in them, and their hashes."""
    hashes = {}
    for name in files.sha256:
        path = root / files.package / files.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"what is in {name}".encode())
        hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (root / files.package / "__init__.py").touch()
    return BundledFiles(files.package, files.folder, hashes)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose packages are found before those that are installed."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("model", "name"), EACH)
def test_each_file_is_named_whatever_is_wrong_with_it(packages: Path, model: str, name: str) -> None:
    files = stand_in(ALL[model], packages)
    path = files.checked_folder() / name
    assert path == packages / files.package / files.folder / name
    whole = path.read_bytes()
    for way, damage in WAYS.items():
        damage(path)
        with pytest.raises(ModelUnavailable) as caught:
            files.checked_folder()
        assert str(caught.value) == sentence(files, name), way
        if path.is_dir():
            path.rmdir()
        path.write_bytes(whole)
    files.checked_folder()


def refusing(role: str) -> ModelSpec:
    """A default model whose configuration is not the one that was published."""
    name, files, told = (
        (DEFAULT_ENCODER, _MINILM, "1_Pooling/config.json")
        if role == "encoder"
        else (DEFAULT_SCORER, _RERANKER, "tokenizer.json")
    )
    other = BundledFiles(files.package, files.folder, {told: "0" * 64})

    def load(report: object) -> FakeEncoder:
        raise AssertionError(other.checked_folder())

    return ModelSpec(name, role, True, "Apache-2.0", load)


def engine_without(*roles: str) -> Engine:
    fakes = {"encoder": FakeEncoder(DEFAULT_ENCODER), "scorer": FakeScorer(DEFAULT_SCORER)}
    specs = [
        refusing(role) if role in roles else ModelSpec(fake.name, role, True, "MIT", lambda report, fake=fake: fake)
        for role, fake in fakes.items()
    ]
    engine = Engine({"films": films()}, ModelStore({spec.name: spec for spec in specs}))
    engine.warm().join(20)
    return engine


@pytest.mark.parametrize(
    ("roles", "works", "does_not"),
    [
        (["scorer"], ["bm25", "bi_encoder", "late_interaction"], ["cross_encoder"]),
        (["encoder"], ["bm25"], ["bi_encoder", "cross_encoder"]),
        (["encoder", "scorer"], ["bm25"], ["bi_encoder", "cross_encoder"]),
    ],
)
def test_what_does_not_need_the_model_works(roles: list[str], works: list[str], does_not: list[str]) -> None:
    engine = engine_without(*roles)
    said = {"encoder": sentence(_MINILM, "1_Pooling/config.json"), "scorer": sentence(_RERANKER, "tokenizer.json")}
    for role in roles:
        assert said[role] in warming(engine)
    for method in works:
        assert engine.search("films", "whale", methods=[method]).rankings[method].hits[0].doc_id in ("d0", "d2")
    for method in does_not:
        with pytest.raises(ModelUnavailable) as caught:
            engine.search("films", "whale", methods=[method])
        assert str(caught.value) in {said[role] for role in roles}
    engine.close()


def test_the_first_column_is_there_before_the_second_says_what_is_wrong() -> None:
    engine = engine_without("scorer")
    stream = engine.stream("films", "whale")
    assert list(next(stream).rankings) == ["bi_encoder"]
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json"):
        next(stream)
    engine.close()


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[Server]:
    """The real program, with a cut tokenizer of the cross-encoder and an altered configuration of the bi-encoder."""
    for files, name in ((_RERANKER, "tokenizer.json"), (_MINILM, "config.json")):
        there = Path(find_spec(files.package).submodule_search_locations[0]) / files.folder
        here = tmp_path / "packages" / files.package / files.folder
        for each in files.sha256:
            (here / each).parent.mkdir(parents=True, exist_ok=True)
            if each != name:
                (here / each).symlink_to(there / each)
        (tmp_path / "packages" / files.package / "__init__.py").touch()
        raw = (there / name).read_bytes()
        (here / name).write_bytes(raw[: len(raw) // 2] if name == "tokenizer.json" else raw.replace(b"gelu", b"relu"))
    write_planets(tmp_path / "corpora")
    settings = {"PYTHONPATH": str(tmp_path / "packages"), "HF_HUB_OFFLINE": "1"}
    with run_app(tmp_path, tmp_path / "cache", ["app.py"], free_port(), **settings) as running:
        yield running


def test_the_program_serves_and_says_which_files_are_damaged(damaged: Server) -> None:
    assert damaged.get("/")[0] == 200
    found = damaged.call("search", "planets", "red", 3, ["bm25"], None, None)
    assert found["rankings"]["bm25"]["hits"][0]["doc_id"] == "mars"
    for methods in (["bi_encoder"], None):
        last = damaged.events("search", ["planets", "red", 3, methods, None, None])[-1]
        assert (last.name, last.data["error"]) == ("error", sentence(_MINILM, "config.json"))
    last = damaged.events("rerank", ["red", ["a", "b"]])[-1]
    assert (last.name, last.data["error"]) == ("error", sentence(_RERANKER, "tokenizer.json"))
