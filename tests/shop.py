"""A small shop for tests: customers, orders, lines, products, activities and visits, published on a platform, and short ways to use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from tenon.engine.context import Context, User, system_context
from tenon.engine.outside import fake_outside
from tenon.engine.query.answers import answer
from tenon.engine.query.pages import Ask, Page, get, page
from tenon.engine.query.question import read_question
from tenon.engine.records import deleting, masses, writing
from tenon.engine.records.row import Row
from tenon.engine.releases import publish_documents
from tenon.engine.unit_of_work import UnitOfWork
from tenon.platform.boot import make_worker, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.filling import MOMENT, Filling

SYSTEM = system_context()


def options(*names: str) -> list[dict[str, Any]]:
    """Options of these names."""
    return [{"name": n, "label": {"en": n.title(), "zh": n}} for n in names]


CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "customer", "label": {"en": "Customer", "zh": "客户"}, "title": "name", "search": ["name", "code", "note"],
    "fields": [
        {"name": "code", "type": "autonumber", "pattern": "C-{yyyy}-{00001}", "unique": True},
        {"name": "name", "type": "text", "required": True, "max_length": 100},
        {"name": "note", "type": "long_text"},
        {"name": "email", "type": "email", "unique": True},
        {"name": "phone", "type": "phone"},
        {"name": "site", "type": "url"},
        {"name": "industry", "type": "choice", "options": options("saas", "retail", "factory")},
        {"name": "channels", "type": "choices", "options": options("mail", "phone", "visit")},
        {"name": "words", "type": "tags"},
        {"name": "arr", "type": "money", "currency": "CNY", "min": "0"},
        {"name": "discount", "type": "percent"},
        {"name": "weight", "type": "decimal", "scale": 3},
        {"name": "seats", "type": "integer", "default": "5"},
        {"name": "stars", "type": "rating"},
        {"name": "vip", "type": "boolean"},
        {"name": "since", "type": "date", "min": "date('2000-01-01')", "max": "today()"},
        {"name": "until", "type": "date", "min": "since"},
        {"name": "next_call", "type": "datetime", "min": "now()"},
        {"name": "opens", "type": "time"},
        {"name": "lasts", "type": "duration"},
        {"name": "lead", "type": "user"},
        {"name": "team", "type": "unit"},
        {"name": "parent", "type": "reference", "entity": "customer", "reverse": {"name": "subsidiaries", "label": {"en": "Subsidiaries"}}},
        {"name": "favourites", "type": "references", "entity": "product", "on_delete": "clear", "reverse": {"name": "fans", "label": {"en": "Fans"}}},
        {"name": "contract", "type": "file", "types": ["pdf"], "max_mb": 1},
        {"name": "home", "type": "region"},
        {"name": "place", "type": "address"},
        {"name": "extra", "type": "json"},
        {"name": "greeting", "type": "text", "default": "concat('Dear ', name)"},
        {"name": "stage", "type": "stage", "default": "'lead'", "options": options("lead", "trial", "active", "lost"), "moves": [
            {"from": "lead", "to": "trial"},
            {"from": ["lead", "trial"], "to": "active", "when": "orders_total > 0", "requires": ["arr"]},
            {"from": "*", "to": "lost", "roles": ["boss"]}]},
        {"name": "orders_total", "type": "formula", "expr": "sum(orders.amount)"},
        {"name": "orders_count", "type": "formula", "expr": "count(orders)"},
        {"name": "last_order", "type": "formula", "expr": "max(orders.ordered_at)"},
        {"name": "twice", "type": "formula", "expr": "arr * 2"},
        {"name": "share", "type": "formula", "expr": "orders_total / arr"},
        {"name": "loud", "type": "formula", "expr": "upper(name)"},
        {"name": "above", "type": "formula", "expr": "parent.name"},
        {"name": "days", "type": "formula", "expr": "days_since(since)"},
        {"name": "price_of_favourites", "type": "formula", "expr": "sum(favourites.price)"},
        {"name": "recent", "type": "formula", "expr": "sum(orders.amount, where=ordered_at >= days_ago(30))"},
    ],
    "checks": [
        {"when": "weight < 0", "message": {"en": "Weighs less than nothing", "zh": "重量为负"}, "fields": ["weight"]},
        {"when": "seats < old.seats - 100", "message": {"en": "Loses too many seats", "zh": "席位减少过多"}, "fields": ["seats"]},
    ],
}
ORDER: dict[str, Any] = {
    "kind": "entity", "name": "order", "label": {"en": "Order", "zh": "订单"}, "plural": {"en": "Orders", "zh": "订单"}, "title": "number",
    "time_field": "ordered_at", "keys": [["customer", "number"]],
    "fields": [
        {"name": "number", "type": "text"},
        {"name": "customer", "type": "reference", "entity": "customer", "on_delete": "cascade", "reverse": {"name": "orders", "label": {"en": "Orders"}}},
        {"name": "amount", "type": "money", "currency": "CNY"},
        {"name": "ordered_at", "type": "date"},
        {"name": "shipped_at", "type": "datetime"},
        {"name": "product", "type": "reference", "entity": "product", "on_delete": "clear", "where": "price > 0"},
        {"name": "customer_total", "type": "formula", "expr": "customer.orders_total"},
        {"name": "part", "type": "formula", "expr": "amount / customer_total"},
    ],
}
LINE: dict[str, Any] = {
    "kind": "entity", "name": "a_line", "label": {"en": "Line"}, "fields": [
        {"name": "order", "type": "reference", "entity": "order", "on_delete": "cascade", "reverse": {"name": "lines", "label": {"en": "Lines"}}},
        {"name": "customer", "type": "reference", "entity": "customer", "on_delete": "restrict"},
        {"name": "text", "type": "text"},
    ],
}
PRODUCT: dict[str, Any] = {
    "kind": "entity", "name": "product", "label": {"en": "Product"}, "title": "name",
    "fields": [
        {"name": "name", "type": "text", "unique": True}, {"name": "price", "type": "money", "currency": "CNY"},
        {"name": "sold", "type": "formula", "expr": "count(fans)"},
    ],
}
ACTIVITY: dict[str, Any] = {
    "kind": "entity", "name": "activity", "label": {"en": "Activity"}, "fields": [
        {"name": "text", "type": "text"},
        {"name": "about", "type": "any_reference", "entities": ["customer", "order"], "on_delete": "clear"},
    ],
}
VISIT: dict[str, Any] = {
    "kind": "entity", "name": "visit", "label": {"en": "Visit"}, "features": ["append_only"], "fields": [{"name": "text", "type": "text"}],
}
BOSS: dict[str, Any] = {"kind": "role", "name": "boss", "label": {"en": "Boss"}, "grants": [
    {"entity": name, "actions": ["read", "create", "update", "delete", "restore", "bulk", "export", "import", "merge"]}
    for name in ("customer", "order", "a_line", "product", "activity", "visit")
]}
CLERK: dict[str, Any] = {"kind": "role", "name": "clerk", "label": {"en": "Clerk"}, "grants": [
    {"entity": "customer", "actions": ["read", "create", "update", "bulk"], "where": "owner == user.id or owner == None"},
    {"entity": "order", "actions": ["read", "create", "update"]}, {"entity": "product", "actions": ["read"]},
]}
SHOP = [CUSTOMER, ORDER, LINE, PRODUCT, ACTIVITY, VISIT, BOSS, CLERK]


def open_platform(database: Database, home: Path, moment: datetime, **more: Any) -> Platform:
    """A platform over a database whose clock stands still."""
    url = database.url.render_as_string(hide_password=False)
    settings = replace(Settings(home, url, "s" * 40, base_url="http://tenon.test"), **more)
    return start(settings, database, fake_outside(moment))


class Shop:
    """A platform with published documents; every call is a transaction of its own unless a unit of work is given."""

    def __init__(self, platform: Platform, documents: Sequence[dict[str, Any]] = ()) -> None:
        self.platform = platform
        if documents:
            self.publish(documents)

    def publish(self, documents: Sequence[dict[str, Any]]) -> None:
        """Publish documents."""
        publish_documents(self.platform.publisher, SYSTEM, list(documents))

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """A write transaction."""
        with self.platform.write() as uow:
            yield uow

    def create(self, entity: str, ctx: Context = SYSTEM, **values: Any) -> str:
        """Create a record."""
        with self.platform.write() as uow:
            return writing.create(uow, ctx, uow.model.entities[entity], values)

    def change(self, entity: str, id: str, ctx: Context = SYSTEM, *, version: int | None = None, **values: Any) -> None:
        """Change a record."""
        with self.platform.write() as uow:
            writing.change(uow, ctx, uow.model.entities[entity], id, values, version=version)

    def many(self, entity: str, records: Sequence[Mapping[str, Any]], ctx: Context = SYSTEM, **how: Any) -> list[Row]:
        """Write many records."""
        with self.platform.write() as uow:
            return writing.write_many(uow, ctx, uow.model.entities[entity], records, **how)

    def delete(self, entity: str, *ids: str, ctx: Context = SYSTEM) -> int:
        """Delete records."""
        with self.platform.write() as uow:
            return deleting.delete(uow, ctx, uow.model.entities[entity], ids)

    def restore(self, entity: str, id: str, ctx: Context = SYSTEM) -> int:
        """Restore a record."""
        with self.platform.write() as uow:
            return deleting.restore(uow, ctx, uow.model.entities[entity], id)

    def change_where(self, entity: str, filter: str, expect: int, ctx: Context = SYSTEM, **values: Any) -> tuple[int, str]:
        """Change what matches."""
        with self.platform.write() as uow:
            return masses.change_where(uow, ctx, uow.model.entities[entity], filter, values, expect)

    def delete_where(self, entity: str, filter: str, expect: int, ctx: Context = SYSTEM) -> tuple[int, str]:
        """Delete what matches."""
        with self.platform.write() as uow:
            return masses.delete_where(uow, ctx, uow.model.entities[entity], filter, expect)

    def get(self, entity: str, id: str, *fields: str, ctx: Context = SYSTEM) -> dict[str, Any]:
        """Return a record."""
        with self.platform.read() as uow:
            return get(uow, ctx, uow.model.entities[entity], id, list(fields) or None)

    def page(self, entity: str, ctx: Context = SYSTEM, **asked: Any) -> Page:
        """Return a page."""
        with self.platform.read() as uow:
            return page(uow, ctx, uow.model.entities[entity], Ask(**asked))

    def listed(self, entity: str, field: str, ctx: Context = SYSTEM, **asked: Any) -> list[Any]:
        """Return the values of a field in a list."""
        return [r.get(field) for r in self.page(entity, ctx, **asked).records]

    def ask(self, ctx: Context = SYSTEM, **question: Any) -> dict[str, Any]:
        """Answer a question."""
        with self.platform.read() as uow:
            return answer(uow, ctx, read_question(question))

    def work(self) -> None:
        """Run every job that is due."""
        make_worker(self.platform).run_until_idle()

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Collect the statements that are sent to the database."""
        seen: list[str] = []
        engines = {self.platform.database._reader, self.platform.database._writer}

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        for engine in engines:
            event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)


def _publish(database: Database, home: Path) -> None:
    Shop(open_platform(database, home, MOMENT), SHOP)


SHOP_FILLING = Filling("shop", _publish)


def person(id: str, *roles: str, unit: str | None = None, units: tuple[str, ...] = ()) -> Context:
    """Return the context of somebody with these roles."""
    return Context(User(id, f"{id}@shop.example", id.title(), roles, unit, units or ((unit,) if unit else ())))
