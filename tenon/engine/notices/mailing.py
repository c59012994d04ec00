"""Notices by mail as well: the urgent ones unless somebody chose otherwise. Each is a record of the log of messages, of its customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, update

from tenon.engine.context import system_context
from tenon.engine.messages.log import keep
from tenon.engine.outbox.queue import NewDelivery, put_all
from tenon.engine.people import users
from tenon.engine.records.events import Written
from tenon.engine.records.stored import load
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.labels import say

OFF, URGENT, ALERTS, ALL = "off", "urgent", "alerts", "all"
CHOICES = (OFF, URGENT, ALERTS, ALL)
KIND = "notice"
PRESSING = ("warning", "urgent")
ABOUT = ("alert", "task")
CUSTOMER = "customer"
NAMED = (CUSTOMER, *ABOUT)
UNNAMED = say("A notice", "一条提醒")
NO_MAIL = say("No mail is set up.", "尚未配置邮件。")


def choice_of(uow: UnitOfWork, user_id: str) -> str:
    """Return which notices somebody gets by mail: none (off), urgent ones as long as nothing was chosen, those of alerts and tasks and important ones (alerts), or all."""
    return str(uow.connection.execute(select(users.c.notices_by_mail).where(users.c.id == user_id)).scalar() or URGENT)


def choose(uow: UnitOfWork, user_id: str, choice: str) -> None:
    """Keep which notices somebody gets by mail; raises ValueError for no such choice."""
    if choice not in CHOICES:
        raise ValueError(choice)
    uow.connection.execute(update(users).where(users.c.id == user_id).values(notices_by_mail=choice))


def hear_notices(uow: UnitOfWork, event: object) -> None:
    """Put notices that were written into the outbox and the log of messages, for those of their recipients who want them by mail."""
    if isinstance(event, Written) and event.action == "create" and event.entity.name == "notice":
        _mail(uow, list(load(uow, event.entity, event.ids).values()))


def _mail(uow: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Mail what is wanted; where no mail is set up the log says that nothing went out."""
    told = {row["recipient"] for row in rows if row.get("recipient")}
    by_mail = func.coalesce(users.c.notices_by_mail, URGENT)
    wanted = (users.c.id.in_(id_set(uow.dialect, told)), users.c.state == "active", by_mail != OFF)
    found = uow.connection.execute(select(users.c.id, users.c.email, users.c.language, by_mail.label("by_mail")).where(*wanted)).all() if told else []
    people = {row.id: row for row in found}
    rows = [row for row in rows if row.get("recipient") in people and _is_wanted(uow, row, people[row["recipient"]].by_mail)]
    customers = _customers(uow, rows)
    new = [_delivery(uow, row, people[row["recipient"]]) for row in rows]
    logs = keep(uow, system_context(label=KIND), [_logged(uow, each, row, customers, people[row["recipient"]].language) for each, row in zip(new, rows, strict=True)])
    if new and uow.outside.mail.is_set_up:
        put_all(uow.connection, [replace(each, payload={**each.payload, "log": log}) for each, log in zip(new, logs, strict=True)])


def _about(uow: UnitOfWork, row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the entity (a name) and the record that a notice is about."""
    entity = uow.model.find_entity(row["record"][0]) if row.get("record") else None
    return (entity.name, str(row["record"][1])) if entity is not None else None


def _customers(uow: UnitOfWork, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the customer of each record that notices are about: itself, or whom it belongs to."""
    by_entity: dict[str, list[str]] = {}
    for about in filter(None, (_about(uow, row) for row in rows)):
        by_entity.setdefault(about[0], []).append(about[1])
    found = {id: id for id in by_entity.pop(CUSTOMER, ())}
    for name, ids in by_entity.items():
        for id, values in load(uow, uow.model.get_entity(name), ids).items():
            far = values.get("record")
            entity = uow.model.find_entity(far[0]) if far else None
            customer = values.get(CUSTOMER) or (far[1] if far and entity is not None and entity.name == CUSTOMER else None)
            found |= {id: str(customer)} if customer else {}
    return found


def _logged(uow: UnitOfWork, delivery: NewDelivery, row: Mapping[str, Any], customers: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return the record of the log of a mail: what it says stands in the notice, which its recipient alone reads, and so does of what record it is where others may not read that."""
    is_set_up, record = uow.outside.mail.is_set_up, delivery.record
    subject = row["title"] if delivery.entity in NAMED else UNNAMED.show(language)
    return {
        "channel": "email", "recipient": delivery.payload["to"], "subject": subject, "cause": KIND, "customer": customers.get(record or ""),
        "record": {"entity": delivery.entity, "id": record} if record and delivery.entity in NAMED else None, "state": "waiting" if is_set_up else "suppressed",
        "error": None if is_set_up else NO_MAIL.show(language),
    }  # fmt: skip


def _is_wanted(uow: UnitOfWork, row: Mapping[str, Any], choice: str) -> bool:
    about = _about(uow, row)
    if choice == URGENT:
        return row.get("level") == URGENT
    return choice == ALL or row.get("level") in PRESSING or (about is not None and about[0] in ABOUT)


def _delivery(uow: UnitOfWork, row: Mapping[str, Any], person: Any) -> NewDelivery:
    entity, record = _about(uow, row) or (None, None)
    base = uow.outside.base_url.rstrip("/")
    link = f"{base}/records/{entity}/{record}" if base and entity else ""
    why = say("You get this by mail because your settings say so: {where}", "您在个人设置中开启了邮件提醒：{where}", where=f"{base}/settings")
    text = "\n\n".join(part for part in (row["title"], row.get("text"), link, why.show(person.language)) if part)
    payload = {"to": person.email, "subject": row["title"], "text": text}
    return NewDelivery(KIND, "email", f"{person.email}: {row['title']}", payload, order_key=f"email:{person.email}", entity=entity, record=record)
