"""Telling people in the product."""

from __future__ import annotations

from typing import Any

from tenon.engine.notices.telling import contexts_of, full_names, notice, tell
from tenon.engine.rules.whom import people_of
from tenon.engine.rules.work import Work
from tenon.metamodel.actions.notify import Notify


def run(work: Work, action: Notify) -> dict[str, Any]:
    """Write a notice for each person who may read the record, in their language."""
    told: dict[str, list[str]] = {each: [] for each in work.ids}
    wanted: dict[str, list[str]] = {}
    for whom in action.to:
        for record, people in people_of(work, whom).items():
            for person in people:
                if record not in wanted.setdefault(person, []):
                    wanted[person].append(record)
    rows = []
    for person, ctx in contexts_of(work.uow, wanted).items():
        known = full_names(work.uow, ctx, work.entity, wanted[person])
        for record, title in known.items():
            text = action.text.show(ctx.language) if action.text else None
            rows.append(notice(person, f"{action.title.show(ctx.language)} · {title}", (work.entity, record), text, action.level))
            told[record].append(person)
    tell(work.uow, rows, f"{work.doer.kind}:{work.doer.name}")
    return {record: {"told": people} for record, people in told.items()}
