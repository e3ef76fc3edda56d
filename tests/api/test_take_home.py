"""Taking a view home over plain HTTP: one route, described by the page's address, and a sentence for all else."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from urllib.parse import urlencode

import nbformat
import pytest

from tests.api.test_own_corpus import asked, given
from tests.server import HOSTILE, LONG_TEXT, Server

SEARCH = "corpus=planets&q=red&k=5"
WORDINGS = f"{SEARCH}&against=ice"
MATRIX = "tab=hood&look=matrix&text=a+whale&text=a+war"
NOT_KEPT = "This evaluation is not kept any more; press Evaluate, then download it again."


def test_a_search_is_run_for_its_file_and_is_the_search_of_the_endpoint(server: Server) -> None:
    status, headers, body = server.get(f"/take/search.csv?{SEARCH}")
    assert status == 200
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-disposition"] == 'attachment; filename="search.csv"'
    assert headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    made = server.call("search", "planets", "red", 5, None, None, None)["rankings"]
    for method, ranking in made.items():
        found = [(row["doc_id"], int(row["rank"])) for row in rows if row["method"] == method]
        assert found == [(hit["doc_id"], hit["rank"]) for hit in ranking["hits"]]
    assert {row["doc_id"]: row["grade"] for row in rows}["mars"] == "3"


def test_two_wordings_are_ranked_for_their_file_as_each_is_alone(server: Server) -> None:
    for by, method in (("cross-encoder", "cross_encoder"), ("bi-encoder", "bi_encoder")):
        status, headers, body = server.get(f"/take/wordings.csv?{WORDINGS}&by={by}")
        assert status == 200
        assert headers["content-disposition"] == 'attachment; filename="wordings.csv"'
        rows = list(csv.DictReader(io.StringIO(body, newline="")))
        assert {row["method"] for row in rows} == {method}
        for query in ("red", "ice"):
            ranking = server.call("search", "planets", query, 5, [method], None, None)["rankings"][method]
            found = [(row["doc_id"], int(row["rank"])) for row in rows if row["query"] == query]
            assert found == [(hit["doc_id"], hit["rank"]) for hit in ranking["hits"]]
        a, b = ({row["doc_id"]: row for row in rows if row["query"] == query} for query in ("red", "ice"))
        assert (a["mars"]["grade"], b["saturn"]["grade"]) == ("3", "3")
        assert {doc: row["rank_before"] for doc, row in b.items()} == {
            doc: a[doc]["rank"] if doc in a else "" for doc in b
        }


@pytest.mark.parametrize("stem", ["search", "wordings", "matrix"])
def test_each_kind_of_file_is_one(server: Server, stem: str) -> None:
    address = {"search": SEARCH, "wordings": WORDINGS, "matrix": MATRIX}[stem]
    _, headers, body = server.get(f"/take/{stem}.html?{address}")
    assert body.startswith("<!doctype html>")
    assert headers["content-disposition"].startswith("attachment")
    ET.fromstring(server.get(f"/take/{stem}.svg?{address}")[2])
    nbformat.validate(nbformat.reads(server.get(f"/take/{stem}.ipynb?{address}")[2], as_version=4))


def test_an_address_may_be_sent_as_a_body(server: Server) -> None:
    texts = "&".join(f"text={n}+{'whale+' * 500}" for n in range(20))
    status, body = asked(server, "POST", "/take/matrix.csv", f"tab=hood&look=matrix&{texts}".encode())
    assert status == 200
    assert len(list(csv.reader(io.StringIO(body.decode(), newline="")))) == 21
    status, body = asked(server, "POST", "/take/matrix.csv", b"q=" + b"a" * 4_000_000)
    assert (status, body.decode()) == (422, "An address may have at most 4,000,000 bytes.")


def test_hostile_texts_stay_texts(server: Server) -> None:
    body = server.get("/take/search.html?corpus=hostile&q=whale&k=50")[2]
    assert "<img" not in body
    assert "<script" not in body
    assert HOSTILE[:4] not in body
    cells = json.loads(server.get("/take/search.ipynb?corpus=hostile&q=whale&k=50")[2])["cells"]
    assert "onerror" not in cells[0]["source"]
    assert LONG_TEXT.strip() in cells[2]["source"]
    both = urlencode({"corpus": "hostile", "q": HOSTILE, "against": f"={HOSTILE}"})
    for name in ("wordings.html", "wordings.svg"):
        body = server.get(f"/take/{name}?{both}")[2]
        assert "<img" not in body
        assert "<script" not in body
    rows = list(csv.DictReader(io.StringIO(server.get(f"/take/wordings.csv?{both}")[2], newline="")))
    assert f"'={HOSTILE}" in {row["query"] for row in rows}
    assert not [row for row in rows if row["query"].startswith("=")]
    cells = json.loads(server.get(f"/take/wordings.ipynb?{both}")[2])["cells"]
    assert "onerror" not in cells[0]["source"]


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("search.csv?corpus=nowhere&q=x", 422, 'This address can’t be used: corpus="nowhere".'),
        ("search.csv?corpus=toy&q=x&k=201", 422, 'This address can’t be used: k="201".'),
        ("search.csv?corpus=toy&k=20&without=q", 422, 'This address can’t be used: "q": left out of the address.'),
        ("search.csv?corpus=toy&q=%20", 422, "query is empty; please type some text."),
        ("search.csv?corpus=own&q=x", 404, "There is no corpus of your own in this browser tab"),
        ("search.csv?corpus=toy&q=x&against=y", 422, "Two wordings are compared at this address; "),
        ("wordings.csv?corpus=toy&q=x", 422, "There is no other wording in this address; "),
        ("wordings.html?corpus=toy&q=x&against=%20", 422, "The other wording is empty; please type some text."),
        ("wordings.svg?corpus=own&q=x&against=y", 404, "There is no corpus of your own in this browser tab"),
        ("wordings.png?corpus=toy&q=x&against=y", 404, "There is no such file."),
        ("matrix.csv?text=alone", 422, "texts must hold 2 to 50 texts, got 1."),
        ("evaluation.html?measured=planets&depth=9", 404, NOT_KEPT),
        ("evaluation.svg?measured=own", 404, "There is no corpus of your own in this browser tab"),
        ("evaluation.csv?measured=planets", 404, "There is no such file."),
        ("search.exe?corpus=toy&q=x", 404, "There is no such file."),
        ("search?corpus=toy&q=x", 404, "There is no such file."),
        ("..%2fapp.py", 404, "There is nothing at this address."),
    ],
)
def test_what_can_not_be_taken_home_gets_a_sentence(server: Server, address: str, status: int, sentence: str) -> None:
    found, body = asked(server, "GET", f"/take/{address}")
    assert found == status
    assert body.decode().startswith(sentence)
    assert b"Traceback" not in body


def test_another_session_gets_nothing_of_ones_own_corpus(server: Server) -> None:
    _, answer = given(server, "lines.txt", b"a secret line\nanother secret line\n")
    for secret in ("", "mine", answer["secret"][:-1]):
        for name in ("search.csv", "search.html", "search.svg", "search.ipynb", "evaluation.html", "wordings.csv"):
            address = "corpus=own&measured=own&q=line" + "&against=secret" * name.startswith("wordings")
            status, body = asked(server, "GET", f"/take/{name}?{address}", x_own_secret=secret)
            assert (status, b"secret line" in body) == (404, False)
            assert body.decode().startswith("There is no corpus of your own")
