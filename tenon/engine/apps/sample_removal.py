"""Removing the sample records of an app, and bringing them back: what it is about, counted before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from tenon.engine.access.rights import rights_of
from tenon.engine.apps.sample_marks import count_trashed, edited_samples, find_samples, marks, samples_of
from tenon.engine.context import Cause, Context
from tenon.engine.records.deleting import fall_of, refuse_held
from tenon.engine.records.falling import Fall
from tenon.engine.records.large import UNDO, Doors, Outcome, begin, delete_together
from tenon.engine.records.undoing import weigh
from tenon.engine.releases.draft import require_builder
from tenon.engine.trash import trash
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity


@dataclass(frozen=True)
class SampleRecords:
    """The sample records of an app: how many of each entity, those that people changed, and what removing them meets.

    ``along`` are records that are no samples of the app and go with them, ``own`` of these are no samples of any app; ``cleared`` keep an
    empty reference, ``held`` is what stands in the way, ``trashed`` how many are in the trash already.
    """

    counts: tuple[tuple[Entity, int], ...]
    edited: tuple[tuple[Entity, str], ...]
    along: tuple[tuple[Entity, int], ...]
    own: int
    cleared: int
    held: tuple[Problem, ...]
    trashed: int

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(count for _, count in self.counts)


def sample_records(uow: UnitOfWork, ctx: Context, app: str) -> SampleRecords:
    """Return what removing the sample records of an app is about. Raises Forbidden, NotFound."""
    wanted, acting = _find(uow, ctx, app)
    entities = uow.model.entities_by_id
    fall = fall_of(uow, acting, [(entities[e], ids) for e, ids in wanted.items()])
    held: tuple[Problem, ...] = ()
    try:
        refuse_held(uow, rights_of(uow.model, acting), fall)
    except Conflict as error:
        held = error.problems
    along = {e: following for e, roots in fall.roots.items() if (following := roots.keys() - set(wanted.get(e, ())))}
    following = {record for records in along.values() for record in records}
    return SampleRecords(
        tuple((entities[e], len(ids)) for e, ids in wanted.items()), tuple((entities[e], record) for e, record in edited_samples(uow, app)),
        tuple((entities[e], len(records)) for e, records in along.items()), len(following - find_samples(uow, following)), _cleared(fall), held, count_trashed(uow).get(app, 0),
    )  # fmt: skip


def remove_samples(doors: Doors, ctx: Context, app: str, expect: int) -> Outcome:
    """Move the sample records of an app to the trash as one batch; ``expect`` is how many one has been told of.

    Sample records that people changed go, too. Raises Conflict (another number, or records that may not lose them), Forbidden, NotFound.
    """
    with doors.read() as uow:
        wanted, acting = _find(uow, ctx, app)
    count = sum(len(ids) for ids in wanted.values())
    if count != expect:
        message = say("There {n:is|are} {n} sample {n:record|records}, not {expect}.", "共有 {n} 条示例数据，而不是 {expect} 条。", n=count, expect=expect)
        hint = say("Look at them, then send expect={n}.", "请核对后以 expect={n} 重新发送。", n=count)
        raise Conflict(Problem("/expect", "conflict", message, hint), extra={"count": count})
    if not count:
        raise not_found()
    return delete_together(doors, acting, wanted)


def restore_samples(doors: Doors, ctx: Context, app: str) -> Outcome:
    """Bring back what the latest removal of sample records of an app moved to the trash, with what went along. Raises Forbidden, NotFound."""
    with doors.read() as uow:
        _, acting = _find(uow, ctx, app)
        there = trash.c.entity.in_(list(uow.model.entities_by_id))
        statement = select(trash.c.batch, trash.c.entity).join(marks, marks.c.record == trash.c.record)
        found = uow.connection.execute(statement.where(marks.c.app == app, there, trash.c.batch.is_not(None)).order_by(trash.c.at.desc()).limit(1)).first()
        if found is None:
            raise not_found()
        size = weigh(uow, found.batch)
    return begin(doors.write, acting, UNDO, uow.model.entities_by_id[found.entity], found.batch, size)


def _find(uow: UnitOfWork, ctx: Context, app: str) -> tuple[dict[str, list[str]], Context]:
    """Return the sample records by entity, in the order in which the app brings them, and who removes them: no rights on records are needed."""
    require_builder(ctx, "app")
    found = samples_of(uow, uow.model.get("app", app).name)
    listed = [entity.id for sample in uow.model.get("app", app).body.sample if (entity := uow.model.find_entity(sample.entity)) is not None]
    order = {entity_id: place for place, entity_id in enumerate(listed)}
    acting = replace(ctx, is_system=True, cause=Cause(ctx.cause.kind, label=f"samples {app}"))
    return {e: found[e] for e in sorted(found, key=lambda e: order.get(e, len(order)))}, acting


def _cleared(fall: Fall) -> int:
    return sum(len(fall.staying(near, pairs)) for near, _, pairs in fall.cleared)
