"""Writers that meet: deleting against pointing at, taking the same key, changing the same record."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tenon.engine.records import deleting, writing
from tenon.metamodel.errors import TenonError
from tests.shop import SYSTEM, Shop


def together(*works: Callable[[], object]) -> list[str]:
    """Run works at the same time and return how each ended: "done", or the code of its refusal."""
    ends = ["" for _ in works]
    barrier = threading.Barrier(len(works))

    def run(position: int) -> None:
        barrier.wait()
        try:
            works[position]()
            ends[position] = "done"
        except TenonError as error:
            ends[position] = error.problems[0].code

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(works))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return ends


def test_nothing_points_at_what_is_deleted_meanwhile(shop: Shop) -> None:
    for _ in range(6):
        customer = shop.create("customer", name="A")
        ends = together(lambda c=customer: shop.delete("customer", c), lambda c=customer: shop.create("a_line", customer=c))  # type: ignore[misc]
        lines = [r for r in shop.page("a_line", fields=["customer"]).records if r["customer"] and r["customer"]["id"] == customer]
        assert (ends == ["done", "no_such_record"] and not lines) or (ends == ["would_break", "done"] and len(lines) == 1), ends


def test_a_key_is_taken_once(shop: Shop) -> None:
    works = [lambda: shop.create("product", name="Same"), lambda: shop.create("product", name="Same")]
    works += [lambda: shop.many("product", [{"name": "Same"}, {"name": "Other"}], on_error="skip")] * 2  # type: ignore[list-item]
    ends = together(*works)
    assert set(ends) <= {"done", "not_unique"}
    assert sorted(shop.listed("product", "name")) == ["Other", "Same"]


def test_no_change_is_lost(shop: Shop) -> None:
    item = shop.create("customer", name="A", arr=0, seats=0)

    def raise_arr() -> None:
        for _ in range(5):
            shop.change_where("customer", "True", 1, arr={"expr": "arr + 1"})

    def raise_version() -> None:
        for n in range(5):
            shop.change("customer", item, note=f"{threading.get_ident()} {n}")

    assert together(raise_arr, raise_version, raise_version) == ["done"] * 3
    found = shop.get("customer", item)
    assert found["version"] == 16
    assert found["arr"] == 5


def test_a_refused_part_leaves_the_rest_of_a_transaction(shop: Shop) -> None:
    with shop.write() as uow:
        product = uow.model.entities["product"]
        first = writing.create(uow, SYSTEM, product, {"name": "A"})
        rows = writing.write_many(uow, SYSTEM, product, [{"name": "A"}, {"name": "B"}], on_error="skip")
        assert [r.is_good for r in rows] == [False, True]
        deleting.delete(uow, SYSTEM, product, [first])
        writing.create(uow, SYSTEM, product, {"name": "A"})
    assert sorted(shop.listed("product", "name")) == ["A", "B"]
