"""HOST and PORT: what can't be used is said in a sentence before anything slow; what can be, serves the page."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from tests.conftest import MakeEngine
from tests.gated import serve_gated
from tests.server import ROOT, free_port
from ui import address, mcp
from ui.address import Address, bind
from ui.layout import build_site
from ui.server import launch

# Everything before the sentence is the standard library's. Importing the page's framework alone takes longer.
PATIENCE = 20.0
CHECK = "import sys; sys.argv = ['app.py']; import runpy\ntry: runpy.run_path('app.py', run_name='__main__')\n" + (
    "finally: print(*[name for name in ('numpy', 'gradio', 'torch', 'starlette') if name in sys.modules])"
)
PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PORT": "abc"}, "PORT must be a whole number from 1 to 65535, got 'abc'."),
        ({"SEARCHCORE_MCP": "yes"}, "SEARCHCORE_MCP must be 1 or 0, got 'yes'."),
        ({"PORT": "80000"}, "PORT must be a whole number from 1 to 65535, got '80000'."),
        (
            {"PORT": "", "GRADIO_SERVER_PORT": "abc"},
            "GRADIO_SERVER_PORT must be a whole number from 1 to 65535, got 'abc'.",
        ),
        (
            {"HOST": "http://127.0.0.1"},
            "HOST must be an address or a name of this machine, such as 127.0.0.1 or localhost, "
            "got 'http://127.0.0.1'.",
        ),
        (
            {"HOST": "a" * 70},
            f"HOST must be an address or a name of this machine, such as 127.0.0.1 or localhost, got '{'a' * 59}…'.",
        ),
        (
            {"HOST": "203.0.113.9"},
            "HOST '203.0.113.9' is no address of this machine; choose 127.0.0.1 for this machine alone, "
            "or 0.0.0.0 for all who reach it.",
        ),
        (
            {"HOST": "255.255.255.255"},
            "HOST '255.255.255.255' is no address of this machine; choose 127.0.0.1 for this machine alone, "
            "or 0.0.0.0 for all who reach it.",
        ),
        (
            {"HOST": "fe80::1%eth0"},
            "HOST 'fe80::1%eth0' is the address of one link alone; choose :: for all of them.",
        ),
        (
            {"SEARCHCORE_FRAMES": "https://school.example, *"},
            "SEARCHCORE_FRAMES must name sites such as https://school.example, separated by commas, got '*'.",
        ),
    ],
)
def test_a_setting_that_can_not_be_used_is_a_sentence_before_anything_slow(
    settings: dict[str, str], sentence: str
) -> None:
    assert ended({"PORT": str(free_port())} | settings) == (1, "\n", sentence + "\n")


def test_mcp_without_its_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHCORE_MCP", "1")
    monkeypatch.setattr(mcp, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as stopped:
        mcp.mcp_from_environment()
    assert stopped.value.code == (
        "SEARCHCORE_MCP=1 needs one more package: pip install -r requirements.txt -r requirements-mcp.txt."
    )


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (
            "redis://somebody:secret@127.0.0.1",
            "SEARCHCORE_INDEX must be a path that ends in .db or the address of a server, such as "
            'http://127.0.0.1:19530, got "redis://127.0.0.1".',
        ),
        ("/nowhere/films.db", 'SEARCHCORE_INDEX names a file in a folder that is not there: "/nowhere/films.db".'),
    ],
)
def test_a_vector_engine_that_can_not_be_is_a_sentence_before_the_framework_is_loaded(
    value: str, sentence: str
) -> None:
    settings = {"PORT": str(free_port()), "SEARCHCORE_INDEX": value}
    assert ended(settings) == (1, "numpy\n", sentence + "\n")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::", "localhost"])
def test_a_port_that_is_taken_is_named_with_another(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        sentence = f"PORT {port} is taken by another program; choose another, as in PORT={port + 1}.\n"
        assert ended({"HOST": host, "PORT": str(port)}) == (1, "\n", sentence)


def ended(settings: dict[str, str]) -> tuple[int, str, str]:
    """Exit code, the slow modules that app.py had imported by then (one line), and stderr."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("GRADIO_", "SPACE_"))}
    done = subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=ROOT,
        env=mine | settings,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EACCES, "PORT 80 needs rights that this user does not have; choose one from 1024 up."),
        (errno.EAFNOSUPPORT, "HOST '::1' can't be used: this machine has no IPv6."),
        (errno.ENOBUFS, "The page can't be served at HOST '::1' and PORT 80: No buffer space available."),
    ],
)
def test_what_the_system_refuses_is_a_sentence(monkeypatch: pytest.MonkeyPatch, number: int, sentence: str) -> None:
    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(address, "_bound", refused)
    with pytest.raises(SystemExit) as stopped:
        bind(Address("::1", 80))
    assert stopped.value.code == sentence


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = threading.Event()

    def waits(*_: object, **__: object) -> list[object]:
        gone.wait(PATIENCE)
        raise OSError("no answer")

    monkeypatch.setattr(address.socket, "getaddrinfo", waits)
    with pytest.raises(SystemExit) as stopped:
        bind(Address("some.name", 7860))
    assert not gone.is_set()
    assert stopped.value.code == "HOST 'some.name' could not be looked up: no name server answers."
    gone.set()


def test_a_name_with_an_address_that_is_not_here_is_served_at_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [(socket.AF_INET, 1, 6, "", ("203.0.113.9", 0)), (socket.AF_INET, 1, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(address.socket, "getaddrinfo", lambda *_, **__: places)
    (bound,) = bind(Address("localhost", 7860))
    with bound:
        assert bound.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_small_pieces_of_an_answer_are_sent_at_once(host: str) -> None:
    async def main() -> None:
        served: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            served.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        (bound,) = bind(Address(host, free_port()))
        async with await asyncio.start_server(answer, sock=bound):
            _, writer = await asyncio.open_connection(*bound.getsockname()[:2])
            assert await served
            writer.close()

    asyncio.run(main())


def test_a_port_that_another_program_took_meanwhile_is_the_same_sentence(make_engine: MakeEngine) -> None:
    here = Address("127.0.0.1", free_port())
    site = build_site(make_engine())
    (bound,) = bind(here)
    with bound, socket.create_server((here.host, here.port)), pytest.raises(SystemExit) as stopped:
        launch(site, here, [bound])
    assert str(stopped.value.code).startswith(f"PORT {here.port} is taken by another program; ")


@pytest.fixture
def behind_proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every spelling of a proxy that is not there, of a kind for which a package would be needed."""
    for name in PROXIES:
        monkeypatch.setenv(name, f"{'socks5' if 'all' in name.lower() else 'http'}://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "example.org")
    monkeypatch.delenv("no_proxy", raising=False)
    yield
    assert "no_proxy" not in os.environ  # models may be fetched through the proxy


@pytest.mark.usefixtures("behind_proxies")
@pytest.mark.parametrize(
    ("host", "opened_at", "says"),
    [
        ("::1", ["[::1]"], "http://[::1]:"),
        ("::", ["[::1]", "127.0.0.1"], "http://127.0.0.1:"),
        ("localhost", ["localhost"], "http://localhost:"),
    ],
)
def test_the_page_is_served_at_every_kind_of_host_behind_proxies(
    capfd: pytest.CaptureFixture[str], host: str, opened_at: list[str], says: str
) -> None:
    gated = serve_gated(host=host)
    try:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for name in opened_at:
            with direct.open(f"http://{name}:{gated.port}/", timeout=PATIENCE) as answer:
                assert answer.status == 200
        assert capfd.readouterr().out.startswith(f"The page is at {says}{gated.port}\n")
    finally:
        gated.close()
