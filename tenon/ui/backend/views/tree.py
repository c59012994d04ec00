"""Trees: the records without a parent, and below each one, when it is opened, those that name it as theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tenon.engine.query.answers import answer
from tenon.engine.query.pages import Ask, page
from tenon.engine.query.question import Question
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cards import card_columns, make_cards, paths_of
from tenon.ui.backend.cells import Column, column_of, path_name
from tenon.ui.backend.list_plan import Plan
from tenon.ui.view_shapes import Node, Tree

ICON = "list-tree"
SCRIPT = "cards"
LABEL: Text = say("Tree", "树")
BY: Text = say("Parent", "上级")
NEEDS: Text = say("a reference to another of the same kind", "指向同类记录的引用字段")
NODES = 50


def may_show(view: View, entity: Entity, document: Document) -> bool:
    """Return whether the reference to the parent is there for this reader."""
    return _parent(view, entity, document) is not None


def fits(column: Column) -> bool:
    """True for a column that leads to a record of the same entity."""
    field = column.selected.field
    own = column.selected.entity
    return not column.is_masked and not column.selected.steps and field.type.kind == "reference" and field.type.entity in (own.id, own.name)


def settings(field: str) -> dict[str, object]:
    """Return what a view document says of a tree by a field."""
    return {"tree": {"parent": field}}


def _parent(view: View, entity: Entity, document: Document) -> Column | None:
    if document.body.tree is None:
        return None
    column = column_of(view, entity, path_name(view, entity, document.body.tree.parent))
    return column if column is not None and not column.is_masked else None


def body(plan: Plan, ask: Ask) -> Tree | None:
    """Return the top of the tree; everything that fits, side by side, when something is searched or filtered."""
    return _level(plan, ask, "", "", is_flat=bool(plan.query.search or plan.query.filter or plan.query.chosen))


def more(plan: Plan, ask: Ask) -> Tree | None:
    """Return what is directly below a record, or more of a level."""
    is_flat = bool(plan.query.search or plan.query.filter or plan.query.chosen)
    return _level(plan, ask, id_of(plan.query.lane) if plan.query.lane else "", plan.query.cursor, is_flat=is_flat and not plan.query.lane)


def _level(plan: Plan, ask: Ask, parent: str, cursor: str, *, is_flat: bool) -> Tree | None:
    view, entity = plan.view, plan.entity
    by = _parent(view, entity, plan.document) if plan.document is not None else None
    if by is None:
        return None
    name = by.field.name
    columns = card_columns(plan, (), (name,))
    condition = [] if is_flat else [f"{name} == '{parent}'" if parent else f"is_empty({name})"]
    wanted = replace(ask, filters=[*ask.filters, *condition], fields=paths_of(plan, columns), limit=NODES, after=cursor or None)
    found = page(view.uow, view.ctx, entity, wanted)
    counts = {} if is_flat else _children(plan, ask, name, [r["id"] for r in found.records])
    nodes = tuple(Node(card, counts.get(card.id, 0)) for card in make_cards(plan, found.records, columns))
    return Tree(nodes, parent, found.next, is_flat)


def _children(plan: Plan, ask: Ask, name: str, ids: Sequence[str]) -> dict[str, int]:
    """Return how many records are below each of these, by one statement."""
    if not ids:
        return {}
    listed = ", ".join(f"'{id}'" for id in ids)
    question = Question.model_validate(
        {"entity": plan.entity.name, "group_by": [name], "measures": [{"name": "count", "expr": "count()"}], "filter": f"{name} in [{listed}]"}
    )
    rows = answer(plan.view.uow, plan.view.ctx, question, search=ask.search, filters=ask.filters)["rows"]
    return {(row[0]["id"] if isinstance(row[0], dict) else str(row[0])): row[1] for row in rows}
