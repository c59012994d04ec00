"""What a rule can be made of: triggers and actions with values to begin with, as the entity allows."""

from __future__ import annotations

from collections.abc import Iterator

from tenon.metamodel.actions import ACTIONS
from tenon.metamodel.belonging import reference_to
from tenon.metamodel.document import Document
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.triggers import TRIGGERS
from tenon.metamodel.triggers.event import USAGE
from tenon.metamodel.triggers.message_received import MessageReceived
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.setting import beginning, settable

ICONS = {
    "created": "plus", "updated": "pencil", "deleted": "trash-2", "enters": "arrow-right", "leaves": "arrow-left", "band_changed": "gauge", "value_fell": "trending-down",
    "date": "calendar", "schedule": "clock", "button": "rocket", "form_submitted": "file-text",
    "no_activity": "moon", "event": "activity", "message_received": "message-square", "webhook": "download", "call_webhook": "link", "set_fields": "pencil", "refuse": "ban", "create_record": "plus",
    "update_records": "rows-3", "delete_record": "trash-2", "assign": "user-plus", "create_task": "list-checks", "raise_alert": "triangle-alert", "close_alert": "circle-check",
    "notify": "bell", "send_message": "send", "add_tag": "hash", "remove_tag": "hash", "recompute_score": "gauge",
    "start_workflow": "workflow", "exit_workflow": "log-out",
    "start_playbook": "list-ordered",
}  # fmt: skip


def people_fields(entity: Entity | None) -> list[Field]:
    """Return the fields that hold a person: whose record it is first, who wrote it last."""
    found = [f for f in entity.fields.values() if f.type.kind == "reference" and f.type.entity == "user" and not f.is_to_many] if entity is not None else []
    return sorted(found, key=lambda f: (f.name != "owner", f.origin == "system"))


def lists(entity: Entity | None) -> list[Field]:
    """Return the fields that hold several entries."""
    return [f for f in settable(entity) if f.type.kind in ("choices", "list")]


def playbooks(design: Design) -> list[str]:
    """Return the playbooks about the entity."""
    return [d.name for d in design.model.all("playbook") if design.model.find_entity(d.body.entity) is design.entity]


def scores(design: Design) -> list[str]:
    """Return the scores of the entity."""
    return [d.name for d in design.model.all("score") if design.model.find_entity(d.body.entity) is design.entity]


def workflows(design: Design) -> list[str]:
    """Return the workflows of the entity."""
    return [d.name for d in design.model.all("workflow") if design.model.find_entity(d.body.entity) is design.entity]


def known_events(design: Design) -> list[tuple[str, str]]:
    """Return the usage events whose names are known, with their labels, where such events belong to the entity."""
    usage = design.model.entities.get(USAGE)
    if usage is None or not _is_heard(design, (USAGE,)):
        return []
    words = getattr(usage.fields["event"].spec, "words", ())
    return [(w.name, w.title().show(design.language)) for w in words] or [("login", "login")]


def times_of_relations(design: Design) -> list[tuple[str, str]]:
    """Return the relations of the entity whose records come one after the other, with their labels."""
    relations = [r for r in design.entity.relations.values() if r.is_reverse] if design.entity is not None else []
    return [(r.name, r.label.show(design.language)) for r in relations]


def messages(design: Design) -> list[Document]:
    """Return the messages about records of the entity."""
    return [d for d in design.model.all("message") if design.model.find_entity(d.body.entity) is design.entity]


def _is_heard(design: Design, names: tuple[str, ...]) -> bool:
    entity, heard = design.entity, [e for name in names if (e := design.model.entities.get(name)) is not None]
    return entity is not None and any(e is entity or reference_to(e, entity) is not None for e in heard)


def offered_triggers(design: Design) -> Iterator[tuple[str, Json]]:
    """Yield the triggers that the entity allows, each with values to begin with."""
    entity, found = design.entity, scores(design)
    days = [f.name for f in entity.fields.values() if f.type.kind in ("date", "datetime")] if entity is not None else []
    numbers = [f.name for f in settable(entity) if f.type.kind == "number"]
    texts = [f.name for f in settable(entity) if f.type.kind == "text"]
    forms = [d.name for d in design.model.all("form") if design.model.find_entity(d.body.entity) is entity]
    press, events, related = say("Do it", "执行").to_json(), known_events(design), times_of_relations(design)
    values: dict[str, Json | None] = {
        "created": {}, "updated": {}, "deleted": {}, "enters": {"when": "False"}, "leaves": {"when": "False"},
        "band_changed": {"score": found[0]} if found else None,
        "value_fell": {"score": found[0], "by": 20, "within_days": 14} if found else {"field": numbers[0], "by": 1, "within_days": 30} if numbers else None,
        "date": {"field": days[0], "at": "09:00"} if days else None, "schedule": {"cron": "0 9 * * *"}, "button": {"label": press},
        "form_submitted": {"form": forms[0]} if forms else None,
        "no_activity": {"days": 30, "event": events[0][0]} if events else {"days": 30, "relation": related[0][0]} if related else None,
        "webhook": {"match": {"field": texts[0], "place": texts[0]}} if texts else {"make_new": True},
        "event": {"event": events[0][0]} if events else None, "message_received": {} if _is_heard(design, MessageReceived.HEARS) else None,
    }  # fmt: skip
    is_before = design.json.get("timing") == "before"
    for name, value in values.items():
        if value is not None and (not is_before or TRIGGERS[name].MAY_BE_BEFORE):
            yield name, {"type": name, **value}


def offered_actions(design: Design) -> Iterator[tuple[str, Json]]:
    """Yield the actions that fit the timing of the rule and the entity, each with values to begin with."""
    entity, model = design.entity, design.model
    owner = next((f.name for f in people_fields(entity)), "owner")
    fields, tagged, found, flows = settable(entity), lists(entity), scores(design), workflows(design)
    first = next((f for f in fields if f.name != "owner"), None)
    far = next((r for r in (entity.relations.values() if entity is not None else ()) if r.is_reverse and settable(model.find_entity(r.far_id))), None)
    far_field = settable(model.find_entity(far.far_id))[0] if far is not None else None
    values: dict[str, Json | None] = {
        "set_fields": {"fields": {first.name: first.name}} if first else None,  # as it is: nothing is lost until somebody says what to
        "refuse": {"message": say("This cannot be stored.", "无法保存。").to_json()},
        "create_task": {"title": say("Look at this", "请跟进").to_json(), "assign_to": {"field": owner}} if "task" in model.entities else None,
        "notify": {"title": say("Look at this", "请查看").to_json(), "to": [{"field": owner}]} if "notice" in model.entities else None,
        "send_message": {"message": written[0].name, "to": {"field": owner}} if (written := messages(design)) else None,
        "raise_alert": {"level": "yellow", "assign_to": {"field": owner}} if "alert" in model.entities else None,
        "close_alert": {"outcome": "recovered"} if "alert" in model.entities else None,
        "assign": {"to": {"role": r.name}, "how": "round_robin", "field": owner} if (r := next(iter(model.all("role")), None)) is not None else None,
        "create_record": {"entity": entity.name, "fields": {}} if entity is not None else None,
        "update_records": {"relation": far.name, "fields": {far_field.name: beginning(far_field)}} if far is not None and far_field is not None else None,
        "add_tag": {"field": tagged[0].name, "tags": [_option(tagged[0])]} if tagged else None,
        "remove_tag": {"field": tagged[0].name, "tags": [_option(tagged[0])]} if tagged else None,
        "call_webhook": {"url": "https://example.com/hook"},
        "recompute_score": {"score": found[0]} if found else None, "delete_record": {},
        "start_workflow": {"workflow": flows[0]} if flows else None, "exit_workflow": {"workflow": flows[0]} if flows else None,
        "start_playbook": {"playbook": played[0]} if (played := playbooks(design)) else None,
    }  # fmt: skip
    is_before = design.json.get("timing") == "before"
    for name, value in values.items():
        if value is not None and (ACTIONS[name].BEFORE if is_before else ACTIONS[name].AFTER):
            yield name, {"type": name, **value}


def first_actions(entity: Entity) -> list[Json]:
    """Return what a new rule does until its maker says something else."""
    name = settable(entity)[0].name
    return [{"type": "set_fields", "fields": {name: name}}]


def _option(field: Field) -> str:
    options = getattr(field.spec, "options", ())
    return str(options[0].name) if options else "new"
