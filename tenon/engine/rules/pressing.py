"""Pressing the button of a rule."""

from __future__ import annotations

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.notices.telling import readable
from tenon.engine.records.stored import load
from tenon.engine.rules.book import book_of
from tenon.engine.rules.expressions import read
from tenon.engine.rules.triggers.button import Pressed
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Conflict, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.metamodel.triggers.button import Button


def press(uow: UnitOfWork, ctx: Context, name: str, record: str) -> None:
    """Wake a rule by its button, for a record that who acts may read and change. Raises NotFound, Forbidden, Conflict."""
    document = uow.model.get("rule", name)
    entity = uow.model.get_entity(document.body.entity)
    rights_of(uow.model, ctx).require(entity, "update")
    if document.id not in book_of(uow.model).rules or not isinstance(document.body.trigger, Button) or record not in readable(uow, ctx, entity, [record], ()):
        raise not_found()
    if not is_offered(uow, ctx, document, entity, record):
        message = say("This cannot be done with the record as it is.", "当前记录状态不允许执行此操作。")
        raise Conflict(Problem("/record", "conflict", message, say("Look at the record again.", "请刷新记录后再试。")))
    uow.notes["acting"] = ctx
    uow.tell(Pressed(document.id, record))


def is_offered(uow: UnitOfWork, ctx: Context, document: Document, entity: Entity, record: str) -> bool:
    """True when the button of a rule is there for a record."""
    when = document.body.trigger.when
    if when is None:
        return True
    facts = RecordFacts(uow, entity, {**load(uow, entity, [record]).get(record, {}), "id": record})
    return value_of(uow, read(uow.model, entity, when, "boolean"), facts, ctx.user) is True
