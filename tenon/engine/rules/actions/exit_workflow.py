"""Giving up what runs of a workflow for the record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tenon.engine.rules.work import Work
from tenon.engine.sql.sets import id_set
from tenon.engine.workflows.ending import RUNNING, end
from tenon.engine.workflows.tables import instances
from tenon.metamodel.actions.exit_workflow import ExitWorkflow


def run(work: Work, action: ExitWorkflow) -> dict[str, Any]:
    """End the instances of all records."""
    document = work.uow.model.get("workflow", action.workflow)
    running = [instances.c.workflow == document.id, instances.c.record.in_(id_set(work.uow.dialect, work.ids)), instances.c.state.in_(RUNNING)]
    found = dict(work.uow.connection.execute(select(instances.c.id, instances.c.record).where(*running)).all())
    ended = end(work.uow, list(found), "exited", work.doer.kind)
    return {each: {"workflow": document.name, "ended": [i for i in ended if found[i] == each]} for each in work.ids}
