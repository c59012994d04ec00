"""Changing records: what is the same writes nothing, moves of stages, checks, stale writes, many at once, by filter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tenon.engine.history import history
from tenon.engine.records.undoing import undo_batch
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from tests.platform.people import add
from tests.shop import SYSTEM, Shop, person


def problems(error: pytest.ExceptionInfo[Any]) -> list[tuple[str, str]]:
    """Return path and code of every problem."""
    return [(p.path, p.code) for p in error.value.problems]


def entries(shop: Shop) -> int:
    """Return how many entries the history has."""
    with shop.write() as uow:
        return len(uow.connection.execute(history.select()).all())


def test_an_update_without_a_difference_writes_nothing(shop: Shop) -> None:
    product = shop.create("product", name="P")
    item = shop.create("customer", name="A", arr="3.50", vip=False, words=["x"], extra={"a": 1}, favourites=[product], channels=[])
    before = entries(shop)
    shop.change("customer", item, name="A", arr=3.5, vip=False, words=["x"], extra={"a": 1}, favourites=[product], channels=None, weight=None)
    assert entries(shop) == before
    assert shop.get("customer", item)["version"] == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("arr", [None, 0, None, "0.01"]), ("seats", [0, None, 0, 1]), ("vip", [False, None, True, False]), ("weight", ["0", None, "0.001"]),
        ("extra", [{}, None, [], False, 0, {"a": 1}, {"a": True}, {"a": [1, {"b": None}]}]), ("words", [["a"], None, ["a", "b"], ["b", "a"]]),
        ("note", ["x", None, "y"]), ("opens", ["00:00", None, "12:30"]), ("lasts", [0, None, 5]), ("since", ["2020-01-01", None]),
    ],
)
def test_zero_false_and_empty_are_three_things(shop: Shop, field: str, values: list[Any]) -> None:
    item = shop.create("customer", name="A", seats=9)
    for version, value in enumerate(values, start=2):
        shop.change("customer", item, **{field: value})
        found = shop.get("customer", item)
        shown = found[field]
        assert (Decimal(value) == shown) if isinstance(value, str) and isinstance(shown, Decimal) else shown == value
        assert found["version"] - version in (0, -1)  # the first may be what it was


def test_stages_move_as_declared(shop: Shop) -> None:
    item = shop.create("customer", name="A")
    with pytest.raises(Invalid) as error:
        shop.change("customer", item, stage="active")
    assert problems(error) == [("/arr", "required")]
    with pytest.raises(Invalid) as error:
        shop.change("customer", item, stage="active", arr=3)
    assert problems(error) == [("/stage", "refused")]
    shop.change("customer", item, stage="trial")
    with pytest.raises(Invalid) as error:
        shop.change("customer", item, stage="lead")
    assert problems(error) == [("/stage", "refused")]
    with pytest.raises(Invalid):
        shop.change("customer", item, stage=None)
    shop.create("order", customer=item, amount=1)
    shop.change("customer", item, stage="active", arr=3)
    ann = add(shop.platform.database, "ann@shop.example")
    with pytest.raises(Forbidden) as forbidden:
        shop.change("customer", item, person(ann, "clerk"), stage="lost", owner=ann)
    assert problems(forbidden) == [("/stage", "forbidden")]
    shop.change("customer", item, person(ann, "boss"), stage="lost")
    assert shop.get("customer", item)["stage"] == "lost"


def test_nobody_begins_at_a_stage_that_others_bring_records_to(shop: Shop) -> None:
    ann = add(shop.platform.database, "ann@shop.example")
    clerk, boss = person(ann, "clerk"), person(ann, "boss")
    with pytest.raises(Forbidden) as forbidden:
        shop.create("customer", clerk, name="A", stage="lost")
    assert problems(forbidden) == [("/stage", "forbidden")]
    with pytest.raises(Invalid) as refused:
        shop.many("customer", [{"name": "A", "stage": "trial"}, {"name": "B", "stage": "lost"}], clerk)
    assert problems(refused) == [("/records/1/stage", "forbidden")]
    assert shop.get("customer", shop.create("customer", boss, name="A", stage="lost"))["stage"] == "lost"
    assert shop.get("customer", shop.create("customer", clerk, name="B", stage="active"))["stage"] == "active"


def test_moves_of_many_are_held_one_by_one(shop: Shop) -> None:
    ids = [shop.create("customer", name=n, arr=1) for n in "ABC"]
    shop.create("order", customer=ids[1], amount=5)
    rows = shop.many("customer", [{"id": i, "stage": "active"} for i in ids], mode="update", on_error="skip")
    assert [r.is_good for r in rows] == [False, True, False]
    assert [shop.get("customer", i)["stage"] for i in ids] == ["lead", "active", "lead"]


def test_checks_know_the_values_before(shop: Shop) -> None:
    item = shop.create("customer", name="A", seats=500)
    with pytest.raises(Invalid) as error:
        shop.change("customer", item, seats=399)
    assert problems(error) == [("/seats", "refused")]
    assert shop.get("customer", item)["seats"] == 500
    shop.change("customer", item, seats=400)
    with pytest.raises(Invalid) as error:
        shop.change("customer", item, weight="-0.001")
    assert problems(error) == [("/weight", "refused")]


def test_a_stale_write_is_refused(shop: Shop) -> None:
    item = shop.create("customer", name="A")
    shop.change("customer", item, name="B", version=1)
    with pytest.raises(Stale):
        shop.change("customer", item, name="C", version=1)
    shop.change("customer", item, name="C")
    rows = shop.many("customer", [{"id": item, "version": 2, "name": "D"}], mode="update", on_error="skip")
    assert [p.code for p in rows[0].problems] == ["stale"]
    assert shop.many("customer", [{"id": item, "version": 3, "name": "D"}], mode="update")[0].is_good


def test_what_is_not_there_is_not_found(shop: Shop) -> None:
    item = shop.create("customer", name="A")
    shop.delete("customer", item)
    for action in (lambda: shop.change("customer", item, name="B"), lambda: shop.delete("customer", item), lambda: shop.get("customer", item)):
        with pytest.raises(NotFound):
            action()


def test_required_values_cannot_be_emptied(shop: Shop) -> None:
    item = shop.create("customer", name="A")
    with pytest.raises(Invalid) as error:
        shop.change("customer", item, name=None)
    assert problems(error) == [("/name", "required")]


def test_many_stop_at_the_first_refusal_and_write_nothing(shop: Shop) -> None:
    with pytest.raises(Invalid) as error:
        shop.many("customer", [{"name": "A"}, {"name": "B", "arr": "x"}, {"nam": 1}])
    assert set(problems(error)) >= {("/records/1/arr", "bad_format"), ("/records/2/nam", "unknown_field")}
    assert shop.page("customer").records == []


def test_many_skip_what_is_refused(shop: Shop) -> None:
    shop.create("product", name="Old")
    sent = [{"name": "A"}, {"name": "Old"}, {"name": "A"}, {"price": "x"}, {"name": "B"}]
    rows = shop.many("product", sent, on_error="skip")
    assert [(r.action if r.is_good else [(p.path, p.code) for p in r.problems]) for r in rows] == [
        "create", [("/records/1/name", "not_unique")], [("/records/2/name", "not_unique")], [("/records/3/price", "bad_format")], "create",
    ]
    assert sorted(shop.listed("product", "name")) == ["A", "B", "Old"]


def test_upsert_matches_on_a_declared_key(shop: Shop) -> None:
    customer = shop.create("customer", name="A")
    shop.create("order", customer=customer, number="1", amount=1)
    sent = [{"customer": {"code": "C-2026-00001"}, "number": "1", "amount": 2}, {"customer": customer, "number": "2"}, {"number": "1"}]
    rows = shop.many("order", sent, mode="upsert", match_on=["number", "customer"])
    assert [r.action for r in rows] == ["update", "create", "create"]
    assert [r.action for r in shop.many("order", sent[:2], mode="upsert", match_on=["customer", "number"])] == ["skip", "skip"]
    with pytest.raises(Invalid) as error:
        shop.many("order", sent, mode="upsert", match_on=["amount"])
    assert problems(error) == [("/match_on", "bad_choice")]
    rows = shop.many("order", [sent[0], sent[0]], mode="upsert", match_on=["customer", "number"], on_error="skip")
    assert [r.is_good for r in rows] == [True, False]
    new = {"customer": customer, "number": "9"}
    rows = shop.many("order", [new, new], mode="upsert", match_on=["customer", "number"], on_error="skip")
    assert [r.is_good for r in rows] == [True, False]
    rows = shop.many("order", [{"customer": customer, "number": "77"}], mode="update", match_on=["customer", "number"], on_error="skip")
    assert [p.code for p in rows[0].problems] == ["no_such_record"]


@pytest.mark.parametrize("bad", ["x", "0" * 36, "\0" * 36, "İ" * 36, 7, {"a": 1}, ["x"], True])
def test_ids_that_are_none_are_refused(shop: Shop, bad: Any) -> None:
    rows = shop.many("product", [{"id": bad, "name": "A"}], mode="update", on_error="skip")
    assert not rows[0].is_good
    rows = shop.many("product", [{"id": bad, "name": "A"}], mode="upsert", on_error="skip")
    assert not rows[0].is_good


def test_numbers_are_unique_and_rising_and_go_on_after_given_ones(shop: Shop) -> None:
    assert shop.get("customer", shop.create("customer", name="A", code="C-2026-00007"))["code"] == "C-2026-00007"
    second = shop.create("customer", name="B")
    assert shop.get("customer", second)["code"] == "C-2026-00008"
    shop.change("customer", second, code="C-2026-00020")
    rows = shop.many("customer", [{"name": "C"}, {"name": "D"}])
    assert [shop.get("customer", str(r.id))["code"] for r in rows] == ["C-2026-00021", "C-2026-00022"]


def test_every_match_of_a_filter_is_changed_when_they_are_as_many_as_expected(shop: Shop) -> None:
    shop.many("product", [{"name": f"P{i}", "price": i} for i in range(5)])
    with pytest.raises(Conflict) as error:
        shop.change_where("product", "price >= 2", 2, price=0)
    assert problems(error) == [("/expect", "conflict")]
    assert error.value.extra == {"count": 3}
    changed, batch = shop.change_where("product", "price >= 2", 3, price={"expr": "price * 10 + 0.5"})
    assert changed == 3
    assert sorted(shop.listed("product", "price")) == [0, 1, Decimal("20.50"), Decimal("30.50"), Decimal("40.50")]
    with shop.write() as uow:
        assert undo_batch(uow, SYSTEM, uow.model.entities["product"], batch) == ({"deleted": 0, "restored": 3}, None)
    assert sorted(shop.listed("product", "price")) == [0, 1, 2, 3, 4]
    gone, batch = shop.delete_where("product", "price > 2", 2)
    assert gone == 2
    assert len(shop.page("product").records) == 3
    with shop.write() as uow:
        assert undo_batch(uow, SYSTEM, uow.model.entities["product"], batch)[0] == {"deleted": 0, "restored": 2}
    assert len(shop.page("product").records) == 5
    for wrong in ({"expr": "nam"}, {"expr": 3}, {"expr": "name"}):
        with pytest.raises(Invalid):
            shop.change_where("product", "price > 2", 2, price=wrong)


def test_undoing_a_batch_keeps_what_changed_since(shop: Shop) -> None:
    with shop.write() as uow:
        pass
    rows = shop.many("customer", [{"name": "A", "since": "2020-01-01", "opens": "09:00", "industry": "saas"}, {"name": "B"}], batch="one")
    first, second = (str(r.id) for r in rows)
    news = [{"id": first, "since": "2021-01-01", "opens": "10:00", "industry": None, "vip": True}, {"id": second, "name": "C"}]
    shop.many("customer", news, mode="update", batch="two")
    shop.change("customer", second, name="D")
    with shop.write() as uow:
        entity = uow.model.entities["customer"]
        assert undo_batch(uow, SYSTEM, entity, "two")[0] == {"deleted": 0, "restored": 1}
    found = shop.get("customer", first)
    assert (found["since"], found["opens"], found["industry"], found["vip"]) == ("2020-01-01", "09:00", "saas", None)
    assert shop.get("customer", second)["name"] == "D"
    with shop.write() as uow:
        assert undo_batch(uow, SYSTEM, uow.model.entities["customer"], "one")[0] == {"deleted": 2, "restored": 0}
    assert shop.page("customer").records == []


def test_append_only_records_are_never_changed(shop: Shop) -> None:
    item = shop.create("visit", text="x")
    for work in (
        lambda: shop.change("visit", item, text="y"), lambda: shop.many("visit", [{"id": item, "text": "y"}], mode="update"),
        lambda: shop.change_where("visit", "True", 1, text="y"),
    ):
        with pytest.raises(Forbidden):
            work()
