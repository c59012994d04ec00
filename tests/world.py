"""A small workspace with customers, orders and contacts, a score, a view, a form, a page and roles, in two languages."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tenon.engine import jobs
from tenon.engine.context import Context, User, system_context
from tenon.engine.jobs import lease
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import Text
from tenon.platform import accounts, invitations
from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.homes import copy_home, migrated
from tests.platform.people import hash_once

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PASSWORD = "seven green bottles"
CUSTOMERS = 130
FAMILIES = ("Aurora Energy", "Birch Telecom", "Cedar Software", "创科科技", "华信软件")
INDUSTRIES = ("saas", "energy", "telecom")
STAGES = ("trial", "active", "lost")


def _text(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def _option(name: str, en: str, zh: str, colour: str | None = None) -> dict[str, Any]:
    return {"name": name, "label": _text(en, zh), **({"colour": colour} if colour else {})}


CUSTOMER = {
    "kind": "entity", "name": "customer", "label": _text("Customer", "客户"), "plural": _text("Customers", "客户"), "icon": "building-2",
    "title": "name", "search": ["name", "code"], "keys": [["code"]],
    "fields": [
        {"name": "code", "label": _text("Code", "编号"), "type": "autonumber", "pattern": "C-{yyyy}-{00001}"},
        {"name": "name", "label": _text("Name", "名称"), "type": "text", "required": True},
        {"name": "industry", "label": _text("Industry", "行业"), "type": "choice", "options": [
            _option("saas", "SaaS", "软件"), _option("energy", "Energy", "能源"), _option("telecom", "Telecom", "电信")]},
        {"name": "stage", "label": _text("Stage", "阶段"), "type": "stage", "default": "'trial'", "options": [
            _option("trial", "Trial", "试用", "blue"), _option("active", "Active", "活跃", "teal"), _option("lost", "Lost", "流失", "grey")],
         "moves": [{"from": "trial", "to": "active"}, {"from": ["trial", "active"], "to": "lost"}, {"from": "lost", "to": "active"}]},
        {"name": "arr", "label": _text("Contract value", "年合同额"), "type": "money", "currency": "CNY", "min": "0"},
        {"name": "discount", "label": _text("Discount", "折扣"), "type": "percent"},
        {"name": "lost_reason", "label": _text("Why lost", "流失原因"), "type": "text"},
        {"name": "renewal", "label": _text("Renewal", "续约日"), "type": "date"},
        {"name": "phone", "label": _text("Phone", "电话"), "type": "phone"},
        {"name": "tags", "label": _text("Tags", "标签"), "type": "tags"},
        {"name": "website", "label": _text("Website", "网站"), "type": "url"},
        {"name": "contract", "label": _text("Contract", "合同"), "type": "file"},
        {"name": "notes", "label": _text("Notes", "备注"), "type": "long_text"},
        {"name": "orders_90d", "label": _text("Orders, 90 days", "近90天订单额"), "type": "formula",
         "expr": "sum(orders.amount, where=ordered_at >= days_ago(90))"},
    ],
}  # fmt: skip
ORDER = {
    "kind": "entity", "name": "order", "label": _text("Order", "订单"), "plural": _text("Orders", "订单"), "icon": "receipt", "title": "number",
    "search": ["number"],
    "fields": [
        {"name": "number", "label": _text("Number", "单号"), "type": "autonumber", "pattern": "SO-{00001}"},
        {"name": "customer", "label": _text("Customer", "客户"), "type": "reference", "entity": "customer", "required": True,
         "reverse": {"name": "orders", "label": _text("Orders", "订单")}},
        {"name": "amount", "label": _text("Amount", "金额"), "type": "money", "currency": "CNY"},
        {"name": "ordered_at", "label": _text("Ordered", "下单日期"), "type": "date"},
    ],
}  # fmt: skip
CONTACT = {
    "kind": "entity", "name": "contact", "label": _text("Contact", "联系人"), "plural": _text("Contacts", "联系人"), "icon": "contact",
    "title": "name", "search": ["name", "email"],
    "fields": [
        {"name": "name", "label": _text("Name", "姓名"), "type": "text", "required": True},
        {"name": "email", "label": _text("E-mail", "邮箱"), "type": "email"},
        {"name": "customer", "label": _text("Customer", "客户"), "type": "reference", "entity": "customer", "on_delete": "cascade",
         "reverse": {"name": "contacts", "label": _text("Contacts", "联系人")}},
    ],
}  # fmt: skip
HEALTH = {
    "kind": "score", "name": "health", "entity": "customer", "label": _text("Health", "健康度"),
    "variants": [{"name": "standard", "label": _text("Standard", "标准"), "measures": [
        {"name": "big", "label": _text("Contract above 100,000", "合同额超过10万"), "group": "value", "points": 40, "when": "arr > 100000"},
        {"name": "buys", "label": _text("Buys regularly", "持续下单"), "group": "usage", "points": 40, "value": "sum(orders.amount, where=ordered_at >= days_ago(90)) / 1000"},
        {"name": "kept", "label": _text("Not lost", "未流失"), "group": "usage", "points": 20, "when": "stage != 'lost'"},
        {"name": "trust", "label": _text("Trust", "信任"), "group": "value", "points": 10, "manual": True, "expires_days": 90,
         "missing": "zero"}]}],
    "bands": [
        {"name": "risk", "label": _text("At risk", "有风险"), "from": 0, "colour": "red"},
        {"name": "watch", "label": _text("Watch", "关注"), "from": 40, "colour": "amber"},
        {"name": "good", "label": _text("Healthy", "健康"), "from": 75, "colour": "green"}],
}  # fmt: skip
VIEW = {
    "kind": "view", "name": "big_ones", "entity": "customer", "label": _text("Large contracts", "大合同"), "filter": "arr >= 100000",
    "columns": ["name", "health_score", "arr", {"field": "owner.name", "label": _text("Looked after by", "负责人")}], "sort": ["-arr"],
    "colours": [{"when": "health_band == 'risk'", "colour": "red"}],
}  # fmt: skip
BOARD = {
    "kind": "view",
    "name": "by_stage",
    "entity": "customer",
    "label": _text("By stage", "按阶段"),
    "type": "board",
    "filter": "arr >= 150000",
    "board": {"by": "stage", "card": ["name", "arr", "phone"]},
}
FORM = {
    "kind": "form", "name": "customer_form", "entity": "customer", "label": _text("Customer", "客户"),
    "sections": [
        {"label": _text("Basics", "基本信息"), "items": [
            {"field": "name", "width": 2}, {"field": "industry"}, {"field": "stage"}, {"field": "owner"}, {"field": "phone"},
            {"field": "lost_reason", "width": 2, "visible": "stage == 'lost'", "required": "stage == 'lost'"}]},
        {"label": _text("Money", "商务"), "items": [
            {"text": _text("Amounts are in yuan.", "金额以人民币计。"), "width": 2}, {"field": "arr"}, {"field": "discount"}, {"field": "renewal"},
            {"field": "tags"}, {"field": "contract"}, {"field": "notes", "width": 2}]},
    ],
}  # fmt: skip
PAGE = {
    "kind": "page", "name": "customer_360", "entity": "customer", "label": _text("Customer", "客户"),
    "header": {"facts": ["arr", "owner", "stage", "renewal"], "scores": ["health"]},
    "tabs": [
        {"label": _text("Overview", "总览"), "blocks": [
            {"type": "score", "score": "health"}, {"type": "related", "relation": "orders"}, {"type": "related", "relation": "contacts"}]},
        {"label": _text("Details", "详细信息"), "blocks": [{"type": "fields"}]},
        {"label": _text("History", "历史"), "blocks": [{"type": "history"}]},
    ],
}  # fmt: skip
SELLER = {
    "kind": "role", "name": "seller", "label": _text("Seller", "销售"),
    "grants": [
        {"entity": "customer", "actions": ["read", "create", "update"], "where": "owner == user.id", "mask": ["phone"], "hide": ["discount"]},
        {"entity": "order", "actions": ["read"]}],
}  # fmt: skip
DOCUMENTS = [CUSTOMER, ORDER, CONTACT, HEALTH, VIEW, BOARD, FORM, PAGE, SELLER]
APP = {
    "app.json": {
        "kind": "app", "name": "fleet", "version": "1.0.0", "label": _text("Fleet", "车队"),
        "description": _text("Vehicles and who drives them.", "车辆与驾驶员。"),
        "menu": [{"label": _text("Fleet", "车队"), "icon": "car", "items": [{"entity": "vehicle"}]}],
        "sample": [{"entity": "vehicle", "file": "sample/vehicle.csv"}]},
    "entity/vehicle.json": {
        "kind": "entity", "name": "vehicle", "label": _text("Vehicle", "车辆"), "plural": _text("Vehicles", "车辆"), "icon": "car", "title": "plate",
        "fields": [{"name": "plate", "label": _text("Plate", "车牌"), "type": "text"}, {"name": "seats", "label": _text("Seats", "座位"), "type": "integer"}]},
    "sample/vehicle.csv": "plate,seats\nA 100,5\nB 200,9\n",
}  # fmt: skip


def write_app(folder: Path) -> Path:
    """Write the app that can be installed below a folder, and return the folder."""
    for name, content in APP.items():
        path = folder / "fleet" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), "utf-8")
    return folder


def settings_of(home: Path, base_url: str) -> Settings:
    """Return the settings of a workspace whose clock stands still."""
    return Settings.load({"TENON_HOME": str(home), "TENON_BASE_URL": base_url, "TENON_NOW": NOW.isoformat()})


def open_world(home: Path, base_url: str) -> Platform:
    """Open a workspace with the documents published and nobody in it."""
    copy_home(_published, home)
    return open_platform(settings_of(home, base_url))


def open_empty(home: Path, base_url: str) -> Platform:
    """Open a workspace with nothing in it whose clock stands still."""
    copy_home(migrated, home)
    return open_platform(settings_of(home, base_url))


def _published(home: Path) -> None:
    platform = open_empty(home, "http://127.0.0.1")
    publish_documents(platform.publisher, system_context(), DOCUMENTS, note="the documents of the tests")
    platform.close()


def add_person(platform: Platform, email: str, name: str, roles: list[str]) -> User:
    """Make a person with the password of the tests."""
    with platform.write() as uow:
        known = {"is_role": lambda role: uow.model.find("role", role) is not None}
        made = accounts.create(uow.connection, system_context(), email, name, roles, password_hash=hash_once(PASSWORD), **known)
    return User(made, email, name, tuple(roles))


def fill(platform: Platform, owner: User) -> list[str]:
    """Write the customers with orders and contacts, and return the ids of the customers."""
    ctx = Context(owner)
    today = date(2026, 3, 2)
    with platform.write() as uow:
        customer, order, contact = (uow.model.get_entity(n) for n in ("customer", "order", "contact"))
        rows = writing.write_many(uow, ctx, customer, [
            {
                "name": f"{FAMILIES[n % 5]} {n:04}", "industry": INDUSTRIES[n % 3], "stage": STAGES[n % 7 % 3], "arr": str((n * 7919) % 300_000),
                "discount": "0.1", "renewal": (today + timedelta(days=n)).isoformat(), "phone": "13800138000", "tags": ["key"] if n % 9 == 0 else [],
            }
            for n in range(CUSTOMERS)
        ])  # fmt: skip
        ids = [str(row.id) for row in rows]
        placed = [
            {"customer": ids[n % 40], "amount": str(n * 10), "ordered_at": (today - timedelta(days=n % 120)).isoformat()}
            for n in range(160)
        ]
        writing.write_many(uow, ctx, order, placed)
        people = [{"name": f"Person {n}", "email": f"p{n}@example.com", "customer": ids[n]} for n in range(30)]
        writing.write_many(uow, ctx, contact, people)
    return ids


def add_jobs(platform: Platform, owner: User) -> tuple[str, str]:
    """Put a job that waits for years and one whose only attempt failed, and return their ids."""
    with platform.write() as uow:
        waiting = jobs.put(uow.connection, "clean", due_at=NOW + timedelta(days=3650), created_by=owner.id)
        dead = jobs.put(uow.connection, "score_sweep", created_by=owner.id, max_attempts=1, priority=0)
    times = {"now": NOW, "real_now": platform.outside.clock.real_now(), "lease": timedelta(minutes=1)}
    [claim] = jobs.claim(platform.database, "tests", 1, **times, kinds=["score_sweep"])
    assert claim.id == dead
    with platform.write() as uow:
        problem = Problem("", "failed", Text("The disk is full.", "磁盘已满。"))
        lease.fail(uow.connection, claim, [problem], real_now=uow.real_now, may_retry=True)
    return waiting, dead


def outside_places(platform: Platform, person: User) -> dict[str, str]:
    """Return the pages before signing in by name, with links that live; ``person`` gets an invitation and a reset."""
    with platform.write() as uow:
        invited, reset = (invitations.make_link(uow.connection, kind, person.id) for kind in ("invitation", "reset"))
    return {
        "sign in": "/sign-in", "forgotten": "/reset", "dead link": "/setup",
        "invited": f"/invitation#{invited}", "reset": f"/invitation#{reset}",
    }  # fmt: skip


def inside_places(one: str, job: str, dead: str) -> dict[str, str]:
    """Return the pages after signing in by name, for a customer and two jobs."""
    record = f"/records/customer/{one}"
    return {
        "home": "/", "inbox": "/inbox", "list": "/records/customer", "view": "/records/customer?view=big_ones", "board": "/records/customer?view=by_stage",
        "filtered list": "/records/customer?is.stage=active&q=a&sort=-arr", "nothing fits": "/records/customer?q=zzzz",
        "fault": "/records/customer?filter=arrr+%3E+3", "orders": "/records/order", "record": record, "details": f"{record}?tab=tab2",
        "history": f"{record}?tab=tab3", "score": f"{record}/scores/health", "edit": f"{record}/edit", "new": "/records/contact/new",
        "new customer": "/records/customer/new", "import": "/records/contact/import", "apps": "/apps",
        "make an app": "/apps/make", "welcome": "/welcome", "language": "/welcome/language", "jobs": "/jobs",
        "job": f"/jobs/{job}", "dead job": f"/jobs/{dead}", "settings": "/settings", "people": "/admin/users", "units": "/admin/units",
        "roles": "/admin/roles", "role": "/admin/roles/seller",
        "tokens": "/admin/tokens", "access": "/admin/access", "own tokens": "/settings/tokens", "releases": "/admin/releases", "copies": "/admin/copies",
        "release": "/admin/releases/1", "audit": "/admin/audit", "outgoing": "/admin/outgoing", "connectors": "/admin/connectors", "waiting data": "/admin/waiting",
        "system": "/admin/system", "design": "/design", "entity designer": "/design/entity/order", "score designer": "/design/score/health",
        "role designer": "/design/role/seller", "trash": "/records/customer/trash", "duplicates": "/records/customer/duplicates",
        "about": "/about",
    }  # fmt: skip
