"""What the designers of dashboards and widgets do beside steps: a new widget on a dashboard, and what one of the draft shows today."""

from __future__ import annotations

from tenon.engine.releases import draft, steps
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.names import propose_name
from tenon.ui.backend.base import View
from tenon.ui.backend.designers import dashboard as boards, widget as widgets
from tenon.ui.backend.drafted import drafted
from tenon.ui.backend.laid_over import preview
from tenon.ui.report_shapes import Picture


def picture(view: View, name: str, dashboard: str) -> Picture:
    """Return what a widget of the draft shows of the records that the builder may see. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "widget")
    return preview(view, drafted(view), name, dashboard)


def create_on(view: View, board: str, label: str, entity: str, type: str) -> str:
    """Make a widget with a first question, put it on a dashboard of the draft, and return its designer's address. Raises Invalid, NotFound."""
    require_builder(view.ctx, "widget")
    model, connection = drafted(view), view.uow.connection
    if type not in widgets.TYPES:
        raise not_found()
    if not label.strip():
        raise Invalid(Problem("/label", "required", say("Give it a name.", "请填写名称。"), say("Such as Partners.", "例如“合作伙伴”。")))
    found = model.entities.get(entity)
    if found is None or found.is_system:
        raise Invalid(Problem("/entity", "required", say("Choose what it is about.", "请选择所属对象。")))
    name = propose_name(label, {d.name for d in model.all("widget")})
    document = widgets.start({view.language: label.strip()}, name, found, view.language, type)
    draft.put(connection, view.ctx, view.model, "widget", name, document, now=view.uow.now)
    made = drafted(view).get("widget", name)
    layout = steps.look(connection, view.ctx, view.model, "dashboard", board).document.get("layout", [])
    operations = [{"op": "insert", "at": "/layout", "value": boards.tile_of(made, layout)}]
    steps.operate(connection, view.ctx, view.model, "dashboard", board, operations, now=view.uow.now)
    return f"/design/widget/{name}"
