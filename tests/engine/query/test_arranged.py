"""Groups in the order that lists have, some of them only; and which fields mean something added up."""

from __future__ import annotations

from typing import Any

from tenon.engine.query.answers import Arranged, answer
from tenon.engine.query.question import read_question
from tenon.metamodel.expressions.adding import adds_up
from tests.shop import SYSTEM, Shop


def groups(shop: Shop, entity: str, by: Any, arranged: Arranged, **more: Any) -> list[Any]:
    asked = read_question({"entity": entity, "group_by": [by], "measures": [{"name": "n", "expr": "count()"}], **more})
    with shop.write() as uow:
        rows = answer(uow, SYSTEM, asked, arranged=arranged)["rows"]
    return [(value["title"] if isinstance(value, dict) else value, n) for value, n in rows]


def test_groups_come_as_lists_order_them_and_only_those_wanted(shop: Shop) -> None:
    ids = {name: shop.create("customer", name=name, note=None, industry=kind, since=day) for name, kind, day in (
        ("Bea", "saas", "2026-01-05"), ("ann", None, "2026-01-20"), ("Cid", "retail", "2026-02-01"), ("Éva", "retail", None))}  # fmt: skip
    for name in ("Cid", "ann", "Bea", "Cid"):
        shop.create("order", customer=ids[name], amount=1)
    shop.create("order", amount=1)
    assert groups(shop, "customer", "name", Arranged()) == [("ann", 1), ("Bea", 1), ("Cid", 1), ("Éva", 1)]
    assert groups(shop, "order", "customer", Arranged()) == [("ann", 1), ("Bea", 1), ("Cid", 2), (None, 1)]
    assert groups(shop, "order", "customer", Arranged(), limit=2) == [("ann", 1), ("Bea", 1)]
    assert groups(shop, "order", "customer", Arranged([ids["Cid"], None])) == [("Cid", 2), (None, 1)]
    assert groups(shop, "order", "customer", Arranged([ids["Cid"]]), filter="amount > 1") == []
    assert groups(shop, "customer", "industry", Arranged(["retail", None])) == [("retail", 2), (None, 1)]
    month = {"field": "since", "by": "month"}
    assert groups(shop, "customer", month, Arranged(), sort=["-since"]) == [("2026-02-01", 1), ("2026-01-01", 2), (None, 1)]


def test_amounts_and_counts_add_up_and_shares_and_measured_values_do_not(shop: Shop) -> None:
    with shop.write() as uow:
        entity = uow.model.entities["customer"]
    told = {name: adds_up(entity.fields[name]) for name in (
        "arr", "seats", "weight", "lasts", "discount", "stars", "name", "orders_total", "orders_count", "twice", "share", "days",
        "price_of_favourites", "recent", "last_order", "loud")}  # fmt: skip
    assert [name for name, adds in told.items() if adds] == [
        "arr", "seats", "lasts", "orders_total", "orders_count", "twice", "price_of_favourites", "recent",
    ]  # fmt: skip
