"""Advancing: tokens that are ready, due or have news go one step on, hundreds in a transaction; each by itself when one of them cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import and_, literal_column, or_, select, update

from tenon.engine.jobs.queue import put
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import ending, nodes, token
from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.conditions import holding, living, require_known
from tenon.engine.workflows.flow import Flow, flow_of
from tenon.engine.workflows.tables import instances, tokens
from tenon.engine.workflows.token import FLOWS, Token
from tenon.metamodel.errors import Stale, TenonError, TooMany, Unavailable
from tenon.metamodel.steps_inside import Standing

AT_ONCE = 500
WARILY = 50
"""So many are taken at once when a worker died over them: what is lost is little, whatever happens again."""
# Written out, so that the partial indexes are found whatever the driver does with parameters.
READY = or_(tokens.c.state == literal_column("'ready'"), tokens.c.news_at.is_not(None))
DUE = and_(tokens.c.state == literal_column("'waiting'"), tokens.c.due_at.is_not(None))
AGAIN = (Stale, TooMany, Unavailable)
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]


def workflow_jobs(open_write: OpenWrite, language: Callable[[], str]) -> list[JobKind]:
    """Return the kind of job that advances the instances of a workflow."""

    def work(run: JobRun) -> dict[str, Any]:
        return _work(run, open_write, language)

    return [JobKind(FLOWS, work)]


def advance_now(workflow: str, open_write: OpenWrite, language: str, *, most: int = 8) -> None:
    """Advance what is ready of a workflow a few steps at once, so that who acted sees what follows; the worker does the rest."""
    for _ in range(most):
        if not _round(workflow, AT_ONCE, open_write, language):
            return


def _work(run: JobRun, open_write: OpenWrite, language: Callable[[], str]) -> dict[str, Any]:
    """Advance until nothing of the workflow is ready; while there is more than one takes at once, another worker is asked to help."""
    steps, workflow, most = 0, run.payload["workflow"], AT_ONCE if run.attempt == 1 else min(AT_ONCE, WARILY)
    while True:
        run.check_cancelled()
        done = _round(workflow, most, open_write, language(), lambda uow, count: run.save(uow.connection, None, done=steps + count))  # noqa: B023 - called at once
        if not done:
            return {"steps": steps}
        steps += done
        if done == most:
            with open_write() as uow:
                put(uow.connection, FLOWS, {"workflow": workflow}, unique_key=f"flows:{workflow}", key_until="started", priority=50)


def _round(workflow: str, most: int, open_write: OpenWrite, language: str, keep: Callable[[UnitOfWork, int], None] = lambda _uow, _count: None) -> int:
    """Advance the next tokens one step, in one transaction; when that is refused, each in its own, so that one does not hold up the others."""
    taken: list[Token] = []
    try:
        with open_write() as uow:
            taken = _take(uow, workflow, most)
            _advance(uow, taken, language)
            if taken:
                keep(uow, len(taken))
        return len(taken)
    except AGAIN:
        raise
    except TenonError:
        return sum(_alone(each, open_write, language) for each in taken)


def _alone(each: Token, open_write: OpenWrite, language: str) -> int:
    try:
        with open_write() as uow:
            _advance(uow, _take(uow, each.workflow, 1, [each.id]), language)
    except AGAIN:
        raise
    except TenonError as error:
        with open_write() as uow:
            held = _take(uow, each.workflow, 1, [each.id])
            uow.connection.execute(update(tokens).where(tokens.c.id.in_([t.id for t in held])).values(state="failed", news_at=None))
            for one in held:
                ending.fail(uow, one, [p.to_json("en") for p in error.problems])
    return 1


def _take(uow: UnitOfWork, workflow: str, most: int, ids: Sequence[str] | None = None) -> list[Token]:
    """Return tokens that have something to do, their instances held until the end of the transaction: no other worker has them then."""
    mine: set[str] = set()
    for what in (READY, and_(DUE, tokens.c.due_at <= uow.now)):  # each over an index of its own: what waits is not in the way
        wanted = [tokens.c.workflow == workflow, what, tokens.c.state != "failed", *([] if ids is None else [tokens.c.id.in_(id_set(uow.dialect, ids))])]
        running = [tokens.c.instance == instances.c.id, instances.c.state == "running"]
        held = select(instances.c.id).where(*wanted, *running).order_by(tokens.c.id).limit(most - len(mine)).with_for_update(of=instances, skip_locked=True)
        mine.update(uow.connection.execute(held).scalars() if len(mine) < most else ())
    if not mine:
        return []
    # What stood there may have gone on before the instance was held.
    there = [or_(READY, and_(DUE, tokens.c.due_at <= uow.now)), tokens.c.state != "failed", *([] if ids is None else [tokens.c.id.in_(id_set(uow.dialect, ids))])]
    found = select(tokens).where(*there, tokens.c.instance.in_(id_set(uow.dialect, mine))).order_by(tokens.c.id).limit(most)
    return [Token.of(row) for row in uow.connection.execute(found)]


def _advance(uow: UnitOfWork, taken: Sequence[Token], language: str) -> None:
    """Let every token do what its step says, those of one version at one step together."""
    groups: dict[tuple[str, str, str | None], list[Token]] = {}
    for each in taken:
        groups.setdefault((each.version, each.step, _why(uow, each)), []).append(each)
    gone: set[str] = set()
    for (version, step, why), group in groups.items():
        flow = flow_of(uow, version)
        group = [t for t in group if t.instance not in gone]
        over = _exits(uow, flow, group)
        gone |= over
        staying = _still(uow, _without_gone(uow, flow, flow.steps[step], [t for t in group if t.instance not in over]))
        if staying:
            _one_step(uow, flow, step, why, staying, language)


def _why(uow: UnitOfWork, each: Token) -> str | None:
    """Return who woke a token: None when it has just come."""
    if each.state == "ready":
        return each.woken
    return "time" if each.due_at is not None and each.due_at <= uow.now else "news"


def _without_gone(uow: UnitOfWork, flow: Flow, standing: Standing, group: list[Token]) -> list[Token]:
    """End the paths of records of a relation that are gone; return the tokens of the others."""
    if standing.entity is None or not group or not any(outer.step.type == "for_each" for outer in standing.enclosing()):
        return group
    there = living(uow, standing.entity, {t.record for t in group})
    gone = [t for t in group if t.record not in there]
    if gone:
        ending.note(uow, flow, gone, ending.GIVEN_UP, {})
        ending.give_up(uow, [*gone, *token.below(uow, [t.id for t in gone])])
        token.wake(uow, {str(t.parent) for t in gone}, "paths")
    return [t for t in group if t.record in there]


def _still(uow: UnitOfWork, group: Sequence[Token]) -> list[Token]:
    """Return the tokens that are still there: another group of this transaction may have ended their instance or given up their path."""
    there = set(uow.connection.execute(select(tokens.c.id).where(tokens.c.id.in_(id_set(uow.dialect, [t.id for t in group])))).scalars()) if group else set()
    return [t for t in group if t.id in there]


def _exits(uow: UnitOfWork, flow: Flow, group: Sequence[Token]) -> set[str]:
    """End the instances whose record is gone, or for which the condition of exit holds; return them."""
    if not group:
        return set()
    found = uow.connection.execute(select(instances.c.id, instances.c.record).where(instances.c.id.in_(id_set(uow.dialect, {t.instance for t in group}))))
    about = {row.id: row.record for row in found}
    there = living(uow, flow.entity, about.values())
    deleted = {i for i, record in about.items() if record not in there}
    ending.end(uow, deleted, "exited", "deleted")
    condition = flow.body.exit_when
    require_known(uow.model, flow, None)
    rest = {i: record for i, record in about.items() if i not in deleted}
    if condition is None or not rest:
        return deleted
    holds = holding(uow, flow.entity, condition, rest.values())
    over = {i for i, record in rest.items() if record in holds}
    ending.end(uow, over, "exited", "condition")
    return deleted | over


def _one_step(uow: UnitOfWork, flow: Flow, step: str, why: str | None, group: list[Token], language: str) -> None:
    by = dict(uow.connection.execute(select(instances.c.id, instances.c.by).where(instances.c.id.in_(id_set(uow.dialect, {t.instance for t in group})))).all())
    batch = Batch(uow, flow, flow.steps[step], group, by, language)
    uow.connection.execute(update(tokens).where(tokens.c.id.in_(id_set(uow.dialect, [t.id for t in group]))).values(news_at=None))
    require_known(uow.model, flow, batch.standing)
    node = nodes.node_of(batch.step.type)
    if why is None:
        node.enter(batch)
    else:
        node.wake(batch, why)
