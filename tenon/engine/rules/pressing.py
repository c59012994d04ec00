"""The buttons of rules: which are there for a record, pressing one, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.notices.telling import readable
from tenon.engine.records.save import allowed_ids
from tenon.engine.records.stored import load
from tenon.engine.rules.book import Rule, book_of
from tenon.engine.rules.expressions import read
from tenon.engine.rules.firing import root_of
from tenon.engine.rules.judging import holding
from tenon.engine.rules.tables import runs
from tenon.engine.rules.triggers.button import Pressed
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Forbidden, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.metamodel.triggers.button import Button


@dataclass(frozen=True)
class Came:
    """What came of a press so far: the records it was for, how many were left out, and the runs (state, reason, due, problem) of the rule."""

    rule: Rule
    root: str
    records: tuple[str, ...]
    left_out: int = 0


def buttons(uow: UnitOfWork, ctx: Context, entity: Entity) -> list[Rule]:
    """Return the rules with a button for records of an entity, those that somebody may press at least for some."""
    rights = rights_of(uow.model, ctx)
    if not rights.may(entity, "read") or not rights.may(entity, "update"):
        return []
    return [rule for rule in book_of(uow.model).of(entity, "after") if isinstance(rule.body.trigger, Button)]


def offered(uow: UnitOfWork, ctx: Context, entity: Entity, record: str) -> list[Rule]:
    """Return the rules whose button is there for a record: who acts may change it, and the condition of the button holds."""
    found = buttons(uow, ctx, entity)
    if not found or not may_change(uow, ctx, entity, [record]):
        return []
    facts = RecordFacts(uow, entity, {**load(uow, entity, [record]).get(record, {}), "id": record})

    def holds(rule: Rule) -> bool:
        when = getattr(rule.body.trigger, "when", None)
        return when is None or value_of(uow, read(uow.model, entity, when, "boolean"), facts, ctx.user) is True

    return [rule for rule in found if holds(rule)]


def press(uow: UnitOfWork, ctx: Context, name: str, record: str) -> Came:
    """Wake a rule by its button, for a record that who acts may read and change. Raises NotFound, Forbidden, Conflict."""
    entity = _pressed(uow, name).entity
    if record not in readable(uow, ctx, entity, [record], ()):
        raise not_found()
    if not may_change(uow, ctx, entity, [record]):
        message = say("You may not change this record.", "您无权修改此记录。")
        raise Forbidden(Problem("/record", "forbidden", message, say("Ask its owner.", "请联系记录负责人。")))
    came = press_all(uow, ctx, name, [record])
    if not came.records:
        message = say("This cannot be done with the record as it is.", "当前记录状态不允许执行此操作。")
        raise Conflict(Problem("/record", "conflict", message, say("Look at the record again.", "请刷新记录后再试。")))
    return came


def press_all(uow: UnitOfWork, ctx: Context, name: str, records: Sequence[str]) -> Came:
    """Wake a rule for those of some records for which its button is there. Raises NotFound, Forbidden."""
    rule = _pressed(uow, name)
    entity = rule.entity
    rights_of(uow.model, ctx).require(entity, "update")
    seen = readable(uow, ctx, entity, records, ())
    ids = may_change(uow, ctx, entity, [each for each in dict.fromkeys(records) if each in seen])
    when = getattr(rule.body.trigger, "when", None)
    if when is not None and ids:
        held = set(holding(uow, ctx, rule, read(uow.model, entity, when, "boolean"), ids))
        ids = [each for each in ids if each in held]
    uow.notes["acting"] = ctx
    if ids:
        uow.tell(Pressed(rule.id, tuple(ids)))
    return Came(rule, root_of(uow, ctx), tuple(ids), len(set(records)) - len(ids))


def runs_of(uow: UnitOfWork, came: Came) -> list[dict[str, Any]]:
    """Return the runs that a press brought about, oldest first."""
    wanted = select(runs.c.record, runs.c.state, runs.c.reason, runs.c.due_at, runs.c.problem).where(runs.c.root == came.root, runs.c.rule == came.rule.id).order_by(runs.c.id)
    return [dict(row) for row in uow.connection.execute(wanted).mappings()]


def _pressed(uow: UnitOfWork, key: str) -> Rule:
    """Return the rule of a button, by its name or id; one that starts a workflow has the id of that. Raises NotFound."""
    book = book_of(uow.model)
    rule = book.rules.get(key) or book.rules.get(uow.model.get("rule", key).id)
    if rule is None or not isinstance(rule.body.trigger, Button):
        raise not_found()
    return rule


def may_change(uow: UnitOfWork, ctx: Context, entity: Entity, ids: list[str]) -> list[str]:
    """Return those of some records that who acts may change. Raises Forbidden who may change none of the entity."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "update")
    allowed = allowed_ids(uow, rights, entity, ids, "update", [])
    return [each for each in ids if allowed is None or each in allowed]
