"""Beginning a playbook for the record."""

from __future__ import annotations

from typing import Any

from tenon.engine.playbooks.starting import start
from tenon.engine.rules.work import Work
from tenon.metamodel.actions.start_playbook import StartPlaybook


def run(work: Work, action: StartPlaybook) -> dict[str, Any]:
    """Make its tasks for each record."""
    playbook = work.uow.model.get("playbook", action.playbook)
    made = start(work.uow, work.ctx, playbook, {record: (work.entity.name, record) for record in work.living()}, language=work.language)
    return {record: {"playbook": playbook.name, "tasks": ids} for record, ids in made.items()}
