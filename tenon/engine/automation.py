"""What happens by itself: who hears of changes, which jobs do it, and when the clock wakes them; the same in a workspace and in the world of a story."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from tenon.engine.alerts.escalating import alert_jobs
from tenon.engine.alerts.following import hear_alerts
from tenon.engine.jobs.run import JobKind
from tenon.engine.notices.mailing import hear_notices
from tenon.engine.playbooks.following import hear_playbooks
from tenon.engine.rules.before import note_before
from tenon.engine.rules.firing import rule_listener
from tenon.engine.rules.looking import look_jobs
from tenon.engine.rules.misses import Gathered
from tenon.engine.rules.runs import rule_jobs
from tenon.engine.unit_of_work import Listener, UnitOfWork
from tenon.engine.workflows.advancing import workflow_jobs
from tenon.engine.workflows.listening import hear_flows
from tenon.engine.workflows.publishing import enrol_jobs
from tenon.engine.workflows.sweeping import sweep_jobs

OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]


def automation_listeners(gathered: Gathered) -> tuple[Listener, ...]:
    """Return who hears of what happened, in the transaction in which it happens; of what is only filled in they hear nothing."""
    return tuple(_of_today(each) for each in (lambda uow, event: note_before(uow, event, gathered), rule_listener(gathered), hear_flows, hear_alerts, hear_playbooks, hear_notices))


def _of_today(listener: Listener) -> Listener:
    def hear(uow: UnitOfWork, event: Any) -> None:
        if not uow.is_past:
            listener(uow, event)

    return hear


def automation_jobs(open_write: OpenWrite, language: Callable[[], str], gathered: Gathered) -> list[JobKind]:
    """Return the kinds of jobs that do what follows."""
    of_rules = [*rule_jobs(open_write, language), *look_jobs(open_write, gathered)]
    return [*of_rules, *workflow_jobs(open_write, language), *enrol_jobs(open_write), *sweep_jobs(open_write), *alert_jobs(open_write)]
