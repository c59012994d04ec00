"""Units: the tree of departments and teams people belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from tenon.engine.context import Context
from tenon.engine.outside import new_record_id
from tenon.engine.people import units, units_below
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.clock import real_now
from tenon.platform.rights import check_names, require_admin

FIELDS = ("name", "parent")
LOCK = 7_305_019_222  # any number, the same in every process: two moves at once could close a circle
LONGEST = 200


def create(connection: Connection, ctx: Context, name: str, parent: str | None = None) -> str:
    """Make a unit and return its id; Invalid for an empty name or an unknown parent."""
    require_admin(ctx)
    _check(connection, {"name": name, "parent": parent}, None)
    unit_id = new_record_id()
    connection.execute(insert(units).values(id=unit_id, name=name.strip(), parent=parent, created_at=real_now()))
    audit.write(connection, ctx, "unit.create", "unit", unit_id, {"name": name.strip(), "parent": parent})
    return unit_id


def change(connection: Connection, ctx: Context, unit_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Rename or move a unit and return it; Invalid when it would come to lie below itself."""
    require_admin(ctx)
    check_names(values, FIELDS)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    before = get(connection, unit_id)
    _check(connection, values, unit_id)
    new = {key: value.strip() if key == "name" else value for key, value in values.items()}
    changed = {key: [before[key], value] for key, value in new.items() if before[key] != value}
    if changed:
        connection.execute(update(units).where(units.c.id == unit_id).values({key: new[key] for key in changed}))
        audit.write(connection, ctx, "unit.change", "unit", unit_id, changed)
    return {**before, **new}


def get(connection: Connection, unit_id: str) -> dict[str, Any]:
    """Return a unit as JSON; raises NotFound."""
    row = connection.execute(select(units).where(units.c.id == unit_id)).mappings().first()
    if row is None:
        raise not_found()
    return unit_json(dict(row))


def list_page(connection: Connection, *, before: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Return units newest first; ``before`` is the id of the last one of the page before."""
    query = select(units).order_by(units.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(units.c.id < before)
    return [unit_json(dict(row)) for row in connection.execute(query).mappings()]


def unit_json(row: dict[str, Any]) -> dict[str, Any]:
    """Return a unit as the API shows it."""
    return {key: row[key] for key in ("id", "name", "parent")}


def _check(connection: Connection, values: Mapping[str, Any], unit_id: str | None) -> None:
    problems = []
    if "name" in values:
        name = values["name"]
        if not isinstance(name, str) or not name.strip() or len(name) > LONGEST or "\0" in name:
            message = say("A unit needs a name of at most {n} characters.", "部门需要名称，最多 {n} 个字符。", n=LONGEST)
            problems.append(Problem("/name", "required", message, say("Write its name.", "请填写名称。")))
    parent = values.get("parent")
    if parent is not None:
        if connection.execute(select(units.c.id).where(units.c.id == parent)).first() is None:
            message = say("There is no such unit.", "没有该部门。")
            problems.append(Problem("/parent", "no_such_record", message, say("Choose one that is there.", "请选择已有的部门。")))
        elif unit_id is not None and parent in units_below(connection, unit_id):
            message = say("A unit cannot lie below itself.", "部门不能隶属于自己或其下级。")
            problems.append(Problem("/parent", "refused", message, say("Choose a unit outside it.", "请选择其下级以外的部门。")))
    if problems:
        raise Invalid(problems)
