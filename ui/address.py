"""Where the page is served, checked before anything slow is imported: with the standard library alone.

What can't be used ends the program with one sentence and exit code 1.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

DEFAULT_PORT = 7860
FIRST_FREE_PORT = 1024  # those below it are for the system's own programs
MAX_PORT = 2**16 - 1
SHOWN_CHARACTERS = 60
PUBLIC_VARIABLE = "SEARCHCORE_PUBLIC"
SPACE_HOST_VARIABLE = "SPACE_HOST"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
# A name server that does not answer would take many seconds to say so.
LOOKUP_SECONDS = 0.6
REACH_SECONDS = 0.1
# What a name stands for and this machine does not have, as ::1 for localhost where IPv6 is off.
NOT_OURS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the page is served."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """As it is opened on this machine."""
        return url_of("127.0.0.1" if self.host in EVERYWHERE else self.host, self.port)


def url_of(host: str, port: int) -> str:
    """The address of a page, as a browser takes it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def address_from_environment() -> Address:
    """HOST and PORT; else what a Space sets for Gradio; else 127.0.0.1:7860. Raises SystemExit on a bad port."""
    on_space = "SPACE_ID" in os.environ
    default_host = os.environ.get("GRADIO_SERVER_NAME") or ("0.0.0.0" if on_space else "127.0.0.1")  # noqa: S104
    name = "PORT" if os.environ.get("PORT") else "GRADIO_SERVER_PORT"
    port = os.environ.get(name) or str(DEFAULT_PORT)
    if not (re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) <= MAX_PORT):
        raise SystemExit(f"{name} must be a whole number from 1 to {MAX_PORT}, got {_shown(port)}.")
    host = os.environ.get("HOST") or default_host
    # Gradio reads them too when it is imported, and says nothing a person could read about a bad one.
    for read in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"):
        os.environ.pop(read, None)
    return Address(host[1:-1] if host.startswith("[") and host.endswith("]") else host, int(port))


def bind(address: Address) -> list[socket.socket]:
    """Sockets for every address that the host stands for, which do not listen yet. Raises SystemExit."""
    if "%" in address.host:
        raise SystemExit(f"HOST {_shown(address.host)} is the address of one link alone; choose :: for all of them.")
    sockets, missing = [], OSError(errno.EADDRNOTAVAIL, "")
    for family, place in _looked_up(address):
        try:
            sockets.append(_bound(family, place))
        except OSError as error:
            if error.errno not in NOT_OURS:
                refuse(address, error)
            missing = error
    if not sockets:
        refuse(address, missing)
    return sockets


def refuse(address: Address, error: OSError) -> NoReturn:
    """End the program with a sentence about why the page can't be served there."""
    if error.errno == errno.EADDRINUSE:
        sentence = f"PORT {address.port} is taken by another program; choose another, as in PORT={_next(address.port)}."
    elif error.errno in (errno.EACCES, errno.EPERM):
        sentence = (
            f"PORT {address.port} needs rights that this user does not have; choose one from {FIRST_FREE_PORT} up."
        )
    elif error.errno == errno.EAFNOSUPPORT:
        sentence = f"HOST {_shown(address.host)} can't be used: this machine has no IPv6."
    elif error.errno == errno.EADDRNOTAVAIL:
        sentence = (
            f"HOST {_shown(address.host)} is no address of this machine; "
            "choose 127.0.0.1 for this machine alone, or 0.0.0.0 for all who reach it."
        )
    else:
        why = (error.strerror or str(error)).rstrip(".")
        sentence = f"The page can't be served at HOST {_shown(address.host)} and PORT {address.port}: {why}."
    raise SystemExit(sentence)


def classroom_address(address: Address) -> str | None:
    """The address that phones in the room can open, where the server listens on every interface."""
    if address.host not in EVERYWHERE:
        return None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # A datagram socket sends nothing here; connecting only asks which of our addresses would be used.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return url_of(probe.getsockname()[0], address.port)


def say_where(address: Address) -> None:
    """Print where the page is opened. Flushed, because the log of a Space is a pipe."""
    print(f"The page is at {address.url}", flush=True)
    if room := classroom_address(address):
        print(f"Phones in the room open {room}", flush=True)


def public_address(address: Address) -> str:
    """Where others can open the page: as the setting says, on a Space, or in the room; empty where nobody else can."""
    if named := os.environ.get(PUBLIC_VARIABLE):
        return named.rstrip("/")
    if space := os.environ.get(SPACE_HOST_VARIABLE):
        return f"https://{space}"
    if address.host in EVERYWHERE:
        return classroom_address(address) or ""
    return "" if _is_loopback(address.host) else address.url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"


def _looked_up(address: Address) -> list[tuple[int, Any]]:
    """The families and socket addresses that the host stands for."""
    found: list[tuple[int, Any]] = []
    failed: list[Exception] = []

    def look() -> None:
        try:
            places = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            found.extend(dict.fromkeys((family, place) for family, _, _, _, place in places))
        except (OSError, ValueError) as error:  # a ValueError for what no name server would be asked
            failed.append(error)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(LOOKUP_SECONDS)
    if not found and not failed:
        raise SystemExit(f"HOST {_shown(address.host)} could not be looked up: no name server answers.")
    if failed:
        raise SystemExit(
            f"HOST must be an address or a name of this machine, such as 127.0.0.1 or localhost, "
            f"got {_shown(address.host)}."
        )
    return found


def _bound(family: int, place: Any) -> socket.socket:
    # asyncio sends small pieces of an answer at once on a socket that names its protocol, and else 40 ms late.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it lets two programs share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # "::" is everywhere, by IPv4 too.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, place[0] != "::")
        made.bind(place)
        _check_reached(family, place)
    except OSError:
        made.close()
        raise
    return made


def _check_reached(family: int, place: Any) -> None:
    """Raise OSError where nobody can connect: a system binds to addresses of whole networks, too."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(REACH_SECONDS)
        # Refused is right: nobody listens there yet. A wall that answers nothing proves nothing.
        with suppress(ConnectionRefusedError, TimeoutError):
            try:
                probe.connect(place)
            except OSError as error:
                if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES):
                    raise OSError(errno.EADDRNOTAVAIL, "") from error
                raise


def _next(port: int) -> int:
    return port + 1 if FIRST_FREE_PORT <= port < MAX_PORT else DEFAULT_PORT


def _shown(value: str) -> str:
    """A value as it may stand in a sentence: on one line, and not too long."""
    return repr(value if len(value) <= SHOWN_CHARACTERS else value[: SHOWN_CHARACTERS - 1] + "…")
