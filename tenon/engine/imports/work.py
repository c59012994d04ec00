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

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Cause, Context
from tenon.engine.duplicates.seeing import looking_alike
from tenon.engine.imports import orders
from tenon.engine.imports.cells import Reader, make_reader
from tenon.engine.imports.earlier import Earlier
from tenon.engine.imports.numbers import is_by_number, known_numbers, write_rows
from tenon.engine.imports.orders import Opened, refusals
from tenon.engine.imports.row_file import Row
from tenon.engine.imports.ties import Ties, find_ties, in_waves
from tenon.engine.imports.undo import take_back
from tenon.engine.imports.unmatched import parked, wanted_of
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.jobs.table import keep_problems
from tenon.engine.people import load_user
from tenon.engine.records.matching import match
from tenon.engine.records.row import Row as Written
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.table import Parked, park
from tenon.metamodel.errors import Forbidden, Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

PART = 2_000
MOST_REFUSED = 100_000
COUNTS = ("created", "updated", "unchanged", "skipped", "refused")
NAMES = {"create": "created", "update": "updated", "skip": "unchanged"}
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]
OpenFile = Callable[[str, str], AbstractContextManager[Path]]
"""Give the bytes of a stored file as a path: (key, name)."""


class _Undo(Exception):
    """Leaves a transaction without keeping what was written in it."""


@dataclass
class Tally:
    """How an import went so far; ``good`` are the values of the rows of the last part that were taken, ``alike`` counts rows that look like a record that is there."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    last: int = 0
    alike: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[Parked] = field(default_factory=list)
    good: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return what a checkpoint holds."""
        return {"counts": self.counts, "last": self.last, "alike": self.alike}


def import_jobs(open_write: OpenWrite, open_file: OpenFile) -> list[JobKind]:
    """Return the kind of job that imports a file."""

    def run_import(run: JobRun) -> dict[str, Any]:
        return carry_out(run, open_write, open_file)

    return [JobKind(orders.JOB, run_import)]


def carry_out(run: JobRun, open_write: OpenWrite, open_file: OpenFile) -> dict[str, Any]:
    """Import the file of a job; a job taken over goes on after the last part that was kept, a dry run begins again."""
    import_id = str(run.payload.get("import") or run.id)
    with open_write() as uow:
        order = orders.get(uow.connection, import_id)
        entity = uow.model.get_entity(order["entity"])
        ctx = _context(uow, order)
        rights = rights_of(uow.model, ctx)
        rights.require(entity, "import")
        if not run.checkpoint or order["dry_run"]:
            uow.connection.execute(delete(refusals).where(refusals.c["import"] == import_id))
    with open_file(order["file_key"], order["file_name"]) as path:
        opened = orders.open_file(path, order["file_name"], entity, order["mapping"], rights)
        with open_write() as uow:
            reader = make_reader(uow, entity, opened, order["systems"])
            reader.choose_keys(uow, rights, opened.file.sample(orders.SAMPLE))
        ties = find_ties(entity, [m.field for m in reader.mapped], order["mode"], order["match_on"])
        work = _Work(run, open_write, ctx, order, opened, reader, ties)
        if order["dry_run"]:
            tally = work.try_all()
        else:
            if order["on_error"] == "stop" and not run.checkpoint:
                work.check_all()
            tally = work.write_all()
    return {
        "rows": sum(tally.counts.values()), **tally.counts, "duplicates": tally.alike, "columns": orders.columns_json(opened), "encoding": opened.file.encoding,
        "dry_run": order["dry_run"],
    }  # fmt: skip


@dataclass
class _Work:
    """One attempt at an import."""

    run: JobRun
    open_write: OpenWrite
    ctx: Context
    order: dict[str, Any]
    opened: Opened
    reader: Reader
    ties: Ties

    @property
    def waits(self) -> bool:
        """True when rows whose record is not there are kept until it is."""
        return bool(self.order["unmatched"] == "wait")

    def _no_counts(self) -> dict[str, int]:
        return dict.fromkeys((*COUNTS, "waiting") if self.waits else COUNTS, 0)

    def check_all(self) -> None:
        """Go through every row without keeping anything; raises Invalid when one would be refused."""
        if (tally := self.try_all(until_refused=True)).counts["refused"]:
            raise _stopped(tally.counts["refused"])

    def try_all(self, *, until_refused: bool = False) -> Tally:
        """Write every part and take it back at once; a part meets the rows of earlier ones that it depends on."""
        tally = Tally(self._no_counts())
        with Earlier(self.ties) as earlier:
            for rows in _parts(self.opened, 0):
                if self.run.is_cancelled:
                    break
                tally.good.clear()
                try:
                    with self.open_write() as uow:
                        self._try(uow, rows, tally, earlier)
                        raise _Undo
                except _Undo:
                    pass
                with self.open_write() as uow:
                    earlier.add(uow, tally.good)
                    self._keep_refused(uow, tally)
                    self.run.save(uow.connection, None, done=sum(tally.counts.values()))
                if until_refused and tally.counts["refused"]:
                    break
        return tally

    def _try(self, uow: UnitOfWork, rows: list[Row], tally: Tally, earlier: Earlier) -> None:
        entity = uow.model.get_entity(self.order["entity"])
        read = self._read(uow, rows, tally)
        there = earlier.find(uow, [values for _, values in read])
        if there:
            self._write_rows(uow, entity, there)
        self._write(uow, entity, read, tally)

    def write_all(self) -> Tally:
        """Write the rows part by part and return the tally. Raises Invalid when on_error is stop and a row is refused after all."""
        kept = self.run.checkpoint or {}
        tally = Tally(kept.get("counts") or self._no_counts(), kept.get("last", 0), kept.get("alike", 0))
        is_stopping = self.order["on_error"] == "stop"
        for rows in _parts(self.opened, tally.last):
            if self.run.is_cancelled:
                break
            tally.good.clear()
            try:
                with self.open_write() as uow:
                    entity = uow.model.get_entity(self.order["entity"])
                    self._write(uow, entity, self._read(uow, rows, tally), tally)
                    if is_stopping and tally.counts["refused"]:
                        raise _Undo
                    tally.last = rows[-1].number
                    self._keep_refused(uow, tally)
                    self.run.save(uow.connection, tally.to_json(), done=sum(tally.counts.values()))
            except _Undo:
                self._take_back(tally)
        return tally

    def _take_back(self, tally: Tally) -> None:
        """Take back the parts that were written, because somebody made a row impossible since it was tried."""
        with self.open_write() as uow:
            self._keep_refused(uow, tally)
        take_back(self.open_write, Context(None, "en", self.ctx.cause, is_system=True), self.order["id"])
        raise _stopped(tally.counts["refused"])

    def _read(self, uow: UnitOfWork, rows: list[Row], tally: Tally) -> list[tuple[Row, dict[str, Any]]]:
        """Return the rows whose cells can be read, with their values; the others are refused."""
        found = []
        for row in rows:
            values, problems = self.reader.read(uow, row)
            if problems:
                self._refuse(tally, row, problems)
            else:
                found.append((row, values))
        return found

    def _write(self, uow: UnitOfWork, entity: Entity, read: list[tuple[Row, dict[str, Any]]], tally: Tally) -> None:
        rows = self._write_rows(uow, entity, [v for _, v in read])
        tally.alike += looking_alike(uow, self.ctx, entity, [str(w.id) for w in rows if w is not None and w.is_good])
        for (row, values), written in zip(read, rows, strict=True):
            if written is None:
                tally.counts["skipped"] += 1
            elif written.is_good:
                tally.counts[NAMES[written.action]] += 1
                tally.good.append(values)
            else:
                problems = written.own_problems
                if (wanted := wanted_of(uow, entity, values, problems) if self.waits else None) is not None:
                    tally.counts["waiting"] += 1
                    tally.waiting.append(parked(entity, wanted, values, self.order, row.number))
                else:
                    self._refuse(tally, row, problems)

    def _write_rows(self, uow: UnitOfWork, entity: Entity, values: list[dict[str, Any]]) -> list[Written | None]:
        """Write rows, those that depend on earlier ones after them; None stands for one that is there and is only to be created."""
        waves = in_waves([self.ties.of(uow, v) for v in values]) if self.ties.matter_within else [list(range(len(values)))]
        result: list[Written | None] = [None] * len(values)
        for wave in waves:
            wanted = self._without_known(uow, entity, values, wave)
            written = write_rows(uow, self.ctx, entity, [values[i] for i in wanted], self.order) if wanted else []
            for position, row in zip(wanted, written, strict=True):
                result[position] = row
        return result

    def _without_known(self, uow: UnitOfWork, entity: Entity, values: list[dict[str, Any]], wave: list[int]) -> list[int]:
        """Return the rows of a wave that are not there yet, when rows are only to be created and a key says which are."""
        if self.order["mode"] != "create" or not self.order["match_on"]:
            return wave
        if is_by_number(self.order["match_on"]):
            known = known_numbers(uow, self.ctx, entity, [values[place] for place in wave])
            return [place for i, place in enumerate(wave) if i not in known]
        rows = [Written(i, values[place]) for i, place in enumerate(wave)]
        match(uow, rights_of(uow.model, self.ctx), entity, rows, "upsert", self.order["match_on"])
        return [place for place, row in zip(wave, rows, strict=True) if row.before is None]

    def _refuse(self, tally: Tally, row: Row, problems: list[Problem]) -> None:
        tally.counts["refused"] += 1
        if tally.counts["refused"] <= MOST_REFUSED:
            cells = [_plain(c) for c in row.cells]
            tally.refused.append({"import": self.order["id"], "row": row.number, "cells": cells, "problems": keep_problems(problems)})

    def _keep_refused(self, uow: UnitOfWork, tally: Tally) -> None:
        if tally.refused:
            uow.connection.execute(insert(refusals), tally.refused)
            tally.refused.clear()
        if not self.order["dry_run"]:
            park(uow, self.ctx, tally.waiting)
        tally.waiting.clear()


def _stopped(count: int) -> Invalid:
    if count == 1:
        message = say("A row cannot be imported; nothing was written.", "有 1 行无法导入；未写入任何内容。")
    else:
        message = say("{n} {n:row|rows} cannot be imported; nothing was written.", "有 {n} 行无法导入；未写入任何内容。", n=count)
    return Invalid(Problem("/file", "refused", message, say("Mend the file, or use on_error=skip.", "请修正文件，或使用 on_error=skip。")))


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


def _plain(cell: Any) -> Any:
    """Return a cell as it is kept to be shown; what no database keeps inside a text is marked."""
    if isinstance(cell, str):
        return cell.replace("\x00", "\ufffd")
    if isinstance(cell, list):
        return [_plain(each) for each in cell]
    if isinstance(cell, dict):
        return {_plain(name): _plain(each) for name, each in cell.items()}
    if isinstance(cell, Decimal):
        return str(cell)
    return cell.isoformat() if isinstance(cell, datetime | date | time) else cell
