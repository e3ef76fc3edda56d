"""The configuration that nginx reads; what it does with it is tested behind a real one."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.server import ROOT
from ui.address import Address
from ui.classroom.codes import new_code
from ui.nginx import configuration
from ui.workers import Worker

THREE = (Worker("a", 7861), Worker("b", 7862), Worker("c", 7863))


def lines(host: str = "127.0.0.1", proxies: str = "") -> list[str]:
    return [line.strip() for line in configuration(Address(host, 7860), THREE, proxies).splitlines()]


def test_each_process_is_asked_first_by_its_own_and_the_others_stand_in() -> None:
    said = lines()
    at = said.index("upstream searchcore_b {")
    assert said[at + 1 : at + 5] == [
        "server 127.0.0.1:7862 max_fails=0;",
        "server 127.0.0.1:7861 max_fails=0 backup;",
        "server 127.0.0.1:7863 max_fails=0 backup;",
        "}",
    ]


def test_the_cookie_names_the_process() -> None:
    said = lines()
    at = said.index("map $cookie_searchcore_worker $searchcore_by_cookie {")
    assert said[at + 1 : at + 6] == [
        "a searchcore_a;",
        "b searchcore_b;",
        "c searchcore_c;",
        "default $searchcore_other;",
        "}",
    ]


def test_the_first_letter_of_a_code_names_the_process_of_a_class_before_any_cookie() -> None:
    said = lines()
    at = said.index("map $uri $searchcore_process {")
    assert said[at + 4 : at + 6] == ["default $searchcore_by_cookie;", "}"]
    led = {}
    for line in said[at + 1 : at + 4]:
        found = re.fullmatch(r'"~\*(\S+)" (searchcore_[abc]);', line)
        assert found is not None
        led[found[2]] = re.compile(found[1], re.IGNORECASE)
    for name in "abc":
        code = new_code(name)
        for path in (code, code.lower(), f"{code}/follow", f"{code}/judgements.zip"):
            assert [led_to for led_to, path_of in led.items() if path_of.search(f"/class/{path}")] == [
                f"searchcore_{name}"
            ]
    for path in (
        "/class",
        "/class/join",
        "/class/files/stream.js",
        "/class/a23456789",
        "/class/afiles",
        "/a/class/A23456",
    ):
        assert not any(path_of.search(path) for path_of in led.values()), path


@pytest.mark.parametrize(
    ("host", "listens"),
    [
        ("127.0.0.1", "listen 127.0.0.1:7860;"),
        ("0.0.0.0", "listen 0.0.0.0:7860;"),
        ("::1", "listen [::1]:7860;"),
        ("::", "listen [::]:7860 ipv6only=off;"),
        ("localhost", "listen localhost:7860;"),
    ],
)
def test_it_listens_where_the_page_is_served(host: str, listens: str) -> None:
    assert [line for line in lines(host) if line.startswith("listen ")] == [listens]


def test_a_caller_is_believed_behind_named_proxies_alone() -> None:
    assert [line for line in lines() if "real_ip" in line] == []
    assert [line for line in lines(proxies="10.0.0.7, 192.0.2.0/24,") if "real_ip" in line] == [
        "set_real_ip_from 10.0.0.7/32;",
        "set_real_ip_from 192.0.2.0/24;",
        "real_ip_header X-Forwarded-For;",
        "real_ip_recursive on;",
    ]
    with pytest.raises(SystemExit) as stopped:
        lines(proxies="10.0.0.7; user root")
    assert stopped.value.code == (
        "SEARCHCORE_PROXY must name addresses or networks for nginx: "
        "'10.0.0.7; user root' does not appear to be an IPv4 or IPv6 network."
    )


def test_the_command_prints_it_and_says_where_none_is_needed() -> None:
    def printed(**settings: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ui.nginx"]
        env = os.environ | {"HOST": "127.0.0.1", "PORT": "7860"} | settings
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert printed(WORKERS="3").stdout == configuration(Address("127.0.0.1", 7860), THREE)
    told = printed(WORKERS="1")
    assert (told.returncode, told.stderr) == (1, "One process needs no nginx: WORKERS must be 2 or more here.\n")
