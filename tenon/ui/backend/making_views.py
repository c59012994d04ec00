"""Making a view of one's own from the list that is open: another type, the same filter, columns and order."""

from __future__ import annotations

from typing import Any

from tenon.engine import views
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import column_of
from tenon.ui.backend.lists import plan_list
from tenon.ui.backend.saved_views import shown_colours
from tenon.ui.backend.views import MADE_BY
from tenon.ui.list_shapes import ListQuery


def make_view(view: View, entity: str, query: ListQuery, kind: str, field: str) -> str:
    """Save the open list as a view of another type for this person alone, and return its name. Raises Invalid, NotFound."""
    found = view.entity(entity)
    plan = plan_list(view, found, query)
    made = MADE_BY.get(kind)
    column = column_of(view, found, field) if field and "\x00" not in field else None
    if made is None or (column is not None and not made.fits(column)) or (column is None and (field or kind != "gallery")):
        message = say("A view of this type cannot be made by this field.", "无法以该字段建立此类视图。")
        raise Invalid(Problem("/field", "type_mismatch", message, say("Choose another field.", "请选择其他字段。")))
    filters = list(plan.ask().filters)
    body: dict[str, Any] = {
        "entity": entity, "type": kind, "label": _label(made.LABEL, column.selected.field.label if column is not None else None),
        "columns": [c.field.name for c in plan.columns if c.field.name != "id"], "sort": plan.sort, "colours": shown_colours(plan), **made.settings(field),
    }  # fmt: skip
    if filters:
        body["filter"] = filters[0] if len(filters) == 1 else " and ".join(f"({one})" for one in filters)
    return str(views.save(view.uow, view.ctx, body)[0]["name"])


def _label(kind: Text, field: Text | None) -> dict[str, str]:
    if field is None:
        return {language: kind.show(language) for language in ("en", "zh")}
    return {"en": f"{kind.show('en')}: {field.show('en')}", "zh": f"{kind.show('zh')}：{field.show('zh')}"}
