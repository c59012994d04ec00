"""Formulas are always what they would be if computed anew: after every kind of write, in chains, at night, for many, in parallel."""

from __future__ import annotations

import functools
import operator
import threading
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tenon.engine.jobs import put
from tenon.engine.recompute import touch
from tenon.engine.recompute.graph import graph_of
from tenon.engine.recompute.refresh import REFRESH, refresh_range
from tenon.engine.records import writing
from tenon.metamodel.errors import TenonError
from tenon.platform.database import Database
from tests.shop import SHOP, SYSTEM, Shop, open_platform


def total(shop: Shop, *ids: str) -> list[Any]:
    """Return the totals of customers."""
    return [shop.get("customer", i)["orders_total"] for i in ids]


def test_children_that_come_move_go_and_return_are_counted(shop: Shop) -> None:
    a, b = shop.create("customer", name="A", arr=10), shop.create("customer", name="B")
    first = shop.create("order", customer=a, amount=4, ordered_at="2026-03-01")
    second = shop.create("order", customer=a, amount="1.5", ordered_at="2026-01-01")
    found = shop.get("customer", a)
    assert (found["orders_total"], found["orders_count"], found["last_order"], found["share"], found["recent"]) == (Decimal("5.5"), 2, "2026-03-01", Decimal("0.55"), 4)
    assert shop.get("order", first)["customer_total"] == Decimal("5.5")
    assert shop.get("order", first)["part"] == Decimal("0.727273")
    shop.change("order", first, customer=b)
    assert total(shop, a, b) == [Decimal("1.5"), 4]
    assert [shop.get("order", i)["customer_total"] for i in (first, second)] == [4, Decimal("1.5")]
    shop.delete("order", first)
    assert total(shop, a, b) == [Decimal("1.5"), 0]
    shop.restore("order", first)
    shop.change("order", second, customer=None)
    assert total(shop, a, b) == [0, 4]
    assert shop.get("order", second)["customer_total"] is None
    shop.delete("customer", b)
    shop.restore("customer", b)
    assert total(shop, b) == [4]


def test_formulas_look_along_references(shop: Shop) -> None:
    parent = shop.create("customer", name="Top")
    child = shop.create("customer", name="Sub", parent=parent)
    assert shop.get("customer", child)["above"] == "Top"
    assert shop.get("customer", child)["loud"] == "SUB"
    shop.change("customer", parent, name="新名")
    assert shop.get("customer", child)["above"] == "新名"
    assert shop.listed("customer", "above", sort=["-above"])[0] == "新名"
    shop.change("customer", child, parent=None)
    assert shop.get("customer", child)["above"] is None


def test_links_count_on_both_sides(shop: Shop) -> None:
    a, b = shop.create("product", name="A", price=1), shop.create("product", name="B", price=2)
    item = shop.create("customer", name="C", favourites=[a, b])
    assert shop.get("customer", item)["price_of_favourites"] == 3
    assert shop.get("product", a)["sold"] == 1
    shop.change("customer", item, favourites=[b])
    assert shop.get("customer", item)["price_of_favourites"] == 2
    assert [shop.get("product", i)["sold"] for i in (a, b)] == [0, 1]
    shop.change("product", b, price=5)
    assert shop.get("customer", item)["price_of_favourites"] == 5
    shop.delete("customer", item)
    assert shop.get("product", b)["sold"] == 0


def test_many_children_at_once(shop: Shop) -> None:
    ids = [shop.create("customer", name=n) for n in "ABC"]
    rows = shop.many("order", [{"customer": ids[i % 3], "amount": i} for i in range(300)])
    assert total(shop, *ids) == [sum(range(k, 300, 3)) for k in range(3)]
    shop.many("order", [{"id": r.id, "customer": ids[0]} for r in rows], mode="update")
    assert total(shop, *ids) == [sum(range(300)), 0, 0]
    shop.delete_where("order", "amount > 10", 289)
    assert total(shop, ids[0]) == [55]


def test_what_reads_the_clock_is_computed_at_night(shop: Shop) -> None:
    item = shop.create("customer", name="A", since="2026-03-01")
    shop.create("order", customer=item, amount=7, ordered_at="2026-02-25")
    assert (shop.get("customer", item)["days"], shop.get("customer", item)["recent"]) == (1, 7)
    version = shop.get("customer", item)["version"]
    shop.platform.outside.clock.advance(days=30)  # type: ignore[attr-defined]
    with shop.write() as uow:
        put(uow.connection, REFRESH, {})
    shop.work()
    found = shop.get("customer", item)
    assert (found["days"], found["recent"], found["version"]) == (31, 0, version)


def test_too_many_are_computed_by_a_job(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touch, "AT_ONCE", 20)
    item = shop.create("customer", name="A", arr=100)
    with shop.write() as uow:
        writing.write_many(uow, SYSTEM, uow.model.entities["order"], [{"customer": item, "amount": 2} for _ in range(30)])
        assert "pending" in uow.notes
    assert total(shop, item) == [60]
    shop.work()
    assert set(shop.listed("order", "customer_total")) == {60}
    assert set(shop.listed("order", "part")) == {Decimal("0.033333")}


def test_a_number_that_does_not_fit_is_empty(shop: Shop) -> None:
    shop.publish([{"kind": "entity", "name": "big", "fields": [
        {"name": "a", "type": "decimal", "scale": 0}, {"name": "square", "type": "formula", "expr": "a * a", "scale": 6},
        {"name": "cube", "type": "formula", "expr": "a ** 8"}, {"name": "again", "type": "formula", "expr": "square + cube + square * cube"},
    ]}])  # fmt: skip
    item = shop.create("big", a=999_999_999_999_999)
    found = shop.get("big", item)
    assert (found["square"], found["cube"], found["again"]) == (None, None, None)
    shop.change("big", item, a=3)
    assert shop.get("big", item)["square"] == 9
    assert shop.get("big", item)["cube"] == 6561
    shop.create("big", a="-999999999999999")


def test_two_writers_of_children_leave_a_right_total(shop: Shop) -> None:
    item = shop.create("customer", name="A")
    barrier = threading.Barrier(6)

    def write(amount: int) -> None:
        barrier.wait()
        for _ in range(4):
            shop.create("order", customer=item, amount=amount)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(1, 7)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert total(shop, item) == [4 * 21]
    assert shop.get("customer", item)["orders_count"] == 24


def test_numbers_of_parallel_writers_are_unique_and_rising(shop: Shop) -> None:
    found: list[list[str]] = []

    def write() -> None:
        found.append([shop.get("customer", shop.create("customer", name="A"))["code"] for _ in range(3)])

    threads = [threading.Thread(target=write) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(functools.reduce(operator.iadd, found, [])) == [f"C-2026-{n:05}" for n in range(1, 61)]
    assert all(codes == sorted(codes) for codes in found)


STEPS = st.one_of(
    st.tuples(st.just("customer"), st.integers(0, 9), st.integers(0, 500)),
    st.tuples(st.just("order"), st.integers(0, 9), st.integers(0, 500)),
    st.tuples(st.just("order"), st.integers(0, 9), st.integers(0, 500)),
    st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("amount"), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 500))),
    st.tuples(st.just("change"), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9))),
    st.tuples(st.just("price"), st.integers(0, 3), st.one_of(st.none(), st.integers(0, 9))),
    st.tuples(st.just("favourites"), st.integers(0, 9), st.lists(st.integers(0, 3), max_size=3)),
    st.tuples(st.just("delete"), st.sampled_from(["customer", "order", "product"]), st.integers(0, 9)),
    st.tuples(st.just("restore"), st.sampled_from(["customer", "order", "product"]), st.integers(0, 9)),
    st.tuples(st.just("many"), st.integers(0, 9), st.integers(1, 5)),
    st.tuples(st.just("where"), st.integers(0, 500), st.integers(0, 9)),
)


class Run:
    """Random writes; what is refused changes nothing."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.known: dict[str, list[str]] = {"customer": [], "order": [], "product": [shop.create("product", price=n) for n in range(4)]}

    def pick(self, entity: str, number: int) -> str | None:
        """Return one of the records, deleted ones too."""
        return self.known[entity][number % len(self.known[entity])] if self.known[entity] else None

    def step(self, kind: str, first: Any, second: Any) -> None:
        """Write."""
        try:
            getattr(self, f"do_{kind}")(first, second)
        except TenonError:
            return

    def do_customer(self, first: int, second: int) -> None:
        self.known["customer"].append(self.shop.create("customer", name=f"N{first}", arr=second, parent=self.pick("customer", first)))

    def do_order(self, first: int, second: int) -> None:
        self.known["order"].append(self.shop.create("order", customer=self.pick("customer", first), amount=second, ordered_at=f"2026-02-{second % 28 + 1:02}"))

    def do_move(self, first: int, second: int) -> None:
        self.shop.change("order", self.pick("order", first) or "", customer=self.pick("customer", second))

    def do_amount(self, first: int, second: int | None) -> None:
        self.shop.change("order", self.pick("order", first) or "", amount=second)

    def do_change(self, first: int, second: int | None) -> None:
        self.shop.change("customer", self.pick("customer", first) or "", arr=second, name=f"M{second}", parent=None if second is None else self.pick("customer", second))

    def do_price(self, first: int, second: int | None) -> None:
        self.shop.change("product", self.pick("product", first) or "", price=second)

    def do_favourites(self, first: int, second: list[int]) -> None:
        self.shop.change("customer", self.pick("customer", first) or "", favourites=[p for n in second if (p := self.pick("product", n))])

    def do_delete(self, first: str, second: int) -> None:
        self.shop.delete(first, self.pick(first, second) or "")

    def do_restore(self, first: str, second: int) -> None:
        self.shop.restore(first, self.pick(first, second) or "")

    def do_many(self, first: int, second: int) -> None:
        rows = self.shop.many("order", [{"customer": self.pick("customer", first + i), "amount": i} for i in range(second)], on_error="skip")
        self.known["order"] += [str(r.id) for r in rows if r.is_good]

    def do_where(self, first: int, second: int) -> None:
        count = len(self.shop.page("order", filters=[f"amount > {first}"], limit=500).records)
        self.shop.change_where("order", f"amount > {first}", count, customer=self.pick("customer", second), amount={"expr": "amount + 1"})


def stale(shop: Shop) -> list[tuple[str, str, list[str]]]:
    """Compute every formula of every record anew and return where that changed anything."""
    found = []
    with shop.write() as uow:
        for level in graph_of(uow.model).levels():
            for target in level:
                if target.field is not None and (changed := refresh_range(uow, target, "", 5_000, is_new=False)[1]):
                    found.append((target.entity.name, target.field.name, changed))
    return found


def test_computing_everything_anew_changes_nothing(database: Database, tmp_path: Path, moment: datetime, scale: float) -> None:
    run = Run(Shop(open_platform(database, tmp_path, moment), SHOP))

    @settings(max_examples=int(300 * scale), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(STEPS, min_size=3, max_size=12))
    def holds(steps: list[tuple[Any, Any, Any]]) -> None:
        for step in steps:
            run.step(*step)
        assert stale(run.shop) == []

    holds()
