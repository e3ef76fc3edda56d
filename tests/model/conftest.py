"""The bundled models, loaded once for all tests in this folder, and a stand-in for the Hugging Face Hub."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub import constants

from searchcore import Engine
from searchcore.index import EmbeddingCache

from .hub_stand_in import HubStandIn
from .tiny_models import COMMITS, SAVE

BGE = "BAAI/bge-small-en-v1.5"
NOT_WANTED = ("pytorch_model.bin", "modeling_tiny.py", "onnx/model.onnx", "onnx/config.json", "tf_model.h5")


@pytest.fixture(scope="session")
def golden() -> dict[str, Any]:
    path = Path(__file__).resolve().parent.parent / "data" / "golden.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(cache=EmbeddingCache(tmp_path_factory.mktemp("cache")))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def encoder(engine: Engine):
    return engine.encoder()


@pytest.fixture(scope="session")
def scorer(engine: Engine):
    return engine.scorer()


@pytest.fixture(scope="session")
def bge(engine: Engine):
    return engine.encoder(BGE)


@pytest.fixture(scope="session")
def saved(tmp_path_factory) -> dict[str, Path]:
    """The folder of each tiny model, with files beside it that must not be fetched."""
    folders = {name: tmp_path_factory.mktemp("model") for name in SAVE}
    for name, folder in folders.items():
        SAVE[name](folder, tmp_path_factory.mktemp("work"))
        for file in NOT_WANTED:
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_bytes(b"this must not be fetched")
    return folders


@pytest.fixture
def use_endpoint(monkeypatch, tmp_path):
    """Point the Hub's client at another address, with an empty folder for local copies.

    The client reads HF_ENDPOINT and its like once, at import; so its constants are set here.
    """

    def use(endpoint: str) -> None:
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", endpoint + "/{repo_id}/resolve/{revision}/{filename}"
        )

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    huggingface_hub.close_session()
    yield use
    huggingface_hub.close_session()


@pytest.fixture
def stand_in(saved, use_endpoint):
    with HubStandIn() as server:
        for name, folder in saved.items():
            server.add(name, COMMITS[name], folder)
        use_endpoint(server.endpoint)
        yield server


@pytest.fixture
def nobody_there(use_endpoint):
    """An address that refuses every connection."""
    with socket.socket() as bound_but_not_listening:
        bound_but_not_listening.bind(("127.0.0.1", 0))
        use_endpoint(f"http://127.0.0.1:{bound_but_not_listening.getsockname()[1]}")
        yield
