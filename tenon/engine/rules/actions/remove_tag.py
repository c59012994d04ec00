"""Taking entries out of a field of tags or choices."""

from __future__ import annotations

from typing import Any

from tenon.engine.records.masses import change_part
from tenon.engine.rules.work import Work
from tenon.metamodel.actions.remove_tag import RemoveTag


def run(work: Work, action: RemoveTag) -> dict[str, Any]:
    """Change the lists of all records, as one part."""
    name = work.entity.get_field(action.field).name
    change_part(work.uow, work.ctx, work.entity, work.living(), {name: {"remove": list(action.tags)}}, work.batch)
    return {each: {"remove": list(action.tags), "field": name} for each in work.ids}
