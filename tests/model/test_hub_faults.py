"""A Hub that is slow, breaks off, refuses or is a login page: a sentence in bounded time, and nothing half there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import constants

from searchcore import ModelUnavailable
from searchcore.models import DEFAULT_SCORER, hub, hub_client
from tests.model.hub_stand_in import OTHER_WAY, HubStandIn
from tests.model.tiny_models import COMMITS, SCORER, load

PATIENCE, SHORTLY = 60.0, 0.3
# Of all waits before further tries together.
MOST_SECONDS = 60.0
FAULTS: list[int | str] = [401, 404, 429, 500, "html", "drop", "slow", "silent"]
WEIGHTS = "model.safetensors"
PLACES: dict[str, Callable[[str], bool]] = {
    "everywhere": lambda path: True,
    "the list of files": lambda path: "/tree/" in path,
    "the weights": lambda path: path.endswith(WEIGHTS),
}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the Hub's client has slept before further tries; here it does not."""
    seconds: list[float] = []
    clock = SimpleNamespace(sleep=seconds.append, time=lambda: 0.0, monotonic=lambda: 0.0)
    for module in ("utils._http", "file_download"):
        monkeypatch.setattr(f"huggingface_hub.{module}.time", clock)
    monkeypatch.setattr(hub_client, "PACE_SECONDS", SHORTLY)
    # Of silence.
    monkeypatch.setattr(hub_client, "SILENCE_SECONDS", SHORTLY)
    monkeypatch.setattr(hub, "ANSWER_SECONDS", SHORTLY)
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", SHORTLY)
    return seconds


def failure_of_loading() -> Exception | None:
    """What loading raises, within PATIENCE."""
    errors: list[Exception | None] = []

    def attempt() -> None:
        try:
            load(SCORER)
            errors.append(None)
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert errors, "it is still being loaded"
    return errors[0]


def whole_and_right(folder: Path) -> bool:
    """Whether all that is there of the model is as the Hub has it."""
    return all(
        path.read_bytes() == (folder / path.relative_to(snapshot)).read_bytes()
        for snapshot in Path(constants.HF_HUB_CACHE).glob("*/snapshots/*")
        for path in snapshot.rglob("*")
        if path.is_file()
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_sentence_in_bounded_time_and_nothing_half_there(
    stand_in: HubStandIn, saved: dict[str, Path], slept: list[float], fault: int | str, place: str
) -> None:
    stand_in.fault, stand_in.faulty = fault, PLACES[place]
    error = failure_of_loading()
    assert isinstance(error, ModelUnavailable), error
    assert str(error).startswith(f"{SCORER} could not be fetched") and str(error).endswith(
        f"{DEFAULT_SCORER} stays in use."
    )
    assert sum(slept) < MOST_SECONDS
    assert not list(Path(constants.HF_HUB_CACHE).glob(f"*/snapshots/*/{WEIGHTS}"))
    assert whole_and_right(saved[SCORER])
    stand_in.faulty = lambda path: False
    assert load(SCORER).fingerprint.startswith(f"{SCORER}@{COMMITS[SCORER]}")
    assert whole_and_right(saved[SCORER])
    assert not list(Path(constants.HF_HUB_CACHE).rglob("*.incomplete"))


@pytest.mark.parametrize("fault", [429, "html", "slow"])
def test_a_copy_that_is_there_is_used_whatever_the_hub_says(
    stand_in: HubStandIn, slept: list[float], fault: int | str
) -> None:
    before = load(SCORER).fingerprint
    stand_in.fault, stand_in.faulty = fault, PLACES["everywhere"]
    assert load(SCORER).fingerprint == before


def test_large_files_come_by_the_client_that_has_bounds(stand_in: HubStandIn) -> None:
    stand_in.xet = True
    assert load(SCORER).fingerprint.startswith(SCORER)
    assert WEIGHTS in stand_in.files_asked_for()
    assert OTHER_WAY not in stand_in.paths
