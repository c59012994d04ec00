"""The records of a to-many relation, with the columns of a view."""

from __future__ import annotations

from urllib.parse import urlencode

from tenon.engine.query.pages import Ask, page
from tenon.metamodel.document import Document
from tenon.metamodel.kinds.page import Block
from tenon.metamodel.model import Entity, Relation
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import all_columns, asked_paths, path_name
from tenon.ui.backend.list_plan import default_columns
from tenon.ui.backend.record import Record, condition_of, may_point
from tenon.ui.backend.rows import make_row, title_column, with_title
from tenon.ui.record_shapes import Related

ROWS = 10


def make(record: Record, block: Block) -> Related | None:
    """Return the first records of the relation; None when the reader may not see them."""
    relation = record.entity.find_relation(block.relation) if block.relation else None
    found = record.link_of(relation) if relation is not None else None
    if relation is None or found is None:
        return None
    view = record.view
    far, link = found
    document = view.model.find("view", block.view) if block.view else None
    label = block.label.show(view.language) if block.label else relation_label(view, relation, far)
    columns = with_title(
        view, far, [c for c in default_columns(view, far, document, all_columns(view, far)) if c.selected.field.id != link.id]
    )
    condition = condition_of(relation, link, record.id)
    answer = page(view.uow, view.ctx, far, _ask(view, far, document, condition, asked_paths(view, far, columns)))
    url = f"/records/{far.name}?{urlencode({'filter': condition})}"
    may_add = not record.is_deleted and may_point(view, far, link)
    return Related(
        relation.name, label, far.icon or "table-2", far.name, tuple(c.field for c in columns),
        tuple(make_row(view, far, columns, r) for r in answer.records), answer.count, url,
        f"{record.url}/add/{relation.name}" if may_add else None, title_column(view, far),
    )  # fmt: skip


def _ask(view: View, far: Entity, document: Document | None, condition: str, paths: list[str]) -> Ask:
    filters = [condition, *([document.body.filter] if document is not None and document.body.filter else [])]
    sort = [path_name(view, far, s) for s in document.body.sort] if document is not None else []
    return Ask(filters, sort=sort, fields=paths, limit=ROWS, count="capped", unsure_last=True)


def relation_label(view: View, relation: Relation, far: Entity) -> str:
    """Return the label of a relation; without one of its own the plural of what it leads to."""
    is_named = relation.label.show("en") != relation.name
    return (relation.label if is_named else far.plural).show(view.language)
