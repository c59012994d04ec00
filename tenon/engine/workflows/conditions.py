"""Conditions of workflows, held against sets of records."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.context import system_context
from tenon.engine.rules.acting import role_named, unknown_to
from tenon.engine.rules.expressions import read
from tenon.engine.sql.compiler import compile_condition, compile_value
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.flow import Flow
from tenon.metamodel.errors import Forbidden, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.naming import find_to_many
from tenon.metamodel.steps_inside import Standing

CHUNK = 5_000


def require_known(model: Model, flow: Flow, standing: Standing | None) -> None:
    """Refuse conditions of a step, or of the whole, that read what the role may not that the workflow acts as. Raises Forbidden."""
    role = role_named(model, flow.body)
    if role is None:
        return
    for path, entity, text in [("/exit_when", flow.entity, flow.body.exit_when)] if standing is None else _read_at(standing, model):
        field = unknown_to(model, role, entity, read(model, entity, text)) if text is not None else None
        if field is not None:
            message = say("The role {role} may not read {field}.", "角色 {role} 无权查看“{field}”。", role=role, field=field.label)
            raise Forbidden(Problem(path, "forbidden", message, say("Give it the right, or let another role act.", "请授予权限，或改用其他角色。")))


def _read_at(standing: Standing, model: Model) -> Iterator[tuple[str, Entity, str | None]]:
    """Yield the expressions that a step reads by itself, with the entity they are about; what actions read is held against their rights."""
    step, near = standing.step, standing.entity
    if near is None:
        return
    for index, path in enumerate(getattr(step, "paths", ())):
        yield f"{standing.pointer}/paths/{index}/when", near, getattr(path, "when", None)
    if step.type == "wait":
        yield f"{standing.pointer}/when", near, step.when
        yield f"{standing.pointer}/until", near, step.until
    relation = find_to_many(model, near, step.relation) if step.type == "for_each" else None
    if relation is not None:
        yield f"{standing.pointer}/where", model.get_entity(relation.far_id), step.where


def holding(uow: UnitOfWork, entity: Entity, condition: str, ids: Collection[str]) -> set[str]:
    """Return the records, the living among them, for which a condition holds."""
    source = Source(environment(uow, ctx=system_context("workflow")), entity)
    test = compile_condition(source, read(uow.model, entity, condition, "boolean"))
    statement = select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.deleted_at.is_(None), test)
    listed, found = sorted(set(ids)), set[str]()
    for start in range(0, len(listed), CHUNK):
        among = id_set(uow.dialect, listed[start : start + CHUNK])
        found.update(uow.connection.execute(statement.where(source.alias.c.id.in_(among))).scalars())
    return found


def living(uow: UnitOfWork, entity: Entity, ids: Collection[str]) -> set[str]:
    """Return the records that are not in the trash."""
    table = uow.tables.of(entity)
    listed, found = sorted(set(ids)), set[str]()
    for start in range(0, len(listed), CHUNK):
        among = id_set(uow.dialect, listed[start : start + CHUNK])
        found.update(uow.connection.execute(select(table.c.id).where(table.c.id.in_(among), table.c.deleted_at.is_(None))).scalars())
    return found


def values(uow: UnitOfWork, entity: Entity, text: str, ids: Collection[str]) -> dict[str, object]:
    """Return the value of an expression for records; those where it is empty are left out."""
    source = Source(environment(uow, ctx=system_context("workflow")), entity)
    expression = read(uow.model, entity, text)
    statement = select(source.alias.c.id, compile_value(source, expression)).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, ids)))
    found = {record: from_db(expression.type, value) for record, value in uow.connection.execute(statement)}
    return {record: value for record, value in found.items() if value is not None}
