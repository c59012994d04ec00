"""Events out of the queue: tried again when the customer or the contact they wait for is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.events.intake import settle
from tenon.engine.events.sent import Sent
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.matching import Stays
from tenon.engine.waiting.table import Wanted
from tenon.metamodel.errors import Forbidden


def try_events(uow: UnitOfWork, ctx: Context, rows: Sequence[Mapping[str, Any]], known: Mapping[Wanted, str]) -> dict[str, Stays]:
    """Store events that waited and return those that stay, with what they wait for or what is wrong."""
    usage = uow.model.find_entity(rows[0]["entity"])
    if usage is None:
        return {row["id"]: Wanted.of(row) for row in rows}
    try:
        rights_of(uow.model, ctx).require(usage, "create")
    except Forbidden as error:
        return {row["id"]: list(error.problems) for row in rows}
    outcomes = settle(uow, ctx, [Sent(**row["content"]) for row in rows], known, are_waiting=True)
    return {row["id"]: outcome for row, outcome in zip(rows, outcomes, strict=True) if not isinstance(outcome, str)}
