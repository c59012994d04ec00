"""What became of the alerts about a score: how many of the closed ones were right."""

from __future__ import annotations

from typing import Any

from tenon.engine.alerts.finding import alert_entity
from tenon.engine.query.answers import answer
from tenon.engine.query.question import read_question
from tenon.ui.alert_shapes import Ended
from tenon.ui.backend.base import View

DAYS = 90
NEEDED = ("score", "outcome", "closed_at")


def ended_alerts(view: View, score: str) -> tuple[Ended, ...]:
    """Return how many alerts about a score were closed within 90 days, by what became of them; empty where none was or there are no alerts."""
    alert = alert_entity(view.model)
    if alert is None or not view.rights.may(alert, "read") or any(name not in alert.fields for name in NEEDED):
        return ()
    options = {o.name: o.title().show(view.language) for o in alert.fields["outcome"].spec.named}
    asked: dict[str, Any] = {
        "entity": alert.name, "filter": f"score == '{score}' and not is_empty(outcome) and closed_at >= days_ago({DAYS})",
        "group_by": ["outcome"], "measures": [{"name": "n", "expr": "count()"}],
    }  # fmt: skip
    found = {row[0]: row[1] for row in answer(view.uow, view.ctx, read_question(asked))["rows"]}
    whole = sum(found.values())
    return tuple(Ended(label, found.get(name, 0), found.get(name, 0) / whole) for name, label in options.items()) if whole else ()
