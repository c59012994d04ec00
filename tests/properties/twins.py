"""Two workspaces that differ only in what a restricted reader may not see: everything they are told has to be the same."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tenon.engine.outside import Outside, fake_outside
from tenon.engine.people import users
from tenon.engine.releases import publish_documents
from tenon.engine.webhooks import subscriptions
from tenon.metamodel.errors import NotFound
from tenon.platform import tokens
from tenon.platform.api.app import create_api
from tenon.platform.boot import make_worker, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tests.shop import SYSTEM, Shop, options

ME, OTHER = "00000000-0000-7000-8000-0000000000a1", "00000000-0000-7000-8000-0000000000a2"
HIDDEN = ("secret", "pay", "double", "shout", "vault", "keyed", "wealth_score", "wealth_band", "wealthy")
PARTLY = ("bonus", "grade", "friends", "since", "note", "twice_bonus", "linked", "luck_score", "luck_band", "luck_at", "lucky")
MASKED = ("phone", "mail", "hint", "size")
OPEN = ("name", "level", "boss", "owner", "kind", "id", "version", "created_at", "code")

PERSON: dict[str, Any] = {
    "kind": "entity", "name": "person", "title": "name", "search": ["name", "secret", "note", "hint"], "keys": [["code"], ["keyed"]], "fields": [
        {"name": "name", "type": "text"}, {"name": "code", "type": "text"}, {"name": "keyed", "type": "text"},
        {"name": "level", "type": "integer"}, {"name": "kind", "type": "choice", "options": options("x", "y", "z")},
        {"name": "boss", "type": "reference", "entity": "person", "on_delete": "clear", "reverse": {"name": "staff", "label": {"en": "Staff"}}},
        {"name": "secret", "type": "text"}, {"name": "pay", "type": "money", "currency": "CNY"},
        {"name": "vault", "type": "reference", "entity": "vault", "reverse": {"name": "keepers", "label": {"en": "Keepers"}}},
        {"name": "bonus", "type": "money", "currency": "CNY"}, {"name": "grade", "type": "choice", "options": options("low", "mid", "high")},
        {"name": "friends", "type": "references", "entity": "person", "on_delete": "clear", "reverse": {"name": "liked_by", "label": {"en": "Liked"}}},
        {"name": "linked", "type": "any_reference", "entities": ["person", "vault"], "on_delete": "clear", "reverse": {"name": "linkers", "label": {"en": "Linkers"}}},
        {"name": "since", "type": "date"}, {"name": "note", "type": "long_text"},
        {"name": "phone", "type": "phone"}, {"name": "mail", "type": "email"}, {"name": "hint", "type": "text"}, {"name": "size", "type": "integer"},
        {"name": "double", "type": "formula", "expr": "pay * 2"}, {"name": "shout", "type": "formula", "expr": "concat(secret, name)"},
        {"name": "twice_bonus", "type": "formula", "expr": "bonus * 2"}, {"name": "loud", "type": "formula", "expr": "upper(name)"},
        {"name": "wealthy", "type": "formula", "expr": "wealth_score + 1"}, {"name": "lucky", "type": "formula", "expr": "luck_score * 2"},
    ],
}
DEAL: dict[str, Any] = {
    "kind": "entity", "name": "deal", "title": "title", "features": ["timeline"], "fields": [
        {"name": "title", "type": "text"}, {"name": "amount", "type": "money", "currency": "CNY"}, {"name": "open", "type": "boolean"},
        {"name": "memo", "type": "text"}, {"name": "person", "type": "reference", "entity": "person", "on_delete": "clear", "reverse": {"name": "deals", "label": {"en": "Deals"}}},
    ],
}
VAULT: dict[str, Any] = {"kind": "entity", "name": "vault", "title": "name", "fields": [{"name": "name", "type": "text"}]}


def score(name: str, purpose: str, value: str) -> dict[str, Any]:
    """A score of persons over one field, fresh after every write."""
    bands = [{"name": "few", "from": 0, "colour": "red"}, {"name": "many", "from": 40, "colour": "green"}]
    measure = {"name": "much", "points": 100, "value": value, "missing": "zero"}
    fixed = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
    return {"kind": "score", "id": fixed, "name": name, "entity": "person", "purpose": purpose, "realtime": True, "bands": bands, "variants": [{"name": "default", "measures": [measure]}]}


WEALTH, LUCK = score("wealth", "grade", "scale(pay, 0, 1000000)"), score("luck", "health", "scale(bonus, 0, 100)")


def _widget(name: str, type_: str, *groups: Any, options: dict[str, Any] | None = None, measures: tuple[str, ...] = ("count()",), **query: Any) -> dict[str, Any]:
    asked = {"entity": "person", "group_by": list(groups), "measures": [{"name": f"m{i}", "expr": e} for i, e in enumerate(measures)], **query}
    return {"kind": "widget", "name": name, "type": type_, "query": asked, "options": options or {}}


MONTH = {"field": "since", "by": "month"}
WIDGETS: list[dict[str, Any]] = [
    _widget("people", "number", measures=("count()", "sum(bonus)", "max(pay)")), _widget("by_month", "line", MONTH, measures=("count()", "sum(bonus)")),
    _widget("graded", "pivot", "grade", "kind"), _widget("secrets", "bar", "secret"), _widget("steps", "funnel", "grade"),
    _widget("luck_by_month", "line", {"field": "luck_at", "by": "month"}, measures=("avg(luck_score)", "count(luck_band)"), options={"history": "luck", "periods": 3}),
    _widget("luck_bands", "stacked_bar", {"field": "luck_at", "by": "day"}, "luck_band", options={"history": "luck", "periods": 9}),
    _widget("luck_now", "number", measures=("avg(luck_score)", "count()"), options={"history": "luck"}) | {"compare": {"to": "previous_period"}},
    _widget("moved", "transition", "grade", options={"from": "2026-03-02"}), _widget("river", "sankey", "luck_band", options={"from": "2026-03-02"}),
    _widget("fell", "falls", "luck_band", measures=(), options={"least": 1, "days": 30}),
    _widget("top", "table", measures=(), sort=["-bonus"], options={"columns": ["name", "bonus", "secret", "phone"]}),
    _widget("list", "table", measures=(), sort=["-bonus"], limit=5, options={"columns": ["name", "bonus", "grade", "phone", "boss.name"]}),
]
WIDGETS.append(_widget("wealth", "line", {"field": "wealth_at", "by": "month"}, measures=("avg(wealth_score)",), options={"history": "wealth"}))
VIEWER: dict[str, Any] = {"kind": "role", "name": "viewer", "label": {"en": "Viewer"}, "grants": [
    {"entity": "person", "actions": ["read"], "where": "level <= 5", "read": ["name", "level", "boss", "owner", "kind", "created_at", "code", "loud"]},
    {"entity": "person", "actions": ["read", "create", "update", "bulk", "delete", "restore", "export"], "where": "owner == user.id",
     "hide": ["secret", "pay", "vault", "keyed"], "mask": ["phone", "mail", "hint", "size"]},
    {"entity": "deal", "actions": ["read"], "where": "open == True", "hide": ["memo"]},
]}


class SameIds(Outside):
    """An outside whose ids are counted, so that two workspaces have the same."""

    def new_id(self) -> str:
        """Return the next id."""
        counter: Iterator[int] = self.__dict__.setdefault("counter", itertools.count(1))
        return str(uuid.UUID(int=0x01900000_0000_7000_8000_000000000000 + next(counter)))


@dataclass
class Twin:
    """One of the two workspaces."""

    shop: Shop
    client: TestClient
    ids: list[str]

    def count_ids_from(self, start: int) -> None:
        """Give out ids from a number on: how many were given out before is no secret, and must not look like one."""
        vars(self.shop.platform.outside)["counter"] = itertools.count(start)


def open_twin(database: Database, home: Path, moment: datetime, side: int) -> Twin:
    """Open one workspace; ``side`` 0 or 1 decides every hidden value."""
    home.mkdir(exist_ok=True)
    settings = replace(Settings(home, database.url.render_as_string(hide_password=False), "s" * 40, base_url="http://tenon.test"))
    plain = fake_outside(moment)
    platform = start(settings, database, SameIds(plain.clock, plain.mail, plain.files, plain.http))
    shop = Shop(platform, [PERSON, DEAL, VAULT, WEALTH, LUCK, VIEWER, *WIDGETS])
    with database.write() as connection:
        for user_id, name in ((ME, "Me"), (OTHER, "Other")):
            connection.execute(users.insert().values(
                id=user_id, email=f"{name.lower()}@twin.example", name=name, roles=["viewer"], language="en", state="active", created_at=moment,
            ))  # fmt: skip
        token = tokens.create(connection, SYSTEM, ME, "test")[1]
    ids = fill(shop, side)
    client = TestClient(create_api(platform), base_url="http://tenon.test", headers={"Authorization": f"Bearer {token}"})
    return Twin(shop, client, ids)


def fill(shop: Shop, side: int) -> list[str]:
    """Make the records; what the reader may not see differs from side to side.

    Hidden references point only at what the reader may not delete: deleting a record tells that somebody pointed at it.
    """

    def differ(a: Any, b: Any) -> Any:
        return (a, b)[side]

    def at(entity: str, id: str | None) -> dict[str, str] | None:
        return None if id is None else {"entity": entity, "id": id}

    vaults = [shop.create("vault", name=differ(f"CANARY-vault-{i}", f"OTHERV-vault-{9 - i}")) for i in range(3)]
    ids: list[str] = []
    for i in range(12):
        mine, seen = i % 3 == 0, i % 4 != 3
        visible = mine or seen
        values: dict[str, Any] = {
            "name": f"Name {i % 5}" if visible else differ(f"CANARY-name-{i}", f"Otherwise {i}"), "code": f"P-{i}" if visible else differ(f"CANARY-{i}", f"X-{i}"),
            "level": (i % 6 if seen else 6 + i) if visible else differ(7, 9), "kind": "xyz"[i % 3] if visible else differ("x", None),
            "boss": (ids[i // 2] if i else None) if visible else differ(ids[1] if len(ids) > 1 else None, None),
            "owner": ME if mine else OTHER, "secret": differ(f"CANARY-secret-{i}", f"hidden {i}"), "pay": differ(987650 + i, 12 - i),
            "keyed": differ(f"CANARY-key-{i}", f"k{i}"), "vault": differ(vaults[i % 3], vaults[(i + 1) % 3] if i % 2 else None),
            "bonus": 10 * (i % 4) if mine else differ(777 + i, None), "grade": "mid" if mine else differ("high", "low"),
            "friends": ids[:2] if mine else differ(ids[1:3], []), "since": f"2025-0{1 + i % 3}-10" if mine else differ("2024-02-03", "2021-05-06"),
            "linked": at("person", ids[0] if ids else None) if mine else differ(at("vault", vaults[0]), at("person", ids[1] if len(ids) > 1 else None)),
            "note": f"note {i % 2}" if mine else differ(f"CANARY-note {i}", "elsewhere"),
            "phone": f"+86138{differ('1111', '2222')}0000", "mail": f"{'a' if mine else differ('c', 'd')}{differ('CANARY', 'other')}@twin.example",
            "hint": f"h{differ('CANARY', 'int')}{i}", "size": differ(55, 66),
        }
        ids.append(shop.create("person", **values))
    for i in range(10):
        seen = i % 3 != 2
        shop.create(
            "deal", title=f"Deal {i}" if seen else differ(f"CANARY-deal-{i}", "-"), amount=i * 5 if seen else differ(654321, 1), open=seen,
            memo=differ(f"CANARY-memo-{i}", "m"), person=ids[i] if seen else differ(ids[2], ids[1]),
        )
    clock: Any = shop.platform.outside.clock
    clock.moment += timedelta(days=5)
    for i, id in enumerate(ids):  # what they were before is as hidden as what they are
        shop.change("person", id, grade="high" if i % 3 == 0 else differ("low", "mid"), bonus=55 if i % 3 == 0 else differ(1, 99))
    for i in (1, 4, 6):
        shop.change("person", ids[i], secret=differ("CANARY-new", "new"), pay=differ(5, 6), phone=f"+86138{differ('3333', '4444')}0000")
        if i % 3 == 0:
            shop.change("person", ids[i], bonus=99)
    return ids


Asked = Callable[[Twin], Any]
NEWS: dict[str, Any] = {
    "kind": "message", "name": "news", "label": {"en": "News"}, "channel": "email", "entity": "person", "subject": {"en": "{{ record.name }} {{ record.secret }}"},
    "body": {"en": " ".join(f"{{{{ record.{f} }}}}" for f in (*OPEN, *PARTLY, *MASKED, *HIDDEN, "boss.secret", "boss.name", "vault.name", "boss.phone") if f not in ("id", "friends"))},
}  # fmt: skip
TELL: dict[str, Any] = {
    "kind": "rule", "name": "tell", "label": {"en": "Tell"}, "entity": "person", "trigger": {"type": "updated"},
    "actions": [{"type": "send_message", "message": "news", "to": {"field": "owner"}}],
}  # fmt: skip


def what_goes_out(twin: Twin, side: int) -> list[str]:
    """Have what the reader may not see changed, and return what a webhook with their role and mail to them says of it."""
    shop, platform = twin.shop, twin.shop.platform
    publish_documents(platform.publisher, SYSTEM, [NEWS, TELL])
    events = [f"{entity}.{event}" for entity in ("person", "deal", "vault") for event in ("created", "updated", "deleted")]
    with platform.write() as uow:
        subscriptions.create(uow, SYSTEM, {"url": "https://out.test/in", "events": [*events, "person.band_changed"], "role": "viewer"})
    platform.outside.mail.sent.clear()  # type: ignore[attr-defined]
    for id in twin.ids:
        with suppress(NotFound):
            shop.change("person", id, secret=f"{('CANARY', 'hidden')[side]}-out", pay=(1, 3)[side])
    shop.create("vault", name=("CANARY-vault-out", "vault")[side])
    shop.create("deal", title="Out", open=True, memo=("CANARY-memo-out", "memo")[side])
    shop.create("deal", title=("CANARY-deal-out", "deal")[side], open=False)
    make_worker(platform).run_until_idle()
    calls = [call["body"].decode() for call in platform.outside.http.calls]  # type: ignore[attr-defined]
    mails = [f"{m.subject}\n{m.text}\n{m.html}" for m in platform.outside.mail.sent if m.to == "me@twin.example"]  # type: ignore[attr-defined]
    assert calls
    assert mails
    return sorted([*calls, *mails])
