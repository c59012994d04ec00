"""The sample records of a package: CSV with field names as columns, written like any other records.

A cell ``today-12`` is the day twelve days ago (``today+3`` in three days), ``today-12 09:30`` a moment of it, so that samples never
age: they move with the day of the installation. References are written by a unique field of the far entity (the first single key,
else its title), those to any of several entities as ``customer:C-0001``, people by their e-mail; whoever is not there is the one
who installs. A column ``title.zh`` holds what stands in ``title`` in a workspace of that language, where it holds something.

Sample records are marked as such and keep to themselves: a row whose key is taken by a record that is none, or that refers to one,
is left out, so that nothing of what people made is changed or grows samples. Rows with ``match_on`` about records of another app
change those it brought and add none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from tenon.engine.apps.sample_fit import fit, key_of
from tenon.engine.apps.sample_marks import mark, pass_on
from tenon.engine.context import Context
from tenon.engine.imports.clean import Cleaner
from tenon.engine.imports.ties import find_ties, in_waves
from tenon.engine.people import users
from tenon.engine.records.writing import Mode, write_many
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.model import Entity, Field

_DAY = re.compile(r"today([+-]\d{1,5})?(?: (\d\d:\d\d))?\Z")
Rows = list[dict[str, str]]


def read_rows(content: bytes, language: str = "en") -> Rows:
    """Return the rows of a sample file by the names of its columns, with the texts of a language."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    parts = [(name, *name.rpartition(".")[::2]) for name in dict.fromkeys(rows.fieldnames or ()) if "." in name]
    return [_said(row, parts, language) for row in rows] if parts else list(rows)


def _said(row: dict[str, str], parts: Sequence[tuple[str, str, str]], language: str) -> dict[str, str]:
    """Return a row without the columns of languages; what that of the language says stands in their place."""
    written = {field: cell for name, field, own in parts if (cell := row.pop(name)) and own == language}
    return {**row, **written}


@dataclass(frozen=True)
class Wrote:
    """How many sample rows were written, and how many were left out as they meet what is no sample."""

    written: int = 0
    left_out: int = 0


def write_rows(uow: UnitOfWork, ctx: Context, entity_name: str, rows: Rows, *, app: str, today: date, match_on: Sequence[str] = ()) -> Wrote:
    """Write sample rows of an app; those that meet a sample record by its key change it. ``today`` is the day the samples move with. Raises Invalid."""
    entity = uow.model.get_entity(entity_name)
    reading = _Reading(uow, ctx, entity, today)
    records = [{name: reading.value(name, cell) for name, cell in row.items() if cell not in (None, "")} for row in rows]
    mode: Mode = "upsert" if match_on else "create"
    fields = [entity.fields[name] for name in (rows[0] if rows else ()) if name in entity.fields]
    ties = find_ties(entity, fields, mode, match_on)
    waves = in_waves([ties.of(uow, r) for r in records]) if ties.matter_within else [list(range(len(records)))]
    written = 0
    for wave in waves:
        fitting = fit(uow, entity, [records[position] for position in wave], match_on if entity.app != app else ())
        done = write_many(uow, ctx, entity, fitting, mode=mode, match_on=match_on)
        mark(uow, app, entity, [str(row.id) for row in done if row.action == "create"])
        pass_on(uow, {str(row.id): (row.before["version"], row.before["version"] + 1) for row in done if row.action == "update" and row.before})
        written += len(fitting)
    return Wrote(written, len(records) - written)


class _Reading:
    """Reads the cells of one entity."""

    def __init__(self, uow: UnitOfWork, ctx: Context, entity: Entity, today: date) -> None:
        self.uow, self.entity, self.today, self.user = uow, entity, today, ctx.user_id
        self.cleaners: dict[str, Cleaner] = {}
        self.people: dict[str, str] | None = None

    def value(self, name: str, cell: str) -> Any:
        """Return the value of a cell. Raises Invalid."""
        field = self.entity.fields.get(name)
        if field is None:
            return cell
        if field.type.kind in ("date", "datetime") and (found := _DAY.match(cell)):
            return self._moment(self.today + timedelta(days=int(found[1] or 0)), found[2], field.type.kind)
        if field.type.kind == "reference":
            return self._reference(field, cell)
        if name not in self.cleaners:
            self.cleaners[name] = Cleaner(field.spec)
        try:
            return self.cleaners[name].clean(cell)[0]
        except BadValue as bad:
            raise Invalid(bad.problem(f"/{self.entity.name}/{name}")) from None

    def _moment(self, day: date, clock: str | None, kind: str) -> str:
        if kind == "date":
            return day.isoformat()
        return datetime.combine(day, time.fromisoformat(clock or "09:00"), self.uow.timezone).isoformat()

    def _reference(self, field: Field, cell: str) -> Any:
        if field.type.entity in ("user", "unit"):
            return self._people().get(cell, self.user) if field.type.entity == "user" else None
        if field.type.entity is not None:
            return {key_of(self.uow.model.get_entity(str(field.type.entity))): cell}
        name, _, value = cell.partition(":")
        return {"entity": name, key_of(self.uow.model.get_entity(name)): value}

    def _people(self) -> dict[str, str]:
        if self.people is None:
            found = self.uow.connection.execute(select(users.c.email, users.c.id).where(users.c.state == "active"))
            self.people = {row.email: row.id for row in found}
        return self.people
