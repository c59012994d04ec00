"""What publishing would do to the values of one field: rows touched and values that do not come through, before anything happens."""

from __future__ import annotations

from typing import Any

from tenon.engine.releases import check_draft
from tenon.metamodel.labels import say
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.design_shapes import Impact

SHOWN = 5
LONGEST = 60
TOLD = ("type", "options", "scale", "max_length", "unique", "required", "currency", "entity")
"""What changes the values of a field, or what they have to be."""


def impact_of(design: Design, item: Json) -> tuple[Impact, ...]:
    """Return what publishing would do to a published field whose values would change; nothing for any other."""
    entity = design.entity
    published = design.view.model.find_entity(entity.id) if entity is not None else None
    field = published.fields_by_id.get(item["id"]) if published is not None else None
    drafted = entity.fields_by_id.get(item["id"]) if entity is not None else None
    if field is None or drafted is None or all(_told(field.spec, key) == _told(drafted.spec, key) for key in TOLD):
        return ()
    view = design.view
    checked = check_draft(view.uow.connection, view.model, now=view.uow.now, zone=view.uow.timezone)
    if checked.errors or checked.references:
        waiting = say("What happens to the values is known once nothing stands in the way of publishing.", "排除发布障碍后即可预知对数据的影响。")
        return (Impact(waiting.show(design.language), "blocked", 0, 0),)
    steps = [s for s in checked.plan.steps if not s.hidden and item["id"] in s.id]
    return tuple(Impact(s.title.show(design.language), s.safety, s.rows, s.lost, tuple(_short(each) for each in s.examples[:SHOWN])) for s in steps)


def _told(spec: Any, key: str) -> Any:
    value = getattr(spec, key, None)
    return [o.name for o in value] if key == "options" and value else value


def _short(example: Any) -> str:
    """Return an example as people read it."""
    value = next((example[key] for key in ("value", "from", "old") if key in example), example) if isinstance(example, dict) else example
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
