"""Which sites may frame the page."""

from __future__ import annotations

import pytest

from ui.frames import MAX_SITES, SPACES, VARIABLE, frames_from_environment


def test_without_a_setting_the_hub_and_spaces_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert frames_from_environment() == SPACES == ("https://huggingface.co", "https://*.hf.space")


def test_the_setting_adds_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, " https://school.example/, http://10.0.0.7:8080,https://*.school.example,, ")
    added = ("https://school.example", "http://10.0.0.7:8080", "https://*.school.example")
    assert frames_from_environment() == (*SPACES, *added)


@pytest.mark.parametrize(
    "site",
    [
        "*",
        "school.example",
        "https:",
        "https://*",
        "https://a.example; script-src *",
        "https://a.example 'unsafe-inline'",
        "https://a.example/path",
        "https://a.example\n",
        "javascript:alert(1)",
        "https://user@a.example",
        "https://" + "a" * 64,
        "https://a\u0000b",
    ],
)
def test_what_is_no_site_is_named(monkeypatch: pytest.MonkeyPatch, site: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        frames_of(
            monkeypatch, f"https://fine.example,{site};x" if site.endswith("\n") else f"https://fine.example,{site}"
        )
    said = str(stopped.value.code)
    assert said.startswith(
        "SEARCHCORE_FRAMES must name sites such as https://school.example, separated by commas, got "
    )
    assert "\n" not in said and said.endswith(".")


def test_too_many_sites_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match=r"^SEARCHCORE_FRAMES may name at most 20 sites, got 21\.$"):
        frames_of(monkeypatch, ",".join(["https://a.example"] * (MAX_SITES + 1)))


def frames_of(monkeypatch: pytest.MonkeyPatch, value: str) -> tuple[str, ...]:
    """What the setting comes to, where the system lets it be set at all."""
    monkeypatch.setattr("ui.frames.os.environ", {VARIABLE: value})
    return frames_from_environment()
