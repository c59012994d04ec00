"""Carrying out an import: rows in parts, each part and how far it is in one transaction; refused rows are kept to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert

from tenon.engine.context import Cause, Context
from tenon.engine.imports import orders
from tenon.engine.imports.cells import Reader, make_reader
from tenon.engine.imports.orders import Opened, refusals
from tenon.engine.imports.row_file import Row
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.jobs.table import keep_problems
from tenon.engine.people import load_user
from tenon.engine.records.writing import write_many
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Forbidden, Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

PART = 2_000
MOST_REFUSED = 100_000
COUNTS = ("created", "updated", "unchanged", "skipped", "refused")
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]
OpenFile = Callable[[str, str], AbstractContextManager[Path]]
"""Give the bytes of a stored file as a path: (key, name)."""


class _Undo(Exception):
    """Leaves a transaction without keeping what was written in it."""


@dataclass
class Tally:
    """How an import went so far."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    last: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return what a checkpoint holds."""
        return {"counts": self.counts, "last": self.last}


def import_jobs(open_write: OpenWrite, open_file: OpenFile) -> list[JobKind]:
    """Return the kind of job that imports a file."""

    def run_import(run: JobRun) -> dict[str, Any]:
        return carry_out(run, open_write, open_file)

    return [JobKind(orders.JOB, run_import)]


def carry_out(run: JobRun, open_write: OpenWrite, open_file: OpenFile) -> dict[str, Any]:
    """Import the file of a job; a job taken over goes on after the last part that was kept."""
    import_id = str(run.payload.get("import") or run.id)
    with open_write() as uow:
        order = orders.get(uow.connection, import_id)
        entity = uow.model.get_entity(order["entity"])
        ctx = _context(uow, order)
        total = None
    with open_file(order["file_key"], order["file_name"]) as path:
        opened = orders.open_file(path, order["file_name"], entity, order["mapping"])
        with open_write() as uow:
            reader = make_reader(uow, entity, opened)
            reader.choose_keys(uow, opened.file.sample(orders.SAMPLE))
        work = _Work(run, open_write, ctx, order, opened, reader)
        if order["on_error"] == "stop" and not order["dry_run"] and not run.checkpoint:
            work.check_all()
        tally = work.write_all()
    result = {"rows": sum(tally.counts.values()), **tally.counts, "columns": orders.columns_json(opened), "encoding": opened.file.encoding, "dry_run": order["dry_run"]}
    return result | ({"total": total} if total else {})


@dataclass
class _Work:
    """One attempt at an import."""

    run: JobRun
    open_write: OpenWrite
    ctx: Context
    order: dict[str, Any]
    opened: Opened
    reader: Reader

    def check_all(self) -> None:
        """Go through every row without keeping anything; raises Invalid when one would be refused."""
        tally = Tally()
        for rows in _parts(self.opened, 0):
            self.run.check_cancelled()
            try:
                with self.open_write() as uow:
                    self._write(uow, uow.model.get_entity(self.order["entity"]), rows, tally)
                    raise _Undo
            except _Undo:
                pass
            if tally.counts["refused"]:
                with self.open_write() as uow:
                    self._keep_refused(uow, tally)
                message = say("{n} rows cannot be imported; nothing was written.", "有 {n} 行无法导入；未写入任何内容。", n=tally.counts["refused"])
                raise Invalid(Problem("/file", "refused", message, say("Mend the file, or use on_error=skip.", "请修正文件，或使用 on_error=skip。")))

    def write_all(self) -> Tally:
        """Write the rows part by part and return the tally."""
        kept = self.run.checkpoint or {}
        tally = Tally(kept.get("counts") or dict.fromkeys(COUNTS, 0), kept.get("last", 0))
        for rows in _parts(self.opened, tally.last):
            self.run.check_cancelled()
            if self.order["dry_run"]:
                try:
                    with self.open_write() as uow:
                        self._write(uow, uow.model.get_entity(self.order["entity"]), rows, tally)
                        raise _Undo
                except _Undo:
                    pass
            with self.open_write() as uow:
                if not self.order["dry_run"]:
                    self._write(uow, uow.model.get_entity(self.order["entity"]), rows, tally)
                tally.last = rows[-1].number
                self._keep_refused(uow, tally)
                self.run.save(uow.connection, tally.to_json(), done=sum(tally.counts.values()))
        return tally

    def _write(self, uow: UnitOfWork, entity: Entity, rows: list[Row], tally: Tally) -> None:
        values, numbers = [], []
        for row in rows:
            cells, problems = self.reader.read(uow, row)
            if problems:
                self._refuse(tally, row, problems)
            else:
                values.append(cells)
                numbers.append(row)
        if not values:
            return
        written = write_many(
            uow, self.ctx, entity, values, mode=self.order["mode"], match_on=self.order["match_on"], on_error="skip",
            batch=self.order["id"], path="",
        )
        for row, result in zip(numbers, written, strict=True):
            if not result.is_good:
                self._refuse(tally, row, [Problem(_without_index(p.path), p.code, p.message, p.hint) for p in result.problems])
            else:
                tally.counts[{"create": "created", "update": "updated", "skip": "unchanged"}[result.action]] += 1

    def _refuse(self, tally: Tally, row: Row, problems: list[Problem]) -> None:
        tally.counts["refused"] += 1
        if tally.counts["refused"] <= MOST_REFUSED:
            cells = [_plain(c) for c in row.cells]
            tally.refused.append({"import": self.order["id"], "row": row.number, "cells": cells, "problems": keep_problems(problems)})

    def _keep_refused(self, uow: UnitOfWork, tally: Tally) -> None:
        if tally.refused:
            again = [r["row"] for r in tally.refused]
            uow.connection.execute(delete(refusals).where(refusals.c["import"] == self.order["id"], refusals.c.row.in_(again)))
            uow.connection.execute(insert(refusals), tally.refused)
            tally.refused.clear()


def _context(uow: UnitOfWork, order: dict[str, Any]) -> Context:
    """Return who imports; their rights hold as everywhere."""
    cause = Cause("import", order["id"], order["file_name"])
    if order["created_by"] is None:
        return Context(None, "en", cause, is_system=True)
    user = load_user(uow.connection, order["created_by"])
    if user is None:
        raise Forbidden(Problem("", "forbidden", say("Who ordered this import is no longer active.", "发起此导入的人员已停用。")))
    return Context(user, "en", cause)


def _parts(opened: Opened, after: int) -> Iterator[list[Row]]:
    rows = (row for row in opened.file.rows() if row.number > after)
    while part := list(islice(rows, PART)):
        yield part


def _without_index(path: str) -> str:
    """Return the path of a problem inside its row: ``/12/name`` becomes ``/name``."""
    head, _, rest = path.removeprefix("/").partition("/")
    return f"/{rest}" if head.isdigit() and rest else "" if head.isdigit() else path


def _plain(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return str(cell)
    return cell.isoformat() if isinstance(cell, datetime | date | time) else cell
