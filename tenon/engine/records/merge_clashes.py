"""What hangs on an absorbed record and may not hang on the survivor too, because a key of it is there already."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from tenon.engine.access.rights import Rights
from tenon.engine.records.falling import Fall, follow
from tenon.engine.records.merge_parts import Joining
from tenon.engine.records.rules import listed
from tenon.engine.records.save import seen_among
from tenon.engine.sql.sets import id_set
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

NAMED = 5


def find_left(uow: UnitOfWork, rights: Rights, joining: Joining) -> dict[str, dict[str, str]]:
    """Return what goes to the trash with its absorbed record, for the survivor has the same: entity id to record to absorbed record.

    Only what goes with the deletion of its record anyway, and what nothing else hangs on. Raises Conflict, naming the others.
    """
    left: dict[str, dict[str, str]] = {}
    for near, reference in joining.references():
        for names in [key for key in near.keys if reference.name in key] if not reference.is_to_many else []:
            found = {r: a for r, a in _twins(uow, joining, near, reference, names) if r not in left.get(near.id, {})}
            if not found:
                continue
            if reference.spec.on_delete != "cascade" or _is_held(uow, near, found):  # type: ignore[attr-defined]
                raise Conflict(_problem(uow, rights, near, reference, names, sorted(found)))
            left.setdefault(near.id, {}).update(found)
    return left


def _twins(uow: UnitOfWork, joining: Joining, near: Entity, reference: Field, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the records whose key, with the survivor in it, another one has: that of the survivor, or an earlier one that comes to it too."""
    table = uow.tables.of(near)
    child, other = table.alias("child"), table.alias("other")
    same = [child.c[near.fields[n].column] == other.c[near.fields[n].column] for n in names if n != reference.name]
    column = reference.column
    comes = and_(other.c[column].in_(id_set(uow.dialect, joining.absorbed)), other.c.id < child.c.id, *_of(joining, reference, other))
    stays = and_(other.c[column] == joining.survivor, *_of(joining, reference, other))
    twin = select(other.c.id).where(other.c.deleted_at.is_(None), or_(stays, comes), *same).exists()
    wanted = child.c[column].in_(id_set(uow.dialect, joining.absorbed))
    statement = select(child.c.id, child.c[column]).where(child.c.deleted_at.is_(None), wanted, twin, *_of(joining, reference, child))
    return [(row[0], row[1]) for row in uow.connection.execute(statement)]


def _of(joining: Joining, reference: Field, table: Any) -> list[ColumnElement[bool]]:
    return [table.c[entity_column(reference)] == joining.entity.id] if reference.storage.kind == "pair" else []


def _is_held(uow: UnitOfWork, near: Entity, found: dict[str, str]) -> bool:
    """True when more hangs on these records: it would be lost with them, or left alone."""
    fall = Fall()
    follow(uow, fall, near, dict(found), lock=True)
    return bool(fall.cleared or fall.holding) or len(fall.roots[near.id]) > len(found) or any(r for e, r in fall.roots.items() if e != near.id)


def _problem(uow: UnitOfWork, rights: Rights, near: Entity, reference: Field, names: tuple[str, ...], records: list[str]) -> Problem:
    """Say which records stand in the way, those that the person sees: how many, and by name."""
    table, hint = uow.tables.of(near), say("Change or delete those first.", "请先修改或删除这些记录。")
    seen = seen_among(uow, rights, near, reference, records)
    if not seen:
        return Problem("/absorb", "not_unique", say("Both have other records with the same key.", "双方有唯一键相同的其他记录。"), hint)
    title = near.fields.get(near.title or "")
    shown: list[Any] = []
    if title is not None and title.is_stored and rights.may_read(near, title):
        wanted = seen[:NAMED]
        column = table.c[title.column]
        shown = [str(v)[:80] for v in uow.connection.execute(select(column).where(table.c.id.in_(id_set(uow.dialect, wanted)), column.is_not(None)).order_by(column)).scalars()]
    labels = listed([f.label for n in names if rights.state(near, f := near.fields[n]) != "hidden"])
    more = say(": {titles}", "：{titles}", titles=listed(shown)) if shown else ""
    message = say("Both have {n} {entity} with the same {fields}{more}.", "双方有 {n} 条{entity}的{fields}相同{more}。", n=len(seen), entity=near.plural, fields=labels, more=more)
    return Problem("/absorb", "not_unique", message, hint)
