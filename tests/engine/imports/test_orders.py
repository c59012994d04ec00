"""What is known of an import before it runs: checked orders, mappings within somebody's rights."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenon.engine.access.rights import rights_of
from tenon.engine.imports import orders
from tenon.metamodel.errors import Invalid, NotFound
from tests.engine.imports.importing import csv_of, order_import
from tests.shop import SHOP, Shop, person


def read(shop: Shop, entity: str = "customer", **values: object) -> orders.Order:
    with shop.platform.read() as uow:
        return orders.read_order(uow.model.entities[entity], values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"mode": "replace"}, [("/mode", "bad_choice")]),
        ({"on_error": "ignore"}, [("/on_error", "bad_choice")]),
        ({"mode": "upsert"}, [("/match_on", "required")]),
        ({"mode": "update", "match_on": ["name"]}, [("/match_on", "bad_choice")]),
        ({"match_on": ["id"]}, [("/match_on", "bad_choice")]),
        ({"mapping": ["name"]}, [("/mapping", "wrong_type")]),
        ({"mapping": {"name": 1}}, [("/mapping", "wrong_type")]),
    ],
)
def test_orders_that_cannot_be_are_refused_in_both_languages(shop: Shop, values: dict[str, object], expected: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as caught:
        read(shop, **values)
    assert [(p.path, p.code) for p in caught.value.problems] == expected
    assert all(p.message.zh and p.message.zh != p.message.en and p.hint for p in caught.value.problems)


def test_orders_that_can_be(shop: Shop) -> None:
    assert read(shop) == orders.Order("create", [], None, "skip", False)
    assert read(shop, "order", mode="upsert", match_on=["number", "customer"]).match_on == ["number", "customer"]
    assert read(shop, mode="update", match_on=["id"], on_error="stop", dry_run=True) == orders.Order("update", ["id"], None, "stop", True)


def test_a_mapping_stays_within_the_rights_of_who_imports(shop: Shop, tmp_path: Path) -> None:
    grant = {"entity": "customer", "actions": ["read", "create", "import"], "hide": ["arr"], "write": ["name", "arr"]}
    shop.publish([*SHOP, {"kind": "role", "name": "typist", "label": {"en": "Typist"}, "grants": [grant]}])
    path = tmp_path / "a.csv"
    path.write_bytes(csv_of("name,arr,note", "Ada,1,x"))
    with shop.platform.read() as uow:
        entity, rights = uow.model.entities["customer"], rights_of(uow.model, person("t", "typist"))
        assert orders.open_file(path, "a.csv", entity, None, rights).mapping == {"name": "name"}
        assert orders.open_file(path, "a.csv", entity, None).mapping == {"name": "name", "note": "note", "arr": "arr"}
        with pytest.raises(Invalid) as caught:
            orders.open_file(path, "a.csv", entity, {"arr": "arr", "note": "note", "arrr": "arr"}, rights)
        assert [(p.path, p.code) for p in caught.value.problems] == [
            ("/mapping/arr", "unknown_field"), ("/mapping/note", "read_only"), ("/mapping/arrr", "unknown_field"),
        ]  # fmt: skip
        assert "arr?" not in str([p.hint for p in caught.value.problems])
        with pytest.raises(Invalid, match="No column"):
            orders.open_file(path, "a.csv", uow.model.entities["visit"], None)


def test_an_import_of_somebody_else_is_not_there(shop: Shop) -> None:
    import_id = order_import(shop.platform, csv_of("name", "a"), "customer", user="ann")
    with shop.platform.read() as uow:
        assert orders.get(uow.connection, import_id, "ann")["file_name"] == "file.csv"
        for user in ("bo", ""):
            with pytest.raises(NotFound):
                orders.get(uow.connection, import_id, user)
