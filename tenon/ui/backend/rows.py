"""Records as rows: their cells, the column that leads to them, their colours by the rules of a view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.records.rules import compiled
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.source import Source
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import Column, column_of, title_of, title_path
from tenon.ui.list_shapes import Colouring
from tenon.ui.shapes import Field, Row


def make_row(view: View, entity: Entity, columns: list[Column], record: dict[str, Any], colour: str | None = None) -> Row:
    """Return a record as a row."""
    values = {c.field.name: c.value(view, record) for c in columns}
    return Row(record["id"], title_of(view, entity, record), values, colour, int(record.get("version") or 0))


def title_column(view: View, entity: Entity) -> str:
    """Return the name of the column that leads to the record."""
    return next(iter(title_path(view, entity)), "id")


def with_title(view: View, entity: Entity, columns: list[Column]) -> list[Column]:
    """Return the columns with the one that leads to the record among them."""
    name = title_column(view, entity)
    if any(c.field.name == name for c in columns):
        return columns
    title = column_of(view, entity, name)
    if title is None:
        return columns
    if name == "id":
        title = replace(title, field=Field("id", entity.label.show(view.language)))
    return [title, *columns]


def colours_of(view: View, entity: Entity, rules: Sequence[Colouring], records: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return the colours of the records of a page by the first of the rules that holds."""
    if not rules or not records:
        return {}
    colours: dict[str, str] = {}
    for rule in rules:
        ids = [r["id"] for r in records if r["id"] not in colours]
        for each in _holding(view, entity, rule.when, ids):
            colours[each] = rule.colour
    return colours


def _holding(view: View, entity: Entity, condition: str, ids: list[str]) -> list[str]:
    source = Source(environment(view.uow, view.rights), entity)
    holds = compile_condition(source, compiled(view.uow, entity, condition, "value", "boolean"))
    wanted = select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.id.in_(ids), holds)
    return list(view.uow.connection.execute(wanted).scalars())
