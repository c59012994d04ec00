"""What a publish means for workflows: instances that use what would be gone, and journeys that take whom they find in their segment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from tenon.engine.access.resolver import environment
from tenon.engine.context import Cause, Context, system_context
from tenon.engine.jobs.queue import put
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.query.membership import members
from tenon.engine.rules.expressions import read
from tenon.engine.schema.step import Step
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.ending import RUNNING, end
from tenon.engine.workflows.starting import begin
from tenon.engine.workflows.tables import instances, versions
from tenon.metamodel.document import Document
from tenon.metamodel.labels import say
from tenon.metamodel.marks import Ref
from tenon.metamodel.model import Model
from tenon.metamodel.names import TOKEN, untoken
from tenon.metamodel.parse import reread
from tenon.metamodel.references import items_of
from tenon.metamodel.walk import walk

ENROL = "workflow_enrol"
RANGE = 1_000
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True)
class Stranded:
    """A version of a workflow of which instances run that uses what a model does not have."""

    version: str
    document: Document
    count: int


def stranded(connection: Connection, old: Model, new: Model) -> Iterator[Stranded]:
    """Yield the versions with instances that run and use what the old release had and the new one has not."""
    running = select(instances.c.version, func.count()).where(instances.c.state.in_(RUNNING)).group_by(instances.c.version)
    numbers: dict[str, int] = dict(connection.execute(running).all())
    if not numbers:
        return
    gone = _known(old) - _known(new)
    if not gone:
        return
    for row in connection.execute(select(versions.c.id, versions.c.json).where(versions.c.id.in_(list(numbers))).order_by(versions.c.id)):
        document = reread(row.json)
        if gone & set(_used(document)):
            yield Stranded(row.id, document, numbers[row.id])


def stranded_steps(connection: Connection, old: Model, new: Model) -> list[Step]:
    """Return the steps of a plan by which instances end that use what would be gone; each has to be accepted."""
    return [
        Step(
            f"end_instances:{each.version}", "end_instances",
            say("End {n} running {n:instance|instances} of {name}: it uses what would be removed", "结束 {name} 的 {n} 个运行中实例：其使用的内容将被移除", n=each.count, name=each.document.label),
            safety="lossy", rows=each.count,
        )
        for each in stranded(connection, old, new)
    ]  # fmt: skip


def after_publish(uow: UnitOfWork, _ctx: Context, old: Model, _release: Any) -> None:
    """End the instances that use what is gone, and let journeys take whom they find in their segment."""
    for each in list(stranded(uow.connection, old, uow.model)):
        found = select(instances.c.id).where(instances.c.version == each.version, instances.c.state.in_(RUNNING))
        end(uow, list(uow.connection.execute(found).scalars()), "cancelled", "release")
    for document in uow.model.all("workflow"):
        if _takes_existing(uow.model, document) and _enrolment(old, document.id) != _enrolment(uow.model, document.id):
            put(uow.connection, ENROL, {"workflow": document.id}, unique_key=f"enrol:{document.id}", key_until="started")


def enrol_jobs(open_write: OpenWrite) -> list[JobKind]:
    """Return the kind of job that begins a journey for those who are in its segment already."""

    def work(run: JobRun) -> dict[str, Any]:
        return _enrol(run, open_write)

    return [JobKind(ENROL, work)]


def _enrol(run: JobRun, open_write: OpenWrite) -> dict[str, Any]:
    state = dict(run.checkpoint or {"after": "", "began": 0})
    while state["after"] is not None:
        run.check_cancelled()
        with open_write() as uow:
            document = uow.model.find("workflow", run.payload["workflow"])
            if document is None or not _takes_existing(uow.model, document):
                return {"began": state["began"]}
            ids = _members(uow, document, state["after"])
            ctx = system_context("workflow").with_cause(Cause("workflow", document.id, document.name, run.id))
            state["began"] += len(begin(uow, ctx, document, ids))
            state["after"] = ids[-1] if len(ids) == RANGE else None
            run.save(uow.connection, state, done=state["began"])
    return {"began": state["began"]}


def _members(uow: UnitOfWork, document: Document, after: str) -> list[str]:
    """Return the next members of a journey's segment."""
    entity, segment = uow.model.get_entity(document.body.entity), uow.model.get("segment", document.body.enrol.segment)
    source = Source(environment(uow, ctx=system_context("workflow")), entity)
    wanted = select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.id > after, source.alias.c.deleted_at.is_(None))
    if segment.body.mode == "fixed":
        wanted = wanted.where(source.alias.c.id.in_(select(members.c.record).where(members.c.segment == segment.id)))
    else:
        wanted = wanted.where(compile_condition(source, read(uow.model, entity, segment.body.filter, "boolean")))
    return list(uow.connection.execute(wanted.order_by(source.alias.c.id).limit(RANGE)).scalars())


def _takes_existing(model: Model, document: Document) -> bool:
    body = document.body
    return body.state == "active" and body.enrol is not None and body.enrol.existing and model.find("segment", body.enrol.segment) is not None


def _enrolment(model: Model, id: str) -> Any:
    """Return what says whom a journey takes; None where there is none, or it is paused."""
    document = model.find("workflow", id)
    if document is None or not _takes_existing(model, document):
        return None
    segment = model.get("segment", document.body.enrol.segment)
    return document.json["enrol"], segment.body.filter, segment.body.mode


def _used(document: Document) -> Iterator[str]:
    """Yield the ids that a workflow names: its entity, fields, relations, options, and documents that it cannot do without."""
    for place in walk(document.json, document.body):
        if isinstance(place.mark, Ref):
            if not place.mark.soft:
                yield place.text
        else:
            yield from (untoken(word) or "" for word in TOKEN.findall(place.text))


def _known(model: Model) -> set[str]:
    """Return the ids of all documents of a model and of what others can name in them."""
    found = set(model.documents)
    for document in model.documents.values():
        found.update(items_of(model, document))
    return found
