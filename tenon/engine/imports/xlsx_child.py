"""The child process that opens a workbook: unpacked sizes checked, memory and time limited, rows out as JSON lines.

Run as ``python -m tenon.engine.imports.xlsx_child PATH SHEET LIMITS``; SHEET "" is the first visible one that holds
anything. The first line of the answer is ``{"format", "sheets", "sheet"}`` or ``{"error"}``, every other one a list of rows.
"""

from __future__ import annotations

import json
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

ROWS_A_LINE = 200
ENTRIES = 10_000
RATIO = 200
SUSPICIOUS_BYTES = 50_000_000
MAIN_PARTS = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}


class _Refused(Exception):
    """A workbook that is not read; the word says why."""


def main(path: str, sheet: str, limits: dict[str, int]) -> None:
    """Write the answer for one workbook to standard output."""
    limit_process(limits)
    try:
        _write(path, sheet, limits)
    except _Refused as error:
        _answer({"error": str(error)})
    except PasswordError:
        _answer({"error": "password"})
    except MemoryError:
        _answer({"error": "memory"})
    except (CalamineError, OSError, zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        _answer({"error": "memory" if "limit exceeded" in str(error) else "damaged"})


def limit_process(limits: dict[str, int]) -> None:
    """Lower what this process may use: memory, processor seconds, and bytes it writes."""
    if resource is None:
        return
    for kind, most in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["seconds"]),
        (resource.RLIMIT_FSIZE, 3 * limits["unpacked_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        try:
            resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))
        except (ValueError, OSError):  # not every system has every limit
            continue


def check_zip(path: str, most: int) -> str:
    """Return the format of a packed workbook; refuses bombs, entities in XML, and other archives."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > ENTRIES:
            raise _Refused("bomb")
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if unpacked > most or (unpacked > SUSPICIOUS_BYTES and unpacked > RATIO * max(packed, 1)):
            raise _Refused("bomb")
        names = {entry.filename.replace("\\", "/").lstrip("/").lower() for entry in entries}
        found = next((kind for part, kind in MAIN_PARTS.items() if part in names), None)
        if found is None and "[content_types].xml" not in names:
            raise _Refused("not_a_workbook")
        for entry in entries:
            if entry.filename.lower().endswith((".xml", ".rels")) and not entry.flag_bits & 1:
                with archive.open(entry) as part:
                    if b"<!DOCTYPE" in part.read(4_096).upper():
                        raise _Refused("doctype")
        if found == "xlsx" and "xl/vbaproject.bin" in names:
            return "xlsm"
        return found or "xlsx"


def _write(path: str, sheet: str, limits: dict[str, int]) -> None:
    with open(path, "rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
    kind = check_zip(path, limits["unpacked_bytes"]) if is_zip else "xls"
    with CalamineWorkbook.from_path(path) as book:
        sheets = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        visible = [meta.name for meta in sheets if meta.visible == SheetVisibleEnum.Visible]
        names = visible + [meta.name for meta in sheets if meta.name not in visible]
        if sheet and sheet not in names:
            raise _Refused("no_such_sheet")
        chosen, content = sheet, None
        for name in [sheet] if sheet else visible or names:
            content, chosen = book.get_sheet_by_name(name), name
            if content.height:
                break
        if content is not None and content.width > limits["columns"]:
            raise _Refused("wide")
        _answer({"format": kind, "sheets": names, "sheet": chosen})
        batch: list[Any] = []
        for row in content.iter_rows() if content is not None else ():
            batch.append([_cell(value) for value in row])
            if len(batch) == ROWS_A_LINE:
                _answer(batch)
                batch = []
        _answer(batch)


def _cell(value: Any) -> Any:
    """Return the JSON of a cell: whole numbers as integers, others in the 15 digits a workbook keeps, times marked."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return int(value)
        return float(f"{value:.15g}") if value == value and abs(value) != float("inf") else None
    if isinstance(value, datetime):
        return {"t": "datetime", "v": value.isoformat()}
    if isinstance(value, date):
        return {"t": "date", "v": value.isoformat()}
    if isinstance(value, time):
        return {"t": "time", "v": value.isoformat()}
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}" if seconds >= 0 else f"-{timedelta(seconds=-seconds)}"
    return value


def _answer(part: Any) -> None:
    sys.stdout.write(json.dumps(part, ensure_ascii=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
