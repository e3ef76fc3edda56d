"""Files as people have them, spoiled somewhere: each is read, previewed, written and read again, or is one sentence."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import SearchError
from searchcore.corpora import MAX_OWN_DOCUMENTS, Columns, read_archive, to_archive
from tests.workbooks import texts, workbook, zipped
from ui.own.draft import drafted
from ui.own.preview import preview, summary

EXAMPLES = 60
# A spoiled file of a few kilobytes takes milliseconds: this is for a machine with much else to do.
MOST_SECONDS = 10.0
LONGEST_SENTENCE = 1_000
FILMS = [
    ("Jaws", "A shark; a boat, and a “chief”."),
    ("Platoon", 'Young men\tin a "war"'),
    ("Alien", "Ein Fräulein | 42"),
]
LINES = [json.dumps({"_id": str(i), "title": title, "text": text}) for i, (title, text) in enumerate(FILMS)]
BEIR = {
    "corpus.jsonl": "\n".join(LINES),
    "queries.jsonl": '{"_id": "q", "text": "a war"}',
    "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\t1\t2\n",
    "README.md": "---\npretty_name: Films\n---\n",
}
FILES: dict[str, bytes] = {
    "films.txt": "\n".join(text for _, text in FILMS).encode(),
    "films.csv": ("title,text\n" + "\n".join(f'"{a}","{b.replace(chr(34), chr(34) * 2)}"' for a, b in FILMS)).encode(),
    "semicolons.csv": ("title;text\r\n" + "\r\n".join(f"{a};x {i}" for i, (a, _) in enumerate(FILMS))).encode("cp1252"),
    "films.tsv": ("title\ttext\n" + "\n".join(f"{a}\tb {i}" for i, (a, _) in enumerate(FILMS))).encode("utf-16"),
    "films.jsonl": "\n".join(LINES).encode(),
    "films.xlsx": workbook(texts(["title", "text"], *map(list, FILMS)), strings=["one", "two"]),
    "films.zip": zipped(BEIR),
    "packed.zip": zipped({f"films/{name}.gz": gzip.compress(raw.encode(), mtime=0) for name, raw in BEIR.items()}),
}

places = st.floats(0, 1, exclude_max=True)
noise = st.one_of(
    st.binary(min_size=1, max_size=6), st.sampled_from([b"\0", b'"', b"\n", b"\xff\xfe", b"{", b"\x1e" * 3])
)


def at(data: bytes, place: float) -> int:
    return int(place * len(data))


# Each takes the file, a place in it, another one, and some noise.
SPOILERS: dict[str, Callable[[bytes, int, int, bytes], bytes]] = {
    "cut": lambda data, one, two, some: data[:one],
    "begun later": lambda data, one, two, some: data[one:],
    "put in": lambda data, one, two, some: data[:one] + some + data[one:],
    "put over": lambda data, one, two, some: data[:one] + some + data[one + len(some) :],
    "left out": lambda data, one, two, some: data[: min(one, two)] + data[max(one, two) :],
    "twice": lambda data, one, two, some: data[:one] + data[min(one, two) : max(one, two)] + data[one:],
    "flipped": lambda data, one, two, some: (
        data[:one] + bytes(b ^ some[0] for b in data[one : one + 4]) + data[one + 4 :]
    ),
    "many times": lambda data, one, two, some: data[:one] + some * 2_000 + data[one:],
}


def is_used_or_one_sentence(name: str, data: bytes) -> None:
    """The whole way of an upload, to the download."""
    began = time.monotonic()
    try:
        draft = drafted(name, data)
        assert summary(draft) and preview(draft)
        if draft.corpus is not None:
            assert 1 <= len(draft.corpus) <= MAX_OWN_DOCUMENTS and not draft.corpus.shared
            again = read_archive("again.zip", to_archive(draft.corpus))
            assert [d.text for d in again.documents] == [d.text for d in draft.corpus.documents]
        if draft.table is not None:
            for text in range(len(draft.table.columns)):
                draft.with_columns(Columns(text, None, passages=True))
    except SearchError as error:
        assert str(error).isprintable() and str(error).endswith(".") and len(str(error)) < LONGEST_SENTENCE
    assert time.monotonic() - began < MOST_SECONDS


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_nobody_spoiled_is_used(name: str) -> None:
    found = drafted(name, FILES[name])
    assert found.corpus is not None and len(found.corpus) == len(FILMS)
    is_used_or_one_sentence(name, FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_spoiled_somewhere(name: str) -> None:
    @settings(max_examples=EXAMPLES)
    @given(st.lists(st.tuples(st.sampled_from(sorted(SPOILERS)), places, places, noise), min_size=1, max_size=3))
    def spoiled(steps: list[tuple[str, float, float, bytes]]) -> None:
        data = FILES[name]
        for how, one, two, some in steps:
            data = SPOILERS[how](data, at(data, one), at(data, two), some)
        is_used_or_one_sentence(name, data)

    spoiled()


@settings(max_examples=100)
@given(
    st.one_of(st.sampled_from(sorted(FILES)), st.text(max_size=12), st.sampled_from([".zip", "a.", "x.CSV"])), st.data()
)
def test_a_file_under_any_name(name: str, data: st.DataObject) -> None:
    content: Any = data.draw(st.one_of(st.sampled_from(sorted(FILES.values())), st.binary(max_size=60)))
    is_used_or_one_sentence(name, content)
