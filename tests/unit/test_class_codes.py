"""The codes of rooms, and how often somebody may try."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.unit.classes import Clock
from ui.classroom import limits
from ui.classroom.codes import EXAMPLE, LENGTH, SYMBOLS, new_code, read_code
from ui.classroom.limits import Tries, network_of
from ui.workers import NAMES

between = st.text(" -\t\n–", max_size=2)


@given(st.sampled_from(["", *NAMES]), st.booleans(), st.lists(between, min_size=LENGTH + 1, max_size=LENGTH + 1))
def test_a_code_is_read_however_it_is_typed(worker: str, lower: bool, gaps: list[str]) -> None:
    code = new_code(worker)
    typed = "".join(gap + symbol for gap, symbol in zip(gaps, code, strict=False)) + gaps[-1]
    assert read_code(typed.lower() if lower else typed) == code


def test_the_first_letter_of_a_code_leads_to_its_process() -> None:
    assert {new_code(name)[0] for name in NAMES} == set(NAMES.upper())
    assert {new_code()[0].lower() for _ in range(200)} <= set(NAMES)


def test_codes_are_drawn_from_so_many_that_none_comes_twice() -> None:
    made = {new_code("b") for _ in range(2_000)}
    # Of 28 ** 5 codes, two of 2,000 are alike by chance once in nine times: never many.
    assert len(made) > 1_990
    assert {symbol for code in made for symbol in code[1:]} == set(SYMBOLS)


def test_a_digit_that_looks_like_a_letter_is_read_as_one_only_where_a_letter_stands() -> None:
    assert read_code("0" + EXAMPLE[1:]) == "O" + EXAMPLE[1:]
    assert read_code("1" + EXAMPLE[1:]) == "I" + EXAMPLE[1:]
    assert read_code(EXAMPLE[:-1] + "1") == ""
    assert read_code(EXAMPLE[:-1] + "0") == ""


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        EXAMPLE[:-1],
        EXAMPLE + "2",
        "Z" + EXAMPLE[1:],
        "7" + EXAMPLE[1:],
        EXAMPLE[:-1] + "A",
        EXAMPLE[:-1] + "É",
        "B７K2QX",
        EXAMPLE + "/..",
        "<script>",
        " " * 100 + EXAMPLE,
        "\0" + EXAMPLE,
    ],
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert read_code(typed) == ""


@given(st.text())
def test_whatever_is_typed_comes_to_a_code_or_to_nothing(typed: str) -> None:
    code = read_code(typed)
    assert code == "" or (len(code) == LENGTH and read_code(code) == code)


def test_so_many_tries_are_free_and_then_one_comes_back_in_time() -> None:
    clock = Clock()
    tries = Tries(3, 10.0, clock)
    assert [tries.take("a") for _ in range(4)] == [True, True, True, False]
    assert tries.wait("a") == 10
    clock.later(9.5)
    assert (tries.wait("a"), tries.take("a")) == (1, False)
    clock.later(0.5)
    assert (tries.wait("a"), tries.take("a"), tries.take("a")) == (0, True, False)


def test_no_more_than_the_burst_comes_back() -> None:
    clock = Clock()
    tries = Tries(3, 10.0, clock)
    tries.take("a")
    clock.later(10_000.0)
    assert [tries.take("a") for _ in range(4)] == [True, True, True, False]


def test_each_key_has_tries_of_its_own() -> None:
    tries = Tries(1, 10.0, Clock())
    assert tries.take("a")
    assert not tries.take("a")
    assert tries.take("b")


def test_a_try_that_is_counted_when_none_is_left_makes_no_debt() -> None:
    clock = Clock()
    tries = Tries(1, 10.0, clock)
    for _ in range(5):
        tries.count("a")
    clock.later(10.0)
    assert tries.take("a")


def test_a_refused_try_does_not_put_off_the_next_one() -> None:
    clock = Clock()
    tries = Tries(1, 10.0, clock)
    tries.take("a")
    for _ in range(19):
        clock.later(0.5)
        assert not tries.take("a")
    clock.later(0.5)
    assert tries.take("a")


def test_of_too_many_keys_the_one_that_tried_least_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 3)
    tries = Tries(2, 10.0, Clock())
    for _ in range(2):
        tries.count("guesser")
    for number in range(50):
        tries.count(f"other {number}")
        assert len(tries._by_key) <= 3
    assert tries.wait("guesser") == 10


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("0:0:0:0:0:ffff:c000:0207", "192.0.2.7"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("fe80::7%eth0", "fe80::/64"),
        ("", ""),
        ("a name", "a name"),
    ],
)
def test_who_is_limited_is_an_address_or_the_network_of_a_house(host: str, network: str) -> None:
    assert network_of(host) == network


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_all_addresses_of_a_house_are_one(address: ipaddress.IPv6Address, other: int) -> None:
    neighbour = ipaddress.IPv6Address(int(address) >> 64 << 64 | other)
    assume(address.ipv4_mapped is None and neighbour.ipv4_mapped is None)
    assert network_of(str(neighbour)) == network_of(str(address))
