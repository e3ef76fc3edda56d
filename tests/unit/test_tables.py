"""Tables as people have them: whatever is in a file, its rows are read, or one sentence says why not."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchcore import CorpusError
from searchcore.corpora import Table, read_table
from searchcore.corpora import tables as limits
from searchcore.corpora.tables import READERS, guess_text, guess_title


def table(text: str | bytes, name: str = "a.csv") -> Table:
    return read_table(name, text if isinstance(text, bytes) else text.encode())


def rows(text: str | bytes, name: str = "a.csv") -> list[tuple[str, ...]]:
    return list(table(text, name).rows)


def refusal(data: bytes, name: str = "a.csv") -> str:
    with pytest.raises(CorpusError) as caught:
        read_table(name, data)
    return str(caught.value)


def test_lines_are_documents_with_the_numbers_of_their_lines() -> None:
    found = table("one\n\n two \nthree", "a.txt")
    assert found == Table(("text",), (("one",), ("two",), ("three",)), (1, 3, 4))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.tsv", "a.jsonl"])
def test_lines_end_as_on_any_system(name: str, end: str) -> None:
    lines = ['{"text": "one"}', '{"text": "two"}'] if name == "a.jsonl" else ["text", "one", "two"]
    assert rows(end.join(lines) + end, name)[-2:] == [("one",), ("two",)]
    assert table(end.join(lines) + end + end, name).numbers[-1] == len(lines)


def test_only_line_ends_end_a_line() -> None:
    assert rows('{"text": "a\u2028b\x85c"}\n', "a.jsonl") == [("a\u2028b\x85c",)]
    assert rows("a\u2028b\x0bc\x0cd\n", "a.txt") == [("a\u2028b\x0bc\x0cd",)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [("title", "text"), ("A", "one two"), ("B", "three")])
    assert table(text) == Table(("title", "text"), (("A", "one two"), ("B", "three")), (2, 3))


def test_a_semicolon_table_may_hold_commas_and_a_tsv_anything() -> None:
    assert rows("titel;text\nA;one, two, three\nB;four\n") == [("A", "one, two, three"), ("B", "four")]
    assert rows("title\ttext\nA\tone, two\n", "a.tsv") == [("A", "one, two")]


def test_commas_in_sentences_below_a_single_name_make_no_columns() -> None:
    text = "text\nHello, world\nIt rained, and rained, all day\nSun\n"
    assert table(text).columns == ("text",)
    assert rows(text) == [("Hello, world",), ("It rained, and rained, all day",), ("Sun",)]


def test_a_one_column_table_may_have_quotation_marks() -> None:
    assert rows('text\n"Hello, ""world"""\n"a\nb"\n') == [('Hello, "world"',), ("a\nb",)]


@pytest.mark.parametrize("text", ["Hi\nA much longer second line\n", "Short\nother\n", "Hi\n"])
def test_a_short_first_line_is_no_header(text: str) -> None:
    for name in ("a.txt", "a.csv", "a.tsv"):
        assert rows(text, name)[0] == (text.split("\n", maxsplit=1)[0],)
        assert table(text, name).numbers[0] == 1


def test_a_header_is_known_by_its_names_or_by_its_shortness() -> None:
    assert table("Text\nsome\n").columns == ("Text",)
    assert table("who,what\nAnn,a much longer text\n").columns == ("who", "what")
    assert table(f"title,{'long ' * 9}\na,b\n").columns == ("title", "long " * 8 + "long")
    assert table("n\n1\n2\n").columns == ("n",)
    assert table("day,what\n2020-01-02,a\n2020-01-03 10:00,b\n").columns == ("day", "what")
    assert table("1,first text\n2,second text\n").columns == ("column 1", "column 2")
    films = "Alien,A crew in space\nPlatoon,A young soldier\nBrazil,A clerk dreams of a way out\n"
    assert table(films).columns == ("column 1", "column 2")
    assert table("same,same\nb,c d e f g\n").columns == ("column 1", "column 2")
    assert table("title,text\n").rows == (("title", "text"),)


def test_numbers_of_rows_count_the_header_blank_rows_and_rows_left_out() -> None:
    found = table("title,text\na,b\n\nc\nd,e,f\n,,\ng,h,,\ni,j\n")
    assert found.rows == (("a", "b"), ("c", ""), ("g", "h"), ("i", "j"))
    assert found.numbers == (2, 4, 7, 8)
    assert found.notes == ("Row 5 was left out: more cells than there are columns.",)


def test_a_row_over_several_lines_counts_as_one_as_in_a_spreadsheet() -> None:
    found = table('title,text\nA,"one\ntwo\n\nthree"\nd,e,f\nB,four\n')
    assert (found.rows, found.numbers) == ((("A", "one\ntwo\n\nthree"), ("B", "four")), (2, 4))
    assert found.notes == ("Row 3 was left out: more cells than there are columns.",)


def test_many_rows_that_are_left_out_are_counted() -> None:
    found = table("title,text\n" + "a,b\n" * 60 + "a,b,c\n" * 7)
    assert found.notes == ("Rows 62, 63, 64, 65, 66 and 2 more were left out: more cells than there are columns.",)


def test_a_quotation_mark_that_is_never_closed_costs_no_other_row() -> None:
    odd = table('title,text\na,b\nc,"d\ne,f')
    assert odd.rows == (("a", "b"), ("c", '"d'), ("e", "f"))
    assert odd.numbers == (2, 3, 4)
    assert odd.notes == ("Row 3 was read as it stands: a quotation mark is opened there and never closed.",)


def test_a_cell_may_be_longer_than_the_csv_library_allows() -> None:
    assert rows("title,text\nA," + "x" * 200_000 + "\nB,y\n") == [("A", "x" * 200_000), ("B", "y")]
    assert rows("x" * 200_000 + "\n" + "y z\n", "a.tsv") == [("x" * 200_000,), ("y z",)]


def test_two_hundred_columns_are_read_and_of_more_the_first() -> None:
    def wide(count: int) -> str:
        return "\n".join(",".join(f"{word}{i}" for i in range(count)) for word in ("c", "word"))

    assert len(table(wide(200)).columns) == 200
    found = table(wide(300))
    assert len(found.columns) == len(found.rows[0]) == 256
    assert found.notes == ("Only the first 256 of 300 columns were read.",)


def test_one_column_of_numbers_holds_no_texts() -> None:
    found = table("n\n1\n2.5\n-3,5\n1e6\n12 %\n")
    assert guess_text(found) is None
    assert guess_text(table("Infinity\nnan\n")) == 0


def test_texts_are_found_by_name_and_by_length() -> None:
    assert guess_text(table("text,notes\na,much longer than it\n")) == 0
    assert guess_text(table("who,what,n\nAnn,a longer text,1000000000000000000000\n")) == 1
    found = table("overview,name\nabc,def\n")
    assert (guess_text(found), guess_title(found, 0)) == (0, 1)
    assert guess_title(table("name,n\nabc,1\n"), 0) is None


LATIN = "title,text\ncafé,crème brûlée\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_apart(encoding: str) -> None:
    assert table(LATIN.encode(encoding)) == Table(("title", "text"), (("café", "crème brûlée"),), (2,))


def test_a_big_endian_mark_is_read_and_the_text_of_a_file_may_be_of_any_script() -> None:
    assert rows(b"\xfe\xff" + "東京\n大阪".encode("utf-16-be"), "a.txt") == [("東京",), ("大阪",)]


def test_latin_1_is_read_and_said() -> None:
    found = table(LATIN.encode("latin-1"))
    assert found.rows == (("café", "crème brûlée"),)
    assert found.notes == ("a.csv is not UTF-8; it was read as Windows-1252 (Latin-1).",)


def test_one_bad_byte_does_not_spoil_the_other_letters() -> None:
    found = table("café\nжизнь\n".encode() + b"bad \xff\n", "a.txt")
    assert found.rows == (("café",), ("жизнь",), ("bad \ufffd",))
    assert found.notes == ("a.txt: 1 character is not UTF-8 and can't be read.",)


def test_binary_files_are_refused_whatever_they_are_called() -> None:
    said = "a.csv is not a text file, whatever its name says."
    assert refusal(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") == said
    assert refusal(bytes(range(256)) * 20) == said
    assert refusal(b"text\n" * 100_000 + b"\0" * 100_000) == said


def test_a_stray_nul_is_left_out() -> None:
    found = table("title,text\n" + "a,some words\n" * 50 + "c,d\0e\n")
    assert found.rows[-1] == ("c", "de")
    assert found.notes == ("a.csv: 1 control character was left out.",)
    assert rows('{"text": "a\\u0000b"}', "a.jsonl") == [("ab",)]


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\n" * 10])
def test_empty_files_are_called_empty(data: bytes) -> None:
    for name in READERS:
        assert refusal(data, "a" + name) == f"a{name} is empty."


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf", b"\xff\xfe", b"{}\n{}", b"[1]\nnull\nNaN"])
def test_files_without_a_row_say_so(data: bytes) -> None:
    assert refusal(data, "a.jsonl") == "a.jsonl: there is no row of texts in it."


def test_more_than_five_megabytes_are_refused() -> None:
    assert refusal(b"a" * 6_000_000) == "a.csv has 6,000,000 bytes, and at most 5,000,000 are read."


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\films.doc", "films.doc"),
        ("a\n\x1b[31m\u202e.exe", "a\ufffd\ufffd[31m\ufffd.exe"),
        ("csv", "csv"),
        (".csv", ".csv"),
        ("a.csv\0", "a.csv\ufffd"),
        ("", "The file"),
        ("folder/", "The file"),
    ],
)
def test_other_files_are_refused_by_their_plain_names(name: str, shown: str) -> None:
    assert refusal(b"text", name) == f"{shown}: a file must end in .txt, .csv, .tsv, .jsonl, .xlsx or .zip."


def test_folders_in_a_name_and_capitals_in_its_ending_are_no_matter() -> None:
    assert rows("text\na b\n", "C:\\x\\A.CSV") == rows("text\na b\n", "../x/a.csv") == [("a b",)]


def test_json_lines_keep_nested_values_as_text_and_say_what_is_no_object() -> None:
    lines = ['{"text": "one", "n": 2.0, "tags": ["a", {"b": null}]}', "", "[1]", '{"text": NaN, "x": true}', "{", "7"]
    found = table("\n".join(lines), "a.jsonl")
    assert found.columns == ("text", "n", "tags", "x")
    assert found.rows == (("one", "2", '["a", {"b": null}]', ""), ("", "", "", "true"))
    assert found.numbers == (1, 4)
    assert found.notes == ("Lines 3, 5, 6 were left out: not a JSON object.",)


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    found = table(b'{"te\\ud800xt": "a\\udc00b", "pair": "\\ud83d\\ude00"}', "a.jsonl")
    assert found.rows == (("a?b", "\U0001f600"),)
    assert found.columns == ("te\ufffdxt", "pair")


def test_what_is_nested_too_deeply_is_left_out() -> None:
    found = table('{"text": "x"}\n{"text": ' + "[" * 100_000 + "]" * 100_000 + "}", "a.jsonl")
    assert found.rows == (("x",),)
    assert found.notes == ("Line 2 was left out: not a JSON object.",)


def test_markup_and_templates_are_text() -> None:
    cells = ("<script>alert(1)</script>", "{{constructor.x}}", "${1+1}", "=HYPERLINK(A1)", "&lt;")
    assert rows("\n".join(cells), "a.txt") == [(cell,) for cell in cells]


def test_a_table_beyond_every_corpus_is_read_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ROWS", 5)
    monkeypatch.setattr(limits, "MAX_CELLS", 6)
    assert len(table("a\n" * 5, "a.txt").rows) == 5
    assert table("a\n" * 5, "a.txt").notes == ()
    for name, line in (("a.txt", "a"), ("a.csv", "a"), ("a.jsonl", '{"text": "a"}')):
        found = table(f"{line}\n" * 9, name)
        assert len(found.rows) == 5
        assert found.notes == ("Only the first 5 rows were read.",)
    assert table("a b,c d\n" * 4).notes == ("Only the first 3 rows were read.",)


def test_a_hundred_thousand_lines_take_little_memory() -> None:
    data = b"title,text\n" + b"".join(b"t%d,this is the text number %d\n" % (i, i) for i in range(100_000))
    tracemalloc.start()
    try:
        found = table(data)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert (len(found.rows), found.numbers[-1]) == (100_000, 100_001)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"a\n" * 2_500_000),
        ("a.csv", b'"' * 5_000_000),
        ("a.csv", b'",' * 2_500_000),
        ("a.csv", b'"\n' * 2_499_999 + b'"'),
        ("a.csv", b'a,"' * 1_666_666),
        ("a.csv", b"a," * 2_500_000),
        ("a.csv", b",".join([b"c"] * 256) + b"\n" + b"a\n" * 2_000_000),
        ("a.jsonl", b"{}\n" * 1_600_000),
        ("a.jsonl", b"".join(b'{"k%d":1}\n' % i for i in range(350_000))),
        ("a.jsonl", b'{"a":' + b"[" * 4_000_000),
    ],
)
def test_hostile_files_end_as_a_bounded_table(name: str, data: bytes) -> None:
    try:
        found = read_table(name, data)
    except CorpusError as error:
        assert str(error).endswith(".")
    else:
        assert len(found.rows) * len(found.columns) <= limits.MAX_CELLS


any_text = st.text(alphabet=st.sampled_from('ab1 ,;\t|"\n\r\0\u200b\u2028=é{}[]:\\'), max_size=80)
any_bytes = st.one_of(
    st.binary(max_size=120),
    any_text.map(str.encode),
    any_text.map(lambda text: text.encode("utf-16")),
    any_text.map(lambda text: b"PK\x03\x04" + text.encode()),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([*READERS, ".zip", ""]), any_bytes)
@example(".csv", b'"\n"')
@example(".csv", b'a,"')
def test_any_bytes_are_a_table_or_one_sentence(ending: str, data: bytes) -> None:
    try:
        found = read_table(f"a{ending}", data)
    except CorpusError as error:
        assert str(error).isprintable() and str(error).endswith(".")
        return
    assert found.rows and len(found.rows) == len(found.numbers)
    assert list(found.numbers) == sorted(set(found.numbers))
    for row in found.rows:
        assert len(row) == len(found.columns)
        assert all(cell == cell.strip() and cell.encode() is not None for cell in row)
    assert all(name and name.isprintable() for name in found.columns)
    assert all(note.isprintable() and note.endswith(".") for note in found.notes)
