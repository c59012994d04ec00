"""A task as its page shows it: who was asked, what they said, whose turn it is, and what who looks may do."""

from __future__ import annotations

from typing import Any

from tenon.engine.approvals.holding import Held, starter_of
from tenon.engine.approvals.taking import writable
from tenon.engine.approvals.ways_back import ways_back
from tenon.engine.people import names_of


def detail_of(held: Held) -> dict[str, Any]:
    """Return the mode, the seats, what may be set, where it may go back, and the verbs that are open to who looks."""
    uow, task = held.uow, held.task
    starter = starter_of(uow, task.instance)
    names = names_of(uow.connection, [p for s in held.seats for p in (s.person, s.instead_of, s.added_by) if p] + ([starter] if starter else []))

    def person(id: str | None) -> dict[str, Any] | None:
        return {"id": id, "title": names.get(id)} if id else None

    seats = [
        {
            "person": person(s.person), "state": s.state, "decided_at": s.decided_at, "comment": s.comment, "instead_of": person(s.instead_of),
            "added_by": person(s.added_by), "side": s.side,
        }
        for s in held.seats
    ]
    is_mine = task.state == "open" and bool(held.mine or held.may_claim())
    back = ways_back(uow, task) if is_mine and task.type == "approval" else {}
    return {
        "mode": task.mode if task.type == "approval" else None, "share": task.share, "seats": seats, "editable": writable(uow, task) if is_mine else [],
        "return_to": [{"step": step, "label": label.show(held.ctx.language)} for step, label in back.items()], "may_decide": is_mine,
        "started_by": person(starter),
    }
