"""What a story expects: of a score, of a field, or of what somebody may do; in words, and as properties."""

from __future__ import annotations

import json
from typing import Any

from tenon.metamodel.kinds.role import ACTIONS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.rule_words import said_condition
from tenon.ui.backend.designers.scenario_rows import first_value, records_of, say_value, value_control
from tenon.ui.backend.roles import VERBS
from tenon.ui.design_shapes import Control, ControlGroup
from tenon.ui.shapes import Choice

SORTS = (("score", say("A score", "评分")), ("field", say("A value", "字段值")), ("records", say("How many records", "记录数量")), ("right", say("A right", "权限")))


def sort_of(expect: Json) -> str:
    """Return what an expectation is about: score, records, field or right."""
    return "records" if expect.get("records") else "score" if expect.get("score") else "right" if expect.get("may") else "field"


def entity_of(design: Design, expect: Json) -> Entity | None:
    """Return the entity of the record that an expectation is about."""
    if expect.get("score"):
        score = design.model.find("score", str(expect["score"]))
        return design.model.find_entity(score.body.entity) if score is not None else None
    if expect.get("entity"):
        return design.model.entities.get(str(expect["entity"])) or design.model.find_entity(str(expect["entity"]))
    return next((entity for entity, name in records_of(design) if name == expect.get("record")), None)


def say_expect(design: Design, expect: Json) -> str:
    """Return an expectation in words."""
    language, record = design.language, str(expect.get("record", ""))
    if sort_of(expect) == "records":
        wanted = expect["records"]
        far = design.model.find_entity(str(wanted.get("entity")))
        name, where = (far.label.show(language) if far is not None else str(wanted.get("entity"))), str(wanted.get("filter") or "")
        where = said_condition(design, where, far) if where else ""
        return say("{count} × {entity}: {where}", "{count} 条{entity}：{where}", count=wanted.get("count", 1), entity=name, where=where).show(language).strip(" :：")
    if sort_of(expect) == "score":
        score = design.model.find("score", str(expect["score"]))
        label = score.label.show(language) if score is not None else str(expect["score"])
        return say("{score} of {record} is {what}", "{record} 的{score}为 {what}", score=label, record=record, what=_result(design, expect)).show(language)
    entity = entity_of(design, expect)
    field = entity.find_field(str(expect["field"])) if entity is not None and expect.get("field") else None
    label = field.label.show(language) if field is not None else str(expect.get("field") or "")
    if sort_of(expect) == "field":
        what = say("empty", "空").show(language) if expect.get("empty") else say_value(design, entity, str(expect.get("field")), expect.get("value"))
        return say("{field} of {record} is {what}", "{record} 的{field}为 {what}", field=label, record=record, what=what).show(language)
    role = design.model.find("role", str(expect["role"])) if expect.get("role") else None
    who = str(expect.get("person") or (role.label.show(language) if role is not None else expect.get("role") or ""))
    verb = VERBS.get(str(expect["may"]), Text(str(expect["may"]), str(expect["may"]))).show(language).lower()
    what = f"{record} · {label}" if label else record
    if expect.get("allowed", True):
        return say("{who} may {verb} {what}", "{who}可以{verb}{what}", who=who, verb=verb, what=what).show(language)
    return say("{who} may not {verb} {what}", "{who}不可以{verb}{what}", who=who, verb=verb, what=what).show(language)


def _result(design: Design, expect: Json) -> str:
    """Return what a score should be."""
    score = design.model.find("score", str(expect["score"]))
    labels = {b.name: b.title().show(design.language) for b in score.body.bands} if score is not None else {}
    parts = [say("empty", "空").show(design.language)] if expect.get("empty") else []
    parts += [str(expect["value"])] if expect.get("value") is not None else []
    if "band" in expect:
        parts.append(labels.get(expect["band"], expect["band"]) or say("without a band", "无等级").show(design.language))
    if expect.get("coverage") is not None:
        parts.append(say("with coverage {n}", "覆盖度 {n}", n=expect["coverage"]).show(design.language))
    return ", ".join(parts) or "-"


def first_expect(design: Design, sort: str, score: str = "") -> Json | None:
    """Return an expectation to begin with, None when there is nothing to expect of."""
    if sort == "score":
        for document in design.model.all("score"):
            entity = design.model.find_entity(document.body.entity)
            record = next((name for _, name in records_of(design, entity)), None) if entity is not None else None
            if record is not None and score in ("", document.name):
                return {"score": document.name, "record": record, **({"band": document.body.bands[-1].name} if document.body.bands else {"value": 100})}
        return None
    entity, record = next(records_of(design), (None, ""))
    if entity is None:
        return None
    if sort == "records":
        return {"records": {"entity": entity.name, "count": 1}}
    if sort == "right":
        role = next((d.name for d in design.model.all("role")), None)
        return {"entity": entity.name, "record": record, "role": role, "may": "read"} if role is not None else None
    field = next((f for f in entity.fields.values() if f.name != entity.title and first_value(design, f) is not None and f.origin != "system"), None)
    return {"entity": entity.name, "record": record, "field": field.name, "value": first_value(design, field)} if field is not None else None


def expect_group(design: Design, step: Json, place: str) -> ControlGroup:
    """Return the properties of what a step expects."""
    expect: Json | None = step.get("expect")
    at, language = f"{place}/expect", design.language
    made = [_sorts(design, expect, at)]
    if expect is not None:
        controls = Controls(design, expect, at)
        made += {"score": _of_score, "field": _of_field, "records": _of_records, "right": _of_right}[sort_of(expect)](design, controls)
    return ControlGroup(say("Expect", "期望").show(language), tuple(made))


def _sorts(design: Design, expect: Json | None, at: str) -> Control:
    """Return the choice of what is expected."""
    ways, chosen = [Choice(_set(at, None), say("Nothing", "无").show(design.language))], _set(at, expect)
    for sort, text in SORTS:
        found = expect if expect is not None and sort_of(expect) == sort else first_expect(design, sort)
        if found is not None:
            ways.append(Choice(_set(at, found), text.show(design.language)))
    return Control("", "ways", say("What is expected", "期望内容").show(design.language), chosen, tuple(ways))


def _set(at: str, value: Any) -> str:
    return json.dumps([{"op": "set", "at": at, "value": value}], ensure_ascii=False)


def _of_score(design: Design, controls: Controls) -> list[Control]:
    language, entity = design.language, entity_of(design, controls.item)
    scores = tuple(Choice(d.name, d.label.show(language)) for d in design.model.all("score"))
    score = design.model.find("score", str(controls.item["score"]))
    bands = tuple(Choice(b.name, b.title().show(language)) for b in score.body.bands) if score is not None else ()
    return [
        controls.make("score", "choice", say("Score", "评分"), options=scores), _record(design, controls, entity),
        controls.make("value", "number", say("Value", "分值")),
        controls.make("band", "choice", say("Band", "等级"), options=bands, empty=say("Any", "不限").show(language)),
        controls.make("coverage", "number", say("Coverage", "覆盖度"), help=say("A share from 0 to 1.", "0 到 1 之间的比例。")),
        controls.make("empty", "switch", say("It is empty", "应为空")),
    ]  # fmt: skip


def _of_field(design: Design, controls: Controls) -> list[Control]:
    entity = entity_of(design, controls.item)
    fields = tuple(Choice(f.name, f.label.show(design.language)) for f in entity.fields.values()) if entity is not None else ()
    made = [_record(design, controls, entity), controls.make("field", "choice", say("Field", "字段"), options=fields)]
    if not controls.item.get("empty"):
        made.append(value_control(design, controls, entity, "value", at="value", of=str(controls.item.get("field"))))
    return [*made, controls.make("empty", "switch", say("It is empty", "应为空"))]


def _of_records(design: Design, controls: Controls) -> list[Control]:
    entities = tuple(Choice(e.name, e.label.show(design.language)) for e in design.model.entities.values() if not e.is_system)
    return [
        controls.make("records/entity", "choice", say("Records of", "对象"), options=entities),
        controls.make("records/filter", "condition", say("For which this holds", "符合条件"), entity=str(controls.item["records"].get("entity")), expect="boolean"),
        controls.make("records/count", "number", say("How many", "数量")),
    ]


def _of_right(design: Design, controls: Controls) -> list[Control]:
    language, item, entity = design.language, controls.item, entity_of(design, controls.item)
    fields = tuple(Choice(f.name, f.label.show(language)) for f in entity.fields.values()) if entity is not None else ()
    whole = say("The whole record", "整条记录").show(language)
    verbs = tuple(Choice(a, VERBS[a].show(language)) for a in ACTIONS)
    return [
        _record(design, controls, entity), _who(design, controls),
        controls.make("may", "choice", say("May", "允许"), options=verbs),
        controls.make("field", "choice", say("Of which", "范围"), options=fields, empty=whole),
        controls.make("allowed", "switch", say("Allowed", "允许"), empty="on").holding(item.get("allowed", True)),
    ]  # fmt: skip


def _who(design: Design, controls: Controls) -> Control:
    """Return who it is about: a role, or a person of the story."""
    language, item = design.language, controls.item
    people = design.json.get("given", {}).get("people") or {}
    found = [("role", d.name, say("Role {name}", "角色 {name}", name=d.label).show(language)) for d in design.model.all("role")] + [("person", name, name) for name in people]

    def choose(kind: str, name: str) -> str:
        changed = {**{k: v for k, v in item.items() if k not in ("role", "person")}, kind: name}
        return _set(controls.place, changed)

    chosen = choose("person", item["person"]) if item.get("person") else choose("role", str(item.get("role")))
    return Control("", "ways", say("Who", "谁").show(language), chosen, tuple(Choice(choose(kind, name), text) for kind, name, text in found), empty="")


def _record(design: Design, controls: Controls, entity: Entity | None) -> Control:
    names = dict.fromkeys([name for _, name in records_of(design, entity)] + [str(controls.item.get("record", ""))])
    return controls.make("record", "choice", say("Record", "记录"), options=tuple(Choice(name, name) for name in names if name))
