"""Predictions over plain HTTP: nothing that is covered is given, and a bad prediction gets a sentence."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.api.test_own_corpus import asked, given
from tests.server import Server

COVERED = "corpus=planets&q=red&predict=1"
NOT_BEFORE = "This query is to be predicted; nothing of it is shown before the reveal."
NO_MEASURES = "A judged query of this corpus is to be predicted; what is measured over its queries is shown after"
REVEALED = "corpus=planets&q=red&predict=1&revealed=1"
FILES = ("search.csv", "search.html", "search.svg", "search.ipynb")


@pytest.mark.parametrize("more", ["", "&asks=right", "&of=bi_encoder", "&guess=mars", "&against=blue"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_covered_is_in_no_file(server: Server, more: str, method: str) -> None:
    for name in (*FILES, *(name.replace("search", "wordings") for name in FILES)):
        address = COVERED + more
        sent = (f"/take/{name}?{address}",) if method == "GET" else (f"/take/{name}", address.encode())
        status, body = asked(server, method, *sent)
        assert (status, body.decode()) == (422, NOT_BEFORE)


@pytest.mark.parametrize("twice", ["predict=1&predict=0", "revealed=0", "revealed=yes", "revealed=1&revealed=0"])
def test_an_address_that_says_two_things_gives_nothing(server: Server, twice: str) -> None:
    status, body = asked(server, "GET", f"/take/search.csv?{COVERED}&{twice}")
    assert status == 422
    assert body.decode().startswith("This address can’t be used: ")


def test_what_is_covered_is_not_measured_in_a_file(server: Server) -> None:
    for path in ("/take/evaluation.html", "/take/evaluation.ipynb", "/evaluation/measures.csv"):
        status, body = asked(server, "GET", f"{path}?measured=planets&corpus=planets&q=red&predict=1")
        assert (status, body.decode().startswith(NO_MEASURES)) == (422, True)


@pytest.mark.parametrize(
    ("prediction", "sentence"),
    [
        ("guess=nowhere", 'The prediction names document "nowhere", which is not among the candidates.'),
        ("guess=mars&guess=nowhere", 'The prediction names document "nowhere", which is not among the candidates.'),
        ("guess=mars&guess=mars", 'This address can’t be used: guess="mars".'),
        ("guess=", 'This address can’t be used: guess="".'),
        ("&".join(f"guess={n}" for n in range(6)), 'This address can’t be used: guess="0".'),
        ("of=nothing&guess=mars", 'This address can’t be used: of="nothing".'),
        ("asks=why&guess=mars", 'This address can’t be used: asks="why".'),
        ("asks=right&guess=mars", 'The prediction must name one of the two methods or neither, got "mars".'),
        ("asks=right&guess=bm25", 'The prediction must name one of the two methods or neither, got "bm25".'),
    ],
)
def test_a_bad_prediction_gets_a_sentence(server: Server, prediction: str, sentence: str) -> None:
    for name in FILES:
        status, body = asked(server, "GET", f"/take/{name}?{REVEALED}&{prediction}")
        assert (status, body.decode()) == (422, sentence)


def test_a_prediction_is_taken_home_with_its_score_and_sentence(server: Server) -> None:
    address = f"{REVEALED}&guess=mars&guess=venus"
    rows = list(csv.DictReader(io.StringIO(server.get(f"/take/search.csv?{address}")[2], newline="")))
    yours = [row for row in rows if row["method"] == "you"]
    assert [row["doc_id"] for row in yours] == ["mars", "venus"]
    assert yours[0]["sentence"].startswith("nDCG@5: you ")
    assert f"nDCG@5: you {float(yours[0]['value']):.2f}".replace(" 0.", " .") in yours[0]["sentence"]
    for name in ("search.html", "search.svg"):
        body = server.get(f"/take/{name}?{address}")[2]
        assert yours[0]["sentence"] in body
        assert "You · your order" in body
    cells = json.loads(server.get(f"/take/search.ipynb?{address}")[2])["cells"]
    assert "PREDICTION = ['mars', 'venus']" in cells[-1]["source"]


def test_another_session_gets_no_prediction_about_ones_own_corpus(server: Server) -> None:
    _, answer = given(server, "lines.txt", b"a secret line\nanother secret line\n")
    address = "corpus=own&q=line&predict=1&revealed=1&guess=1"
    for secret in ("", "mine", answer["secret"][:-1]):
        for name in FILES:
            status, body = asked(server, "GET", f"/take/{name}?{address}", x_own_secret=secret)
            assert (status, b"secret line" in body) == (404, False)
            assert body.decode().startswith("There is no corpus of your own")
