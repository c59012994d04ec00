"""Which records a dashboard lives on and there are none of, and how its reader brings them in."""

from __future__ import annotations

from collections.abc import Iterator

from tenon.engine.query.pages import Ask, page
from tenon.metamodel.kinds.dashboard import Need
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.report_shapes import Lack


def lacks(view: View, dashboard: str) -> tuple[Lack, ...]:
    """Return what a dashboard needs and its reader sees no record of, as its document lists it. Raises NotFound."""
    return tuple(_lacks(view, view.model.get("dashboard", dashboard).body.needs))


def _lacks(view: View, needs: list[Need]) -> Iterator[Lack]:
    for need in needs:
        entity = view.model.entities_by_id.get(need.entity)
        if entity is not None and view.rights.may(entity, "read") and not _is_there(view, entity):
            may_create, may_import = (view.rights.may(entity, action) for action in ("create", "import"))
            names = (entity.plural.show(view.language), entity.label.show(view.language))
            yield Lack(entity.name, *names, entity.icon or "table-2", need.why.show(view.language) if need.why else "", may_create, may_create and may_import)


def _is_there(view: View, entity: Entity) -> bool:
    return bool(page(view.uow, view.ctx, entity, Ask(fields=["id"], limit=1)).records)
