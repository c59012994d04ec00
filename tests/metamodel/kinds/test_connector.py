"""The kind connector: where the other system is, what is pulled and pushed, and which field is what there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import CONNECTOR, found, publish, read, refused, with_world

BOTH: dict[str, Any] = {**CONNECTOR, "direction": "both", "push": {"path": "/orders"}}


def _source(**more: Any) -> dict[str, Any]:
    return {**CONNECTOR, "source": {**CONNECTOR["source"], **more}}


def test_the_example_is_read_to_the_letter() -> None:
    body = read(CONNECTOR).body
    assert (body.connection.auth.type, body.connection.auth.secret, body.pulls, body.pushes) == ("bearer", "erp_token", True, False)
    assert (body.source.id, body.source.page.by, body.source.since.field, body.source.since.overlap_seconds) == ("id", "cursor", "updated_at", 60)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "sql"}, ("/type", "bad_choice")),
        ({"connection": {"base_url": "ftp://erp.example.com"}}, ("/connection/base_url", "bad_format")),
        ({"connection": {"base_url": "https://e.example", "auth": {"type": "bearer"}}}, ("/connection/auth/secret", "required")),
        ({"connection": {"base_url": "https://e.example", "auth": {"type": "magic"}}}, ("/connection/auth/type", "bad_choice")),
        ({"connection": {"base_url": "https://e.example", "auth": {"type": "bearer", "secret": "../key"}}}, ("/connection/auth/secret", "bad_format")),
        ({"source": {"path": "orders"}}, ("/source/path", "bad_format")),
        ({"conflict": "mine"}, ("/conflict", "bad_choice")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**CONNECTOR, **changes})


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (CONNECTOR, []),
        (BOTH, []),
        ({**CONNECTOR, "direction": "both"}, [("/push", "required")]),
        ({**BOTH, "direction": "push", "source": None}, []),
        ({**CONNECTOR, "source": None}, [("/source", "required")]),
        ({**CONNECTOR, "mapping": {"numbr": "a", "number": "b"}}, [("/mapping/numbr", "unknown_field")]),
        ({**CONNECTOR, "mapping": {"number": "nmber(total)"}}, [("/mapping/number", "unknown_name")]),
        ({**CONNECTOR, "mapping": {"number": "no", "created_at": "at"}}, [("/mapping/created_at", "read_only")]),
        ({**CONNECTOR, "mapping": {}}, [("/mapping", "required"), ("/match_on", "required")]),
        ({**CONNECTOR, "match_on": ["amount"]}, [("/match_on", "bad_choice")]),
        ({**CONNECTOR, "mapping": {"amount": "total"}}, [("/match_on", "required")]),
        ({**CONNECTOR, "entity": "user", "mapping": {"name": "n"}, "match_on": []}, [("/entity", "unknown_name"), ("/entity", "type_mismatch")]),
        ({**_source(since=None), "conflict": "newest"}, [("/conflict", "required")]),
        (_source(page={"by": "offset", "param": "skip"}), [("/source/page/size", "required")]),
        (_source(page={"by": "cursor"}), [("/source/page/param", "required")]),
        ({**BOTH, "push": {"path": "/orders", "record_path": "/orders/one"}}, [("/push/record_path", "bad_format")]),
        ({**BOTH, "push": {"path": "/orders", "where": "amount"}}, [("/push/where", "type_mismatch")]),
        ({**CONNECTOR, "run_as": "role"}, [("/role", "required")]),
    ],
)
def test_directions_fields_and_columns_go_together(raw: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(with_world(raw), "erp_orders") == expected


def test_a_field_that_is_renamed_stays_mapped() -> None:
    first = with_world()
    entity = first.get("entity", "sales_order").json
    renamed = {**entity, "fields": [{**f, "name": "order_number"} if f["name"] == "number" else f for f in entity["fields"]]}
    again = publish(*(renamed if d.kind == "entity" and d.name == "sales_order" else d.json for d in first.documents.values()), base=first)
    assert [again.get_entity("sales_order").find_field(key).name for key in again.get("connector", "erp_orders").body.mapping] == ["order_number", "amount"]  # type: ignore[union-attr]
