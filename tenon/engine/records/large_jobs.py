"""The jobs of large writes: each range, and how far they are, in one transaction; a refused range takes the earlier ones back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from tenon.engine.context import Cause, Context
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.jobs.table import keep_problems
from tenon.engine.people import load_user
from tenon.engine.records import ranges
from tenon.engine.records.deleting import clear_part, delete_part, find_begun, restore_part
from tenon.engine.records.large import CHANGE, DELETE, RESTORE, UNDO
from tenon.engine.records.masses import change_part, find_meant, written_fields
from tenon.engine.records.ranges import OpenUnit, Range
from tenon.engine.records.undoing import undo_batch, undo_part
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field

REFUSED = (Invalid, Conflict, Forbidden, NotFound)
COUNTED = {CHANGE: "updated", DELETE: "deleted", RESTORE: "restored"}


def large_jobs(open_write: OpenUnit) -> list[JobKind]:
    """Return the kinds of jobs that change, delete, restore and take back any number of records."""
    writing = [JobKind(kind, lambda run: _Writing(run, open_write).run()) for kind in COUNTED]
    return [*writing, JobKind(UNDO, lambda run: _undo(run, open_write))]


@dataclass
class _Writing:
    """One attempt at a large write."""

    job: JobRun
    open_write: OpenUnit
    planned: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def run(self) -> dict[str, Any]:
        """Write what is left; a job that is asked to stop does so between ranges, and what it wrote stays."""
        state = self.job.checkpoint or {"written": 0, "skipped": 0, "done": 0}
        while "refused" not in state and not self.job.is_cancelled:
            try:
                following = self._step(state)
            except REFUSED as error:
                following = {**state, "refused": keep_problems(error.problems), "back": ""}
                self._save(following)
            if following is None:
                break
            state = following
        if "refused" in state:
            self._take_back(state)
        counts = {COUNTED[self.job.claim.kind]: state["written"], "skipped": state["skipped"]}
        return counts if self.job.claim.kind == RESTORE else {**counts, "batch": self.job.payload["batch"]}

    def _step(self, state: dict[str, Any]) -> dict[str, Any] | None:
        """Write the next range; return how far the job is then, None when nothing was left."""
        batch = self.job.payload["batch"]
        with self.open_write() as uow:
            found = ranges.first(uow, batch)
            if found is None:
                return None
            written, skipped = self._write(uow, context_of(uow, self.job), found)
            ranges.drop(uow, batch, found.number)
            following = {"written": state["written"] + written, "skipped": state["skipped"] + skipped, "done": state["done"] + len(found.records)}
            self.job.save(uow.connection, following, done=following["done"], total=self.job.payload["total"])
        return following

    def _save(self, state: dict[str, Any]) -> None:
        with self.open_write() as uow:
            self.job.save(uow.connection, state)

    def _write(self, uow: UnitOfWork, ctx: Context, found: Range) -> tuple[int, int]:
        """Write one range; return how many records of it were written, and how many not: gone, or no longer meant."""
        entity = uow.model.find_entity(found.entity)
        if entity is None:
            return 0, len(found.records)
        batch = self.job.payload["batch"]
        if found.step == "change":
            return self._change(uow, ctx, entity, found, batch)
        if found.step == "restore":
            back = restore_part(uow, ctx, entity, [record for record, in found.records])
            return back, len(found.records) - back
        if found.step == "clear":
            reference = entity.fields_by_id.get(str(found.field))
            if reference is not None:
                clear_part(uow, ctx, entity, reference, [(record, target) for record, target in found.records], batch)
            return 0, 0
        return self._delete(uow, ctx, entity, found, batch)

    def _change(self, uow: UnitOfWork, ctx: Context, entity: Entity, found: Range, batch: str) -> tuple[int, int]:
        payload = self.job.payload
        versions: dict[str, int] = {each[0]: each[1] for each in found.records}
        fields = written_fields(uow, ctx, entity, payload["values"])
        meant = find_meant(uow, ctx, entity, versions, payload["filter"], payload["search"], "update", fields)
        changed = change_part(uow, ctx, entity, sorted(meant), payload["values"], batch)
        return changed, len(versions) - changed

    def _delete(self, uow: UnitOfWork, ctx: Context, entity: Entity, found: Range, batch: str) -> tuple[int, int]:
        """Delete what is still meant; a record of which something is gone already goes wholly."""
        payload = self.job.payload
        versions = {root: version for _, root, version in found.records}
        begun = find_begun(uow, batch, versions)
        main = uow.model.get_entity(found.field or payload["entity"])
        meant = find_meant(uow, ctx, main, versions, payload.get("filter", ""), payload.get("search", ""), "delete", []) | begun
        gone = delete_part(uow, ctx, entity, {i: root for i, root, _ in found.records if root in meant}, batch, self._planned)
        own = sum(i == root for i, root, _ in found.records)
        return (gone, len(found.records) - gone) if own or payload.get("counts_all") else (0, 0)

    def _planned(self, near: Entity, reference: Field) -> Collection[str]:
        """Return the records that go, or are cleared, in ranges still to come, read once an attempt."""
        key = (near.id, reference.id)
        if key not in self.planned:
            with self.open_write() as uow:  # inside the range's transaction
                self.planned[key] = ranges.planned(uow, self.job.payload["batch"], *key)
        return self.planned[key]

    def _take_back(self, state: dict[str, Any]) -> None:
        """Take back what earlier ranges wrote, part by part, and raise what refused the write."""
        after: str | None = state["back"]
        while after is not None and self.job.claim.kind != RESTORE:
            with self.open_write() as uow:
                entity, batch = uow.model.get_entity(self.job.payload["entity"]), self.job.payload["batch"]
                acting = replace(context_of(uow, self.job, anybody=True), cause=Cause("system", batch, f"undo {batch}"), is_system=True)
                _, after = undo_batch(uow, acting, entity, batch, after=after)
                self.job.save(uow.connection, {**state, "back": after or ""})
        told = say("Nothing of this write stays: what it had written before was taken back.", "本次写入已全部撤回，不留任何改动。")
        if self.job.claim.kind == RESTORE:
            told = say("What was brought back stays; the rest is still in the trash.", "已恢复的记录保留，其余仍在回收站。")
        raise Conflict([*map(_read_problem, state["refused"]), Problem("", "conflict", told)])


def _undo(run: JobRun, open_write: OpenUnit) -> dict[str, Any]:
    """Take a batch back part by part."""
    state = run.checkpoint or {"after": "", "deleted": 0, "restored": 0}
    batch = run.payload["batch"]
    while state["after"] is not None and not run.is_cancelled:
        with open_write() as uow:
            counts, after = undo_part(uow, context_of(uow, run), uow.model.get_entity(run.payload["entity"]), batch, state["after"])
            state = {"after": after, **{n: state[n] + counts[n] for n in counts}}
            run.save(uow.connection, state, done=state["deleted"] + state["restored"], total=run.payload["total"])
    return {"deleted": state["deleted"], "restored": state["restored"]}


def context_of(uow: UnitOfWork, run: JobRun, *, anybody: bool = False) -> Context:
    """Return who acts: the person who asked for the write, with the rights of now. Raises Forbidden when they are no longer active."""
    payload = run.payload
    user = load_user(uow.connection, payload["user"]) if payload["user"] else None
    if user is None and not (payload["is_system"] or anybody):
        message = say("Who asked for this is no longer active.", "发起人已停用。")
        raise Forbidden(Problem("", "forbidden", message, say("Ask for it anew.", "请重新发起。")))
    return Context(user, payload["language"], Cause(**payload["cause"]), is_system=payload["is_system"])


def _read_problem(kept: dict[str, Any]) -> Problem:
    hint = Text.of(kept["hint"]) if kept.get("hint") else None
    return Problem(kept["path"], kept["code"], Text.of(kept["message"]), hint)
