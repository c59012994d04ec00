"""Reading JSON lines: one object a line; the columns are the keys of the first thousand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from tenon.engine.imports.row_file import Cell, Limits, Row
from tenon.engine.imports.text_encoding import BAD
from tenon.engine.imports.text_lines import Lines
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say

KEYS_FROM = 1_000


@dataclass
class JsonLinesSource:
    """The objects of one file as rows over the keys found so far."""

    path: Path
    encoding: str
    limits: Limits
    header: list[str] = field(default_factory=list)

    def records(self) -> Iterator[Row]:
        """Yield a row for every line that is not blank."""
        known = {name: index for index, name in enumerate(self.header)}
        for number, line in enumerate(Lines(self.path, self.encoding, self.limits.line), start=1):
            if line.strip():
                yield self._row(number, line, known)

    def find_keys(self) -> list[str]:
        """Return the keys of the first lines in the order they appear."""
        keys: dict[str, None] = {}
        for count, line in enumerate(Lines(self.path, self.encoding, self.limits.line)):
            if count >= KEYS_FROM:
                break
            value = read_object(line)
            keys.update(dict.fromkeys(value if isinstance(value, dict) else ()))
        return list(keys)

    def _row(self, number: int, line: str, known: dict[str, int]) -> Row:
        cells: list[Cell] = [None] * len(known)
        value = read_object(line)
        if not isinstance(value, dict):
            message = say("This line is not a JSON object.", "此行不是 JSON 对象。")
            return Row(number, cells, (Problem("", "bad_format", message, say("Write one object a line.", "请每行写一个 JSON 对象。")),))
        unknown = []
        for key, item in value.items():
            index = known.get(key)
            if index is None:
                unknown.append(key[:60])
            else:
                cells[index] = _cell(item)
        notes = (_unknown(unknown),) if unknown else ()
        return Row(number, cells, self._check(line, cells), notes)

    def _check(self, line: str, cells: list[Cell]) -> tuple[Problem, ...]:
        problems = []
        if BAD in line:
            message = say(
                "This row holds characters that are not {encoding}.", "此行含有不属于 {encoding} 编码的字符。", encoding=self.encoding
            )
            problems.append(Problem("", "bad_format", message, say("Save the file again as UTF-8.", "请将文件另存为 UTF-8。")))
        if any(isinstance(cell, str) and "\0" in cell for cell in cells):
            message = say("This row holds a NUL character, which is not text.", "此行含有 NUL 字符，不是有效文本。")
            problems.append(Problem("", "bad_format", message, say("Remove it.", "请删除该字符。")))
        if len(line) > self.limits.cell and any(isinstance(cell, str) and len(cell) > self.limits.cell for cell in cells):
            message = say(
                "A value of this row has more than {limit} characters.", "此行有内容超过 {limit} 个字符。", limit=self.limits.cell
            )
            problems.append(Problem("", "too_long", message, say("Shorten it.", "请缩短内容。")))
        return tuple(problems)


def read_object(line: str) -> Any:
    """Return the value of a line, or None when it is no JSON."""
    try:
        return json.loads(line, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _cell(value: Any) -> Cell:
    if value is None or value == "":
        return None
    if isinstance(value, Decimal) and abs(value.adjusted()) > 60:
        return str(value)  # written out it would fill the memory
    if isinstance(value, str | int | Decimal):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _unknown(keys: Sequence[str]) -> Problem:
    message = say(
        "These keys are in none of the first lines and are left out: {keys}.",
        "以下键未出现在开头各行中，已忽略：{keys}。",
        keys=", ".join(keys[:5]),
    )
    return Problem("", "unknown_field", message, say("Move such a line to the beginning of the file.", "请将含有这些键的行移到文件开头。"))
