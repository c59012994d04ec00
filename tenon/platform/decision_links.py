"""Links in mails that open one decision for one person: used once, dead after some days, and only a press of a button decides.

The token stands behind # in the address: browsers send it to no server, into no log and in no Referer; the page posts it. Opening the
link reads only, so what scans mails does nothing by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Index, Table, delete, insert, select, update

from tenon.engine.approvals.telling import MAIL
from tenon.engine.columns import CodeText, Moment
from tenon.engine.context import Context
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.notices.telling import contexts_of, titles
from tenon.engine.outside import Mail
from tenon.engine.store import metadata
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.advancing import OpenWrite
from tenon.engine.workflows.tables import human_tasks, task_people
from tenon.metamodel.errors import Problem, Unauthenticated
from tenon.metamodel.labels import Text, say
from tenon.platform.clock import real_now
from tenon.platform.secrets import hash_token, new_token

LIFETIME = timedelta(days=7)
PATH = "/decide#"

decision_links = Table(
    "tenon_decision_link", metadata, Column("id", CodeText(), primary_key=True), Column("task", CodeText(), nullable=False),
    Column("person", CodeText(), nullable=False), Column("expires_at", Moment(), nullable=False), Column("used_at", Moment()),
    Index("ix_tenon_decision_link_expires_at", "expires_at"), Index("ix_tenon_decision_link_task", "task", "person"),
)
"""A link to a task for one person; ``id`` is the hash of its token."""


@dataclass(frozen=True)
class Opened:
    """What a living link is for: a task and the person, who acts by it."""

    task: str
    ctx: Context


def make(connection: Connection, task: str, person: str, *, now: datetime | None = None) -> str:
    """Make a link's token and return it, this once; earlier ones for the same task and person no longer work."""
    token, moment = new_token(), now or real_now()
    connection.execute(delete(decision_links).where(decision_links.c.task == task, decision_links.c.person == person))
    connection.execute(insert(decision_links).values(id=hash_token(token), task=task, person=person, expires_at=moment + LIFETIME, used_at=None))
    return token


def open_link(uow: UnitOfWork, token: str, language: str | None = None) -> Opened:
    """Return what a link is for, without using it up. Raises Unauthenticated for one that does not work any more."""
    row = uow.connection.execute(select(decision_links).where(*_living(token))).first()
    ctx = contexts_of(uow, [row.person]).get(row.person) if row is not None else None
    if row is None or ctx is None:
        raise _dead()
    return Opened(row.task, ctx)


def use(uow: UnitOfWork, token: str) -> Opened:
    """Use a link up and return what it was for; of two at once only one gets it. Raises Unauthenticated."""
    found = open_link(uow, token)
    if uow.connection.execute(update(decision_links).where(*_living(token)).values(used_at=real_now())).rowcount != 1:
        raise _dead()
    return found


def forget_old(connection: Connection) -> None:
    """Delete links that are too old to work."""
    connection.execute(delete(decision_links).where(decision_links.c.expires_at <= real_now()))


def task_mail_jobs(open_write: OpenWrite, base_url: str) -> list[JobKind]:
    """Return the kind of job that mails somebody what waits for them, with a link to it."""

    def run(job: JobRun) -> dict[str, Any]:
        return _mail(job, open_write, base_url)

    return [JobKind(MAIL, run)]


def _mail(job: JobRun, open_write: OpenWrite, base_url: str) -> dict[str, Any]:
    """Make the link only now, so that its token stands in no queue; mail nothing about what was decided meanwhile."""
    task_id, person = str(job.payload["task"]), str(job.payload["person"])
    if not job.outside.mail.is_set_up:
        return {"sent": False}
    with open_write() as uow:
        asked = select(human_tasks).join(task_people, task_people.c.task == human_tasks.c.id).where(
            human_tasks.c.id == task_id, human_tasks.c.state == "open", task_people.c.person == person, task_people.c.state == "open",
        )
        task, ctx = uow.connection.execute(asked).first(), contexts_of(uow, [person]).get(person)
        entity = uow.model.find_entity(task.entity) if task is not None else None
        if task is None or ctx is None or ctx.user is None or entity is None:
            return {"sent": False}
        title = titles(uow, ctx, entity, [task.record]).get(task.record) or entity.label.show(ctx.language)
        link = base_url.rstrip("/") + PATH + make(uow.connection, task_id, person)
        mail = _compose(job.id, ctx, Text.of(task.title).show(ctx.language), title, link)
    job.outside.mail.send(mail)
    return {"sent": True}


def _compose(job_id: str, ctx: Context, asked: str, title: str, link: str) -> Mail:
    assert ctx.user is not None
    subject = say("{asked}: {title}", "{asked}：{title}", asked=asked, title=title).show(ctx.language)
    text = say(
        "Hello {name},\n\n{asked} – {title} – waits for you.\n\nOpen it and decide:\n\n{link}\n\n"
        "The link is for you alone, works once and for seven days. Do not pass it on.\n",
        "{name}，您好：\n\n“{asked} – {title}”待您处理。\n\n打开链接进行处理：\n\n{link}\n\n此链接仅供您本人使用，七天内有效且只能使用一次，请勿转发。\n",
        name=ctx.user.name, asked=asked, title=title, link=link,
    ).show(ctx.language)
    return Mail(job_id, ctx.user.email, subject.replace("\n", " ")[:200], text)


def _living(token: str) -> tuple[Any, ...]:
    links = decision_links.c
    return links.id == hash_token(token), links.used_at.is_(None), links.expires_at > real_now()


def _dead() -> Unauthenticated:
    message = say("This link no longer works: it was used already or is too old.", "此链接已失效：已被使用或已过期。")
    return Unauthenticated(Problem("", "refused", message, say("Sign in and look at your inbox.", "请登录后在待办中处理。")))
