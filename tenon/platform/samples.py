"""Removing the sample records of an app and bringing them back, told in the audit."""

from __future__ import annotations

from tenon.engine.apps.sample_removal import remove_samples, restore_samples
from tenon.engine.context import Context
from tenon.engine.records.large import Doors, Outcome
from tenon.platform import audit
from tenon.platform.workspace import Platform


def remove(platform: Platform, ctx: Context, app: str, expect: int) -> Outcome:
    """Move the sample records of an app, as many as expected, to the trash. Raises Conflict, Forbidden, NotFound."""
    return _told(platform, ctx, app, "app.samples.remove", remove_samples(_doors(platform), ctx, app, expect))


def restore(platform: Platform, ctx: Context, app: str) -> Outcome:
    """Bring back what the latest removal of an app's sample records moved to the trash. Raises Forbidden, NotFound."""
    return _told(platform, ctx, app, "app.samples.restore", restore_samples(_doors(platform), ctx, app))


def _told(platform: Platform, ctx: Context, app: str, action: str, outcome: Outcome) -> Outcome:
    with platform.write() as uow:
        audit.write(uow.connection, ctx, action, "app", app, {"batch": outcome.batch, **outcome.counts})
    platform.wake()
    return outcome


def _doors(platform: Platform) -> Doors:
    return Doors(platform.read, platform.write)
