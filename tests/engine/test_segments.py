"""Segments: a fixed one keeps who was in it when it was published, and tells nobody what they may not read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from tenon.engine.context import Context
from tenon.engine.jobs import put
from tenon.engine.query.membership import members
from tenon.engine.query.pages import Ask, page
from tenon.engine.records.emptying import empty_trash
from tenon.engine.segments import members_asked
from tenon.metamodel.errors import Invalid, NotFound
from tests.shop import CUSTOMER, SYSTEM, Shop, person

BIG: dict[str, Any] = {"kind": "segment", "name": "big", "entity": "customer", "filter": "arr > 100"}
KEPT: dict[str, Any] = {**BIG, "name": "kept", "mode": "fixed"}


def names(shop: Shop, segment: str, ctx: Context = SYSTEM, **asked: Any) -> list[str]:
    with shop.platform.read() as uow:
        found = page(uow, ctx, uow.model.get_entity("customer"), members_asked(uow.model.get("segment", segment), Ask(sort=["name"], **asked)))
        return [r["name"] for r in found.records]


@pytest.fixture
def sold(shop: Shop) -> dict[str, str]:
    made = {name: shop.create("customer", name=name, arr=arr) for name, arr in (("A", 50), ("B", 150), ("C", 250))}
    shop.publish([BIG, KEPT])
    return made


def test_members_stay_whatever_becomes_of_them(shop: Shop, sold: dict[str, str]) -> None:
    shop.change("customer", sold["A"], arr=500)
    shop.change("customer", sold["B"], arr=1)
    assert (names(shop, "big"), names(shop, "kept")) == (["A", "C"], ["B", "C"])
    assert names(shop, "kept", filters=["arr > 100"], count="exact") == ["C"]
    shop.delete("customer", sold["C"])
    assert names(shop, "kept") == ["B"]
    shop.restore("customer", sold["C"])
    assert names(shop, "kept") == ["B", "C"]
    shop.delete("customer", sold["B"])
    with shop.platform.write() as uow:
        empty_trash(uow, uow.now + timedelta(days=1))
        assert uow.connection.execute(select(members.c.record)).scalars().all() == [sold["C"]]


def test_another_filter_chooses_anew_and_another_name_of_a_field_does_not(shop: Shop, sold: dict[str, str]) -> None:
    shop.change("customer", sold["B"], arr=1)
    with shop.platform.read() as uow:
        field = uow.model.get_entity("customer").fields["arr"].id
        entity = uow.model.get_entity("customer").id
    fields = [{**f, "id": field, "name": "yearly"} if f["name"] == "arr" else f for f in CUSTOMER["fields"]]
    texts = [{**f, "expr": f["expr"].replace("arr", "yearly")} if "expr" in f else f for f in fields]
    shop.publish([{**CUSTOMER, "id": entity, "fields": [{**f, "moves": []} if "moves" in f else f for f in texts]}])
    assert names(shop, "kept") == ["B", "C"]
    shop.publish([{**KEPT, "filter": "yearly > 200"}])
    assert names(shop, "kept") == ["C"]
    shop.publish([{**KEPT, "filter": "yearly > 200", "mode": "dynamic"}])
    shop.change("customer", sold["A"], yearly=300)
    assert names(shop, "kept") == ["A", "C"]


def test_members_are_kept_of_segments_published_before_there_were_any(shop: Shop, sold: dict[str, str]) -> None:
    with shop.platform.write() as uow:
        uow.connection.execute(delete(members))
        put(uow.connection, "keep_segments")
    shop.change("customer", sold["A"], arr=500)
    assert names(shop, "kept") == []
    shop.work()
    shop.change("customer", sold["B"], arr=1)
    assert names(shop, "kept") == ["A", "B", "C"]


def test_what_a_reader_may_not_know_is_not_told(shop: Shop, sold: dict[str, str]) -> None:
    grants = {
        "blind": {"hide": ["arr"]}, "own": {"where": "name == 'C'"},
    }  # fmt: skip
    roles = [{"kind": "role", "name": n, "label": {"en": n}, "grants": [{"entity": "customer", "actions": ["read"], **g}]} for n, g in grants.items()]
    partly = [{"entity": "customer", "actions": ["read"], "hide": ["arr"]}, {"entity": "customer", "actions": ["read"], "where": "name == 'B'"}]
    far = {**KEPT, "name": "ordered", "filter": "sum(orders.amount) == None or sum(orders.amount) >= 0"}
    near = {"kind": "role", "name": "near", "label": {"en": "near"}, "grants": [
        {"entity": "customer", "actions": ["read"]}, {"entity": "order", "actions": ["read"], "where": "number == '1'"}]}
    shop.publish([*roles, {"kind": "role", "name": "partly", "label": {"en": "partly"}, "grants": partly}, far, near])
    with pytest.raises(Invalid):
        names(shop, "kept", person("x", "blind"))
    assert names(shop, "kept", person("x", "own")) == ["C"]
    assert names(shop, "kept", person("x", "partly")) == ["B"]
    assert names(shop, "kept", person("x", "near")) == ["B", "C"]
    with pytest.raises(NotFound):
        names(shop, "ordered", person("x", "near"))
