"""What the schema cannot say of a scenario: entities, fields, records and people that are named have to be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tenon.metamodel.document import Document
from tenon.metamodel.errors import Problem
from tenon.metamodel.kinds.scenario import Expect, ScenarioKind
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.names import suggest
from tenon.metamodel.naming import to_shown
from tenon.metamodel.parse import reread

CALLED = "as"
WRITTEN_SYSTEM = frozenset({"owner", "unit"})


def name_of(entity: Entity, row: Mapping[str, Any]) -> str | None:
    """Return what a record of a story is called: what ``as`` says, else its title."""
    called = row.get(CALLED) or (row.get(entity.title) if entity.title else None)
    return called if isinstance(called, str) else None


def told(document: Document, model: Model) -> ScenarioKind:
    """Return a story by the names of today: what it says under ids is read by people and by whoever lives it through."""
    body: ScenarioKind = reread(to_shown(document, model)).body
    return body


def check_scenario(document: Document, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a scenario."""
    if document.kind != "scenario":
        return
    body = told(document, model)
    try:
        datetime.fromisoformat(body.given.clock)
    except ValueError:
        yield Problem("/given/clock", "bad_format", say("There is no such day.", "没有这一天。"), say("Such as 2025-01-15.", "例如 2025-01-15。"))
    known: dict[str, set[str]] = {}
    yield from _check_rows(body.given.records, "/given/records", model, known)
    for index, step in enumerate(body.then):
        path = f"/then/{index}"
        if not (step.advance_days or step.advance_hours or step.set or step.add or step.do or step.expect):
            yield Problem(path, "required", say("This step does nothing.", "此步骤没有内容。"), say("Let time pass, set something, or expect something.", "请推进时间、设置数据或写明期望。"))
        yield from _check_rows(step.add, f"{path}/add", model, known)
        for name, records in step.set.items():
            entity = model.find_entity(name)
            if entity is None:
                yield _unknown(f"{path}/set/{name}", say("entity", "对象"), name, list(model.entities))
                continue
            for record, values in records.items():
                yield from _check_record(f"{path}/set/{name}", record, known.get(entity.id, set()))
                yield from _check_values(f"{path}/set/{name}/{_token(record)}", entity, values)
        if step.do is not None and (entity := model.find_entity(step.do.entity)) is not None:
            yield from _check_values(f"{path}/do/set", entity, step.do.set)
        if step.expect is not None:
            yield from _check_expect(step.expect, f"{path}/expect", body, model, known)


def _check_rows(rows: Mapping[str, list[dict[str, Any]]], path: str, model: Model, known: dict[str, set[str]]) -> Iterator[Problem]:
    for name, listed in rows.items():
        entity = model.find_entity(name)
        if entity is None or entity.is_system:
            yield _unknown(f"{path}/{name}", say("entity", "对象"), name, [e.name for e in model.entities.values() if not e.is_system])
            continue
        names = known.setdefault(entity.id, set())
        for index, row in enumerate(listed):
            called = name_of(entity, row)
            if called is not None and called in names and CALLED in row:
                yield Problem(f"{path}/{name}/{index}/{CALLED}", "not_unique", say("{name} is there twice.", "{name} 出现了两次。", name=called[:60]))
            names.update({called} if called else ())
            yield from _check_values(f"{path}/{name}/{index}", entity, {k: v for k, v in row.items() if k != CALLED})


def _check_values(path: str, entity: Entity, values: Mapping[str, Any]) -> Iterator[Problem]:
    for name in values:
        field = entity.fields.get(name)
        if field is None:
            yield _unknown(f"{path}/{name}", say("field", "字段"), name, list(entity.fields))
        elif not field.is_written and name not in WRITTEN_SYSTEM:
            message = say("{name} is computed.", "{name} 由系统计算。", name=name)
            yield Problem(f"{path}/{name}", "read_only", message, say("Set what it is computed from.", "请设置其计算所依据的字段。"))


def _check_record(path: str, record: str, names: set[str]) -> Iterator[Problem]:
    if record not in names:
        yield _unknown(path, say("record", "记录"), record, sorted(names))


def _check_expect(expect: Expect, path: str, body: ScenarioKind, model: Model, known: dict[str, set[str]]) -> Iterator[Problem]:
    forms = [expect.score is not None, expect.may is not None, expect.field is not None and expect.may is None, expect.records is not None]
    if sum(forms) != 1:
        message = say("Expect a score, a field, how many records there are, or what somebody may do.", "请期望一个评分、一个字段、记录数量或某人的权限。")
        yield Problem(path, "refused", message, say("One of score, field, records and may.", "score、field、records、may 四者选一。"))
        return
    if expect.records is not None:
        return
    if expect.record is None:
        yield Problem(f"{path}/record", "required", say("Say of which record.", "请写明是哪条记录。"))
        return
    if expect.score is not None:
        score = model.find("score", expect.score)
        if score is None:
            return  # named by its mark
        entity = model.find_entity(score.body.entity)
        bands = [b.name for b in score.body.bands]
        if expect.band and expect.band not in bands:
            yield _unknown(f"{path}/band", say("band", "等级"), expect.band, bands)
        if expect.band is None and expect.value is None and expect.coverage is None and not expect.empty:
            yield Problem(path, "required", say("Say which value or band.", "请写明期望的分值或等级。"))
        if expect.value is not None and (isinstance(expect.value, bool) or not isinstance(expect.value, int | float)):
            yield Problem(f"{path}/value", "wrong_type", say("A score is a number.", "评分应为数字。"))
    else:
        holders = [e for e in known if expect.record in known[e]]
        if expect.entity is None and len(holders) > 1:
            yield Problem(f"{path}/entity", "required", say("Several records are called that.", "有多条记录使用该名称。"), say("Name the entity.", "请写明对象。"))
            return
        entity = model.find_entity(expect.entity) if expect.entity is not None else model.find_entity(holders[0]) if holders else None
        if expect.entity is not None and entity is None:
            return
        if expect.field is not None and entity is not None and entity.find_field(expect.field) is None and expect.entity is None:
            yield _unknown(f"{path}/field", say("field", "字段"), expect.field, list(entity.fields))
    yield from _check_record(f"{path}/record", expect.record, known.get(entity.id, set()) if entity else set())
    if expect.may is not None:
        if (expect.role is None) == (expect.person is None):
            yield Problem(f"{path}/role", "required", say("Who: a role, or a person of the story.", "请写明角色或故事中的人员。"))
        if expect.person is not None and expect.person not in body.given.people:
            yield _unknown(f"{path}/person", say("person", "人员"), expect.person, list(body.given.people))
        if expect.field is not None and expect.may not in ("read", "update"):
            yield Problem(f"{path}/may", "bad_choice", say("A field is read or updated.", "字段只有查看与修改两种权限。"))


def _unknown(path: str, what: Text, name: str, known: list[str]) -> Problem:
    near = suggest(name, known)
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("There are: {some}.", "可用的有：{some}。", some=", ".join(known[:8]) or "-")
    return Problem(path, "unknown_name", say("There is no {what} {name} here.", "此处没有{what} {name}。", what=what, name=name[:60]), hint)


def _token(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1")
