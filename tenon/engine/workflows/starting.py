"""Beginning: instances for records, pinned to the workflow as it is now; a journey or an approval takes a record once at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from tenon.engine.context import Context
from tenon.engine.sql.inserting import insert_into
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import ending, token
from tenon.engine.workflows.flow import version_of
from tenon.engine.workflows.tables import instances
from tenon.metamodel.document import Document
from tenon.metamodel.steps_inside import Standing

DEPTH = 8


def begin(uow: UnitOfWork, ctx: Context, document: Document, ids: Sequence[str], *, parents: dict[str, str] | None = None) -> dict[str, str]:
    """Begin a workflow for records and return the id of the instance of each that began; ``parents`` are the tokens that wait for their ends.

    Nothing begins for a workflow that is paused, too deep in a chain of causes, or, of a journey or an approval, for a record that is on it already.
    """
    if document.body.state == "paused" or ctx.cause.depth >= DEPTH or not ids:
        return {}
    flow = version_of(uow, document)
    root = ctx.cause.root or uow.notes.setdefault("root", uow.new_id())
    is_single = document.body.type != "process"
    rows: list[dict[str, Any]] = [
        {
            "id": uow.new_id(), "workflow": document.id, "version": flow.version, "release": uow.model.release, "entity": flow.entity.id, "record": record,
            "state": "running", "reason": None, "once": f"{document.id}:{record}" if is_single else None, "parent": (parents or {}).get(record),
            "by": ctx.user_id, "root": root, "depth": ctx.cause.depth, "cause": ctx.cause.to_json(), "started_at": uow.now, "ended_at": None, "problem": None,
        }
        for record in ids
    ]
    uow.connection.execute(insert_into(instances, uow.dialect).on_conflict_do_nothing(index_elements=["once"]), rows)
    began = {row["id"] for row in rows}
    if is_single:
        began = set(uow.connection.execute(select(instances.c.id).where(instances.c.id.in_(id_set(uow.dialect, began)))).scalars())
    new = [row for row in rows if row["id"] in began]
    first = flow.first()
    if not isinstance(first, Standing):
        ending.end(uow, [row["id"] for row in new], "done")
    else:
        token.place(uow, [
            {
                "id": uow.new_id(), "instance": row["id"], "workflow": document.id, "version": flow.version, "entity": flow.entity.id, "record": row["record"],
                "step": first.step.id, "parent": None, "root": root, "depth": ctx.cause.depth,
            }
            for row in new
        ])
    return {row["record"]: row["id"] for row in new}
