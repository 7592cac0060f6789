"""A file is read for what it is, within bounds, and what it hides is named."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from rosters import sheets
from rosters.sheets import NotReadable, read
from tests.support.rosters import sheet, text

ROWS = [["编号", "姓名"], ["1", "张三"]]


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[bytes], Path]:
    """Bytes as a file."""

    def keep(raw: bytes) -> Path:
        path = tmp_path / "file"
        path.write_bytes(raw)
        return path

    return keep


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8（BOM）"),
        ("gbk", "GB18030/GBK"),
        ("gb18030", "GB18030/GBK"),
        ("utf-16", "UTF-16"),
    ],
)
def test_the_encoding_of_a_csv_is_found_and_named(
    kept: Callable[[bytes], Path], encoding: str, named: str
) -> None:
    book = read(kept(text(ROWS, encoding)))
    assert book.encoding == named
    assert book.sheets[0].rows == ROWS


def test_a_csv_may_part_its_cells_by_tabs(kept: Callable[[bytes], Path]) -> None:
    book = read(kept("编号\t姓名\r\n1\t张,三\r\n".encode("gbk")))
    assert book.sheets[0].rows == [["编号", "姓名"], ["1", "张,三"]]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), r"\.xls"),
        (b"\xff\xff\xff\x80\x80", "既不是 UTF-8"),
        (b"a,b\x00c", "二进制"),
        (b"PK\x03\x04 no archive", "XLSX"),
    ],
)
def test_what_is_no_table_is_refused_by_name(
    kept: Callable[[bytes], Path], raw: bytes, said: str
) -> None:
    with pytest.raises(NotReadable, match=said):
        read(kept(raw))


def altered(raw: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook one of whose parts is other."""
    buffer = BytesIO()
    with ZipFile(BytesIO(raw)) as old, ZipFile(buffer, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            held = old.read(info)
            new.writestr(info.filename, change(held) if info.filename == part else held)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_small_file_that_unpacks_to_much_is_not_unpacked(
    kept: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 2**20)
    bomb = altered(sheet(ROWS), "xl/styles.xml", lambda old: old + b" " * 2**20)
    assert len(bomb) < 20_000
    with pytest.raises(NotReadable, match="解压后"):
        read(kept(bomb))


def test_a_file_that_is_too_large_is_not_read(
    kept: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_BYTES", 10)
    with pytest.raises(NotReadable, match="分册"):
        read(kept(text(ROWS)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            rb"</sheetData>",
            b"</sheetData><mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells>",
        ),
        (rb"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        (rb"</sheetData>", b"<row r='9'>" + b"<c/>" * 1_500_001 + b"</row></sheetData>"),
        (rb"</sheetData>", b"<row ht='9'/>" * 1_500_001 + b"</sheetData>"),
    ],
    ids=["a merged cell over all", "a cell at the far end", "too many cells", "too many rows"],
)
def test_a_sheet_that_would_fill_the_memory_is_refused(
    kept: Callable[[bytes], Path], old: bytes, new: bytes
) -> None:
    raw = altered(sheet(ROWS), SHEET, lambda held: re.sub(old, new.replace(b"'", b'"'), held))
    with pytest.raises(NotReadable, match="单元格超过"):
        read(kept(raw))


@pytest.mark.parametrize(
    "merge",
    [
        b"<mergeCell ref='A1:XFD1048576'/>",
        b'<mergeCell ref = "A1:XFD1048576"/>',
        b'<mergeCell ref="A1:XFD&#49;048576"/>',
        b'<mergeCell ref="A1:&#88;FD1048576"></mergeCell>',
    ],
)
def test_a_merged_cell_over_all_is_refused_however_it_is_written(
    kept: Callable[[bytes], Path], merge: bytes
) -> None:
    end = b"</sheetData>"
    more = end + b"<mergeCells>" + merge + b"</mergeCells>"
    raw = altered(sheet(ROWS), SHEET, lambda held: held.replace(end, more))
    with pytest.raises(NotReadable, match="单元格"):
        read(kept(raw))


def test_a_workbook_in_wide_characters_is_refused(kept: Callable[[bytes], Path]) -> None:
    raw = altered(sheet(ROWS), SHEET, lambda held: held.decode().encode("utf-16"))
    with pytest.raises(NotReadable, match="另存"):
        read(kept(raw))


@pytest.mark.parametrize("open_mark", [b"<c ", b"<mergeCell ", b"<x:c "])
def test_marks_that_are_never_closed_take_no_time(
    kept: Callable[[bytes], Path], open_mark: bytes
) -> None:
    raw = altered(sheet(ROWS), SHEET, lambda held: held + open_mark * 300_000)
    begun = time.process_time()
    with pytest.raises(NotReadable):
        read(kept(raw))
    assert time.process_time() - begun < 5


def test_a_csv_with_too_many_columns_is_refused(kept: Callable[[bytes], Path]) -> None:
    with pytest.raises(NotReadable, match="列数超过"):
        read(kept(b"a," * 16_384 + b"a\n"))


def test_a_csv_with_too_many_rows_is_refused(
    kept: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 100)
    with pytest.raises(NotReadable, match="行数超过"):
        read(kept(b"a,b\n" * 101))


def test_entities_are_not_read(kept: Callable[[bytes], Path]) -> None:
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'
    raw = altered(sheet(ROWS), SHEET, lambda held: held.replace(b"<worksheet", declared, 1))
    with pytest.raises(NotReadable, match="实体"):
        read(kept(raw))


def test_hidden_rows_columns_and_sheets_are_told(kept: Callable[[bytes], Path]) -> None:
    book = openpyxl.load_workbook(BytesIO(sheet(ROWS, hidden_rows=[1], hidden_columns=[0])))
    book.create_sheet("底稿").sheet_state = "hidden"
    buffer = BytesIO()
    book.save(buffer)
    found = read(kept(buffer.getvalue()))
    assert found.hidden_sheets == ["底稿"]
    (made,) = found.sheets
    assert (made.hidden_rows, made.hidden_columns) == ([2], [1])
    assert made.rows == ROWS


def test_of_a_formula_the_value_that_was_worked_out_is_read(kept: Callable[[bytes], Path]) -> None:
    book = openpyxl.Workbook()
    book.active.append(["=1+1", "张三"])
    buffer = BytesIO()
    book.save(buffer)
    (made,) = read(kept(buffer.getvalue())).sheets
    assert made.rows == [[None, "张三"]], "nobody has worked it out"
    assert made.formulas == {(1, 1)}
