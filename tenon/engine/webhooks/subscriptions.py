"""Subscriptions: an address is told of events of entities, as far as a role may read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from tenon.engine.context import ADMIN, Context
from tenon.engine.jobs.table import show_time
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.table import webhooks
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model
from tenon.metamodel.names import suggest

# Asked with the beginning of every transaction, in the words of both databases: where nobody listens, no write has to look.
LISTENING = "(SELECT count(*) FROM tenon_webhook WHERE is_on)"
EVENTS = ("created", "updated", "deleted", "band_changed")
LONGEST_NAME, LONGEST_URL, MOST_EVENTS, MOST = 100, 2_000, 400, 200
BOTH_FOR = timedelta(hours=24)
"""So long after a change of its secret a webhook is signed with the one before, too."""


@dataclass(frozen=True)
class Webhook:
    """A subscription as it is stored; events are ``<entity id>.<event>``."""

    id: str
    name: str
    url: str
    events: frozenset[str]
    role: str | None
    is_on: bool
    off_because: str | None
    version: int
    changed_secret_at: datetime | None
    created_by: str | None
    created_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Webhook:
        """Return a row of the table."""
        return cls(**{**row, "events": frozenset(row["events"])})


def every(uow: UnitOfWork) -> list[Webhook]:
    """Return all subscriptions, oldest first."""
    return [Webhook.of(dict(row)) for row in uow.connection.execute(select(webhooks).order_by(webhooks.c.id)).mappings()]


def get(uow: UnitOfWork, id: str) -> Webhook:
    """Return a subscription. Raises NotFound."""
    row = uow.connection.execute(select(webhooks).where(webhooks.c.id == id)).mappings().first()
    if row is None:
        raise not_found()
    return Webhook.of(dict(row))


def listening(uow: UnitOfWork) -> list[Webhook]:
    """Return the subscriptions that are on, read once a transaction, and not where none was on at its beginning."""
    if not uow.has_webhooks:
        return []
    found: list[Webhook] | None = uow.notes.get("webhooks")
    if found is None:
        rows = uow.connection.execute(select(webhooks).where(webhooks.c.is_on).order_by(webhooks.c.id)).mappings()
        found = uow.notes["webhooks"] = [Webhook.of(dict(row)) for row in rows]
    return found


def create(uow: UnitOfWork, ctx: Context, values: Mapping[str, Any]) -> Webhook:
    """Make a subscription of ``name``, ``url``, ``events`` (``customer.created``), ``role`` and ``active``. Raises Invalid."""
    if len(every(uow)) >= MOST:
        raise Invalid(Problem("", "over_limit", say("There are {n} webhooks already.", "已有 {n} 个 Webhook。", n=MOST), say("Delete one.", "请先删除一个。")))
    row = {
        "id": uow.new_id(), "name": "", "role": None, "is_on": True, "off_because": None, "version": 1, "changed_secret_at": None, "created_by": ctx.user_id,
        "created_at": uow.real_now, "url": "", "events": [], **_read(uow, {"url": "", "events": [], "role": None, **values}),
    }
    row["name"] = row["name"] or str(row["url"]).partition("://")[2].partition("/")[0][:LONGEST_NAME]
    uow.connection.execute(insert(webhooks).values(row))
    _read_anew(uow)
    return get(uow, row["id"])


def change(uow: UnitOfWork, id: str, values: Mapping[str, Any]) -> Webhook:
    """Change a subscription; what is turned on again begins anew. Raises NotFound, Invalid."""
    get(uow, id)
    changed = _read(uow, values)
    if changed:
        uow.connection.execute(update(webhooks).where(webhooks.c.id == id).values({**changed, **({"off_because": None} if "is_on" in changed else {})}))
    _read_anew(uow)
    return get(uow, id)


def remove(uow: UnitOfWork, id: str) -> None:
    """Delete a subscription; what waits for it becomes a dead letter when its turn comes. Raises NotFound."""
    get(uow, id)
    uow.connection.execute(delete(webhooks).where(webhooks.c.id == id))


def rotate(uow: UnitOfWork, id: str) -> Webhook:
    """Give a subscription another secret; the one before counts beside it for a day. Raises NotFound."""
    found = get(uow, id)
    uow.connection.execute(update(webhooks).where(webhooks.c.id == id).values({"version": found.version + 1, "changed_secret_at": uow.real_now}))
    return get(uow, id)


def switch_off(uow: UnitOfWork, id: str, why: str) -> None:
    """Turn a subscription off."""
    uow.connection.execute(update(webhooks).where(webhooks.c.id == id).values({"is_on": False, "off_because": why}))


def _read_anew(uow: UnitOfWork) -> None:
    uow.notes.pop("webhooks", None)
    uow.has_webhooks = True


def keys_of(uow: UnitOfWork, webhook: Webhook) -> list[bytes]:
    """Return the keys that its calls are signed with, the newest first."""
    secrets, real_now = uow.outside.secrets, uow.outside.clock.real_now()
    found = [secrets.key(f"webhook:{webhook.id}:{webhook.version}")]
    if webhook.changed_secret_at is not None and real_now - webhook.changed_secret_at < BOTH_FOR:
        found.append(secrets.key(f"webhook:{webhook.id}:{webhook.version - 1}"))
    return found


def webhook_json(model: Model, webhook: Webhook) -> dict[str, Any]:
    """Return a subscription as the API shows it; its secret is told when it is made or changed, and never again."""
    return {
        "id": webhook.id, "name": webhook.name, "url": webhook.url, "events": event_names(model, webhook.events), "role": role_name(model, webhook.role),
        "active": webhook.is_on, "off_because": webhook.off_because, "created_at": show_time(webhook.created_at),
    }


def event_names(model: Model, events: Sequence[str] | frozenset[str]) -> list[str]:
    """Return events by the present names of their entities; those of entities that are gone are left out."""
    split = [each.partition(".") for each in events]
    return sorted(f"{entity.name}.{event}" for id, _, event in split if (entity := model.entities_by_id.get(id)) is not None)


def role_name(model: Model, role: str | None) -> str | None:
    """Return the name of the role a subscription reads with; ``admin`` reads everything."""
    if role is None:
        return ADMIN
    found = next((d for d in model.all("role") if d.id == role), None)
    return found.name if found is not None else None


def _read(uow: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of sent values, each checked."""
    made: dict[str, Any] = {}
    problems: list[Problem] = []
    if "name" in values:
        made["name"] = str(values["name"] or "").strip()[:LONGEST_NAME]
    if "active" in values:
        made["is_on"] = values["active"] is True
    if "url" in values:
        made["url"] = str(values["url"] or "").strip()
        problems += _check_url(uow, made["url"])
    if "events" in values:
        made["events"], wrong = _read_events(uow.model, values["events"])
        problems += wrong
    if "role" in values:
        role = uow.model.find("role", str(values["role"])) if values["role"] not in (None, ADMIN) else None
        made["role"] = role.id if role is not None else None
        if values["role"] is None or (role is None and values["role"] != ADMIN):
            message = say("Name the role whose rights it reads with.", "请指定读取数据所用的角色。")
            problems.append(Problem("/role", "required", message, say("`admin` reads everything.", "`admin` 可读取全部数据。")))
    if problems:
        raise Invalid(problems)
    return made


def _check_url(uow: UnitOfWork, url: str) -> list[Problem]:
    if not url or len(url) > LONGEST_URL:
        return [Problem("/url", "required", say("A webhook needs an address.", "Webhook 需要地址。"), say("Write https://example.com/path.", "请填写如 https://example.com/path 的地址。"))]
    try:
        uow.outside.http.check(url)
    except Invalid as error:
        return list(error.problems)
    return []


def _read_events(model: Model, sent: Any) -> tuple[list[str], list[Problem]]:
    listed = sent if isinstance(sent, list | tuple) else []
    if not listed or len(listed) > MOST_EVENTS:
        message = say("Name 1 to {n} events.", "请选择 1 到 {n} 个事件。", n=MOST_EVENTS)
        return [], [Problem("/events", "required", message, say("Such as customer.created.", "例如 customer.created。"))]
    found, problems = [], []
    for index, each in enumerate(listed):
        name, _, event = str(each).partition(".")
        entity = model.entities.get(name)
        if entity is None or entity.is_system or event not in EVENTS:
            near = suggest(name, list(model.entities)) if entity is None else suggest(event, list(EVENTS))
            hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Write <entity>.<event>: {events}.", "格式为 <对象>.<事件>：{events}。", events=", ".join(EVENTS))
            problems.append(Problem(f"/events/{index}", "unknown_name", say("There is no event {name}.", "没有事件 {name}。", name=str(each)[:100]), hint))
        else:
            found.append(f"{entity.id}.{event}")
    return sorted(set(found)), problems
