"""Trying a workflow on a record: the way it would take now, who would be asked and by when; nothing is written.

People are taken to agree, times to pass, and what is waited for to come: each such step says so. What actions would change is not
counted on: conditions are held against the record as it is. Of the records of a relation the first is walked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any, Literal

from tenon.engine.approvals.seating import people_for, role_asked
from tenon.engine.context import Context
from tenon.engine.evaluate_explain import explain
from tenon.engine.facts import RecordFacts
from tenon.engine.history import as_plain
from tenon.engine.records.stored import load
from tenon.engine.rules.expressions import read
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.batch import Batch
from tenon.engine.workflows.conditions import holding, values
from tenon.engine.workflows.flow import End, make_flow
from tenon.engine.workflows.nodes.for_each import records_of
from tenon.engine.workflows.token import AT_REST, Token
from tenon.metamodel.document import Document
from tenon.metamodel.errors import not_found
from tenon.metamodel.model import Entity
from tenon.metamodel.steps_inside import Standing
from tenon.metamodel.whom import Whom

MOST = 300
HUMAN = ("approval", "task", "form")
How = Literal["done", "asked", "time", "came", "awaited", "taken", "none", "beside", "each", "over", "flow"]


@dataclass(frozen=True)
class Held:
    """A condition held against the record: of which path, whether it holds, and its parts with their values."""

    path: str
    holds: bool
    tree: dict[str, Any]


@dataclass(frozen=True)
class Tried:
    """A step on the way: when it would be reached, how it would be left and when at the latest.

    ``how``: "done" at once, "asked" (``people`` by id, or a ``role``), "time" has to pass, what is waited for "came" already or is
    "awaited", a path was "taken" (its id) or "none", paths go "beside" each other, it is done for "each" of ``far`` records, it is "over",
    another "flow" runs.
    """

    step: str
    type: str
    at: datetime
    how: How
    until: datetime | None = None
    people: tuple[str, ...] = ()
    role: str | None = None
    taken: str | None = None
    held: tuple[Held, ...] = ()
    far: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trial:
    """The way of a record, and the condition under which the workflow gives it up."""

    steps: tuple[Tried, ...]
    given_up: Held | None
    is_cut: bool


def try_on(uow: UnitOfWork, ctx: Context, document: Document, record: str) -> Trial:
    """Return the way that a workflow, as the document says it, would take for a record. Raises NotFound, Invalid."""
    flow = make_flow(uow, "draft", document)
    stored = load(uow, flow.entity, [record]).get(record)
    if stored is None or stored.get("deleted_at") is not None:
        raise not_found()
    walk = _Walk(uow, ctx, document, record, stored)
    given_up = walk.hold(flow.entity, "", flow.body.exit_when) if flow.body.exit_when is not None else None
    walk.thread(flow.first(), uow.now)
    return Trial(tuple(walk.steps), given_up, len(walk.steps) >= MOST)


@dataclass
class _Walk:
    uow: UnitOfWork
    ctx: Context
    document: Document
    record: str
    stored: dict[str, Any]
    steps: list[Tried] = field(default_factory=list)
    is_over: bool = False

    def __post_init__(self) -> None:
        self.flow = make_flow(self.uow, "draft", self.document)

    def thread(self, standing: Standing | End, now: datetime) -> datetime:
        """Walk until a thread ends; return when that would be."""
        while isinstance(standing, Standing) and not self.is_over and len(self.steps) < MOST:
            found = self.look(standing, now)
            self.steps.append(found)
            standing, now = self.on(standing, found)
        return now

    def on(self, standing: Standing, found: Tried) -> tuple[Standing | End, datetime]:
        """Return what comes next, and when."""
        step, now = standing.step, found.until if found.until is not None and found.how != "awaited" else found.at
        if found.how == "over":
            self.is_over = True
        if found.how == "taken" and step.type == "branch":
            at = next(n for n, path in enumerate(step.paths) if path.id == found.taken)
            return self.flow.into(standing, f"/paths/{at}/steps"), now
        if found.how == "asked" and found.taken is not None:
            at = next(n for n, outcome in enumerate(step.outcomes) if outcome.id == found.taken)
            return self.flow.into(standing, f"/outcomes/{at}/steps"), now
        if found.how == "beside":
            ends = [self.thread(self.flow.into(standing, f"/paths/{at}/steps"), now) for at in range(len(step.paths))]
            now = min(ends) if step.wait == "any" else max(ends)
        if found.how == "each" and found.far:
            now = self.first_of(standing, found.far[0], now)
        return self.flow.after(standing), now

    def first_of(self, standing: Standing, record: str, now: datetime) -> datetime:
        """Walk the steps inside a step for each, for one record of the relation."""
        first = self.flow.into(standing, "/steps")
        if not isinstance(first, Standing) or first.entity is None:
            return now
        inner = _Walk(self.uow, self.ctx, self.document, record, load(self.uow, first.entity, [record])[record], self.steps)
        now = inner.thread(first, now)
        self.is_over = inner.is_over
        return now

    def look(self, standing: Standing, now: datetime) -> Tried:
        """Return how a step would be left that is reached at a moment."""
        step, batch = standing.step, self.batch(standing, now)
        plain = Tried(step.id, step.type, now, "done")
        if step.type in HUMAN:
            return self.ask(batch, plain)
        if step.type == "branch":
            held = tuple(self.paths(batch.entity, step))
            taken = next((h for h in held if h.holds), None)
            return replace(plain, how="taken" if taken is not None else "none", taken=taken.path if taken is not None else None, held=held)
        if step.type == "wait":
            return self.wait(batch, plain)
        if step.type == "for_each":
            return replace(plain, how="each", far=tuple(records_of(batch).get(self.record, ())))
        how: dict[str, How] = {"parallel": "beside", "end": "over", "subflow": "flow"}
        return replace(plain, how=how.get(step.type, "done"))

    def batch(self, standing: Standing, now: datetime) -> Batch:
        entity = standing.entity or self.flow.entity
        token = Token("", "", self.document.id, "draft", entity.id, self.record, standing.step.id, parent=None, root="", depth=0, at=now, **AT_REST)
        return Batch(replace(self.uow, now=now), self.flow, standing, [token], {}, self.ctx.language)

    def ask(self, batch: Batch, plain: Tried) -> Tried:
        step = batch.step
        whom = step.approvers if step.type == "approval" else step.assign_to
        listed = [whom] if isinstance(whom, Whom) else list(whom)
        until = batch.after_hours(step.due_hours, business_hours=step.business_hours) if step.due_hours is not None else None
        people = tuple(people_for(batch, batch.tokens, listed)[self.record])
        role = role_asked(batch, listed[0]) if len(listed) == 1 else None
        taken = step.outcomes[0].id if step.type == "task" and step.outcomes else None
        return replace(plain, how="asked", until=until, people=people, role=role, taken=taken)

    def wait(self, batch: Batch, plain: Tried) -> Tried:
        step = batch.step
        if step.when is not None:
            held = self.hold(batch.entity, "", step.when)
            return replace(plain, how="came", held=(held,)) if held.holds else replace(plain, how="awaited", until=self.late(batch), held=(held,))
        if step.event is not None:
            return replace(plain, how="awaited", until=self.late(batch))
        if step.for_ is not None:
            return replace(plain, how="time", until=batch.after(step.for_, business_hours=step.business_hours))
        value = values(self.uow, batch.entity, step.until, [self.record]).get(self.record) if step.until is not None else None
        moment = value.astimezone(UTC) if isinstance(value, datetime) else datetime.combine(value, time(), self.uow.timezone).astimezone(UTC) if isinstance(value, date) else None
        return replace(plain, how="time", until=moment if moment is not None and moment > plain.at else None)

    def late(self, batch: Batch) -> datetime | None:
        step = batch.step
        return batch.after(step.or_after.for_, business_hours=step.business_hours) if step.or_after is not None else None

    def paths(self, entity: Entity, step: Any) -> Iterator[Held]:
        """Yield the conditions of paths up to the one that is taken."""
        for path in step.paths:
            held = self.hold(entity, path.id, path.when) if path.when is not None else Held(path.id, True, {})
            yield held
            if held.holds:
                return

    def hold(self, entity: Entity, path: str, text: str) -> Held:
        condition = read(self.uow.model, entity, text, "boolean")
        facts = RecordFacts(self.uow, entity, {**self.stored, "id": self.record})
        tree = explain(condition, facts, now=self.uow.now, timezone=self.uow.timezone, today=self.uow.today, user=self.ctx.user)
        return Held(path, self.record in holding(self.uow, entity, text, [self.record]), _plain(tree))


def _plain(tree: dict[str, Any]) -> dict[str, Any]:
    parts = [_plain(part) for part in tree.get("parts", ())]
    return {**tree, "value": as_plain(tree.get("value")), **({"parts": parts} if parts else {})}

