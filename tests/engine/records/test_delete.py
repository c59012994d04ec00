"""The trash: restrict, clear, cascade, restoring together, emptying, and what history tells."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tenon.engine.context import Cause
from tenon.engine.records.emptying import empty_trash
from tenon.engine.records.histories import history_page
from tenon.metamodel.errors import Conflict, Malformed, NotFound
from tests.shop import SYSTEM, Shop


def told(shop: Shop, entity: str, id: str, **paged: Any) -> list[dict[str, Any]]:
    """Return the history of a record."""
    with shop.platform.read() as uow:
        return history_page(uow, SYSTEM, uow.model.entities[entity], id, paged.get("limit", 50), paged.get("after"))[0]


def test_restrict_refuses(shop: Shop) -> None:
    parent = shop.create("customer", name="A")
    child = shop.create("customer", name="B", parent=parent)
    with pytest.raises(Conflict) as error:
        shop.delete("customer", parent)
    assert error.value.problems[0].code == "would_break"
    assert "1" in error.value.problems[0].message.en
    assert shop.delete("customer", parent, child) == 2  # what holds it goes along
    assert shop.restore("customer", parent) == 1
    assert shop.restore("customer", child) == 1


def test_restrict_does_not_mind_what_cascades(shop: Shop) -> None:
    customer = shop.create("customer", name="A")
    order = shop.create("order", customer=customer, number="1")
    line = shop.create("a_line", order=order, customer=customer)
    assert shop.delete("customer", customer) == 3
    for entity, item in (("customer", customer), ("order", order), ("a_line", line)):
        with pytest.raises(NotFound):
            shop.get(entity, item)
    assert shop.restore("customer", customer) == 3
    assert shop.get("a_line", line)["order"] == {"id": order, "title": "1"}


def test_clear_empties_references_of_every_kind(shop: Shop) -> None:
    a, b = shop.create("product", name="A", price=1), shop.create("product", name="B", price=2)
    customer = shop.create("customer", name="C", favourites=[a, b])
    order = shop.create("order", product=a, customer=customer)
    activity = shop.create("activity", about={"entity": "order", "id": order})
    shop.delete("product", a)
    assert shop.get("customer", customer)["favourites"] == [{"id": b, "title": "B"}]
    assert shop.get("customer", customer)["price_of_favourites"] == 2
    assert shop.get("order", order)["product"] is None
    assert shop.get("order", order)["version"] == 2
    assert told(shop, "order", order)[0]["changes"] == [{"field": "product", "from": a, "to": None}]
    shop.delete("order", order)
    assert shop.get("activity", activity)["about"] is None


def test_a_long_chain_cascades_to_its_end(shop: Shop) -> None:
    shop.publish([{"kind": "entity", "name": "node", "fields": [{"name": "up", "type": "reference", "entity": "node", "on_delete": "cascade"}]}])
    last = first = shop.create("node")
    for _ in range(30):
        last = shop.create("node", up=last)
    shop.change("node", first, up=last)  # and round
    assert shop.delete("node", first) == 31
    assert shop.restore("node", first) == 31


def test_emptying_removes_for_good_after_its_days(shop: Shop) -> None:
    product = shop.create("product", name="A")
    customer = shop.create("customer", name="C", favourites=[product])
    shop.delete("customer", customer)
    with shop.write() as uow:
        assert empty_trash(uow, uow.now) == 0
        assert empty_trash(uow, uow.now + timedelta(seconds=1)) == 1
    with pytest.raises(NotFound):
        shop.restore("customer", customer)
    assert shop.get("product", product)["sold"] == 0


def test_history_tells_who_why_and_in_which_batch(shop: Shop) -> None:
    cause = Cause("rule", id="r1", label="Rule", root="w1", depth=2)
    rows = shop.many("customer", [{"name": "A", "arr": "1.5"}], SYSTEM.with_cause(cause), batch="b1")
    item = str(rows[0].id)
    shop.change("customer", item, arr=2, industry="saas")
    shop.delete("customer", item)
    shop.restore("customer", item)
    entries = told(shop, "customer", item)
    assert [(e["action"], e["version"]) for e in entries] == [("restore", 4), ("delete", 3), ("update", 2), ("create", 1)]
    assert entries[-1]["cause"] == {"kind": "rule", "id": "r1", "label": "Rule", "root": "w1", "depth": 2}
    assert entries[-1]["batch"] == "b1"
    assert {c["field"]: (c["from"], c["to"]) for c in entries[2]["changes"]} == {"arr": (1.5, 2), "industry": (None, "saas")}
    assert [e["id"] for e in told(shop, "customer", item, after=entries[1]["id"])] == [e["id"] for e in entries[2:]]
    for bad in ("x", "\0", "'"):
        with pytest.raises(Malformed):
            told(shop, "customer", item, after=bad)
    with pytest.raises(NotFound):
        told(shop, "customer", "0" * 36)
