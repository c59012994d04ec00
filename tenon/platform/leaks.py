"""Does a role keep its secrets? Values are planted where it may not look and looked for behind every door that reads; nothing is kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import select

from tenon.engine.access.grants import reads_of
from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context, User
from tenon.engine.people import has_role, user_of, users
from tenon.engine.query.pages import Ask, get, matching, page
from tenon.engine.records import writing
from tenon.engine.releases.draft import load_edits, overlay, store_all
from tenon.engine.tables import Tables
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.check_documents import check_document
from tenon.metamodel.errors import Invalid, TenonError, not_found
from tenon.metamodel.fields._files import AttachedSpec
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field, Model
from tenon.platform import files
from tenon.platform.leak_doors import DOORS, LOOKED_AT, Doors, EngineDoors, Looking
from tenon.platform.leak_values import Cell, Planted, spell
from tenon.platform.rights import require_admin
from tenon.platform.workspace import Platform

PLANTED = 2
CLOSED = ("hidden", "masked")
PLANTER = Context(None, is_system=True)


@dataclass(frozen=True, slots=True)
class Leak:
    """What came out: through which door, of which entity, and which field; None for a record by itself.

    ``is_hidden_row`` when the whole record should be out of sight.
    """

    door: str
    entity: Entity
    field: Field | None
    is_hidden_row: bool = False


@dataclass
class LeakReport:
    """Which doors were tried how often, what was planted, and what leaked; ``unseen`` are entities of which the person sees no record."""

    person: str
    tried: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DOORS, 0))
    leaks: list[Leak] = field(default_factory=list)
    entities: int = 0
    fields: int = 0
    rows: int = 0
    values: int = 0
    unseen: list[Entity] = field(default_factory=list)

    def add(self, leak: Leak) -> None:
        """Note what came out, once."""
        if leak not in self.leaks:
            self.leaks.append(leak)


class _Undone(Exception):
    """Takes the transaction of a check back."""


def check_leaks(platform: Platform, ctx: Context, name: str, more: Sequence[Doors] = ()) -> LeakReport:
    """Try every reading door as a person with a role as it is drafted, and report. For administrators.

    ``more`` are doors of layers above. Everything happens in one transaction that is taken back. Raises Forbidden, NotFound, Invalid.
    """
    require_admin(ctx)
    found: list[LeakReport] = []
    try:
        with platform.database.write() as connection:
            plain = platform.unit(connection)
            model = _with_role(plain, name)
            uow = replace(plain, model=model, tables=Tables(model, plain.dialect))
            found.append(_Check(uow, _person(uow, name), [EngineDoors(), *more]).run())
            raise _Undone
    except _Undone:
        return found[0]


def _with_role(uow: UnitOfWork, name: str) -> Model:
    """Return the release with the role as it is drafted. Raises NotFound, Invalid."""
    edits = load_edits(uow.connection).values()
    role = next((d for d in overlay(uow.model, edits) if d.kind == "role" and d.name == name), None)
    if role is None:
        raise not_found()
    stored, whole = store_all([role], uow.model.documents.values(), uow.model)
    problems = dict.fromkeys([*(p for i, p in whole.problems if i == stored[0].id), *check_document(stored[0], whole, uow.model)])
    if problems:
        raise Invalid(list(problems))
    return whole


def _person(uow: UnitOfWork, role: str) -> User:
    """Return somebody who has the role, with nothing but it; a stranger when nobody has."""
    row = uow.connection.execute(select(users).where(users.c.state == "active", has_role(role)).order_by(users.c.name).limit(1)).mappings().first()
    if row is None:
        return User(uow.new_id(), "nobody@example.com", "", (role,))
    return replace(user_of(uow.connection, dict(row)), roles=(role,))


@dataclass
class _Rows:
    """The records of one entity that are looked at: what is seen of which, and which are out of sight."""

    entity: Entity
    readable: dict[str, frozenset[str]]
    seen: list[str]
    unseen: list[str]
    closed: list[Field]


class _Check:
    """A check of one role as one person."""

    def __init__(self, uow: UnitOfWork, user: User, doors: Sequence[Doors]) -> None:
        self.uow, self.user, self.doors = uow, user, doors
        self.ctx, self.all = Context(user), Context(user, is_system=True)
        self.rights = rights_of(uow.model, self.ctx)
        self.at = Looking(uow, self.ctx, self.rights)
        self.report = LeakReport(user.name)
        self.planted = Planted()

    def run(self) -> LeakReport:
        """Plant everything first, then try every door of every entity of which the person sees any record."""
        looked_at = [self._rows(entity) for entity in self.at.readable()]
        self.planted.common = "\n".join(spell(page(self.uow, self.all, rows.entity, Ask(limit=LOOKED_AT)).records) for rows in looked_at)
        for rows in looked_at:
            self._plant_all(rows)
        closed = frozenset(f.id for rows in looked_at for f in rows.closed)
        for rows in looked_at:
            self._computed(rows.entity, closed)
            self._try_entity(rows)
        for door, read in (each for doors in self.doors for each in doors.of_all(self.at) if self.planted.cells):
            self._look(door, read, self.planted.cells)
        self.report.values = len(self.planted.cells)
        return self.report

    def _rows(self, entity: Entity) -> _Rows:
        listed = [r["id"] for r in page(self.uow, self.all, entity, Ask(limit=LOOKED_AT, fields=["id"])).records]
        readable = self._readable(entity, listed)
        seen, unseen = [i for i in listed if i in readable][:PLANTED], [i for i in listed if i not in readable][:PLANTED]
        if listed and not seen:
            self.report.unseen.append(entity)
        closed = [f for f in entity.fields.values() if self.rights.state(entity, f) in CLOSED]
        self.report.entities += 1
        self.report.fields += len(closed)
        self.report.rows += len(unseen)
        return _Rows(entity, readable, seen, unseen, closed)

    def _readable(self, entity: Entity, ids: list[str]) -> dict[str, frozenset[str]]:
        """Return the fields that may be read of each record that may be seen at all: every condition is asked as a plain filter with every right."""
        found: dict[str, frozenset[str]] = {}
        granted = [
            grant for role in (self.uow.model.find("role", name) for name in self.user.roles) if role is not None
            for grant in role.body.grants if "read" in grant.actions and self.uow.model.find_entity(grant.entity) is entity
        ]  # fmt: skip
        for grant, compiled in zip(granted, self.rights.grants(entity, "read"), strict=True):
            for id in matching(self.uow, self.all, entity, [grant.where] if grant.where else [], among=ids):
                found[id] = found.get(id, frozenset()) | compiled.read
        return found

    def _plant_all(self, rows: _Rows) -> None:
        for id in rows.unseen:
            self._plant(rows.entity, id, list(rows.entity.fields.values()), is_hidden_row=True)
        for id in rows.seen:
            self._plant(rows.entity, id, [f for f in rows.entity.fields.values() if f.id not in rows.readable[id]], is_hidden_row=False)

    def _plant(self, entity: Entity, id: str, fields_: list[Field], *, is_hidden_row: bool) -> None:
        """Write into each of these fields a value that cannot be there by itself; a field that refuses every one keeps what it had."""
        for each in (f for f in fields_ if f.is_written):
            for value, spellings in self.planted.candidates(each, self._file):
                try:
                    with self.uow.connection.begin_nested():
                        writing.change(self.uow, PLANTER, entity, id, {each.name: value})
                except TenonError:
                    continue
                self.planted.cells.append(Cell(entity, each, id, is_hidden_row, spellings))
                break

    def _file(self, each: Field, word: str) -> str:
        """Return a file of a telling name, of which there is the row alone."""
        kinds = each.spec.taken_types() if isinstance(each.spec, AttachedSpec) else ()
        ending = next((k.lstrip(".") for k in kinds if "/" not in k), "png")
        media = next((k.replace("*", "png") for k in kinds if "/" in k), "image/png")
        stored = files.Stored(secrets.token_hex(16), 1, "0" * 64, media)
        return str(files.add(self.uow.connection, PLANTER, stored, f"{word}.{ending}")["id"])

    def _try_entity(self, rows: _Rows) -> None:
        entity, own = rows.entity, [c for c in self.planted.cells if c.entity is rows.entity]
        is_near = self._is_near(entity)
        for doors in self.doors:
            for door, read in doors.of_entity(self.at, entity) if is_near else ():
                self._look(door, read, self.planted.cells)
            for closed in rows.closed:
                for door, read in doors.that_stay_shut(self.at, entity, closed):
                    if self._try(door, read) is not None:
                        self.report.add(Leak(door, entity, closed))
            for id in rows.seen if is_near else ():
                for door, read in doors.of_record(self.at, entity, id):
                    self._look(door, read, self.planted.cells)
            for id in rows.unseen:
                for door, read in (*doors.of_record(self.at, entity, id), *doors.of_hidden_row(self.at, entity, id)):
                    if self._try(door, read):
                        self.report.add(Leak(door, entity, None, is_hidden_row=True))
            for cell in own:
                for door, read in doors.of_words(self.at, entity, cell.spellings[0]):
                    if cell.record in spell(self._try(door, read)):
                        self.report.add(Leak(door, entity, None if cell.is_hidden_row else cell.field, cell.is_hidden_row))
        self._by_name(rows)

    def _is_near(self, entity: Entity) -> bool:
        """True when something was planted in an entity or in one that is a reference away: only there can anything come out."""
        planted = {cell.entity.id for cell in self.planted.cells}
        around = {target for f in entity.fields.values() for target in f.targets} | {r.far_id for r in entity.relations.values()}
        return bool(planted & (around | {entity.id}))

    def _by_name(self, rows: _Rows) -> None:
        """Ask for every closed field by its name: a hidden one has no value, a masked one not the one that is stored."""
        for closed in rows.closed:
            found = self._try("named", partial(page, self.uow, self.ctx, rows.entity, Ask(fields=[closed.name], limit=LOOKED_AT)))
            for record in found.records if found is not None else ():
                shown = record.get(closed.name)
                if shown is None:
                    continue
                if self.rights.state(rows.entity, closed) == "hidden" or shown == get(self.uow, self.all, rows.entity, record["id"]).get(closed.name):
                    self.report.add(Leak("named", rows.entity, closed))
                    break

    def _look(self, door: str, read: Callable[[], Any], among: list[Cell]) -> None:
        answered = self._try(door, read)
        for cell in self.planted.found_in(answered, among) if answered is not None else ():
            self.report.add(Leak(door, cell.entity, cell.field, cell.is_hidden_row))

    def _computed(self, entity: Entity, closed: frozenset[str]) -> None:
        """Look for formulas and scores that the role reads although it may not read what they are made of, here or over a relation."""
        for each in entity.fields.values():
            if not (each.is_formula or each.score) or not self.rights.may_read(entity, each):
                continue
            self.report.tried["formula"] += 1
            if closed & reads_of(self.uow.model, entity, each):
                self.report.add(Leak("formula", entity, each))

    def _try(self, door: str, read: Callable[[], Any]) -> Any:
        """Open a door; None when it stays closed."""
        self.report.tried[door] += 1
        try:
            return read()
        except TenonError:
            return None


def told(report: LeakReport, language: str) -> list[tuple[str, int, list[str]]]:
    """Return each door with how often it was tried and what came out of it, in words."""
    found: dict[str, list[str]] = {door: [] for door in DOORS}
    for leak in report.leaks:
        text = _named(leak)
        if text.show(language) not in found[leak.door]:
            found[leak.door].append(text.show(language))
    return [(label.show(language), report.tried[door], found[door]) for door, label in DOORS.items()]


def _named(leak: Leak) -> Text:
    entity = leak.entity.plural
    if leak.field is None:
        return say("{entity}: a record that is out of sight", "{entity}：本应不可见的记录", entity=entity)
    if leak.is_hidden_row:
        return say("{entity}: {field} of a record that is out of sight", "{entity}：本应不可见的记录的“{field}”", entity=entity, field=leak.field.label)
    return say("{entity}: {field}", "{entity}：{field}", entity=entity, field=leak.field.label)
