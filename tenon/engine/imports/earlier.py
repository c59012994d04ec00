"""The good rows of earlier parts while nothing is kept in the database, so that later rows meet them as if they were there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from tenon.engine.imports.ties import Mark, Ties
from tenon.engine.unit_of_work import UnitOfWork


class Earlier:
    """Remembers rows by their marks, on disk, so that their number does not matter."""

    def __init__(self, ties: Ties) -> None:
        self._ties = ties
        self._rows = sqlite3.connect("", isolation_level=None)  # a private file, gone with the connection
        self._rows.execute("CREATE TABLE good (place INTEGER PRIMARY KEY, cells TEXT NOT NULL)")
        self._rows.execute("CREATE TABLE mark (mark TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (mark, place)) WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def __enter__(self) -> Earlier:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._rows.close()

    def add(self, uow: UnitOfWork, values: Iterable[dict[str, Any]]) -> None:
        """Remember rows that would have been written, in their order."""
        if not self._ties.matter:
            return
        for each in values:
            marks = self._ties.of(uow, each).has
            if marks:
                place = self._rows.execute("INSERT INTO good (cells) VALUES (?)", (json.dumps(each, default=str),)).lastrowid
                self._rows.executemany("INSERT OR IGNORE INTO mark VALUES (?, ?)", [(_key(m), place) for m in marks])

    def find(self, uow: UnitOfWork, values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the earlier rows that some rows meet, and those that these met in their turn, in their order."""
        found: dict[int, dict[str, Any]] = {}
        waiting = [m for each in values for m in self._ties.of(uow, each).after] if self._ties.matter else []
        asked: set[Mark] = set()
        while waiting:
            mark = waiting.pop()
            if mark in asked:
                continue
            asked.add(mark)
            query = "SELECT place, cells FROM good WHERE place IN (SELECT place FROM mark WHERE mark = ?)"
            for place, cells in self._rows.execute(query, (_key(mark),)).fetchall():
                if place not in found:
                    found[place] = json.loads(cells)
                    waiting += self._ties.of(uow, found[place]).after
        return [found[place] for place in sorted(found)]


def _key(mark: Mark) -> str:
    return json.dumps(mark)
