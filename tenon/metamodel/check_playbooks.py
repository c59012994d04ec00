"""What the schema cannot say of a playbook: types of alerts and options of stages that exist, people for its tasks."""

from __future__ import annotations

from collections.abc import Iterator

from tenon.metamodel.check_rules import check_options, check_whom
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Problem
from tenon.metamodel.kinds.playbook import PlaybookKind
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model


def check_playbook(document: Document, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a playbook as a whole."""
    if document.kind != "playbook":
        return
    body: PlaybookKind = document.body
    entity = model.find_entity(body.entity)
    if entity is None:
        return  # the reference is the problem, and is named there
    origin = task.fields.get("origin") if (task := model.entities.get("task")) is not None else None
    if origin is not None and origin.targets and not any(model.find_entity(t) is entity for t in origin.targets):
        message = say("Tasks cannot come from {entity}.", "任务不能来源于{entity}。", entity=entity.label)
        hint = say("Add it to what the field {field} of tasks may name.", "请先把它加入任务字段“{field}”可关联的对象。", field=origin.label)
        yield Problem("/entity", "type_mismatch", message, hint)
    alert = model.entities.get("alert")
    if alert is not None and "type" in alert.fields:
        yield from check_options(body.for_.alert, alert.fields["type"], "/for/alert")
    stage = body.for_.stage
    field = entity.find_field(stage.field) if stage is not None else None
    if stage is not None and field is not None:
        if not hasattr(field.spec, "options"):
            message = say("{field} does not fit here.", "{field} 不适用于此处。", field=field.label)
            yield Problem("/for/stage/field", "type_mismatch", message, say("Choose a stage or a choice.", "请选择阶段或单选字段。"))
        else:
            yield from check_options(stage.options, field, "/for/stage/options")
    for index, step in enumerate(body.steps):
        if step.assign_to is not None:
            yield from check_whom(step.assign_to, f"/steps/{index}/assign_to", entity, model)
