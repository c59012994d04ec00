"""A workflow as it is run: its steps by id, what comes after each, and the words for ends."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from sqlalchemy import select

from tenon.engine.rules.work import Doer
from tenon.engine.sql.inserting import insert_into
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.tables import versions
from tenon.metamodel.check_workflows import BACK
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.kinds.workflow import WorkflowKind
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.parse import reread
from tenon.metamodel.steps_inside import Standing, steps_in

End = Literal["thread", "rejected"]
"""What comes where no step does: the end of a thread (of the whole, or of a path that runs beside others), or of an instance that was rejected."""
FORKS = ("parallel", "for_each")
REJECTED = "/rejected"


@dataclass(frozen=True, eq=False)
class Flow:
    """A version of a workflow over the entities of the release in force."""

    version: str
    document: Document
    entity: Entity
    steps: dict[str, Standing]
    by_pointer: dict[str, Standing] = field(repr=False)

    @property
    def id(self) -> str:
        """The id of the workflow."""
        return self.document.id

    @property
    def body(self) -> WorkflowKind:
        """What the document says."""
        body: WorkflowKind = self.document.body
        return body

    def doer(self, entity: Entity) -> Doer:
        """Return what its actions are done by, for records of an entity."""
        return Doer("workflow", self.id, self.document.name, self.document.label, entity)

    def first(self) -> Standing | End:
        """Return the first step."""
        return self.by_pointer.get("/steps/0") or "thread"

    def after(self, step: Standing) -> Standing | End:
        """Return what comes after a step, out of the step around it if need be."""
        head, _, index = step.pointer.rpartition("/")
        return self.by_pointer.get(f"{head}/{int(index) + 1}") or self._behind(step.outer, head)

    def into(self, step: Standing, part: str) -> Standing | End:
        """Return the first step of a list inside a step (``/paths/0/steps``), or what comes after that list when it is empty."""
        head = step.pointer + part
        return self.by_pointer.get(f"{head}/0") or self._behind(step, head)

    def _behind(self, outer: Standing | None, head: str) -> Standing | End:
        if outer is None or outer.step.type in FORKS:
            return "thread"
        if head.endswith(REJECTED):
            return self.steps[outer.step.reject.removeprefix(BACK)] if outer.step.reject.startswith(BACK) else "rejected"
        return self.after(outer)


def goals_of(body: WorkflowKind, model: Model) -> Iterator[Standing]:
    """Yield the steps to which an instance can be taken: those that every one comes to for its own record, outside of paths side by side."""
    for standing in steps_in(body, model):
        if not any(outer.step.type in FORKS for outer in standing.enclosing()):
            yield standing


def called(step: Any) -> Text:
    """Return what people call a step."""
    label: Text = getattr(step, "label", None) or getattr(step, "title", None) or step.LABEL
    return label


def make_flow(uow: UnitOfWork, version: str, document: Document) -> Flow:
    """Return a document as it is run. Raises Invalid where its entity, or that of a step, is no more."""
    entity = uow.model.find_entity(document.body.entity)
    standings = {each.pointer: each for each in steps_in(document.body, uow.model)}
    if entity is None or any(each.entity is None for each in standings.values()):
        message = say("What this workflow is about is no longer there.", "此流程所针对的内容已不存在。")
        raise Invalid(Problem("/entity", "no_such_entity", message, say("Cancel what runs of it.", "请取消正在运行的实例。")))
    return Flow(version, document, entity, {s.step.id: s for s in standings.values()}, standings)


def flow_of(uow: UnitOfWork, version: str) -> Flow:
    """Return a version of a workflow, read once for each release."""
    known: dict[str, Flow] = uow.model.cache.setdefault("flows", {})
    if version not in known:
        json = uow.connection.execute(select(versions.c.json).where(versions.c.id == version)).scalar_one()
        known[version] = make_flow(uow, version, reread(json))
    return known[version]


def version_id(document: Document) -> str:
    """Return the id of the version that a document is."""
    digest = hashlib.sha256(orjson.dumps(document.json, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
    return f"{document.id}:{digest}"


def version_of(uow: UnitOfWork, document: Document) -> Flow:
    """Return a workflow of the release as the version that instances begin with, kept for as long as they run."""
    known: dict[str, Flow] = uow.model.cache.setdefault("flows_now", {})
    found = known.get(document.id)
    if found is None:
        found = known[document.id] = make_flow(uow, version_id(document), document)
    row = {"id": found.version, "workflow": document.id, "release": uow.model.release, "at": uow.now, "json": document.json}
    uow.connection.execute(insert_into(versions, uow.dialect).values(row).on_conflict_do_nothing(index_elements=["id"]))
    return found
