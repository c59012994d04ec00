"""Planning what happens between one reference and many: a column becomes a link table, or the other way round."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, insert, literal_column, select, table

from tenon.engine.schema import statements as sql
from tenon.engine.schema.statements import cell
from tenon.engine.schema.work import Place, Work, count, id_cell, links_name, make_step, move, names_of, plain, retype_label
from tenon.engine.tables import field_columns
from tenon.metamodel.model import Field


def plan_links(work: Work, place: Place, old: Field, new: Field) -> None:
    """Add the step of a reference to many, before or after: the one becomes the first of many, the first of many the one."""
    if not (old.is_to_many and new.is_to_many):
        statements, rows, lost = _spread(work, place, old, new) if new.is_to_many else _narrow(work, place, old, new)
    elif old.targets != new.targets:
        name = links_name(old)
        rows = lost = count(work, name)
        work.gone.add(name)
        statements = [*place.disposal.drop_table("links", name, old.id, place.entity.id), sql.create_table(work.tables.links(new))]
    else:
        return
    work.touched.append(new.id)
    step = make_step("retype_field", new, retype_label(place, old, new), statements, rows=rows, lost=lost, entity=place.entity.name)
    work.add(step)


def _spread(work: Work, place: Place, old: Field, new: Field) -> tuple[list[Executable], int, int]:
    """Return the statements from a column to links, the values there are, and how many are lost."""
    name = links_name(new)
    now, moved = cell(place.now, old.column), cell(place.then, place.disposal.name(old.column))
    rows = count(work, place.now, now.is_not(None))
    dropped = place.disposal.drop_columns(place.then, names_of(old), old.id, place.entity.id)
    statements = [*dropped, sql.create_table(work.tables.links(new))]
    move(work, place, names_of(old))
    if old.targets != new.targets or old.type.kind != "reference":
        return statements, rows, rows
    links: Any = select(id_cell(place.then), moved, literal_column("0")).select_from(table(place.then)).where(moved.is_not(None))
    columns = ["record", "target", "position"]
    return [*statements, insert(plain(name, *columns)).from_select(columns, links)], rows, 0


def _narrow(work: Work, place: Place, old: Field, new: Field) -> tuple[list[Executable], int, int]:
    """Return the statements from links to a column, the links there are, and how many are lost."""
    name, dropped = links_name(old), place.disposal.name(links_name(old))
    rows = count(work, name)
    columns = [sql.add_column(place.then, c) for c in field_columns(new)]
    statements = [*place.disposal.drop_table("links", name, old.id, place.entity.id), *columns]
    work.gone.add(name)
    work.sources.pop((place.entity.id, new.id), None)
    if old.targets != new.targets:
        return statements, rows, rows
    records: Any = select(cell(name, "record")).select_from(table(name)).distinct().subquery("records")
    kept = int(work.connection.execute(select(literal_column("count(*)")).select_from(records)).scalar_one())
    first = select(cell(dropped, "target")).select_from(table(dropped)).where(cell(dropped, "record") == id_cell(place.then))
    value = first.order_by(cell(dropped, "position")).limit(1).scalar_subquery()
    return [*statements, sql.fill(place.then, {new.column: value})], rows, rows - kept
