"""Running connectors and letting them rest, noted in the audit log; who may is asked before."""

from __future__ import annotations

from tenon.engine.context import Context
from tenon.engine.syncing import runs
from tenon.engine.syncing.connectors import CONNECTOR
from tenon.engine.syncing.work import begin
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.platform import audit
from tenon.platform.workspace import Platform


def run(platform: Platform, uow: UnitOfWork, ctx: Context, document: Document, *, is_dry: bool) -> str:
    """Put the job of a run, or of a look at what one would do, and return its id. Raises Conflict."""
    job = begin(uow, document.id, is_dry=is_dry, user=ctx.user_id)
    audit.write(uow.connection, ctx, "connector.run", CONNECTOR, document.id, {"job": job, "dry_run": is_dry})
    uow.after_commit.append(platform.wake)
    return job


def pause(uow: UnitOfWork, ctx: Context, document: Document, *, is_paused: bool) -> None:
    """Let a connector rest, or run again."""
    runs.keep_state(uow.connection, document.id, is_paused=is_paused)
    audit.write(uow.connection, ctx, "connector.pause" if is_paused else "connector.resume", CONNECTOR, document.id, {"name": document.name})
