"""Whatever bytes are in the files of a corpus: a corpus that keeps to its rules, or one sentence."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchcore import Corpus, CorpusError
from searchcore.corpora import MAX_GRADE, read_corpus_files
from searchcore.text import same_words, visible

NAMES = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv", "qrels/dev.tsv", "README.md")
ENDINGS = ("", ".gz", ".zst")

ids = st.one_of(st.sampled_from(["a", "b", "q", "", " a "]), st.integers(0, 3), st.none(), st.text(max_size=3))
texts = st.one_of(
    st.sampled_from(["one", "One ", "ONE", "\u200b", ""]), st.text(max_size=6), st.none(), st.floats(), st.integers()
)
rows = st.fixed_dictionaries(
    {},
    optional={"_id": ids, "text": texts, "title": texts, "metadata": st.one_of(st.none(), st.integers(), st.just({}))},
)
json_lines = st.lists(rows.map(json.dumps), max_size=6).map(lambda found: "\n".join(found).encode())
cells = st.sampled_from(["a", "b", "q", "0", "1", "1.5", "-1", "nan", "1e400", "#", "Q0", ""])
qrels = st.lists(st.lists(cells, max_size=5), max_size=6).map(
    lambda found: "\n".join(("\t" if len(row) % 2 else " ").join(row) for row in found).encode()
)
any_file = st.one_of(
    st.binary(max_size=200), json_lines, qrels, st.binary(max_size=40).map(lambda b: b"---\n" + b + b"\n---\n")
)
good = st.just(b'{"_id": "a", "text": "one"}\n{"_id": "b", "title": "two"}\n')


def opener(raw: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(raw)


def files_of(contents: Mapping[str, bytes]) -> dict[str, Callable[[], BinaryIO]]:
    return {name: opener(raw) for name, raw in contents.items()}


def whole(value: Any) -> bool:
    json.dumps(value, ensure_ascii=False).encode()  # raises where there is half of a surrogate pair
    return True


def keeps_its_rules(corpus: Corpus) -> None:
    assert corpus.documents
    for document in corpus.documents:
        assert document.doc_id == document.doc_id.strip() != ""
        assert visible(document.passage) and document.passage == document.passage.strip()
        assert whole([document.doc_id, document.passage, dict(document.metadata)])
    words = [same_words(query.text) for query in corpus.queries]
    assert len(set(words)) == len(words)
    assert all(visible(query.text) for query in corpus.queries)
    assert list(corpus.splits)[:1] in ([], [corpus.split])
    known = {query.query_id for query in corpus.queries}
    for split in corpus.splits.values():
        assert split
        for query_id, grades in split.items():
            assert query_id in known and grades
            for doc_id, grade in grades.items():
                assert corpus.document(doc_id).doc_id == doc_id
                assert type(grade) is int and 0 <= grade <= MAX_GRADE
    assert len(corpus.notes) < 20
    for note in corpus.notes:
        assert note.isprintable() and note.endswith(".") and len(note) < 3_000
    assert whole([corpus.title, corpus.description, corpus.fingerprint])


@settings(max_examples=300, deadline=None)
@given(st.fixed_dictionaries({}, optional={n + e: any_file for n in NAMES for e in ENDINGS}))
@example({"corpus.jsonl": b'{"_id": "a", "text": "x", "metadata": ' + b'{"a":' * 900 + b"1" + b"}" * 901})
@example({"corpus.jsonl.zst": b"(\xb5/\xfd"})
def test_any_bytes_are_a_corpus_or_one_sentence(contents: dict[str, bytes]) -> None:
    try:
        corpus = read_corpus_files("any", files_of(contents))
    except CorpusError as error:
        assert str(error).isprintable() and str(error).endswith(".")
    else:
        keeps_its_rules(corpus)


@settings(max_examples=300, deadline=None)
@given(st.fixed_dictionaries({"corpus.jsonl": good}, optional=dict.fromkeys(NAMES[1:], any_file)))
def test_no_file_beside_the_documents_ever_costs_the_corpus(contents: dict[str, bytes]) -> None:
    corpus = read_corpus_files("any", files_of(contents))
    assert [document.doc_id for document in corpus.documents] == ["a", "b"]
    keeps_its_rules(corpus)


@given(st.text())
def test_the_same_words_stay_the_same(text: str) -> None:
    once = same_words(text)
    assert same_words(once) == once
    assert same_words(f"  {text.upper().lower()}\n") == same_words(text.upper().lower())
