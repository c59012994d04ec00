"""Reading delimited text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tenon.engine.imports.readers import open_rows
from tenon.engine.imports.row_file import Choices, Limits, RowFile
from tenon.metamodel.errors import Invalid, TooLarge


def read(path: Path, content: bytes | str, **options: object) -> RowFile:
    path = path / "file.csv" if path.is_dir() else path
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_rows(path, **options)  # type: ignore[arg-type]


def cells(opened: RowFile) -> list[list[object]]:
    return [list(row.cells) for row in opened.rows()]


CHINESE = "公司名称,城市,备注\n杭州某某科技有限公司,杭州,重要客户\n上海测试贸易有限公司,上海,联系人：张三\n"


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_chinese_text_is_read_in_every_usual_encoding(tmp_path: Path, codec: str, name: str) -> None:
    opened = read(tmp_path, CHINESE.encode(codec))
    assert opened.encoding == name
    assert opened.header == ["公司名称", "城市", "备注"]
    assert cells(opened)[1] == ["上海测试贸易有限公司", "上海", "联系人：张三"]


@pytest.mark.parametrize(("codec", "name"), [("latin-1", "latin-1"), ("cp1252", "cp1252")])
def test_latin_text_is_not_taken_for_chinese(tmp_path: Path, codec: str, name: str) -> None:
    text = "Prénom;Ville;Prix\nÉlodie Lefèvre;Besançon;12\nFrançois Côté;Orléans;13\n" + ("Zoé;Aÿ;5 €\n" if codec == "cp1252" else "")
    opened = read(tmp_path, text.encode(codec))
    assert (opened.encoding, opened.delimiter, opened.header) == (name, ";", ["Prénom", "Ville", "Prix"])


def test_evidence_after_the_first_megabyte_counts(tmp_path: Path) -> None:
    text = "name,city\n" + "plain ascii,somewhere\n" * 60_000 + "张三,杭州\n"
    opened = read(tmp_path, text.encode("gb18030"))
    assert opened.encoding == "gb18030"
    assert [*opened.rows()][-1].cells == ["张三", "杭州"]


def test_damaged_bytes_are_a_problem_of_their_row_only(tmp_path: Path) -> None:
    good = "张三,杭州\n".encode()
    opened = read(tmp_path, b"name,city\n" + good * 100 + b"\xe5\xbc,x\n" + good * 100)
    rows = [*opened.rows()]
    assert opened.encoding == "utf-8"
    assert [row.number for row in rows if row.problems] == [102]
    assert len(rows) == 201


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_though_cells_hold_others(tmp_path: Path, delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["name", "note", "amount"])
    writer.writerows([[f"a, b; c | {n}", 'say "yes"\tor\nno', f"{n},5"] for n in range(20)])
    opened = read(tmp_path, out.getvalue())
    assert opened.delimiter == delimiter
    assert cells(opened)[3] == ["a, b; c | 3", 'say "yes"\tor\nno', "3,5"]


def test_decimal_commas_do_not_hide_the_semicolon(tmp_path: Path) -> None:
    opened = read(tmp_path, "a;b;c\n" + "1,5;2,5;3,5\n" * 10)
    assert (opened.delimiter, opened.header) == (";", ["a", "b", "c"])


def test_a_declared_delimiter_is_believed(tmp_path: Path) -> None:
    opened = read(tmp_path, "sep=;\nname;note\nA;x,y\n")
    assert (opened.delimiter, opened.header, cells(opened)) == (";", ["name", "note"], [["A", "x,y"]])
    assert next(opened.rows()).number == 3


def test_choices_of_a_person_win(tmp_path: Path) -> None:
    opened = read(tmp_path, "a,b\n1,2\n", choices=Choices(delimiter=";", header_row=0, encoding="latin-1"))
    assert (opened.header, opened.header_row, opened.encoding, cells(opened)) == (["column 1"], 0, "latin-1", [["a,b"], ["1,2"]])


def test_titles_above_the_header_are_left_out(tmp_path: Path) -> None:
    opened = read(tmp_path, "客户清单,,,\n导出时间,2024-01-05,,\n,,,\n名称,城市,金额,日期\n甲,杭州,1,2024-01-01\n乙,上海,2,2024-01-02\n")
    assert (opened.header_row, opened.header) == (4, ["名称", "城市", "金额", "日期"])
    assert [row.number for row in opened.rows()] == [5, 6]


def test_a_file_without_header_gets_numbered_columns(tmp_path: Path) -> None:
    opened = read(tmp_path, "1,2024-01-05,a@example.com\n2,2024-01-06,b@example.com\n")
    assert (opened.header_row, opened.header) == (0, ["column 1", "column 2", "column 3"])
    assert len(cells(opened)) == 2


def test_blank_and_repeated_names_become_unique(tmp_path: Path) -> None:
    opened = read(tmp_path, " name ,name,,name 2,\nA,B,C,D,E\n")
    assert opened.header == ["name", "name 2", "column 3", "name 2 2", "column 5"]


def test_ragged_rows_are_told_and_nothing_is_lost_in_silence(tmp_path: Path) -> None:
    short, long, same, empty_end = open_rows_of(tmp_path, "a,b,c\n1,2\n1,2,3,4\n1,2,3\n1,2,3,,\n")
    assert short.cells == ["1", "2", None]
    assert [note.code for note in short.notes] == ["bad_format"]
    assert not short.problems
    assert [problem.code for problem in long.problems] == ["bad_format"]
    assert "4 cells" in long.problems[0].message.show("en")
    assert (same.problems, same.notes, empty_end.problems, empty_end.notes) == ((), (), (), ())


def test_one_row_with_too_many_cells_is_no_header(tmp_path: Path) -> None:
    opened = read(tmp_path, "name,code\nA,1,extra,more\nB\nC,3\n")
    assert (opened.header_row, opened.header[:2]) == (1, ["name", "code"])
    assert len(cells(opened)) == 3


def test_a_header_shorter_than_the_rows_is_widened(tmp_path: Path) -> None:
    opened = read(tmp_path, "name,city\nA,B,C\nD,E,F\n")
    assert opened.header == ["name", "city", "column 3"]
    assert cells(opened)[0] == ["A", "B", "C"]


def open_rows_of(tmp_path: Path, text: str, **options: object) -> list:  # type: ignore[type-arg]
    return [*read(tmp_path, text, **options).rows()]


def test_nul_is_a_problem_of_its_row(tmp_path: Path) -> None:
    rows = open_rows_of(tmp_path, "a,b\n1,2\n1,\x00x\n3,4\n")
    assert [len(row.problems) for row in rows] == [0, 1, 0]
    assert rows[1].cells == ["1", "x"]


@pytest.mark.parametrize("size", [131_073, 1_048_576])
def test_a_huge_cell_is_a_problem_of_its_row(tmp_path: Path, size: int) -> None:
    rows = open_rows_of(tmp_path, "a,b\n1,2\n3," + "x" * size + "\n5,6\n")
    assert [row.number for row in rows] == [2, 3, 4]
    assert [problem.code for problem in rows[1].problems] == ["too_long"]
    assert rows[2].cells == ["5", "6"]


def test_the_limit_of_a_cell_can_be_lower(tmp_path: Path) -> None:
    rows = open_rows_of(tmp_path, 'a,b\n1,"12345678901\n"\n', limits=Limits(cell=10))
    assert [problem.code for problem in rows[0].problems] == ["too_long"]


def test_a_quote_never_closed_costs_one_row(tmp_path: Path) -> None:
    rows = open_rows_of(tmp_path, 'a,b\n1,2\n3,"open\n5,6\n7,"8 ""x"""\n')
    assert [len(row.problems) for row in rows] == [0, 1, 0, 0]
    assert rows[2].cells == ["5", "6"]
    assert rows[3].cells == ["7", '8 "x"']


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read_also_across_chunks(tmp_path: Path, end: str) -> None:
    text = end.join(["a,b", *(f'{n},"x{end}y"' for n in range(120_000))]) + end
    count = 0
    for row in read(tmp_path, text).rows():
        assert row.cells[1] == f"x{end}y"
        count += 1
    assert count == 120_000


def test_rows_can_be_read_again(tmp_path: Path) -> None:
    opened = read(tmp_path, "a,b\n1,2\n3,4\n")
    first = opened.rows()
    next(first)
    assert cells(opened) == [["1", "2"], ["3", "4"]]
    assert [row.cells for row in first] == [["3", "4"]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n  \n",
        b"\xef\xbb\xbf",
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n",
        b"\x1f\x8b\x08\x00",
        b"<!DOCTYPE html><html></html>",
        b"  <table><tr><td>1</td></tr></table>",
        bytes(range(256)) * 20,
        b'[{"a": 1}]',
        b'{\n"a": 1\n}\n',
        b"PK\x05\x06" + bytes(18),
    ],
)
def test_what_is_no_table_is_refused_with_advice(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        read(tmp_path, content)
    problem = caught.value.problems[0]
    assert problem.path == "/file"
    assert problem.hint
    assert problem.hint.zh
    assert problem.message.zh


def test_too_many_bytes_columns_and_endless_lines_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        read(tmp_path, "a,b\n1,2\n", limits=Limits(file_bytes=5))
    with pytest.raises(Invalid, match="columns"):
        read(tmp_path, ",".join("abcdef") + "\n", limits=Limits(columns=5))
    with pytest.raises(Invalid, match="no end"):
        read(tmp_path, "x" * 3_000_000, limits=Limits(line=2_000_000))


def test_json_lines_have_the_keys_of_the_first_lines(tmp_path: Path) -> None:
    lines = ['{"name": "甲", "n": 1}', "", '{"name": "乙", "amount": 1.10, "tags": ["a", "b"]}', "not json", "[1]"]
    late = ['{"name": "x"}'] * 1_000 + ['{"name": "z", "late": true}']
    opened = read(tmp_path, "\n".join(lines + late))
    rows = [*opened.rows()]
    assert (opened.format, opened.header) == ("jsonl", ["name", "n", "amount", "tags"])
    assert rows[0].cells == ["甲", 1, None, None]
    assert [str(cell) for cell in rows[1].cells[2:]] == ["1.10", '["a", "b"]']
    assert [row.number for row in rows if row.problems] == [4, 5]
    assert [note.code for note in rows[-1].notes] == ["unknown_field"]
    assert len(rows) == 1_005
