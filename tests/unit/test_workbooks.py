"""Spreadsheets, and archives that ask for more than they look like."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchcore import CorpusError
from searchcore.corpora import Table, corpus_from_table, read_table, to_archive
from searchcore.corpora.own import Columns
from searchcore.corpora.unpacked import check_archive
from tests.workbooks import MAIN, members, number, shared, sheet, text, texts, workbook, zipped


def table(data: bytes) -> Table:
    return read_table("a.xlsx", data)


def refusal(data: bytes) -> str:
    with pytest.raises(CorpusError) as caught:
        table(data)
    return str(caught.value)


DAMAGED = "a.xlsx can't be read as a spreadsheet; it may be damaged, or have a password."


def test_a_sheet_is_a_table_and_others_are_named() -> None:
    found = table(workbook(texts(["title", "text"], ["A", "NA"], ["B", "two words"]), texts(["x"])))
    assert found == Table(
        ("title", "text"),
        (("A", "NA"), ("B", "two words")),
        (2, 3),
        ('Only the first sheet, "Sheet1", of 2 was read.',),
    )


def test_rows_have_the_numbers_that_the_spreadsheet_shows() -> None:
    rows = [text("B3", "title") + text("C3", "text"), text("C4", "one"), "", text("C6", "2")]
    found = table(workbook(sheet(*rows, first=3)))
    assert found.columns == ("column 1", "title", "text")
    assert (found.rows, found.numbers) == ((("", "", "one"), ("", "", "2")), (4, 6))


def test_dates_numbers_truths_and_results_of_formulas_are_texts() -> None:
    rows = [
        text("A1", "when") + text("B1", "text"),
        number("A2", "45000", 1) + number("B2", "1.5"),
        number("A3", "45000.5", 2) + number("B3", "3"),
        '<c r="A4" t="b"><v>1</v></c><c r="B4" t="str"><f>HYPERLINK("x")</f><v>seen</v></c>',
        '<c r="A5"><f>1+1</f><v>2</v></c><c r="B5" t="e"><v>#DIV/0!</v></c>',
    ]
    assert table(workbook(sheet(*rows))).rows == (
        ("2023-03-15", "1.5"),
        ("2023-03-15 12:00:00", "3"),
        ("true", "seen"),
        ("2", ""),
    )


def test_shared_texts_are_read() -> None:
    found = table(workbook(sheet(shared("A1", 1), shared("A2", 0), shared("A3", 0)), strings=["one two", "text"]))
    assert (found.columns, found.rows) == (("text",), (("one two",), ("one two",)))


def test_empty_and_damaged_workbooks_are_one_sentence() -> None:
    good = workbook(texts(["text"], ["one"]))
    assert refusal(workbook(sheet())) == "a.xlsx: there is no row of texts in it."
    assert refusal(workbook()) == DAMAGED
    other = {"content.xml": "<a/>", "mimetype": "application/vnd.oasis.opendocument.spreadsheet"}
    assert refusal(zipped(other)) == DAMAGED
    assert refusal(good[:-30]) == refusal(b"PK\x03\x04 no") == refusal(b"\xd0\xcf\x11\xe0") == DAMAGED
    assert refusal(workbook(sheet(shared("A1", 7)))) == DAMAGED
    assert refusal(workbook(texts(["text"], ["one"])[:-30])) == DAMAGED


def test_two_cells_far_apart_do_not_take_all_memory() -> None:
    far = workbook(sheet('<c r="A1"><v>1</v></c>', '<c r="XFD1048576"><v>2</v></c>'))
    assert len(far) < 3_000
    assert refusal(far) == (
        "a.xlsx has a sheet of 1,048,576 rows and 16,384 columns, and at most 4,000,000 cells are read; please delete "
        "what stands far away from the rest."
    )


def test_a_far_cell_is_found_whatever_its_sheet_is_called_and_however_it_is_written() -> None:
    cells = '<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
    prefixed = f"<x:worksheet {MAIN.replace('xmlns=', 'xmlns:x=')}><x:sheetData>{cells}</x:sheetData></x:worksheet>"
    assert "1,048,576 rows" in refusal(workbook(texts(["a"]), prefixed))
    files = members({"One": texts(["a"])})
    files["xl/other.xml"] = files.pop("xl/worksheets/1.xml").replace('r="A1"', "r='XFD1048576'")
    files["xl/_rels/workbook.xml.rels"] = files["xl/_rels/workbook.xml.rels"].replace("worksheets/1.xml", "other.xml")
    assert "1,048,576 rows" in refusal(zipped(files))
    entity = f"<!DOCTYPE worksheet [<!ENTITY far \"<c r='XFD1048576'><v>1</v></c>\">]>{sheet('&far;')}"
    assert refusal(workbook(entity)) == DAMAGED


def test_cells_without_content_far_away_are_no_matter() -> None:
    found = table(workbook(sheet(text("A1", "text"), text("A2", "one") + '<c r="XFD1048576" s="1"/>')))
    assert found.rows == (("one",),)


def test_one_long_text_that_many_cells_share_does_not_take_all_memory() -> None:
    bomb = workbook(sheet(*(shared(f"A{i}", 0) for i in range(1, 5_001))), strings=["x" * 1_000_000])
    assert len(bomb) < 50_000
    assert refusal(bomb) == "a.xlsx has a sheet of 5,000,000,000 characters, and at most 50,000,000 are read."


def test_what_unpacks_to_more_than_fifty_megabytes_is_refused() -> None:
    bomb = zipped({"xl/worksheets/1.xml": b" " * 60_000_000})
    assert len(bomb) < 100_000
    said = "a.xlsx unpacks to 60,000,000 bytes, and at most 50,000,000 are read."
    assert refusal(bomb) == said


def lying(data: bytes, size: int) -> bytes:
    """The archive whose directory says that its last member has `size` bytes."""
    place = data.rindex(b"PK\x01\x02")
    return data[: place + 24] + struct.pack("<I", size) + data[place + 28 :]


def test_a_member_that_lies_about_its_size_gives_no_more_than_it_said() -> None:
    long = texts(["text"], ["x" * 60_000_000])
    bomb = lying(workbook(long), 100)
    assert check_archive("a.xlsx", bomb).infolist()[-1].file_size == 100
    assert refusal(bomb) == DAMAGED


def test_encrypted_and_rarely_packed_members_are_one_sentence() -> None:
    good = workbook(texts(["text"], ["one"]))
    place = good.rindex(b"PK\x01\x02")
    assert refusal(good[: place + 8] + b"\x01" + good[place + 9 :]) == DAMAGED
    assert refusal(good[: place + 10] + b"\x0e" + good[place + 11 :]) == DAMAGED
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in members({"One": texts(["text"], ["one"])}).items():
            archive.writestr(name, content)
    assert refusal(out.getvalue()) == DAMAGED


def test_a_formula_in_a_cell_leaves_as_text() -> None:
    found = table(workbook(texts(["title", "text"], ['=HYPERLINK("http://x")', "{{a}} <b>"])))
    corpus = corpus_from_table(found, Columns.guessed(found))
    assert corpus.documents[0].title == '=HYPERLINK("http://x")'
    with zipfile.ZipFile(io.BytesIO(to_archive(corpus))) as archive:
        for name in archive.namelist():
            for line in archive.read(name).decode().splitlines():
                assert not line.lstrip("'\"").startswith(("=", "+", "@"))


marks = st.text(alphabet="abAZ190$:;<>&/\"'= .-", max_size=12)
cells = st.builds(
    lambda place, kind, body: f'<c r="{place}" t="{kind}">{body}</c>',
    st.sampled_from(["A1", "B2", "A3", "C9", "A0", "ZZ1", "", "1", "A"]),
    st.sampled_from(["s", "n", "b", "e", "d", "str", "inlineStr", "x"]),
    st.sampled_from(["", "<v/>", "<v>1</v>", "<v>-1</v>", "<v>x</v>", "<is><t>a</t></is>", "<f>A1</f>", "<v>1e9</v>"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(cells, marks, st.just("</row><row>")), max_size=8), st.binary(max_size=4), st.integers(0))
def test_any_sheet_is_a_table_or_one_sentence(parts: list[str], noise: bytes, place: int) -> None:
    data = workbook(sheet("".join(parts)), strings=["one", "two"])
    place %= len(data)
    for each in (data, data[:place] + noise + data[place + len(noise) :]):
        try:
            found = table(each)
        except CorpusError as error:
            assert str(error).isprintable() and str(error).endswith(".")
        else:
            assert found.rows and all(len(row) == len(found.columns) for row in found.rows)
