"""The bundled models, loaded once for all tests in this folder."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from searchcore import Engine
from searchcore.embeddings import EmbeddingCache

BGE = "BAAI/bge-small-en-v1.5"


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
