"""A model that is made of another one is made once, kept, and made again where what is kept is not right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from searchcore.models.kept_model import kept_model


class Maker:
    """Makes a model, and counts how often."""

    def __init__(self, made: bytes = b"a model") -> None:
        self.made, self.times = made, 0

    def __call__(self) -> bytes:
        self.times += 1
        return self.made


def kept_file(folder: Path) -> Path:
    [path] = folder.glob("*.safetensors")
    return path


def test_it_is_made_once_and_read_from_then_on(cache_folder: Path) -> None:
    maker = Maker()
    assert [kept_model("scorer", "weights", maker) for _ in range(3)] == [b"a model"] * 3
    assert maker.times == 1
    assert kept_file(cache_folder).is_file()


def test_other_weights_or_another_name_are_another_model() -> None:
    first, second, third = Maker(), Maker(b"another"), Maker(b"a third")
    kept_model("scorer", "weights", first)
    assert kept_model("scorer", "other weights", second) == b"another"
    assert kept_model("another", "weights", third) == b"a third"


def shortened(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def altered(whole: bytes) -> bytes:
    return whole[:-1] + bytes([whole[-1] ^ 1])


@pytest.mark.parametrize("broken", [shortened, altered, lambda whole: b"", lambda whole: b"{}" + whole])
def test_a_damaged_one_is_made_again_with_a_warning(
    cache_folder: Path, caplog: pytest.LogCaptureFixture, broken: Callable[[bytes], bytes]
) -> None:
    maker = Maker()
    kept_model("scorer", "weights", maker)
    path = kept_file(cache_folder)
    path.write_bytes(broken(path.read_bytes()))
    assert kept_model("scorer", "weights", maker) == b"a model"
    assert maker.times == 2 and "is damaged or not ours" in caplog.text
    assert kept_model("scorer", "weights", maker) == b"a model"
    assert maker.times == 2


def test_where_nothing_can_be_written_it_is_made_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("SEARCHCORE_CACHE", str(tmp_path / "a file" / "cache"))
    maker = Maker()
    assert [kept_model("scorer", "weights", maker) for _ in range(2)] == [b"a model"] * 2
    assert maker.times == 2 and "Nothing is kept" in caplog.text
