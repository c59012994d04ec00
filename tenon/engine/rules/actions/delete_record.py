"""Moving the record to the trash."""

from __future__ import annotations

from typing import Any

from tenon.engine.records.deleting import delete
from tenon.engine.rules.work import Work
from tenon.metamodel.actions.delete_record import DeleteRecord


def run(work: Work, _action: DeleteRecord) -> dict[str, Any]:
    """Delete the records that are still there, with what falls with them."""
    living = work.living()
    if living:
        delete(work.uow, work.ctx, work.entity, living, batch=work.batch)
    return {each: {"deleted": True} for each in living}
