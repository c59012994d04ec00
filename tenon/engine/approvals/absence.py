"""Being away: from when until when, and who acts meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from tenon.engine.approvals.tables import absences
from tenon.engine.people import users
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say

MOST_HOPS = 5


@dataclass(frozen=True)
class Absence:
    """When somebody is away, and who acts for them (an id)."""

    person: str
    delegate: str
    since: datetime
    until: datetime

    def covers(self, moment: datetime) -> bool:
        """True while they are away."""
        return self.since <= moment < self.until


def find(uow: UnitOfWork, person: str) -> Absence | None:
    """Return the absence of somebody that is or is to come, None without one."""
    row = uow.connection.execute(select(absences).where(absences.c.person == person, absences.c.until > uow.now)).first()
    return Absence(row.person, row.delegate, row.since, row.until) if row is not None else None


def set_away(uow: UnitOfWork, person: str, delegate: str, since: datetime, until: datetime) -> Absence:
    """Let somebody else act for a person who is away; it takes the place of what was set before. Raises Invalid."""
    known = uow.connection.execute(select(users.c.id).where(users.c.id == delegate, users.c.state == "active")).first()
    if known is None or delegate == person:
        message = say("Somebody else who is active has to act meanwhile.", "代理人应为其他在职人员。")
        raise Invalid(Problem("/delegate", "no_such_record", message, say("Choose another person.", "请选择其他人员。")))
    if until <= since or until <= uow.now:
        message = say("The end lies after the beginning, and after now.", "结束时间应晚于开始时间，且晚于当前时间。")
        raise Invalid(Problem("/until", "out_of_range", message, say("Choose a later end.", "请选择更晚的结束时间。")))
    clear(uow, person)
    uow.connection.execute(insert(absences).values(person=person, delegate=delegate, since=since, until=until, at=uow.now))
    return Absence(person, delegate, since, until)


def clear(uow: UnitOfWork, person: str) -> None:
    """Let a person be back."""
    uow.connection.execute(delete(absences).where(absences.c.person == person))


def stand_ins(uow: UnitOfWork, people: Collection[str]) -> dict[str, str]:
    """Return who acts now for those of the people who are away; whoever acts for them and is away too has somebody else act.

    Where everybody asked in turn is away, the person themselves stays asked.
    """
    if not people:
        return {}
    now = select(absences.c.person, absences.c.delegate).join(users, users.c.id == absences.c.delegate)
    away = now.where(absences.c.since <= uow.now, absences.c.until > uow.now, users.c.state == "active")
    acting: dict[str, str] = {row.person: row.delegate for row in uow.connection.execute(away)}
    found = {}
    for person in people:
        reached = person
        for _ in range(MOST_HOPS):
            if reached not in acting:
                break
            reached = acting[reached]
        if reached not in acting and reached != person:
            found[person] = reached
    return found
