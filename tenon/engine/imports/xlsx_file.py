"""Reading workbooks: a child process opens them, so that a hostile one hurts nobody, and leaves its rows in a temporary file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import tenon
from tenon.engine.imports.row_file import Cell, Limits, Row, refuse
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say

_READ: dict[str, Callable[[str], date | time]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
}
_TIME_ENDS = [-getattr(signal, name) for name in ("SIGXCPU",) if hasattr(signal, name)]
_MEMORY_ENDS = [-getattr(signal, name) for name in ("SIGABRT", "SIGKILL", "SIGSEGV", "SIGXFSZ") if hasattr(signal, name)]
_KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR")
_REASONS: dict[str, tuple[Text, Text]] = {
    "password": (
        say("This workbook is protected by a password.", "此工作簿有密码保护。"),
        say("Remove the password and upload it again.", "请取消密码后重新上传。"),
    ),
    "bomb": (
        say("This workbook is far larger inside than it looks.", "此工作簿解压后体积异常巨大。"),
        say("Save only the sheet you need as a new workbook or as CSV.", "请将所需的工作表另存为新工作簿或 CSV。"),
    ),
    "memory": (
        say("This workbook needs more memory than is allowed.", "读取此工作簿所需的内存超过限制。"),
        say("Save the sheet as CSV, or delete far away cells and formats.", "请将工作表另存为 CSV，或删除远处的空白单元格和格式。"),
    ),
    "time": (
        say("This workbook takes too long to read.", "读取此工作簿耗时过长。"),
        say("Save the sheet as CSV.", "请将工作表另存为 CSV。"),
    ),
    "damaged": (
        say("This workbook is damaged and cannot be read.", "此工作簿已损坏，无法读取。"),
        say("Open it in a spreadsheet program and save it again as .xlsx.", "请用表格软件打开后另存为 .xlsx。"),
    ),
    "doctype": (
        say("This workbook holds XML declarations that no spreadsheet program writes.", "此工作簿含有表格软件不会写入的 XML 声明。"),
        say("Open it in a spreadsheet program and save it again as .xlsx.", "请用表格软件打开后另存为 .xlsx。"),
    ),
    "not_a_workbook": (
        say("This archive is not a workbook.", "此压缩包不是工作簿。"),
        say("Unpack it and upload the file inside.", "请解压后上传其中的文件。"),
    ),
    "wide": (say("This sheet has too many columns.", "此工作表的列数过多。"), say("Delete columns you do not need.", "请删除不需要的列。")),
    "no_such_sheet": (
        say("The workbook has no sheet of that name.", "工作簿中没有该名称的工作表。"),
        say("Choose another sheet.", "请选择其他工作表。"),
    ),
}


@dataclass
class WorkbookSource:
    """The rows of one sheet in a temporary file, which goes when this value goes."""

    spool: Path
    format: str
    sheets: list[str]
    sheet: str
    limits: Limits

    def records(self) -> Iterator[Row]:
        """Yield every row that is not blank."""
        number = 0
        with self.spool.open(encoding="ascii") as file:
            next(file, None)
            for line in file:
                for cells in json.loads(line, parse_float=Decimal, object_hook=_read_time):
                    number += 1
                    if any(cell is not None for cell in cells):
                        yield _check(number, cells, self.limits.cell)


def open_workbook(path: Path, sheet: str | None, limits: Limits) -> WorkbookSource:
    """Let a child process read a sheet. Raises Invalid with what to do when it cannot be read."""
    handle, name = tempfile.mkstemp(prefix="tenon-sheet-", suffix=".jsonl")
    spool = Path(name)
    try:
        with os.fdopen(handle, "wb") as output:
            error = _run_child(path, sheet or "", limits, output)
        head = _read_head(spool)
        reason = head.get("error") or (error if error or not head else None)
        if reason:
            raise _refusal(str(reason))
    except BaseException:
        spool.unlink(missing_ok=True)
        raise
    source = WorkbookSource(spool, head["format"], head["sheets"], head["sheet"], limits)
    weakref.finalize(source, spool.unlink, missing_ok=True)
    return source


def _run_child(path: Path, sheet: str, limits: Limits, output: Any) -> str | None:
    """Run the child and return the reason why it did not end well, or None."""
    root = str(Path(tenon.__file__).resolve().parent.parent)
    numbers = {
        "memory_bytes": limits.memory_bytes,
        "seconds": limits.seconds,
        "columns": limits.columns,
        "unpacked_bytes": limits.unpacked_bytes,
    }
    command = [sys.executable, "-P", "-m", "tenon.engine.imports.xlsx_child", str(path.resolve()), sheet, json.dumps(numbers)]
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ} | {"PYTHONPATH": root}
    try:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds * 2,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "time"
    if ended.returncode == 0:
        return None
    if ended.returncode in _TIME_ENDS:
        return "time"
    return "memory" if ended.returncode in _MEMORY_ENDS else "damaged"


def _read_head(spool: Path) -> dict[str, Any]:
    """Return the first line of the answer; an error that came after some rows counts as well."""
    with spool.open("rb") as file:
        first = file.readline()
        file.seek(max(0, spool.stat().st_size - 1_000))
        last = file.read().rstrip(b"\n").rpartition(b"\n")[2]
    if not first.endswith(b"\n"):
        return {}
    if last.startswith(b'{"error"'):
        return dict(json.loads(last))
    return dict(json.loads(first))


def _refusal(reason: str) -> Invalid:
    message, hint = _REASONS.get(reason, _REASONS["damaged"])
    return refuse("over_limit" if reason in ("bomb", "memory", "time", "wide") else "bad_format", message, hint)


def _read_time(found: dict[str, str]) -> date | datetime | time:
    return _READ[found["t"]](found["v"])


def _check(number: int, cells: list[Cell], longest: int) -> Row:
    problems: list[Problem] = []
    for index, cell in enumerate(cells):
        if isinstance(cell, str) and len(cell) > longest:
            message = say("A cell of this row has more than {limit} characters.", "此行有单元格超过 {limit} 个字符。", limit=longest)
            problems.append(Problem("", "too_long", message, say("Shorten the cell.", "请缩短内容。")))
            cells[index] = cell[:200]
    return Row(number, cells, tuple(problems))
