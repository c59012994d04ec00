"""The world of a scenario: its people, its records by their names, and its clock; everything in tables of one connection alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from tenon.engine.access.resolver import environment
from tenon.engine.automation import automation_listeners
from tenon.engine.context import Context, User, system_context
from tenon.engine.outside import FixedClock, fake_outside
from tenon.engine.people import units, users
from tenon.engine.recompute.events import Computed
from tenon.engine.recompute.formulas import compute_formulas
from tenon.engine.recompute.graph import Target, graph_of
from tenon.engine.recompute.refresh import next_ids
from tenon.engine.recompute.touch import AT_ONCE, Change, Recompute, keep_fresh
from tenon.engine.records.writing import change, write_many
from tenon.engine.rules.before import hear_before
from tenon.engine.rules.membership import watch
from tenon.engine.rules.misses import Gathered
from tenon.engine.scores.apply import tell_moves
from tenon.engine.scores.definition import define
from tenon.engine.scores.events import ScoreCause
from tenon.engine.scores.movement import is_limited
from tenon.engine.scores.run import run_now
from tenon.engine.scores.wiring import score_listener
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.source import Source
from tenon.engine.tables import Tables
from tenon.engine.unit_of_work import Listeners, UnitOfWork
from tenon.engine.workflows.listening import look_again
from tenon.metamodel.check_scenarios import CALLED, name_of
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.kinds.scenario import Deed, ScenarioKind
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field, Model

WRITER = system_context("system", "scenario")
Rows = Mapping[str, list[dict[str, Any]]]


@dataclass
class World:
    """One story in the middle of being lived through; ``ids`` are its records by entity and name."""

    uow: UnitOfWork
    clock: FixedClock
    recompute: Recompute
    wanted: tuple[Target, ...]
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)

    @property
    def model(self) -> Model:
        """The release, or what would be one."""
        return self.uow.model

    def advance(self, days: int, hours: int, each_day: Callable[[], None] | None) -> None:
        """Let time pass; the days between are lived through by scores whose bands wait for days, and by what happens by itself."""
        between = max(days - 1, 0) if each_day is not None or self._waits_for_days() else 0
        for _ in range(between):
            self._move(days=1)
            self.compute()
            if each_day is not None:
                each_day()
        self._move(days=days - between, hours=hours)

    def _move(self, **by: float) -> None:
        self.clock.advance(**by)
        self.uow.now = self.clock.now()
        self.begin()

    def begin(self) -> None:
        """Let what comes be a change of its own, which rules hear as such."""
        self.uow.notes.clear()

    @contextmanager
    def apart(self) -> Iterator[UnitOfWork]:
        """Give a transaction of its own for what happens by itself at this moment; its writes are those of the story."""
        told, self.uow = self.uow, replace(self.uow, now=self.clock.now(), events=[], after_commit=[], notes={})
        try:
            yield self.uow
        finally:
            self.uow = told

    def compute(self, cause: ScoreCause | None = None) -> None:
        """Compute what reads the clock and every score that is looked at, each after what it reads, as the nightly sweep does."""
        for targets in graph_of(self.model).levels():
            mine = [t for t in targets if t in self.wanted]
            for entity, fields in _by_entity(t for t in mine if t.is_clocked).items():
                changed = compute_formulas(self.uow, entity, fields, next_ids(self.uow, entity, "", AT_ONCE))
                names = frozenset(f.id for f in fields)
                self.recompute.after(self.uow, Change(entity.id, changed, names))
                if changed:
                    self.uow.tell(Computed(entity, names, tuple(changed)))
            for target in mine:
                if target.score_id is not None:
                    run_now(self.uow, target.score_id, cause)
                elif target.rule_id is not None and target.is_clocked:
                    self.recompute.watch(self.uow, target.rule_id, next_ids(self.uow, target.entity, "", AT_ONCE))

    def _waits_for_days(self) -> bool:
        scores = [t.score_id for t in self.wanted if t.score_id is not None]
        return any(is_limited(define(self.model, self.model.documents[score])) for score in scores)

    def add(self, rows: Rows, path: str) -> None:
        """Store records, those that others refer to first. Raises Invalid."""
        waiting = [(self.model.get_entity(name), f"{path}/{name}/{i}", row) for name in sorted(rows) for i, row in enumerate(rows[name])]
        while waiting:
            to_come = {(e.id, name_of(e, row)) for e, _, row in waiting}
            ready = [each for each in waiting if not self._wants(each[0], each[2]) & to_come]
            if not ready:
                message = say("These records refer to each other in a circle.", "这些记录互相引用，形成循环。")
                raise Invalid([Problem(place, "refused", message, say("Set one of the references in a later step.", "请在后续步骤中设置其中一个引用。")) for _, place, _ in waiting])
            for entity in {e.id: e for e, _, _ in ready}.values():
                self._store(entity, [(place, row) for e, place, row in ready if e is entity])
            waiting = [each for each in waiting if each not in ready]

    def _wants(self, entity: Entity, row: Mapping[str, Any]) -> set[tuple[str, str | None]]:
        own = (entity.id, name_of(entity, row))
        found: set[tuple[str, str | None]] = {(t, v) for name, value in row.items() if (f := entity.fields.get(name)) for t in f.targets or () for v in _texts(value)}
        return found - {own}

    def _store(self, entity: Entity, rows: list[tuple[str, dict[str, Any]]]) -> None:
        values = [self._values(entity, {k: v for k, v in row.items() if k != CALLED}) for _, row in rows]
        try:
            stored = write_many(self.uow, WRITER, entity, values, path="")
        except Invalid as error:
            raise Invalid([_placed(p, [place for place, _ in rows]) for p in error.problems]) from None
        for (_, row), each in zip(rows, stored, strict=True):
            name = name_of(entity, row)
            if name is not None:
                self.ids[entity.id, name] = str(each.id)

    def set(self, entity: Entity, name: str, values: Mapping[str, Any]) -> None:
        """Change a record. Raises Invalid, Conflict."""
        change(self.uow, WRITER, entity, self.find(entity, name), self._values(entity, values))

    def matching(self, entity: Entity, condition: str | None) -> list[str]:
        """Return the records of the story for which a condition holds, whoever made them, oldest first."""
        source = Source(environment(self.uow), entity)
        tests: list[Any] = [source.alias.c.deleted_at.is_(None)]
        if condition is not None:
            tests.append(compile_condition(source, check(condition, Scope(self.model, entity), "boolean")))
        found = select(source.alias.c.id).select_from(source.from_clause).where(*tests).order_by(source.alias.c.id)
        return list(self.uow.connection.execute(found).scalars())

    def do(self, deed: Deed, path: str) -> None:
        """Change the records that a deed is about. Raises Invalid when there are none."""
        entity = self.model.get_entity(deed.entity)
        ids = self.matching(entity, deed.filter)
        if not ids:
            raise Invalid(Problem(path, "no_such_record", say("There is no {entity} for which this holds.", "没有符合条件的{entity}。", entity=entity.label)))
        values = self._values(entity, deed.set)
        write_many(self.uow, WRITER, entity, [{"id": id, **values} for id in ids], mode="update", path=path)

    def find(self, entity: Entity, name: str) -> str:
        """Return the id of a record of the story. Raises Invalid."""
        found = self.ids.get((entity.id, name))
        if found is None:
            raise Invalid(Problem("/record", "no_such_record", say("There is no record {name} yet.", "尚无记录 {name}。", name=name[:60])))
        return found

    def holder(self, name: str) -> Entity | None:
        """Return the entity of the record with that name."""
        found = next((e for e, n in self.ids if n == name), None)
        return self.model.find_entity(found) if found else None

    def _values(self, entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(entity.fields[name], value) if name in entity.fields else value for name, value in values.items()}

    def _value(self, of: Field, value: Any) -> Any:
        """Return a value with the names of the story as ids."""
        if isinstance(value, list) and of.spec.type == "references":
            return [self._value(of, each) for each in value]
        if not isinstance(value, str):
            return value
        if of.type.entity == "user":
            return self.people[value].id if value in self.people else value
        if of.type.entity == "unit":
            return self.units.get(value, value)
        found = [(target, self.ids[target, value]) for target in of.targets or () if (target, value) in self.ids]
        if not found:
            return value
        target, record = found[0]
        return {"entity": self.model.get_entity(target).name, "id": record} if of.storage.kind == "pair" else record


def open_world(connection: Connection, model: Model, tables: Tables, body: ScenarioKind, zone: Any, wanted: Iterable[Target]) -> World:
    """Return the world of a story before its first record: its clock stands at nine in the morning of the day it names."""
    begins = datetime.fromisoformat(body.given.clock)
    if begins.time() == time.min and "T" not in body.given.clock:
        begins += timedelta(hours=9)
    outside = fake_outside(begins.replace(tzinfo=zone))
    assert isinstance(outside.clock, FixedClock)
    # A step is one moment: scores are computed at its end, not for every record that is written.
    recompute = Recompute(lambda *_: (), lambda *_: None, tell_moves, watch, look_again)
    listeners = Listeners((hear_before,), (keep_fresh(recompute), score_listener(recompute), *automation_listeners(Gathered())))
    uow = UnitOfWork(connection, model, tables, outside, zone, outside.clock.now(), outside.clock.real_now(), listeners)
    world = World(uow, outside.clock, recompute, tuple(wanted))
    for name, person in body.given.people.items():
        unit = _unit(world, person.unit)
        roles = tuple(d.name for r in person.roles if (d := model.find("role", r)) is not None)
        world.people[name] = _person(world, name, roles, unit)
    return world


def stranger(world: World, role: str) -> Context:
    """Return somebody with a role alone, who owns nothing."""
    document = world.model.get("role", role)
    return Context(User(world.uow.new_id(), "stranger@scenario.invalid", document.name, (document.name,)))


def _unit(world: World, name: str | None) -> str | None:
    if name is None or name in world.units:
        return world.units.get(name) if name else None
    world.units[name] = world.uow.new_id()
    world.uow.connection.execute(insert(units), {"id": world.units[name], "name": name, "created_at": world.uow.now})
    return world.units[name]


def _person(world: World, name: str, roles: tuple[str, ...], unit: str | None) -> User:
    user = User(world.uow.new_id(), f"{name}@scenario.invalid", name, roles, unit, (unit,) if unit else ())
    row = {
        "id": user.id, "email": user.email, "name": name, "unit": unit, "roles": list(roles), "language": "en", "state": "active", "created_at": world.uow.now,
    }  # fmt: skip
    world.uow.connection.execute(insert(users), row)
    return user


def _by_entity(targets: Iterable[Target]) -> dict[Entity, list[Field]]:
    """Return the formulas among targets by the entity they are on."""
    found: dict[Entity, list[Field]] = {}
    for target in targets:
        if target.field is not None:
            found.setdefault(target.entity, []).append(target.field)
    return found


def _texts(value: Any) -> list[str]:
    return [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)]


def _placed(problem: Problem, places: list[str]) -> Problem:
    """Return a problem of a row in a set of rows as one of the document."""
    _, _, rest = problem.path.partition("/")
    index, _, inner = rest.partition("/")
    return Problem(f"{places[int(index)]}/{inner}" if index.isdigit() and int(index) < len(places) else problem.path, problem.code, problem.message, problem.hint)
