"""Whether what a scenario expects is so, what was found instead, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import action_condition, environment, readable_condition
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.query.pages import get
from tenon.engine.records.stored import load
from tenon.engine.scenarios.world import WRITER, World, stranger
from tenon.engine.scores.contributions import adjustments, contributions
from tenon.engine.scores.definition import define
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.kinds.scenario import Counted, Expect
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field

NAMED = 5
"""So many of the records that were found are named."""
_HELD = {"cap": Text("held by a cap", "受上限约束"), "clamp": Text("held to the scale", "限制在分值范围内")}


@dataclass(frozen=True)
class Verdict:
    """What was expected, what was found, and why it is so."""

    kind: str
    passed: bool
    expected: dict[str, Any]
    found: dict[str, Any]
    explanation: Text


def judge(world: World, expect: Expect) -> Verdict:
    """Return whether an expectation holds. Raises Invalid when its record is not there."""
    if expect.records is not None:
        return _records(world, expect.records)
    if expect.score is not None:
        return _score(world, expect)
    entity = world.model.find_entity(expect.entity) if expect.entity is not None else world.holder(str(expect.record))
    if entity is None:
        raise Invalid(Problem("/record", "no_such_record", say("There is no record {name} yet.", "尚无记录 {name}。", name=str(expect.record)[:60])))
    return _right(world, expect, entity) if expect.may is not None else _field(world, expect, entity)


def _records(world: World, wanted: Counted) -> Verdict:
    entity = world.model.get_entity(wanted.entity)
    found = world.matching(entity, wanted.filter)
    asked = {"entity": entity.name, **({"filter": wanted.filter} if wanted.filter else {}), "count": wanted.count}
    shown = [load(world.uow, entity, [id])[id].get(entity.title or "") for id in found[:NAMED]]
    listed = ", ".join(str(title) for title in shown if title) or "-"
    return Verdict("records", len(found) == wanted.count, asked, {"count": len(found)}, say("{entity}: {listed}", "{entity}：{listed}", entity=entity.label, listed=listed))


def _score(world: World, expect: Expect) -> Verdict:
    score = world.model.get("score", str(expect.score))
    entity = world.model.get_entity(score.body.entity)
    record = world.find(entity, str(expect.record))
    table = world.uow.tables.score(score.id)
    row = world.uow.connection.execute(select(table).where(table.c.record == record)).mappings().first()
    has = {"value": row["score"] if row else None, "band": row["band"] if row else None, "coverage": row["coverage"] if row else None}
    wanted: dict[str, Any] = {k: v for k, v in (("value", expect.value), ("band", expect.band), ("coverage", expect.coverage)) if v is not None}
    if expect.empty:
        wanted["value"] = None
    if wanted.get("band") == "":
        wanted["band"] = None
    expected = {"score": score.name, "record": expect.record, **wanted}
    passed = all(_same(has[name], value) for name, value in wanted.items())
    return Verdict("score", passed, expected, {name: has[name] for name in dict.fromkeys([*wanted, "value", "band"])}, _made_of(world, score, dict(row) if row else None))


def _same(found: Any, wanted: Any) -> bool:
    """Compare numbers as numbers, whatever they are written as."""
    if isinstance(found, int | float | Decimal) and isinstance(wanted, int | float | Decimal) and not isinstance(found, bool) and not isinstance(wanted, bool):
        return Decimal(str(found)) == Decimal(str(wanted))
    return bool(found == wanted)


def _made_of(world: World, score: Document, row: Mapping[str, Any] | None) -> Text:
    """Say what a score is made of: the points of each measure, and what held it."""
    if row is None:
        return say("The score is not for this record.", "此评分不适用于该记录。")
    definition = define(world.model, score)
    given = contributions(definition.form_json, row["variant"], row["shares"])
    held = adjustments(definition.form_json, row["variant"], given, row["caps"], row["computed_score"])
    parts = [(plan.body.title() if (plan := definition.measure(c.id)) else Text(c.name, c.name), f"{c.points}/{c.most}") for c in given]
    parts += [(_HELD.get(a.type, Text(a.type, a.type)), str(a.points)) for a in held]
    return Text(*("; ".join(f"{label.show(language)} {points}" for label, points in parts) for language in ("en", "zh")))


def _field(world: World, expect: Expect, entity: Entity) -> Verdict:
    field = entity.find_field(str(expect.field))
    assert field is not None
    found = get(world.uow, WRITER, entity, world.find(entity, str(expect.record)), [field.name]).get(field.name)
    if isinstance(found, dict) and "title" in found and not isinstance(expect.value, dict):
        found = found["title"]
    wanted = None if expect.empty else expect.value
    expected = {"record": expect.record, "field": field.name, "value": wanted}
    return Verdict("field", _same(found, wanted), expected, {"value": found}, say("{field} of {record}.", "{record} 的{field}。", field=field.label, record=str(expect.record)))


def _right(world: World, expect: Expect, entity: Entity) -> Verdict:
    ctx = Context(world.people[expect.person]) if expect.person is not None else stranger(world, str(expect.role))
    rights = rights_of(world.model, ctx)
    record = world.find(entity, str(expect.record))
    field = entity.find_field(expect.field) if expect.field is not None else None
    action = str(expect.may)
    allowed, why = _may(world, rights, entity, record, action, field)
    who = {"person": expect.person} if expect.person is not None else {"role": world.model.get("role", str(expect.role)).name}
    asked = {**who, "may": action, "record": expect.record, **({"field": field.name} if field is not None else {})}
    return Verdict("right", allowed is expect.allowed, {**asked, "allowed": expect.allowed}, {"allowed": allowed}, why)


def _may(world: World, rights: Rights, entity: Entity, record: str, action: str, field: Field | None) -> tuple[bool, Text]:
    """Return whether somebody may do something with a record or a field of it, and why."""
    no_grant = say("No grant allows {action} on {entity}.", "没有授权允许对{entity}执行 {action}。", action=action, entity=entity.label)
    if not rights.may(entity, action) or not rights.may(entity, "read"):
        return False, no_grant
    if field is not None and action == "read" and not rights.may_read(entity, field):
        return False, say("{field} is {state}.", "{field}的状态为 {state}。", field=field.label, state=rights.state(entity, field))
    if field is not None and action == "update" and not rights.may_write(entity, field, action):
        return False, say("No grant lets {field} be changed.", "没有授权允许修改{field}。", field=field.label)
    seen, table = environment(world.uow, rights), world.uow.tables.of(entity)
    limits = [action_condition(seen, table, entity, rights, "read"), action_condition(seen, table, entity, rights, action, [field] if field and action == "update" else ())]
    if field is not None and action == "read":
        limits.append(readable_condition(seen, table, entity, rights, [field]))
    found = select(table.c.id).where(table.c.id == record, table.c.deleted_at.is_(None), *(c for c in limits if c is not None))
    if world.uow.connection.execute(found).first() is None:
        return False, say("No condition of the grants holds for this record.", "该记录不满足任何授权条件。")
    return True, say("A grant allows it.", "有授权允许此操作。")
