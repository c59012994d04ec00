"""Beginning a playbook by hand, for an alert or a record."""

from __future__ import annotations

from tenon.engine.access.rights import rights_of
from tenon.engine.alerts.finding import NAME as ALERT
from tenon.engine.context import Context
from tenon.engine.notices.telling import readable
from tenon.engine.playbooks.plays import task_entity
from tenon.engine.playbooks.starting import start
from tenon.engine.records.stored import load
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Model


def begin(uow: UnitOfWork, ctx: Context, name: str, entity: Entity, id: str) -> list[str]:
    """Make the tasks of a playbook for a record, or for an alert about one; return their ids. Raises NotFound, Forbidden, Invalid."""
    playbook, task = uow.model.find("playbook", name), task_entity(uow.model)
    if playbook is None or task is None or id not in readable(uow, ctx, entity, [id], ()):
        raise not_found()
    rights_of(uow.model, ctx).require(task, "create")
    about = subject(uow, entity, id)
    if about is None or uow.model.find_entity(playbook.body.entity) is not about[0]:
        message = say("{name} is not about this.", "{name} 不适用于该记录。", name=playbook.label)
        raise Invalid(Problem("/record", "type_mismatch", message, say("Choose a playbook of its entity.", "请选择该对象的行动手册。")))
    return start(uow, ctx, playbook, {about[1]: (entity.name, id)}, language=ctx.language)[about[1]]


def subject(uow: UnitOfWork, entity: Entity, id: str) -> tuple[Entity, str] | None:
    """Return the record that a playbook for something is about: that of an alert, or the record itself."""
    if entity.name != ALERT:
        return entity, id
    record = load(uow, entity, [id]).get(id, {}).get("record")
    far = uow.model.find_entity(record[0]) if record is not None else None
    return (far, str(record[1])) if far is not None and record is not None else None


def about_entity(model: Model, entity: Entity) -> list[Document]:
    """Return the playbooks about an entity, by name."""
    return sorted((d for d in model.all("playbook") if model.find_entity(d.body.entity) is entity), key=lambda d: d.name)
