"""Does a role keep its secrets? Values are planted where it may not look and looked for behind every door that reads; nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from tenon.engine.access.grants import reads_of
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context, User
from tenon.engine.people import has_role, user_of, users
from tenon.engine.query.answers import answer
from tenon.engine.query.pages import Ask, get, matching, page
from tenon.engine.query.question import read_question
from tenon.engine.records import writing
from tenon.engine.records.histories import history_page
from tenon.engine.releases.draft import load_edits, overlay, store_all
from tenon.engine.tables import Tables
from tenon.engine.timeline.stream import timeline
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.check_documents import check_document
from tenon.metamodel.errors import Invalid, TenonError, not_found
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field, Model
from tenon.platform.rights import require_admin
from tenon.platform.workspace import Platform

PLANTED, LOOKED_AT = 2, 200
TEXTS = frozenset({"text", "long_text"})
DOORS: dict[str, Text] = {
    "list": Text("List", "列表"), "named": Text("Fields by name (lists, exports)", "按名称取字段（列表、导出）"), "record": Text("Record", "记录"), "search": Text("Search", "搜索"),
    "filter": Text("Filter", "筛选"), "sort": Text("Sort", "排序"), "query": Text("Groups and measures", "分组与统计"), "history": Text("History", "变更历史"),
    "timeline": Text("Timeline", "时间线"), "formula": Text("Formulas and scores", "公式与评分"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leak:
    """What came out: through which door, of which entity, and which field, None for a record that should be out of sight."""

    door: str
    entity: Entity
    field: Field | None


@dataclass
class LeakReport:
    """Which doors were tried how often, what was planted, and what leaked; ``unseen`` are entities of which the person sees no record."""

    person: str
    tried: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DOORS, 0))
    leaks: list[Leak] = field(default_factory=list)
    entities: int = 0
    fields: int = 0
    rows: int = 0
    unseen: list[Entity] = field(default_factory=list)


class _Undone(Exception):
    """Takes the transaction of a check back."""


def check_leaks(platform: Platform, ctx: Context, name: str) -> LeakReport:
    """Try every reading door as a person with a role as it is drafted, and report. For administrators.

    Everything happens in one transaction that is taken back. Raises Forbidden, NotFound, Invalid.
    """
    require_admin(ctx)
    found: list[LeakReport] = []
    try:
        with platform.database.write() as connection:
            plain = platform.unit(connection)
            model = _with_role(plain, name)
            uow = replace(plain, model=model, tables=Tables(model, plain.dialect))
            found.append(_Check(uow, _person(uow, name)).run())
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


class _Check:
    """A check of one role as one person."""

    def __init__(self, uow: UnitOfWork, user: User) -> None:
        self.uow, self.user = uow, user
        self.ctx, self.all = Context(user), Context(user, is_system=True)
        self.rights: Rights = rights_of(uow.model, self.ctx)
        self.report = LeakReport(user.name)
        self.canary = f"canary{uow.new_id()[-10:]}"

    def run(self) -> LeakReport:
        """Check every entity of which the person sees any record."""
        for entity in list(self.uow.model.entities.values()):
            if not entity.is_system and self.rights.may(entity, "read"):
                self.report.entities += 1
                self._entity(entity)
        return self.report

    def _entity(self, entity: Entity) -> None:
        listed = [r["id"] for r in page(self.uow, self.all, entity, Ask(limit=LOOKED_AT, fields=["id"])).records]
        readable = self._readable(entity, listed)
        seen, unseen = [i for i in listed if i in readable][:PLANTED], [i for i in listed if i not in readable][:PLANTED]
        if listed and not seen:
            self.report.unseen.append(entity)
        closed = [f for f in entity.fields.values() if self.rights.state(entity, f) in ("hidden", "masked")]
        for id in unseen:
            self._plant(entity, id, list(entity.fields.values()))
            self._hidden_row(entity, id)
        for id in seen:
            self._plant(entity, id, [f for f in entity.fields.values() if f.id not in readable[id]])
        self.report.fields += len(closed)
        self.report.rows += len(unseen)
        self._computed(entity)
        for field_ in closed:
            self._closed_field(entity, field_, seen)
        for id in seen:
            for door, read in self._doors_of(entity, id):
                self._look(door, read, entity, closed)

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

    def _plant(self, entity: Entity, id: str, fields: list[Field]) -> None:
        """Write a value that cannot be there by itself into every text of these; what refuses it keeps what it had."""
        for number, each in enumerate(f for f in fields if f.spec.type in TEXTS and f.is_written and f.origin != "system"):
            try:
                with self.uow.connection.begin_nested():
                    writing.change(self.uow, self.all, entity, id, {each.name: f"{self.canary} {id[-6:]} {number}"})
            except TenonError:
                continue

    def _doors_of(self, entity: Entity, id: str) -> Iterator[tuple[str, Callable[[], Any]]]:
        """Yield every door behind which the texts of a record that is seen could stand."""
        yield "list", lambda: page(self.uow, self.ctx, entity, Ask(limit=LOOKED_AT)).records
        yield "search", lambda: page(self.uow, self.ctx, entity, Ask(search=self.canary, fields=["id"])).records
        yield "record", lambda: get(self.uow, self.ctx, entity, id)
        yield "history", lambda: history_page(self.uow, self.ctx, entity, id, 100, None)
        yield "timeline", lambda: timeline(self.uow, self.ctx, entity, id, limit=100)

    def _look(self, door: str, read: Callable[[], Any], entity: Entity, closed: list[Field]) -> None:
        answered = self._try(door, read)
        if answered and (door == "search" or self.canary in repr(answered)):
            self.report.leaks.append(Leak(door, entity, closed[0] if len(closed) == 1 else None))

    def _closed_field(self, entity: Entity, closed: Field, seen: list[str]) -> None:
        """Try to have a closed field answer: by its name, in a filter, a sort, a group and a measure."""
        name, is_masked = closed.name, self.rights.state(entity, closed) == "masked"
        asked: dict[str, Callable[[], Any]] = {
            "filter": lambda: page(self.uow, self.ctx, entity, Ask(filters=[f"not is_empty({name})"], fields=["id"])),
            "sort": lambda: page(self.uow, self.ctx, entity, Ask(sort=[name], fields=["id"])),
            "query": lambda: answer(self.uow, self.ctx, read_question({"entity": entity.name, "group_by": [name], "measures": [{"name": "n", "expr": "count()"}]})),
        }
        for door, read in asked.items():
            if self._try(door, read) is not None:
                self.report.leaks.append(Leak(door, entity, closed))
        named = self._try("named", lambda: page(self.uow, self.ctx, entity, Ask(fields=[name], limit=LOOKED_AT)).records)
        if named and (self.canary in repr(named) or (not is_masked and any(r.get(name) is not None for r in named))):
            self.report.leaks.append(Leak("named", entity, closed))

    def _hidden_row(self, entity: Entity, id: str) -> None:
        """Try to reach a record that should be out of sight."""
        asked: dict[str, Callable[[], Any]] = {
            "record": lambda: get(self.uow, self.ctx, entity, id), "history": lambda: history_page(self.uow, self.ctx, entity, id, 10, None),
            "timeline": lambda: timeline(self.uow, self.ctx, entity, id), "filter": lambda: page(self.uow, self.ctx, entity, Ask(filters=[f"id == '{id}'"])).records,
            "search": lambda: [r for r in page(self.uow, self.ctx, entity, Ask(search=f"{self.canary} {id[-6:]}", fields=["id"])).records if r["id"] == id],
            "query": lambda: self._counted(entity, id),
        }  # fmt: skip
        for door, read in asked.items():
            if self._try(door, read):
                self.report.leaks.append(Leak(door, entity, None))

    def _counted(self, entity: Entity, id: str) -> int:
        question = read_question({"entity": entity.name, "filter": f"id == '{id}'", "measures": [{"name": "n", "expr": "count()"}]})
        rows = answer(self.uow, self.ctx, question)["rows"]
        return int(rows[0][0]) if rows else 0

    def _computed(self, entity: Entity) -> None:
        """Look for formulas and scores that the role reads although it may not read what they are made of."""
        closed = {f.id: f for f in entity.fields.values() if self.rights.state(entity, f) in ("hidden", "masked")}
        for each in entity.fields.values():
            if not (each.is_formula or each.score) or not self.rights.may_read(entity, each):
                continue
            self.report.tried["formula"] += 1
            if closed.keys() & reads_of(self.uow.model, entity, each):
                self.report.leaks.append(Leak("formula", entity, each))

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
        if leak.field is not None:
            text = say("{entity}: {field}", "{entity}：{field}", entity=leak.entity.plural, field=leak.field.label)
        else:
            text = say("{entity}: a record or text that is out of sight", "{entity}：本应不可见的记录或文字", entity=leak.entity.plural)
        if text.show(language) not in found[leak.door]:
            found[leak.door].append(text.show(language))
    return [(label.show(language), report.tried[door], found[door]) for door, label in DOORS.items()]
