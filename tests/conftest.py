"""What every test gets: a cache folder of its own, and engines that are closed at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from searchcore import Corpus, Engine
from searchcore.index import INDEX_VARIABLE
from searchcore.kept import FOLDER_VARIABLE
from searchcore.running import Limits
from tests.fakes import FakeEncoder, FakeScorer, store_of

if TYPE_CHECKING:
    from tests.gated import Gated

pytest_plugins = ["tests.server"]
# The same examples in every run; --hypothesis-profile=default looks for others.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")
MakeEngine = Callable[..., Engine]


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The embedding cache of this test alone; vectors are in memory."""
    folder = tmp_path / "cache"
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    monkeypatch.delenv(INDEX_VARIABLE, raising=False)
    return folder


@pytest.fixture
def make_engine() -> Iterator[MakeEngine]:
    """make_engine(corpus, ..., encoder=..., scorer=..., limits=...): an engine of fakes over these corpora."""
    engines: list[Engine] = []

    def make(
        *corpora: Corpus,
        encoder: FakeEncoder | None = None,
        scorer: FakeScorer | None = None,
        limits: Limits | None = None,
    ) -> Engine:
        models = store_of(encoder or FakeEncoder(), scorer or FakeScorer())
        engines.append(Engine({corpus.name: corpus for corpus in corpora}, models, limits=limits))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


@pytest.fixture(scope="module")
def gated() -> Iterator[Gated]:
    """The page over fake models that wait for nothing."""
    from tests.gated import serve_gated  # with the page's framework, which few tests need

    running = serve_gated()
    running.open_gates()
    yield running
    running.close()
