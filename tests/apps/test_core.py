"""Customer core: documents in order in both languages, roll-ups, stages, and customers whose data another system owns."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from tenon.engine.apps import available
from tenon.engine.apps.package import Package
from tenon.engine.releases.check import check_documents
from tenon.engine.releases.publish import merge
from tenon.platform.demo import in_order
from tests.apps.conftest import Apps

PACKAGES = in_order(available())


@pytest.mark.parametrize("package", PACKAGES, ids=[p.name for p in PACKAGES])
def test_every_app_is_in_order_in_both_languages(apps: Apps, package: Package) -> None:
    apps.install(*[r.app for r in package.app.body.requires])
    with apps.platform.read() as uow:
        documents = merge(uow.model, [package.app, *package.documents])
        checked = check_documents(uow.connection, uow.model, documents, now=uow.now, zone=uow.timezone)
    assert not [*checked.errors, *checked.references]
    assert not checked.missing_translations


def test_roll_ups_of_a_customer(apps: Apps) -> None:
    apps.install("core")
    apps.add("customer", name="北辰 科技", status="active", customer_since=apps.day(-400))
    customer = {"code": apps.one("customer", "code")[0]}
    for status, value in (("active", 24_000), ("ended", 9_000), ("active", 6_000)):
        apps.add("contract", customer=customer, status=status, annual_value=value, start=apps.day(-100), end=apps.day(265))
    apps.add("ticket", customer=customer, subject="慢", priority="urgent")
    apps.add("ticket", customer=customer, subject="ok", status="closed", opened_at="2026-02-26T10:20:00+08:00", solved_at="2026-02-28T13:05:00+08:00")
    apps.add("payment", customer=customer, amount=100, due=apps.day(-1))
    apps.add("payment", customer=customer, amount=50, due=apps.day())
    product = apps.add("product", sku="P1", name="Seat", list_price=10)
    order = apps.add("sales_order", customer=customer, amount=90, status="approved", ordered_at=apps.at(-3))
    apps.add("order_line", order=order, product=product, quantity=10, price=10, discount="0.1")
    apps.add("alert", title="Quiet", record={"entity": "customer", **customer})
    wanted = ["annual_value", "contract_end", "open_ticket_count", "urgent_ticket_count", "overdue_amount", "order_amount_365d", "open_alert_count", "name_norm"]
    assert apps.one("customer", *wanted) == [30_000, apps.day(265), 1, 1, 100, 90, 1, "北辰科技"]
    assert apps.ask({"entity": "ticket", "measures": [{"name": "h", "expr": "sum(hours_to_solve)"}]}) == [[51]]
    assert apps.one("sales_order", "line_total") == [Decimal("90.00")]


def test_usage_events_are_only_added(apps: Apps, client_of: Callable[..., TestClient]) -> None:
    apps.install("core")
    customer = apps.add("customer", name="A")
    event = apps.add("usage_event", customer=customer, event="login")
    refused = client_of("root@x.cn", "admin").patch(f"/api/v1/records/usage_event/{event}", json={"event": "logout"})
    assert refused.status_code == 403


def test_people_only_read_what_another_system_owns(apps: Apps, client_of: Callable[..., TestClient]) -> None:
    apps.install("core")
    member, sync = client_of("m@x.cn", "core_member"), client_of("s@x.cn", "core_sync")
    owned = sync.post("/api/v1/records/customer", json={"name": "Acme", "managed_by": "crm", "external_id": "4711", "csm": vars(member)["user_id"]})
    assert owned.status_code == 201, owned.text
    path = f"/api/v1/records/customer/{owned.json()['id']}"
    assert member.patch(path, json={"seats": 12}).status_code == 200
    assert member.patch(path, json={"name": "Acme 2"}).status_code in (403, 422)
    assert sync.patch(path, json={"name": "Acme Ltd"}).status_code == 200
    again = {"records": [{"managed_by": "crm", "external_id": "4711", "name": "Acme GmbH"}], "match_on": ["managed_by", "external_id"], "mode": "upsert"}
    assert sync.post("/api/v1/records/customer", json=again).json()["updated"] == 1
    own = member.post("/api/v1/records/customer", json={"name": "Ours", "csm": vars(member)["user_id"]})
    assert own.status_code == 201, own.text
    assert member.patch(f"/api/v1/records/customer/{own.json()['id']}", json={"name": "Ours 2"}).status_code == 200
