"""What a publish means for workflows: instances that use what would be gone, and journeys that take whom they find in their segment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, func, select

from tenon.engine.access.resolver import environment
from tenon.engine.context import Cause, Context, system_context
from tenon.engine.jobs.queue import put
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.query.membership import members
from tenon.engine.rules.expressions import read
from tenon.engine.schema.step import MAX_EXAMPLES, Step
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.by_hand import take_to
from tenon.engine.workflows.ending import RUNNING, end
from tenon.engine.workflows.flow import called, goals_of, version_of
from tenon.engine.workflows.starting import begin
from tenon.engine.workflows.tables import instances, versions
from tenon.metamodel.copying import copied
from tenon.metamodel.document import Document
from tenon.metamodel.labels import say
from tenon.metamodel.marks import Ref
from tenon.metamodel.model import Model
from tenon.metamodel.names import TOKEN, untoken
from tenon.metamodel.parse import reread
from tenon.metamodel.references import items_of

ENROL = "workflow_enrol"
MOVE = "move_instances"
KEEP_USED = "keep_used"
RANGE = 1_000
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]


class Release(Protocol):
    """What is asked of a release that was just published."""

    @property
    def accepted(self) -> frozenset[str]:
        """The ids of steps of the plan, and of other ways, that were chosen."""


@dataclass(frozen=True)
class Running:
    """A version of a workflow of which instances run; ``is_stranded`` when it uses what a model does not have."""

    version: str
    document: Document
    count: int
    is_stranded: bool
    first: tuple[str, ...] = ()
    """Some of the instances."""


def running(connection: Connection, old: Model, new: Model) -> Iterator[Running]:
    """Yield the versions with instances that run, of workflows that the new release changes, or that use what it has no more."""
    wanted = select(instances.c.version, func.count()).where(instances.c.state.in_(RUNNING)).group_by(instances.c.version)
    numbers: dict[str, int] = dict(connection.execute(wanted).all())
    if not numbers:
        return
    gone = _known(old) - _known(new)
    for row in connection.execute(select(versions.c.id, versions.c.json).where(versions.c.id.in_(list(numbers))).order_by(versions.c.id)):
        document = reread(row.json)
        is_stranded = bool(gone & set(_used(document)))
        if is_stranded or _json_of(old, document) != _json_of(new, document):
            some = select(instances.c.id).where(instances.c.version == row.id, instances.c.state.in_(RUNNING)).order_by(instances.c.id).limit(MAX_EXAMPLES)
            yield Running(row.id, document, numbers[row.id], is_stranded, tuple(connection.execute(some).scalars()))


def running_steps(connection: Connection, old: Model, new: Model) -> list[Step]:
    """Return what a publish asks about instances that run: they go on as they began, are taken to a step of the new version, or end.

    Those that use what would be gone cannot go on: that they end, where they are taken, or that what they use stays, has to be accepted.
    """
    return [_asked(each, new) for each in running(connection, old, new)]


def _asked(each: Running, new: Model) -> Step:
    end, name, count = f"end_instances:{each.version}", each.document.label, each.count
    now = new.documents.get(each.document.id)
    moves = [(f"{MOVE}:{each.version}:{s.step.id}", say("Take them to “{step}”", "移到“{step}”", step=called(s.step))) for s in goals_of(now.body, new)] if now is not None else []
    if each.is_stranded:
        moves.append((f"{KEEP_USED}:{each.version}", say("Keep what they use", "保留其使用的内容")))
        title = say("End {n} running {n:instance|instances} of {name}: it uses what would be removed", "结束 {name} 的 {n} 个运行中实例：其使用的内容将被移除", n=count, name=name)
        return Step(end, "end_instances", title, safety="lossy", rows=count, examples=each.first, ways=tuple(moves))
    title = say("{n} running {n:instance|instances} of {name} {n:goes|go} on as {n:it|they} began", "{name} 的 {n} 个运行中实例继续使用原版本", n=count, name=name)
    return Step(f"keep_instances:{each.version}", "keep_instances", title, rows=count, examples=each.first, ways=(*moves, (end, say("End them", "结束这些实例"))))


def with_kept(connection: Connection, old: Model, documents: Iterable[Document], accepted: Collection[str]) -> list[Document]:
    """Return documents to publish with what instances use that go on by it, where that was chosen instead of dropping it."""
    kept = {document.id: document for document in documents}
    chosen = [id.removeprefix(f"{KEEP_USED}:") for id in accepted if id.startswith(f"{KEEP_USED}:")]
    used: set[str] = set()
    for json in connection.execute(select(versions.c.json).where(versions.c.id.in_(chosen))).scalars() if chosen else ():
        used.update(_used(reread(json)))
    for before in old.documents.values() if used else ():
        after = kept.get(before.id)
        if after is None and before.id in used:
            kept[before.id] = before
        elif after is not None and before.kind in ("entity", "extension"):
            json = copied(after.json)
            if _keep_items(before.json, json, used):
                kept[before.id] = reread(json)
    return list(kept.values())


def _keep_items(before: dict[str, Any], after: dict[str, Any], used: set[str]) -> bool:
    """Put the items that are used and no longer there back into their lists; return whether there were any."""
    found = False
    for key, value in before.items():
        if isinstance(value, dict) and value.get("id") in used and key not in after:
            after[key], found = value, True
        listed = value if isinstance(value, list) else []
        there = {item["id"]: item for item in after.get(key) or () if isinstance(item, dict) and "id" in item} if listed else {}
        for item in listed:
            if not isinstance(item, dict) or "id" not in item:
                continue
            if item["id"] in there:
                found = _keep_items(item, there[item["id"]], used) or found
            elif item["id"] in used:
                after[key], found = [*(after.get(key) or ()), item], True
    return found


def after_publish(uow: UnitOfWork, _ctx: Context, old: Model, release: Release) -> None:
    """Do with instances that run what was chosen, and let journeys take whom they find in their segment."""
    for each in list(running(uow.connection, old, uow.model)):
        way = next((id.rpartition(":")[2] for id in sorted(release.accepted) if id.startswith(f"{MOVE}:{each.version}:")), None)
        if way is not None:
            take_to(uow, version_of(uow, uow.model.documents[each.document.id]), way, instances.c.version == each.version)
        elif each.is_stranded or f"end_instances:{each.version}" in release.accepted:
            found = select(instances.c.id).where(instances.c.version == each.version, instances.c.state.in_(RUNNING))
            end(uow, list(uow.connection.execute(found).scalars()), "cancelled", "release")
    for document in uow.model.all("workflow"):
        if _takes_existing(uow.model, document) and _enrolment(old, document.id) != _enrolment(uow.model, document.id):
            put(uow.connection, ENROL, {"workflow": document.id}, unique_key=f"enrol:{document.id}", key_until="started")


def _json_of(model: Model, document: Document) -> Any:
    found = model.documents.get(document.id)
    return found.json if found is not None else None


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
    for place in document.places:
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
