"""Where the page is served, and how errors become sentences."""

from __future__ import annotations

import logging
import socket

import pytest

from searchcore.errors import InvalidInput
from ui import address
from ui.address import Address, address_from_environment, classroom_address, public_address
from ui.errors import UNEXPECTED, sentence_for

VARIABLES = ("HOST", "PORT", "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "SPACE_ID")


@pytest.mark.parametrize(
    ("settings", "host", "port"),
    [
        ({}, "127.0.0.1", 7860),
        ({"PORT": "8000"}, "127.0.0.1", 8000),
        ({"HOST": "0.0.0.0"}, "0.0.0.0", 7860),
        ({"HOST": "192.168.1.7", "PORT": "65535"}, "192.168.1.7", 65535),
        ({"SPACE_ID": "someone/demo"}, "0.0.0.0", 7860),
        ({"GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SERVER_PORT": "7861"}, "0.0.0.0", 7861),
        ({"SPACE_ID": "a/b", "GRADIO_SERVER_NAME": "10.0.0.1"}, "10.0.0.1", 7860),
        ({"HOST": "127.0.0.1", "PORT": "1", "GRADIO_SERVER_NAME": "a", "GRADIO_SERVER_PORT": "2"}, "127.0.0.1", 1),
        ({"HOST": "", "PORT": ""}, "127.0.0.1", 7860),
    ],
)
def test_the_address_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], host: str, port: int
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert address_from_environment() == Address(host, port)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80 ", "http", "8e3", "²", "7860.0", "9" * 5_000])
def test_a_port_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit) as stopped:
        address_from_environment()
    shown = port if len(port) < 60 else "9" * 59 + "…"
    assert stopped.value.code == f"PORT must be a whole number from 1 to 65535, got {shown!r}."


class Probe(socket.socket):
    """A socket that reaches the room's network, without one."""

    def connect(self, address: object) -> None:
        pass

    def getsockname(self) -> tuple[str, int]:
        return ("192.168.1.7", 40_000)


class NoNetwork(Probe):
    def connect(self, address: object) -> None:
        raise OSError("Network is unreachable")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_phones_get_the_address_of_the_machine_in_the_room(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setattr(address.socket, "socket", Probe)
    assert classroom_address(Address(host, 8000)) == "http://192.168.1.7:8000"


def test_without_a_network_there_is_no_address_for_phones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address.socket, "socket", NoNetwork)
    assert classroom_address(Address("0.0.0.0", 8000)) is None


def test_a_page_for_this_machine_alone_has_no_address_for_phones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address.socket, "socket", Probe)
    assert classroom_address(Address("127.0.0.1", 8000)) is None


def test_an_expected_error_is_told_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    assert sentence_for(InvalidInput("query is empty.")) == "query is empty."
    assert caplog.records == []


def test_an_unexpected_error_is_apologised_for_and_logged_with_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        said = sentence_for(KeyError("/home/someone/secret"))
    (record,) = caplog.records
    name = record.getMessage().removeprefix("unexpected error ")
    assert len(name) == 8 and said == UNEXPECTED.format(name)
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], KeyError)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No setting says where the page is opened, and the machine has an address in the room."""
    for name in ("SEARCHCORE_PUBLIC", "SPACE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(address.socket, "socket", Probe)
    return monkeypatch


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("127.0.0.1", ""),
        ("127.0.0.2", ""),
        ("::1", ""),
        ("localhost", ""),
        ("0.0.0.0", "http://192.168.1.7:8000"),
        ("10.0.0.9", "http://10.0.0.9:8000"),
        ("fd00::9", "http://[fd00::9]:8000"),
        ("teacher.local", "http://teacher.local:8000"),
    ],
)
def test_links_carry_an_address_that_others_can_open_or_none(alone: pytest.MonkeyPatch, host: str, public: str) -> None:
    assert public_address(Address(host, 8000)) == public


def test_a_setting_and_a_space_name_the_address_of_links(alone: pytest.MonkeyPatch) -> None:
    alone.setenv("SPACE_HOST", "someone-demo.hf.space")
    assert public_address(Address("0.0.0.0", 7860)) == "https://someone-demo.hf.space"
    alone.setenv("SEARCHCORE_PUBLIC", "https://search.example/")
    assert public_address(Address("127.0.0.1", 7860)) == "https://search.example"
