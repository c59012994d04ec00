"""Reading workbooks through the child process."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from tenon.engine.imports.readers import open_rows
from tenon.engine.imports.row_file import Limits
from tenon.metamodel.errors import Invalid

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="' + RELATIONS + '">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="' + RELATIONS + '/{type}" Target="{target}"/></Relationships>'
)


def write_raw(path: Path, sheet: str | bytes) -> Path:
    """Write a workbook by hand, as no honest program would."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("_rels/.rels", LINKS.format(type="officeDocument", target="xl/workbook.xml"))
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS.format(type="worksheet", target="worksheets/sheet1.xml"))
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "客户.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("空")
        sheet = book.add_worksheet("客户")
        day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(1, 0, ["名称", "人数", "金额", "日期", "时间", "有效", "备注"])
        sheet.write_row(2, 0, ["甲公司", 12, 0.1 + 0.2])
        sheet.write_datetime(2, 3, datetime.fromisoformat("2024-01-05"), day)
        sheet.write_datetime(2, 4, datetime.fromisoformat("2024-01-05T09:30"), moment)
        sheet.write_boolean(2, 5, True)
        sheet.write_row(4, 0, ["乙公司", 13])
        other = book.add_worksheet("其他")
        other.write_row(0, 0, ["a", "b"])
        other.write_row(1, 0, [1, 2])
    return path


def test_cells_keep_their_types(workbook: Path) -> None:
    opened = open_rows(workbook)
    rows = [*opened.rows()]
    assert (opened.format, opened.sheets, opened.sheet, opened.header_row) == ("xlsx", ["空", "客户", "其他"], "客户", 2)
    assert rows[0].cells == ["甲公司", 12, Decimal("0.3"), date(2024, 1, 5), datetime.fromisoformat("2024-01-05T09:30"), True, None]
    assert [type(cell) for cell in rows[0].cells[1:3]] == [int, Decimal]
    assert [row.number for row in rows] == [3, 5]
    assert [*opened.rows()] == rows


def test_a_sheet_can_be_chosen(workbook: Path) -> None:
    assert open_rows(workbook, sheet="其他").header == ["a", "b"]
    with pytest.raises(Invalid, match="no sheet"):
        open_rows(workbook, sheet="没有")


def test_times_of_day_come_as_times(tmp_path: Path) -> None:
    path = tmp_path / "times.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["opens"])
        sheet.write_datetime(1, 0, time(9, 30), book.add_format({"num_format": "hh:mm"}))
    assert [row.cells for row in open_rows(path).rows()] == [[time(9, 30)]]


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "bomb.xlsx", b" " * 120_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Invalid, match="far larger inside"):
        open_rows(path)


def test_more_memory_than_allowed_ends_the_child_only(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 2_000))
    path = write_raw(tmp_path / "far.xlsx", SHEET.format(rows=rows))
    with pytest.raises(Invalid, match="memory"):
        open_rows(path, limits=Limits(memory_bytes=500_000_000))
    with pytest.raises(Invalid, match="too many columns"):
        open_rows(path)


def test_a_far_cell_is_answered_plainly(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    with pytest.raises(Invalid) as caught:
        open_rows(write_raw(tmp_path / "far_cell.xlsx", SHEET.format(rows=rows)))
    assert caught.value.problems[0].hint


def test_entities_in_xml_are_refused(tmp_path: Path) -> None:
    evil = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&f;</t></is></c></row>'
    with pytest.raises(Invalid, match="XML declarations"):
        open_rows(write_raw(tmp_path / "xxe.xlsx", evil + SHEET.format(rows=cell)))


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_a_damaged_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)
    with pytest.raises(Invalid, match="damaged"):
        open_rows(path)


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "files.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "hello")
    with pytest.raises(Invalid, match="not a workbook"):
        open_rows(path)


def test_text_under_the_name_of_a_workbook_is_read_when_it_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes("名称\t城市\n甲\t杭州\n".encode("gb18030"))
    opened = open_rows(path, name="客户.xls")
    assert (opened.format, opened.header) == ("tsv", ["名称", "城市"])
    path.write_bytes(b"File not found!")
    with pytest.raises(Invalid):
        open_rows(path, name="客户.xls")
