"""Notices by mail as well: for those who asked for it, where mail is set up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from tenon.engine.outbox.queue import NewDelivery, put_all
from tenon.engine.people import users
from tenon.engine.records.events import Written
from tenon.engine.records.stored import load
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.labels import say

OFF, ALERTS, ALL = "off", "alerts", "all"
CHOICES = (OFF, ALERTS, ALL)
KIND = "notice"
PRESSING = ("warning", "urgent")
ABOUT = ("alert", "task")


def choice_of(uow: UnitOfWork, user_id: str) -> str:
    """Return which notices somebody gets by mail: none (off), those of alerts and tasks and important ones (alerts), or all."""
    return str(uow.connection.execute(select(users.c.notices_by_mail).where(users.c.id == user_id)).scalar() or OFF)


def choose(uow: UnitOfWork, user_id: str, choice: str) -> None:
    """Keep which notices somebody gets by mail; raises ValueError for no such choice."""
    if choice not in CHOICES:
        raise ValueError(choice)
    uow.connection.execute(update(users).where(users.c.id == user_id).values(notices_by_mail=None if choice == OFF else choice))


def hear_notices(uow: UnitOfWork, event: object) -> None:
    """Put notices that were written into the outbox for those of their recipients who want them by mail."""
    if isinstance(event, Written) and event.action == "create" and event.entity.name == "notice" and uow.outside.mail.is_set_up:
        _mail(uow, list(load(uow, event.entity, event.ids).values()))


def _mail(uow: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    told = {row["recipient"] for row in rows if row.get("recipient")}
    wanted = (users.c.id.in_(id_set(uow.dialect, told)), users.c.state == "active", users.c.notices_by_mail.is_not(None))
    found = uow.connection.execute(select(users.c.id, users.c.email, users.c.language, users.c.notices_by_mail).where(*wanted)).all() if told else []
    people = {row.id: row for row in found}
    new = [_delivery(uow, row, people[row["recipient"]]) for row in rows if row.get("recipient") in people and _is_wanted(uow, row, people[row["recipient"]].notices_by_mail)]
    if new:
        put_all(uow.connection, new)


def _about(uow: UnitOfWork, row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the entity (a name) and the record that a notice is about."""
    entity = uow.model.find_entity(row["record"][0]) if row.get("record") else None
    return (entity.name, str(row["record"][1])) if entity is not None else None


def _is_wanted(uow: UnitOfWork, row: Mapping[str, Any], choice: str) -> bool:
    about = _about(uow, row)
    return choice == ALL or row.get("level") in PRESSING or (about is not None and about[0] in ABOUT)


def _delivery(uow: UnitOfWork, row: Mapping[str, Any], person: Any) -> NewDelivery:
    entity, record = _about(uow, row) or (None, None)
    base = uow.outside.base_url.rstrip("/")
    link = f"{base}/records/{entity}/{record}" if base and entity else ""
    why = say("You get this by mail because your settings say so: {where}", "您在个人设置中开启了邮件提醒：{where}", where=f"{base}/settings")
    text = "\n\n".join(part for part in (row["title"], row.get("text"), link, why.show(person.language)) if part)
    payload = {"to": person.email, "subject": row["title"], "text": text}
    return NewDelivery(KIND, "email", f"{person.email}: {row['title']}", payload, order_key=f"email:{person.email}", entity=entity, record=record)
