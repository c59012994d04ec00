"""Opening a file for import: what it is by its content, then the reader for it."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from tenon.engine.imports.csv_dialect import find_declared, guess_delimiter, is_table
from tenon.engine.imports.csv_file import CsvSource
from tenon.engine.imports.header import find_header
from tenon.engine.imports.jsonl_file import JsonLinesSource, read_object
from tenon.engine.imports.row_file import Choices, Limits, Row, RowFile, RowSource, name_columns, refuse
from tenon.engine.imports.text_encoding import guess_of, read_evidence
from tenon.engine.imports.text_lines import sample_lines
from tenon.engine.imports.xlsx_file import open_workbook
from tenon.metamodel.errors import Invalid, Problem, TooLarge
from tenon.metamodel.labels import Text, say

SAMPLE = 1_000
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", "PDF 文件"),
    (b"\x89PNG", "a picture", "图片"),
    (b"\xff\xd8\xff", "a picture", "图片"),
    (b"GIF8", "a picture", "图片"),
    (b"RIFF", "a picture or sound", "图片或音频"),
    (b"\x1f\x8b", "a packed file", "压缩文件"),
    (b"Rar!", "a packed file", "压缩文件"),
    (b"7z\xbc\xaf", "a packed file", "压缩文件"),
    (b"PK\x05\x06", "an empty archive", "空压缩包"),
    (b"SQLite format 3", "a database", "数据库文件"),
    (b"\x7fELF", "a program", "程序文件"),
    (b"MZ\x90", "a program", "程序文件"),
)
_MARKUP = re.compile(r"\s*<(?:!doctype|html|\?xml|head|body|table|script|svg)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")


def open_rows(
    path: Path, *, name: str | None = None, sheet: str | None = None, choices: Choices | None = None, limits: Limits | None = None
) -> RowFile:
    """Open a file for reading its rows, as often as wanted; ``name`` is the name it was uploaded under.

    Raises Invalid with a hint for what is no table, and TooLarge.
    """
    limits, choices = limits or Limits(), choices or Choices()
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(4_096)
    is_workbook = start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    most = limits.workbook_bytes if is_workbook else limits.file_bytes
    if size > most:
        raise _too_large(size, most)
    if not start.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise _empty()
    if is_workbook:
        return _open_workbook(path, sheet, choices, limits, (name or path.name).lower().endswith(".xlsm"))
    _check_magic(start)
    return _open_text(path, (name or path.name).lower(), choices, limits)


def _open_workbook(path: Path, sheet: str | None, choices: Choices, limits: Limits, has_macros: bool) -> RowFile:
    source = open_workbook(path, sheet, limits)
    header, header_row = _read_header(source, choices, limits)
    kind = "xlsm" if has_macros and source.format == "xlsx" else source.format
    return RowFile(kind, header, header_row, source, sheets=source.sheets, sheet=source.sheet)


def _open_text(path: Path, name: str, choices: Choices, limits: Limits) -> RowFile:
    evidence = read_evidence(path)
    encoding = choices.encoding or guess_of(evidence)
    if not encoding.startswith("utf-16") and len(_CONTROL.findall(evidence)) + evidence.count(0) > max(4, len(evidence) // 50):
        raise _no_table(say("a binary file", "二进制文件"))
    lines = sample_lines(path, encoding, limits.line)
    text = "".join(lines)
    if not text.strip():
        raise _empty()
    if _MARKUP.match(text):
        raise _no_table(say("a web page or XML", "网页或 XML 文件"))
    if _is_json(text, lines):
        return _open_json_lines(path, encoding, limits)
    is_named_workbook = name.endswith((".xls", ".xlsx", ".xlsm", ".xlsb", ".ods"))
    if is_named_workbook and not is_table(lines):
        raise _no_table(say("plain text under the name of a workbook", "以工作簿命名的纯文本"))
    declared = find_declared(lines)
    preferred = "\t" if name.endswith((".tsv", ".tab")) else ","
    delimiter = choices.delimiter or declared or guess_delimiter(lines, preferred)
    source = CsvSource(path, encoding, delimiter, limits, skip_first=declared is not None)
    header, header_row = _read_header(source, choices, limits)
    return RowFile("tsv" if delimiter == "\t" else "csv", header, header_row, source, encoding, delimiter)


def _open_json_lines(path: Path, encoding: str, limits: Limits) -> RowFile:
    source = JsonLinesSource(path, encoding, limits)
    keys = source.find_keys()
    _check_width(len(keys), limits)
    source.header = keys
    return RowFile("jsonl", keys, 0, source, encoding)


def _read_header(source: RowSource, choices: Choices, limits: Limits) -> tuple[list[str], int]:
    """Return the column names and the number of the header row; rows much wider than the header widen it."""
    records = list(islice(source.records(), SAMPLE))
    if not records:
        raise _empty()
    header_row = choices.header_row if choices.header_row is not None else find_header(records)
    named: Row | None = next((row for row in records if row.number == header_row), None)
    below = [len(row.cells) for row in records if row.number > header_row and not row.problems]
    width = len(named.cells) if named else 0
    wider = [count for count in below if count > width]
    if len(wider) * 2 > len(below) or not named:
        width = max(wider, default=width)
    _check_width(width, limits)
    return name_columns(named.cells if named else [], width), header_row


def _is_json(text: str, lines: list[str]) -> bool:
    """Say whether these are JSON lines; refuses one JSON value written over the whole file."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    first = next(line for line in lines if line.strip())
    if isinstance(read_object(first), dict):
        return True
    if text.lstrip()[0] == "[" and (first.strip() == "[" or read_object(text) is not None or read_object(first) is not None):
        raise _no_table(
            say("one JSON list", "一个 JSON 列表"), say("Write one JSON object a line (.jsonl).", "请改为每行一个 JSON 对象 (.jsonl)。")
        )
    if first.strip() == "{" or isinstance(read_object(text), dict):
        raise _no_table(
            say("one JSON object", "一个 JSON 对象"), say("Write one JSON object a line (.jsonl).", "请改为每行一个 JSON 对象 (.jsonl)。")
        )
    return False


def _check_magic(start: bytes) -> None:
    for magic, en, zh in _MAGIC:
        if start.startswith(magic):
            hint = say("Unpack it and upload the file inside.", "请解压后上传其中的文件。") if "packed" in en else None
            raise _no_table(Text(en, zh), hint)


def _check_width(width: int, limits: Limits) -> None:
    if width > limits.columns:
        message = say(
            "This file has {width} columns; at most {most} are read.",
            "此文件有 {width} 列，最多读取 {most} 列。",
            width=width,
            most=limits.columns,
        )
        raise refuse("over_limit", message, say("Delete columns you do not need.", "请删除不需要的列。"))


def _no_table(what: Text, hint: Text | None = None) -> Invalid:
    message = say("This is {what}, not a table.", "这是{what}，不是表格。", what=what)
    return refuse(
        "bad_format",
        message,
        hint or say("Save the table as .xlsx or as CSV in UTF-8 and upload that.", "请将表格另存为 .xlsx 或 UTF-8 编码的 CSV 后上传。"),
    )


def _empty() -> Invalid:
    return refuse(
        "bad_format",
        say("This file holds no rows.", "此文件没有内容。"),
        say("Choose a file with a header row and data.", "请选择含有表头和数据的文件。"),
    )


def _too_large(size: int, most: int) -> TooLarge:
    megabytes = f"{most // 1_000_000:,}"
    message = say(
        "The file has {size} MB; at most {most} MB are read.",
        "文件大小为 {size} MB，最多读取 {most} MB。",
        size=size // 1_000_000,
        most=megabytes,
    )
    return TooLarge(Problem("/file", "over_limit", message, say("Split it into smaller files.", "请拆分为较小的文件。")))
