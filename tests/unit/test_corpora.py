"""Corpora in BEIR layout: what is read as meant, and the one sentence for what can't be."""

from __future__ import annotations

import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from searchcore import CorpusError, InvalidInput, corpus_from_texts, find_corpora
from searchcore.corpora import FOLDERS_VARIABLE, MAX_LINE_BYTES, read_corpus
from tests.fakes import write_beir

MEGABYTE = 1_000_000


def record(doc_id: object, text: object = "text", **fields: object) -> dict[str, object]:
    return {"_id": doc_id, "text": text, **fields}


def problem(folder: Path) -> str:
    """The sentence for a folder that can't be read."""
    with pytest.raises(CorpusError) as caught:
        read_corpus(folder)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_a_folder_is_read_with_all_that_is_in_it(tmp_path: Path) -> None:
    corpus = read_corpus(
        write_beir(
            tmp_path / "films",
            [record("7", "Rick runs a bar.", title="Casablanca", metadata={"year": 1942}), record("8", "No title.")],
            [{"_id": "q1", "text": "a bar", "metadata": {"kind": "plot"}}],
            "query-id\tcorpus-id\tscore\nq1\t7\t3\nq1\t8\t0\n",
            '---\npretty_name: "Films"\ndescription: Two films.\nlicense: mit\n---\n# Films\n',
        )
    )
    assert (corpus.name, corpus.title, corpus.description) == ("films", "Films", "Two films.")
    assert [document.passage for document in corpus.documents] == ["Casablanca\n\nRick runs a bar.", "No title."]
    assert corpus.document("7").metadata == {"year": 1942}
    assert corpus.queries[0].kind == "plot"
    assert corpus.qrels == {"q1": {"7": 3, "8": 0}}
    assert corpus.judged
    assert corpus.shared
    assert corpus.prepared_query("  A BAR ") is corpus.queries[0]


def test_queries_judgements_and_card_may_be_missing(tmp_path: Path) -> None:
    corpus = read_corpus(write_beir(tmp_path / "plain", queries=None, qrels=None))
    assert (corpus.title, corpus.description, corpus.queries, corpus.judged) == ("plain", "", (), False)


def test_a_folder_without_documents_is_named(tmp_path: Path) -> None:
    assert problem(tmp_path / "none") == "none: can't be read (No such file or directory)."
    (tmp_path / "bare").mkdir()
    assert problem(tmp_path / "bare") == "bare/corpus.jsonl: the file is missing."
    write_beir(tmp_path / "empty", b"\n\n")
    assert problem(tmp_path / "empty") == "empty/corpus.jsonl: there is no document in it."


def test_windows_line_ends_and_a_byte_order_mark_are_read_as_meant(tmp_path: Path) -> None:
    card = "---\npretty_name: Films\n---\n"
    plain = read_corpus(write_beir(tmp_path / "1" / "films", card=card))
    windows = read_corpus(write_beir(tmp_path / "2" / "films", card=card, windows=True, bom=True))
    for field in ("title", "documents", "queries", "qrels"):
        assert getattr(windows, field) == getattr(plain, field)
    assert plain.title == "Films"


def test_ids_may_be_whole_numbers_in_documents_queries_and_judgements(tmp_path: Path) -> None:
    corpus = read_corpus(
        write_beir(tmp_path / "n", [record(7), record(10**20)], [record(1)], f"1\t7\t2\n1\t{10**20}\t0\n")
    )
    assert [document.doc_id for document in corpus.documents] == ["7", str(10**20)]
    assert corpus.qrels == {"1": {"7": 2, str(10**20): 0}}


def test_a_number_and_a_text_that_look_alike_are_one_id_and_the_first_row_stays(tmp_path: Path) -> None:
    corpus = read_corpus(write_beir(tmp_path / "n", [record(7, "one"), record("7", "two")], qrels=None))
    assert [document.text for document in corpus.documents] == ["one"]
    assert corpus.notes == ('n/corpus.jsonl: 1 row was left out: line 2 has the id of an earlier row ("7").',)


@pytest.mark.parametrize("header", ["", "query-id\tcorpus-id\tscore\n", "query-id\tcorpus-id\tscore\r\n"])
def test_judgements_need_no_header(tmp_path: Path, header: str) -> None:
    assert read_corpus(write_beir(tmp_path / "h", qrels=header + "q\ta\t1\nq\tb\t0\n")).qrels == {"q": {"a": 1, "b": 0}}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"_id": "b", "text": ', "is not valid JSON"),
        (b'{"_id": "b"} {"_id": "c"}', "is not valid JSON"),
        (b"[" * 100_000, "is not valid JSON"),
        (b'{"_id": ' + b"9" * 5_000 + b"}", "is not valid JSON"),
        (b'["b", "text"]', "is not a JSON object"),
        (b'{"_id": "b", "text": "caf\xe9"}', "is not UTF-8 text"),
        ('{"_id": "b"}'.encode("utf-16"), "is not UTF-8 text"),
        (b'{"text": "no id"}', 'has no "_id" that is a text or a whole number'),
        (b'{"_id": 2.5, "text": "x"}', 'has no "_id" that is a text or a whole number'),
        (b'{"_id": true, "text": "x"}', 'has no "_id" that is a text or a whole number'),
        (b'{"_id": " ", "text": "x"}', 'has no "_id" that is a text or a whole number'),
        (b'{"_id": null, "text": "x"}', 'has no "_id" that is a text or a whole number'),
        (b'{"_id": "a", "text": "again"}', 'has the id of an earlier row ("a")'),
        (b'{"_id": "b", "text": " \\n "}', "has no text and no title"),
        ('{"_id": "b", "text": "\N{ZERO WIDTH SPACE}\N{NO-BREAK SPACE}"}'.encode(), "has no text and no title"),
        (b'{"_id": "b", "text": null}', "has no text and no title"),
        (b'{"_id": "b", "text": NaN}', "has no text and no title"),
        (b'{"_id": "b", "text": "", "title": null}', "has no text and no title"),
        (b'{"_id": "b"}', "has no text and no title"),
        (b'{"_id": "b", "text": 42}', 'has a "text" or "title" that is not a text'),
        (b'{"_id": "b", "text": Infinity}', 'has a "text" or "title" that is not a text'),
        (b'{"_id": "b", "text": ["x"]}', 'has a "text" or "title" that is not a text'),
        (b'{"_id": "b", "text": "x", "title": 3}', 'has a "text" or "title" that is not a text'),
        (b'{"_id": "b", "text": "half \\ud83d"}', "has half of a surrogate pair, which is no character"),
        (b'{"_id": "b\\udc00", "text": "x"}', "has half of a surrogate pair, which is no character"),
        (b'{"_id": "b", "text": "x", "metadata": {"k": ["\\uD800"]}}', "has half of a surrogate pair, which is no"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bad_row_is_left_out_and_named_and_the_others_stay(tmp_path: Path, line: bytes, reason: str) -> None:
    folder = write_beir(
        tmp_path / "bad", b'{"_id": "a", "text": "good"}\n' + line + b'\n{"_id": "z", "text": "good"}\n', qrels=None
    )
    corpus = read_corpus(folder)
    assert [document.doc_id for document in corpus.documents] == ["a", "z"]
    [note] = corpus.notes
    assert note.startswith(f"bad/corpus.jsonl: 1 row was left out: line 2 {reason}")
    assert problem(write_beir(tmp_path / "only", line if b'"again"' not in line else b"{}")).startswith(
        "only/corpus.jsonl: there is no document in it to use; 1 row was left out: line 1 "
    )


def test_a_document_needs_a_text_or_a_title(tmp_path: Path) -> None:
    rows = (
        b'{"_id": "1", "title": "Both", "text": "text"}\n{"_id": "2", "title": "Only a title"}\n'
        b'{"_id": "3", "text": null}\n{"_id": "4", "title": "null", "text": null}\n'
        b'{"_id": "5", "title": "NaN", "text": NaN}\n{"_id": "6", "title": NaN, "text": "alone"}\n'
    )
    corpus = read_corpus(write_beir(tmp_path / "shop", rows, None, None))
    assert {document.doc_id: document.passage for document in corpus.documents} == {
        "1": "Both\n\ntext",
        "2": "Only a title",
        "4": "null",
        "5": "NaN",
        "6": "alone",
    }
    assert corpus.notes == ("shop/corpus.jsonl: 1 row was left out: line 3 has no text and no title.",)


def test_many_bad_rows_are_counted_by_kind_and_the_first_are_named(tmp_path: Path) -> None:
    rows = b'{"_id": "a", "text": "good"}\n' + b"{\n" * 1_500 + b'{"_id": "b"}\n' + b'{"_id": "a", "text": "x"}\n' * 2
    corpus = read_corpus(write_beir(tmp_path / "shop", rows, None, None))
    assert corpus.notes == (
        "shop/corpus.jsonl: 1,503 rows were left out: lines 2, 3, 4 and 1,497 more are not valid JSON; "
        "line 1,502 has no text and no title; "
        'lines 1,503 and 1,504 have the ids of earlier rows ("a").',
    )


def test_metadata_that_is_no_object_does_not_cost_the_document(tmp_path: Path) -> None:
    corpus = read_corpus(
        write_beir(tmp_path / "m", [record("a", metadata=[1]), record("b", metadata={"k": 1})], None, None)
    )
    assert [document.metadata for document in corpus.documents] == [{}, {"k": 1}]
    assert corpus.notes == (
        'm/corpus.jsonl: 1 row was kept with a change: line 1 has a "metadata" that is no JSON object, passed over.',
    )


def test_whole_surrogate_pairs_and_null_fields_are_read(tmp_path: Path) -> None:
    line = b'{"_id": "a", "text": "\\ud83d\\ude42 and \\u0394", "title": null, "metadata": null}\n'
    document = read_corpus(write_beir(tmp_path / "ok", line, qrels=None)).documents[0]
    assert (document.text, document.title, document.metadata) == ("\N{SLIGHTLY SMILING FACE} and Δ", "", {})


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_line_of_50_megabytes_is_left_out_without_being_held(tmp_path: Path, name: str) -> None:
    folder = write_beir(tmp_path / "long")
    with (folder / name).open("r+b") as file:
        file.truncate(50 * MEGABYTE)
    tracemalloc.start()
    corpus = read_corpus(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [document.doc_id for document in corpus.documents] == ["a", "b"]
    [note] = corpus.notes
    assert note.startswith(f"long/{name}: 1 row was left out: line ")
    assert note.endswith(f" is longer than {MAX_LINE_BYTES:,} bytes.")
    assert peak < 5 * MEGABYTE


def test_what_comes_after_a_long_line_is_read(tmp_path: Path) -> None:
    rows = b'{"_id": "a", "text": "' + b"x" * 2 * MAX_LINE_BYTES + b'"}\n{"_id": "b", "text": "short"}\n'
    corpus = read_corpus(write_beir(tmp_path / "long", rows, None, None))
    assert [document.doc_id for document in corpus.documents] == ["b"]
    exact = b'{"_id": "a", "text": "' + b"x" * (MAX_LINE_BYTES - 25) + b'"}\n'
    assert len(exact) == MAX_LINE_BYTES
    assert read_corpus(write_beir(tmp_path / "exact", exact, None, None)).notes == ()


def test_folder_names_with_spaces_and_other_letters_work(tmp_path: Path) -> None:
    names = ["двa слова", "映画", "a b", "..films", "it's; $HOME"]
    for name in names:
        write_beir(tmp_path / name)
    corpora, problems = find_corpora([tmp_path])
    assert set(corpora) == set(names) - {"..films"}  # a hidden folder stays hidden
    assert problems == []


def test_a_folder_reached_by_dots_has_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_beir(tmp_path / "films")
    (tmp_path / "films" / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "films")
    for path in (".", "inner/..", "../films"):
        assert list(find_corpora([Path(path)])[0]) == ["films"]
    assert [read_corpus(Path(path)).name for path in (".", "inner/..", "../films")] == ["films"] * 3


def test_a_linked_folder_has_the_name_of_the_link(tmp_path: Path) -> None:
    write_beir(tmp_path / "store" / "0a1b")
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "films").symlink_to(tmp_path / "store" / "0a1b")
    assert list(find_corpora([tmp_path / "corpora"])[0]) == ["films"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_folder_name_that_is_not_utf8_is_named_and_the_others_work(tmp_path: Path) -> None:
    write_beir(tmp_path / "good")
    write_beir(tmp_path / os.fsdecode(b"caf\xe9"))
    corpora, problems = find_corpora([tmp_path])
    assert list(corpora) == ["good"]
    assert problems == ['"caf\N{REPLACEMENT CHARACTER}": the name of this folder is not UTF-8 text; please rename it.']


def test_a_broken_folder_does_not_hide_the_others(tmp_path: Path) -> None:
    write_beir(tmp_path / "b_bad", b"{")
    write_beir(tmp_path / "a_three", [record(1), record(2), record(3)], qrels=None)
    write_beir(tmp_path / "c_two")
    (tmp_path / "d_none").mkdir()
    (tmp_path / "a file.txt").write_text("not a corpus")
    (tmp_path / "line\nbreak").mkdir()
    corpora, problems = find_corpora([tmp_path])
    assert list(corpora) == ["c_two", "a_three"]  # smallest first
    assert problems == [
        "b_bad/corpus.jsonl: there is no document in it to use; 1 row was left out: line 1 is not valid JSON."
    ]


def test_a_folder_that_is_nearly_a_corpus_gets_one_line_and_any_other_none(tmp_path: Path) -> None:
    for name in (
        "a/queries.jsonl.gz",
        "b/qrels/test.tsv",
        "c/corpus.csv",
        "d/notes.txt",
        "e/README.md",
        "f/qrels/x.md",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"")
    corpora, problems = find_corpora([tmp_path])
    assert corpora == {}
    assert problems == [
        f"{folder}/corpus.jsonl: the file is missing, though {file} is there; "
        "it holds one JSON object a line for each document."
        for folder, file in (("a", "queries.jsonl.gz"), ("b", "qrels/test.tsv"), ("c", "corpus.csv"))
    ]


def test_many_other_files_beside_a_corpus_do_not_matter(tmp_path: Path) -> None:
    folder = write_beir(tmp_path / "films")
    for number in range(1_200):
        (folder / f"{number}.txt").touch()
        (folder / "qrels" / f"{number}.md").touch()
    corpora, problems = find_corpora([tmp_path])
    assert (list(corpora), problems, corpora["films"].notes) == (["films"], [], ())


def test_what_was_left_out_goes_to_the_log_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_beir(tmp_path / "shop", b'{"_id": "a", "text": "good"}\n{\n', None, None)
    corpora, problems = find_corpora([tmp_path])
    assert problems == []
    assert caplog.messages == ["shop/corpus.jsonl: 1 row was left out: line 2 is not valid JSON."]
    assert tuple(caplog.messages) == corpora["shop"].notes


def test_more_folders_can_be_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one/films", "two/books", "two/toy"):
        write_beir(tmp_path / name)
    folders = [tmp_path / "one", tmp_path / "missing", "", tmp_path / "two", "x" * 5_000, tmp_path / "two" / "books"]
    monkeypatch.setenv(FOLDERS_VARIABLE, os.pathsep.join(map(str, folders)))
    corpora, problems = find_corpora()
    assert {"films", "books", "toy"} <= set(corpora)
    assert len(corpora["toy"]) > 2  # the built-in one came first
    assert [sentence for sentence in problems if "another corpus" in sentence] == [
        "toy: another corpus has this name already.",
        "books: another corpus has this name already.",
    ]
    unreadable = [sentence for sentence in problems if sentence.startswith("The corpora folder ")]
    assert len(unreadable) == 2
    assert "/missing" in unreadable[0]
    assert unreadable[0].endswith(" can't be read (No such file or directory).")


def test_texts_become_a_corpus_that_is_not_shared() -> None:
    texts = ["one", " two ", "one"]
    corpus = corpus_from_texts(texts)
    assert [(d.doc_id, d.passage) for d in corpus.documents] == [("1", "one"), ("2", " two "), ("3", "one")]
    assert not corpus.shared
    assert texts == ["one", " two ", "one"]


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ([], "own: there is no text in it."),
        (["a", " \u200b\n"], "own: text 2 is empty or not a text."),
        (["a", 3], "own: text 2 is empty or not a text."),
        (["a", "b\ud800"], "own: text 2: half of a surrogate pair, which is not a character."),
    ],
)
def test_bad_texts_are_named(texts: list[str], sentence: str) -> None:
    with pytest.raises(CorpusError) as caught:
        corpus_from_texts(texts)
    assert str(caught.value) == sentence


def test_one_text_is_not_taken_for_a_list_of_letters() -> None:
    with pytest.raises(InvalidInput, match=r'^texts must be a list of texts, got "abc"\.$'):
        corpus_from_texts("abc")
