"""What to do next about a record: the first of the actions its page declares for which there is something to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.expressions import show
from tenon.engine.query.pages import Ask, page
from tenon.engine.query.paths import HIDDEN_BY_DEFAULT
from tenon.engine.records import writing
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.kinds.page import NextAction
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field, Relation
from tenon.metamodel.naming import find_to_many


@dataclass(frozen=True)
class Found:
    """An action that is due: its place among those declared, and the record it is about as the reader may see it."""

    index: int
    action: NextAction
    entity: Entity
    record: dict[str, Any]


def next_action(uow: UnitOfWork, ctx: Context, entity: Entity, id: str, actions: Sequence[NextAction]) -> Found | None:
    """Return the first action that is due, as far as the reader may see what it is about; None when nothing is.

    An action whose relation or fields are not there (an app that is not installed) or hidden from the reader is passed over.
    """
    for index, action in enumerate(actions):
        found = _first(uow, ctx, entity, id, action)
        if found is not None:
            return Found(index, action, *found)
    return None


def _first(uow: UnitOfWork, ctx: Context, entity: Entity, id: str, action: NextAction) -> tuple[Entity, dict[str, Any]] | None:
    rights = rights_of(uow.model, ctx)
    far, condition = entity, f"id == '{id}'"
    if action.relation is not None:
        relation = find_to_many(uow.model, entity, action.relation)
        link = _link(uow, rights, relation) if relation is not None else None
        if relation is None or link is None:
            return None
        far = uow.model.get_entity(relation.far_id)
        condition = f"contains({link.name}, '{id}')" if relation.is_links else f"{link.name} == '{id}'"
    if not rights.may(far, "read"):
        return None
    try:
        found = page(uow, ctx, far, Ask([condition, action.when], sort=[_named(far, s) for s in action.sort], fields=_fields(rights, far), limit=1))
    except Invalid:
        return None
    return (far, found.records[0]) if found.records else None


def _link(uow: UnitOfWork, rights: Rights, relation: Relation) -> Field | None:
    """Return the field of the far entity that points here, when the reader may read it."""
    far = uow.model.find_entity(relation.far_id)
    if far is None or not relation.is_reverse or not rights.may(far, "read"):
        return None
    link = far.fields_by_id.get(relation.field_id)
    return link if link is not None and rights.may_read(far, link) else None


def _fields(rights: Rights, far: Entity) -> list[str]:
    return [f.name for f in far.fields.values() if f.name not in HIDDEN_BY_DEFAULT and rights.state(far, f) != "hidden"]


def _named(far: Entity, path: str) -> str:
    """Return a stored sort path by names; one over references stays as it is."""
    field = far.find_field(path.removeprefix("-"))
    return path if field is None else f"{'-' if path.startswith('-') else ''}{field.name}"


def act(uow: UnitOfWork, ctx: Context, entity: Entity, id: str, actions: Sequence[NextAction], index: int, record: str) -> tuple[Entity, str]:
    """Do what the button of an action does, and return the record that was changed or made.

    ``index`` and ``record`` are those the person saw. Raises Conflict when something else is due by now, and what writing raises.
    """
    found = next_action(uow, ctx, entity, id, actions)
    if found is None or found.index != index or found.record["id"] != record:
        message = say("This has been done meanwhile.", "此事项已处理。")
        raise Conflict(Problem("", "conflict", message, say("Look at what comes next.", "请查看下一步。")))
    button = found.action.button
    if button is None:
        return found.entity, record
    if button.set:
        values = {_field(found.entity, each.field): _value(uow, ctx, found.entity, record, each.value) for each in button.set}
        writing.change(uow, ctx, found.entity, record, values, version=found.record["version"])
        return found.entity, record
    target = uow.model.find_entity(button.create.entity) if button.create is not None else None
    if button.create is None or target is None:
        return found.entity, record
    values = {_field(target, each.field): _value(uow, ctx, entity, id, each.value) for each in button.create.values}
    return target, writing.create(uow, ctx, target, values)


def _field(entity: Entity, key: str) -> str:
    field = entity.find_field(key)
    return field.name if field is not None else key


def _value(uow: UnitOfWork, ctx: Context, entity: Entity, id: str, text: str) -> Any:
    """Return the value of an expression for a record as the person sees it, in the form that writing takes."""
    rights = rights_of(uow.model, ctx)
    expression = check(text, Scope(uow.model, entity, may_read=None if rights.is_unlimited else rights.may_read))
    source = Source(environment(uow, rights), entity)
    column = compile_value(source, expression)
    value = uow.connection.execute(select(column).select_from(source.from_clause).where(source.alias.c.id == id)).scalar()
    return show(from_db(expression.type, value))
