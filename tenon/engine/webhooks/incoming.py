"""Webhooks in: the address of a rule, and what a call there does: a record is found or made, and the rule is woken for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from tenon.engine.context import Cause, Context
from tenon.engine.records import writing
from tenon.engine.rules.book import Rule, book_of
from tenon.engine.rules.triggers.webhook import Called
from tenon.engine.sql.inserting import insert_into
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.payloads import to_text
from tenon.engine.webhooks.table import hook_calls, hooks
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem, not_found, pointer_of
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.labels import say
from tenon.metamodel.triggers.webhook import Webhook

KEPT_FOR = timedelta(days=30)
LONGEST_CALL, MOST_FACTS = 200, 4_000
_ABSENT = object()


def rule_with_hook(uow: UnitOfWork, name: str) -> Document:
    """Return a rule that another system may wake. Raises NotFound, Invalid."""
    document = uow.model.get("rule", name)
    if not isinstance(document.body.trigger, Webhook):
        message = say("No call wakes this rule.", "该规则不由外部调用触发。")
        raise Invalid(Problem("/trigger/type", "refused", message, say("Give it the trigger webhook and publish it.", "请将触发方式改为 webhook 并发布。")))
    return document


def hook_of(uow: UnitOfWork, rule_id: str) -> dict[str, Any] | None:
    """Return the address that a rule has, None where it has none yet."""
    row = uow.connection.execute(select(hooks).where(hooks.c.rule == rule_id)).mappings().first()
    return dict(row) if row is not None else None


def renew(uow: UnitOfWork, ctx: Context, rule_id: str, token_hash: str) -> None:
    """Give a rule another address and another secret; the ones before are dead at once."""
    found = hook_of(uow, rule_id)
    uow.connection.execute(delete(hooks).where(hooks.c.rule == rule_id))
    row = {"rule": rule_id, "token": token_hash, "version": found["version"] + 1 if found else 1, "created_by": ctx.user_id, "created_at": uow.real_now, "last_at": None}
    uow.connection.execute(insert(hooks).values(row))


def close(uow: UnitOfWork, rule_id: str) -> None:
    """Take the address of a rule away."""
    uow.connection.execute(delete(hooks).where(hooks.c.rule == rule_id))


def key_of(uow: UnitOfWork, hook: Mapping[str, Any]) -> bytes:
    """Return the key that calls of an address are signed with."""
    return uow.outside.secrets.key(f"hook:{hook['rule']}:{hook['version']}")


def find(uow: UnitOfWork, token_hash: str) -> tuple[dict[str, Any], Rule]:
    """Return an address with its rule. Raises NotFound for one that is not there (any more), or whose rule rests."""
    row = uow.connection.execute(select(hooks).where(hooks.c.token == token_hash)).mappings().first()
    rule = book_of(uow.model).rules.get(row["rule"]) if row is not None else None
    if row is None or rule is None or not isinstance(rule.body.trigger, Webhook):
        raise not_found()
    return dict(row), rule


def take(uow: UnitOfWork, rule: Rule, call: str | None, payload: Any) -> dict[str, Any]:
    """Do what a call asks for, once for its id, and return the answer; a second one of that id gets the first answer. Raises Invalid."""
    if call is not None and not _is_first(uow, rule, call):
        found: dict[str, Any] = uow.connection.execute(select(hook_calls.c.answer).where(*_of(rule, call))).scalar_one()
        return found
    ctx = Context(None, "en", Cause("api", rule.id, rule.document.name), is_system=True)
    record, is_new = _record(uow, ctx, rule, payload)
    answer = {"record": {"entity": rule.entity.name, "id": record} if record is not None else None, "created": is_new}
    if call is not None:
        uow.connection.execute(update(hook_calls).where(*_of(rule, call)).values(answer=answer))
    uow.connection.execute(update(hooks).where(hooks.c.rule == rule.id).values(last_at=uow.real_now))
    if record is not None:
        uow.notes["acting"] = ctx
        uow.tell(Called(rule.id, record, {"call": call, "payload": to_text(payload)[:MOST_FACTS]}))
    return answer


def _is_first(uow: UnitOfWork, rule: Rule, call: str) -> bool:
    """Note a call; False when it was noted before: another one of the same moment waits here for the end of the first."""
    statement = insert_into(hook_calls, uow.dialect).on_conflict_do_nothing()
    noted = statement.values({"rule": rule.id, "call": call, "at": uow.real_now, "answer": {}}).returning(hook_calls.c.call)
    return uow.connection.execute(noted).first() is not None


def _of(rule: Rule, call: str) -> tuple[ColumnElement[bool], ...]:
    return hook_calls.c.rule == rule.id, hook_calls.c.call == call


def forget_old(connection: Connection, real_now: datetime) -> int:
    """Forget calls of 30 days ago; return how many."""
    return connection.execute(delete(hook_calls).where(hook_calls.c.at < real_now - KEPT_FOR)).rowcount


def at_place(payload: Any, place: str, absent: Any = None) -> Any:
    """Return what stands at a place of what was sent: ``data.items.0.id``; ``absent`` where there is nothing."""
    found = payload
    for step in place.split("."):
        if isinstance(found, dict):
            found = found.get(step, absent)
        elif isinstance(found, list) and step.isascii() and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        else:
            return absent
    return found


def places_of(sample: Any, before: str = "", most: int = 100) -> list[tuple[str, Any]]:
    """Return where single values stand in a sample of what is sent, each with its value; of lists the first."""
    if isinstance(sample, dict):
        inner: list[tuple[str, Any]] = [(str(key), value) for key, value in sample.items() if key and "." not in str(key)]
    elif isinstance(sample, list):
        inner = [("0", sample[0])] if sample else []
    else:
        return [(before, sample)] if before else []
    found = [place for key, value in inner for place in places_of(value, f"{before}.{key}" if before else key, most)]
    return found[:most]


def _record(uow: UnitOfWork, ctx: Context, rule: Rule, payload: Any) -> tuple[str | None, bool]:
    """Return the record that a call is about, with what it takes written to it, and whether it was made."""
    trigger = rule.body.trigger
    assert isinstance(trigger, Webhook)
    places = {rule.entity.get_field(each.field).name: each.place for each in trigger.take}
    values = {name: value for name, place in places.items() if (value := at_place(payload, place, _ABSENT)) is not _ABSENT}
    found = _match(uow, rule, trigger, payload)
    if found is None and not trigger.make_new:
        return None, False
    if trigger.match is not None:
        places.setdefault(rule.entity.get_field(trigger.match.field).name, trigger.match.place)
    try:
        if found is None:
            made = {name: value for name, place in places.items() if (value := at_place(payload, place)) is not None}
            return writing.create(uow, ctx, rule.entity, made), True
        if values:
            writing.change(uow, ctx, rule.entity, found, values)
        return found, False
    except Invalid as error:
        raise Invalid([_in_body(each, places) for each in error.problems]) from None


def _in_body(problem: Problem, places: Mapping[str, str]) -> Problem:
    """Return a problem of a field at the place of the body that it took its value from."""
    name, _, rest = problem.path.removeprefix("/").partition("/")
    return replace(problem, path=pointer_of(places[name].split(".")) + (f"/{rest}" if rest else "")) if name in places else problem


def _match(uow: UnitOfWork, rule: Rule, trigger: Webhook, payload: Any) -> str | None:
    if trigger.match is None:
        return None
    field, sent = rule.entity.get_field(trigger.match.field), at_place(payload, trigger.match.place)
    if sent is None or isinstance(sent, dict | list):
        return None
    table = uow.tables.of(rule.entity)
    if field.name == "id":
        wanted = table.c.id == str(sent)
    else:
        try:
            wanted = table.c[field.column] == field.spec.clean(sent, uow.place)
        except BadValue:
            return None
    found: str | None = uow.connection.execute(select(table.c.id).where(wanted, table.c.deleted_at.is_(None)).order_by(table.c.id).limit(1)).scalar()
    return found
