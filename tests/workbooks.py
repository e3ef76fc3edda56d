"""Workbooks (.xlsx) by hand: the few members that a reader needs, so that a test says exactly what is in the file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# Style 1 is a date, style 2 a date with its time.
STYLES = (
    f'<styleSheet {MAIN}><numFmts count="0"/><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs>'
    "</styleSheet>"
)


def text(place: str, value: str) -> str:
    """A cell with its text in it."""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def number(place: str, value: str, style: int = 0) -> str:
    """A cell with a number, which a style may show as a date."""
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def shared(place: str, index: int) -> str:
    """A cell with one of the workbook's shared strings."""
    return f'<c r="{place}" t="s"><v>{index}</v></c>'


def sheet(*rows: str, first: int = 1) -> str:
    """A sheet of rows of cells, numbered from `first`."""
    numbered = "".join(f'<row r="{place}">{cells}</row>' for place, cells in enumerate(rows, start=first))
    return f"<worksheet {MAIN}><sheetData>{numbered}</sheetData></worksheet>"


def texts(*rows: Sequence[str]) -> str:
    """A sheet of texts."""
    return sheet(
        *("".join(text(f"{chr(65 + x)}{y}", value) for x, value in enumerate(row)) for y, row in enumerate(rows, 1))
    )


def members(sheets: Mapping[str, str], strings: Sequence[str] = ()) -> dict[str, str]:
    """The members of a workbook with these sheets, by name."""
    places = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name="{escape(n)}" sheetId="{i}" r:id="r{i}"/>' for i, n in zip(places, sheets, strict=True)
    )
    related = "".join(
        f'<Relationship Id="r{i}" Type="{RELATION}/worksheet" Target="worksheets/{i}.xml"/>' for i in places
    )
    related += f'<Relationship Id="s" Type="{RELATION}/styles" Target="styles.xml"/>'
    related += f'<Relationship Id="t" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/>'
    found = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELATION}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f"<sst {MAIN}>{''.join(f'<si><t>{escape(each)}</t></si>' for each in strings)}</sst>",
    }
    return found | {f"xl/worksheets/{i}.xml": each for i, each in zip(places, sheets.values(), strict=True)}


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """An archive with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(*sheets: str, strings: Sequence[str] = ()) -> bytes:
    """A workbook of these sheets, named Sheet1, Sheet2, ..."""
    return zipped(members({f"Sheet{place}": each for place, each in enumerate(sheets, 1)}, strings))
