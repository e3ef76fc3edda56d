"""What the tests of the endpoints share. The server itself is in tests/server.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.class_calls import Lecturer
from tests.server import Server


@pytest.fixture(scope="session")
def golden() -> dict[str, Any]:
    """Inputs and printed results of the source documents."""
    path = Path(__file__).resolve().parent.parent / "data" / "golden.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def info(server: Server) -> dict[str, Any]:
    """What the page tells clients about its endpoints, by name."""
    return json.loads(server.get("/gradio_api/info")[2])["named_endpoints"]


@pytest.fixture
def lecturer(server: Server) -> Iterator[Lecturer]:
    """Who has started a class on the real server."""
    leading = Lecturer(server.url)
    yield leading
    leading.act("end")
