"""What a node gets to do: tokens of one version that stand at the same step, and the ways on from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenon.engine.calendars import calendar_of, due_after
from tenon.engine.context import Cause, Context, system_context
from tenon.engine.rules.acting import Acting, role_context, role_named
from tenon.engine.rules.work import Work
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows import ending, token
from tenon.engine.workflows.flow import Flow, called
from tenon.engine.workflows.token import Token, Waits
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity
from tenon.metamodel.steps_inside import Standing

LENGTHS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@dataclass
class Batch:
    """Tokens at one step; ``by`` is who started each instance, by its id."""

    uow: UnitOfWork
    flow: Flow
    standing: Standing
    tokens: list[Token]
    by: dict[str, str | None]
    language: str

    @property
    def step(self) -> Any:
        """The step."""
        return self.standing.step

    @property
    def entity(self) -> Entity:
        """The entity of the records at this step."""
        assert self.standing.entity is not None
        return self.standing.entity

    @property
    def label(self) -> Text:
        """What people call the step."""
        return called(self.step)

    @property
    def title(self) -> Text:
        """What people are asked to do."""
        title: Text = getattr(self.step, "title", None) or getattr(self.step, "label", None) or self.step.LABEL
        return title

    def leave(self, leaving: Sequence[Token], outcome: str | None = None, *, part: str | None = None, effects: dict[str, dict[str, Any]] | None = None) -> None:
        """Let tokens go on: after the step, or into a list inside it (``part``); what was done for each stands in its path."""
        if not leaving:
            return
        ending.note(self.uow, self.flow, leaving, outcome, effects or {})
        goal = self.flow.after(self.standing) if part is None else self.flow.into(self.standing, part)
        if goal == "thread":
            ending.finish_thread(self.uow, self.flow, leaving)
        elif goal == "rejected":
            ending.end(self.uow, [t.instance for t in leaving], "exited", "rejected")
        elif isinstance(goal, Standing):
            token.move(self.uow, leaving, goal.step.id)

    def go_to(self, going: Sequence[Token], step: str, outcome: str) -> None:
        """Let tokens stand at another step, an earlier one."""
        ending.note(self.uow, self.flow, going, outcome, {})
        token.move(self.uow, going, step)

    def wait(self, waiting: Sequence[Token], for_: Waits, *, due_at: datetime | None = None, event: str | None = None) -> None:
        """Put tokens to wait at the step; a changed record wakes them where they wait for a condition, or where the workflow may be given up."""
        listens = for_ == "condition" or self.flow.body.exit_when is not None
        token.wait(self.uow, waiting, for_, due_at=due_at, event=event, listens=listens)

    def fork(self, paths: Sequence[tuple[Token, str, Entity, str]]) -> None:
        """Place a token for each path: whose it is, its first step, the entity and the record it is about; the parent waits for their ends.

        Raises Invalid where an instance would stand at too many places.
        """
        token.require_room(self.uow, Counter(parent.instance for parent, *_ in paths), self.standing.pointer, self.label)
        token.place(self.uow, [
            {
                "id": self.uow.new_id(), "instance": parent.instance, "workflow": parent.workflow, "version": parent.version, "entity": entity.id, "record": record,
                "step": step, "parent": parent.id, "root": parent.root, "depth": parent.depth,
            }
            for parent, step, entity, record in paths
        ])

    def works(self, tokens: Sequence[Token] | None = None) -> Iterator[tuple[Work, dict[str, Token]]]:
        """Yield what actions are given: who acts for which records, with the token of each; no record is in one of them twice."""
        rest = list(self.tokens if tokens is None else tokens)
        while rest:
            taken: dict[str, Token] = {}
            later: list[Token] = []
            for each in rest:
                later.append(each) if each.record in taken else taken.update({each.record: each})
            chains: dict[tuple[str | None, str, int], dict[str, Token]] = {}
            for record, each in taken.items():
                chains.setdefault((self.by.get(each.instance), each.root, each.depth), {})[record] = each
            for (by, root, depth), of_chain in chains.items():
                yield from self._split(by, root, depth, of_chain)
            rest = later

    def _split(self, by: str | None, root: str, depth: int, of_chain: dict[str, Token]) -> Iterator[tuple[Work, dict[str, Token]]]:
        doer = self.flow.doer(self.entity)
        cause = Cause("workflow", doer.id, doer.name, root, depth + 1)
        for ctx, ids in Acting(self.flow.body.run_as, role_named(self.uow.model, self.flow.body), by, cause, self.language).split(self.uow, doer, list(of_chain)):
            yield Work(self.uow, ctx, doer, ids, {}, self.uow.new_id(), self.language), {record: of_chain[record] for record in ids}

    @property
    def reader(self) -> Context:
        """Who looks at records for the steps: the platform, or the role that the workflow acts as."""
        role = role_named(self.uow.model, self.flow.body)
        return system_context("workflow") if role is None else role_context(role)

    def plain_work(self, tokens: Sequence[Token]) -> Work:
        """Return the work of the platform itself over the records, for looking people up."""
        doer = self.flow.doer(self.entity)
        return Work(self.uow, system_context("workflow", language=self.language), doer, sorted({t.record for t in tokens}), {}, "", self.language)

    def after_hours(self, hours: float, *, business_hours: bool, since: datetime | None = None) -> datetime:
        """Return when hours from now, or since a moment, are over, counted as the workflow's calendar says."""
        return due_after(self.uow, hours, business_hours=business_hours, calendar=self.flow.body.calendar, since=since)

    def after(self, duration: str, *, business_hours: bool = False) -> datetime:
        """Return when a duration such as "3 days" is over; days of business hours are working days."""
        number, unit = duration.split(" ")
        count, unit = int(number), unit.removesuffix("s")
        if unit == "month":
            return self._months_on(count)
        if not business_hours:
            return self._zoned(count, unit)
        calendar = calendar_of(self.uow.model, self.flow.body.calendar, self.uow.timezone)
        if unit in ("day", "week"):
            return calendar.add_days(self.uow.now, count * (7 if unit == "week" else 1))
        return calendar.add_hours(self.uow.now, LENGTHS[unit] * count / timedelta(hours=1))

    def _zoned(self, count: int, unit: str) -> datetime:
        """Return a time later; a day is the same time of the next day, also when the clocks move."""
        if unit in ("minute", "hour"):
            return self.uow.now + LENGTHS[unit] * count
        return (self.uow.now.astimezone(self.uow.timezone) + LENGTHS[unit] * count).astimezone(self.uow.now.tzinfo)

    def _months_on(self, count: int) -> datetime:
        local = self.uow.now.astimezone(self.uow.timezone)
        months = local.month - 1 + count
        year, month = local.year + months // 12, months % 12 + 1
        last = (local.replace(year=year + month // 12, month=month % 12 + 1, day=1) - timedelta(days=1)).day
        return local.replace(year=year, month=month, day=min(local.day, last)).astimezone(self.uow.now.tzinfo)
