"""What the tests of faults share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gated import Gated
from tests.server import Server


@pytest.fixture(scope="module")
def page(gated: Gated) -> Server:
    """The page over fake models, to be asked by HTTP."""
    return Server(gated.url, Path())
