"""What an administrator decides of data that waits, noted in the audit log; who may is asked before."""

from __future__ import annotations

from tenon.engine.context import Context
from tenon.engine.events.features import APPLY
from tenon.engine.jobs import put
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting import keys
from tenon.engine.waiting.table import Wanted
from tenon.platform import audit
from tenon.platform.workspace import Platform


def choose(platform: Platform, uow: UnitOfWork, ctx: Context, wanted: Wanted, record: str) -> str:
    """Say which record a key stands for and return the job that writes what waited. Raises as `keys.choose`."""
    job = keys.choose(uow, ctx, wanted, record)
    audit.write(uow.connection, ctx, "waiting.choose", "waiting", wanted.key, {**_told(uow, wanted), "record": record})
    uow.after_commit.append(platform.wake)
    return job


def discard(uow: UnitOfWork, ctx: Context, wanted: Wanted) -> int:
    """Forget what waits for a key and return how much it was. Raises NotFound."""
    count = keys.discard(uow, wanted)
    audit.write(uow.connection, ctx, "waiting.discard", "waiting", wanted.key, {**_told(uow, wanted), "count": count})
    return count


def apply_features(platform: Platform, uow: UnitOfWork, ctx: Context) -> str:
    """Put the job that gives stored events the features that are said now, and return it."""
    job = put(uow.connection, APPLY, {}, unique_key=APPLY, created_by=ctx.user_id)
    audit.write(uow.connection, ctx, "events.apply_features", "job", job, {})
    uow.after_commit.append(platform.wake)
    return job


def _told(uow: UnitOfWork, wanted: Wanted) -> dict[str, str | None]:
    entity = uow.model.find_entity(wanted.entity)
    return {"entity": entity.name if entity is not None else None, "system": wanted.system}
