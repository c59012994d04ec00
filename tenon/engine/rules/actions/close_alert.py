"""Closing the open alerts about the record."""

from __future__ import annotations

from typing import Any

from tenon.engine.alerts.finding import CLOSED, open_alert_ids
from tenon.engine.records.masses import change_part
from tenon.engine.rules.work import Work, needs
from tenon.metamodel.actions.close_alert import CloseAlert


def run(work: Work, action: CloseAlert) -> dict[str, Any]:
    """Close them with an outcome and a cause."""
    alert = needs(work, "alert")
    found = open_alert_ids(work.uow, alert, work.ids, type_=action.alert)
    changes = {"state": CLOSED, "outcome": action.outcome, "cause": action.cause}
    ids = [each for listed in found.values() for each in listed]
    if ids:
        change_part(work.uow, work.ctx, alert, ids, {k: v for k, v in changes.items() if v is not None and k in alert.fields}, work.batch)
    return {record: {"closed": listed} for record, listed in found.items()}
