"""Beginning a workflow for the record."""

from __future__ import annotations

from typing import Any

from tenon.engine.rules.work import Work
from tenon.engine.workflows.starting import begin
from tenon.metamodel.actions.start_workflow import StartWorkflow


def run(work: Work, action: StartWorkflow) -> dict[str, Any]:
    """Begin it for the records that are still there; a journey for those that are not on it."""
    document = work.uow.model.get("workflow", action.workflow)
    began = begin(work.uow, work.ctx, document, work.living())
    return {each: {"workflow": document.name, "began": began.get(each)} for each in work.ids}
