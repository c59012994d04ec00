"""Taking back a whole import."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenon.engine.imports import work
from tenon.engine.imports.undo import undo_import
from tenon.engine.records import undoing
from tenon.metamodel.errors import Conflict
from tests.engine.imports.importing import csv_of, order_import, run_import
from tests.shop import SYSTEM, Shop


def undo(shop: Shop, import_id: str) -> dict[str, int]:
    return undo_import(shop.platform.write, SYSTEM, import_id)


@pytest.mark.parametrize("part", [2, 2_000])
def test_new_records_go_and_changed_fields_come_back(shop: Shop, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setattr(work, "PART", 3)
    monkeypatch.setattr(undoing.undo_batch, "__defaults__", (part, ""))
    ada = shop.create("customer", name="Ada", email="a@x.cn", arr=1, since="2026-01-31", channels=["mail"], opens="09:30", extra={"a": [1]})
    bo = shop.create("customer", name="Bo", email="b@x.cn", arr=2)
    before = shop.get("customer", ada)
    lines = [
        "name,email,arr,since,channels,opens,parent", "Ann,a@x.cn,5,2026-02-01,phone,10:30,", "Bob,b@x.cn,6,,,,Ann", "Cy,c@x.cn,7,,,,Bob", "Di,d@x.cn,,,,,Cy",
        "Ano,a@x.cn,8,,,,",
    ]  # fmt: skip
    job = run_import(shop, csv_of(*lines), "customer", mode="upsert", match_on=["email"])
    assert job["counts"] == (2, 3, 0, 0, 0)
    shop.change("customer", bo, arr=9)
    cy = shop.page("customer", filters=["name == 'Cy'"]).records[0]["id"]
    shop.change("customer", cy, note="seen")
    assert undo(shop, job["id"]) == {"deleted": 2, "restored": 2 if part > 2 else 3}
    after = shop.get("customer", ada)
    same = ("name", "email", "arr", "since", "channels", "opens", "extra", "parent")
    assert {k: after[k] for k in same} == {k: before[k] for k in same}
    found = shop.get("customer", bo)
    assert (found["name"], found["arr"], found["parent"]) == ("Bo", Decimal(9), None)
    assert shop.listed("customer", "name", sort=["name"]) == ["Ada", "Bo"]
    shop.restore("customer", cy)
    with pytest.raises(Conflict):
        undo(shop, job["id"])
    assert shop.listed("customer", "name", sort=["name"]) == ["Ada", "Bo", "Cy"]


def test_formulas_follow(shop: Shop) -> None:
    shop.create("customer", name="Ada")
    job = run_import(shop, csv_of("number,customer,amount", "1,Ada,10"), "order")
    assert shop.listed("customer", "orders_total") == [Decimal(10)]
    undo(shop, job["id"])
    assert shop.listed("customer", "orders_count") == [0]


def test_what_wrote_nothing_or_still_runs_is_not_taken_back(shop: Shop) -> None:
    tried = run_import(shop, csv_of("name", "a"), "customer", dry_run=True)
    waiting = order_import(shop.platform, csv_of("name", "a"), "customer")
    for import_id in (tried["id"], waiting):
        with pytest.raises(Conflict) as caught:
            undo(shop, import_id)
        assert caught.value.problems[0].message.zh
        assert caught.value.problems[0].hint
