"""Units as a tree, for administrators: adding, renaming, moving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from tenon.engine.people import units as table, users
from tenon.platform import units
from tenon.platform.rights import require_admin
from tenon.ui.admin_shapes import UnitNode
from tenon.ui.backend.base import View, id_of
from tenon.ui.shapes import Choice


def tree(view: View) -> tuple[UnitNode, ...]:
    """Return the units that lie below none, with all below them, by name."""
    require_admin(view.ctx)
    rows = view.uow.connection.execute(select(table.c.id, table.c.name, table.c.parent).order_by(table.c.name, table.c.id)).all()
    counted = select(users.c.unit, func.count().label("n")).where(users.c.state != "disabled").group_by(users.c.unit)
    people = {row.unit: int(row.n) for row in view.uow.connection.execute(counted)}
    below: dict[str | None, list[Any]] = {}
    for row in rows:
        below.setdefault(row.parent, []).append(row)

    def node(row: Any) -> UnitNode:
        return UnitNode(row.id, row.name, people.get(row.id, 0), tuple(node(each) for each in below.get(row.id, ())))

    return tuple(node(row) for row in below.get(None, ()))


def choices(nodes: tuple[UnitNode, ...], depth: int = 0) -> list[Choice]:
    """Return the units of a tree in its order, those below indented."""
    found = []
    for node in nodes:
        found += [Choice(node.id, "\u2003" * depth + node.name), *choices(node.below, depth + 1)]
    return found


def add(view: View, name: str, parent: str | None) -> None:
    """Make a unit. Raises Invalid, Forbidden."""
    units.create(view.uow.connection, view.ctx, name, parent)
    view.uow.after_commit.append(view.platform.principals.forget)


def change(view: View, id: str, values: Mapping[str, Any]) -> None:
    """Rename or move a unit. Raises Invalid when it would come to lie below itself, Forbidden."""
    units.change(view.uow.connection, view.ctx, id_of(id), values)
    view.uow.after_commit.append(view.platform.principals.forget)
