"""Creating records: values of every type, defaults, required fields, bounds, owner, references."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tenon.engine.people import units
from tenon.metamodel.errors import Conflict, Invalid
from tests.platform.people import add
from tests.shop import Shop, person

UNIT_ID = "00000000-0000-7000-8000-00000000000a"


def problems(error: pytest.ExceptionInfo[Any]) -> list[tuple[str, str]]:
    """Return path and code of every problem."""
    return [(p.path, p.code) for p in error.value.problems]


def test_values_of_every_type_come_back_as_they_were(shop: Shop) -> None:
    person_id = add(shop.platform.database, "ann@shop.example")
    with shop.write() as uow:
        uow.connection.execute(units.insert().values(id=UNIT_ID, name="North", created_at=uow.now))
    apple = shop.create("product", name="Apple", price="3")
    pear = shop.create("product", name="Pear", price=4.5)
    parent = shop.create("customer", name="Parent")
    sent: dict[str, Any] = {
        "name": "创科科技", "note": "one\ntwo", "email": "A@b.example", "phone": "+86 138 0013 8000", "site": "https://a.example/x",
        "industry": "retail", "channels": ["visit", "mail"], "words": ["key account", "新"], "arr": "1234.5", "discount": 0.125,
        "weight": 1.5, "seats": 7, "stars": 4, "vip": False, "since": "2020-02-29", "until": "2021-01-01",
        "next_call": "2026-03-03T09:00:00+08:00", "opens": "09:30", "lasts": 90, "lead": person_id, "team": UNIT_ID,
        "parent": {"name": "Parent"}, "favourites": [pear, {"name": "Apple"}], "home": "CN",
        "place": {"city": "上海", "country": "CN"}, "extra": {"a": [1, None, {"b": "c"}]},
    }
    found = shop.get("customer", shop.create("customer", **sent))
    assert found["code"] == "C-2026-00002"
    same = ("name", "note", "site", "industry", "channels", "words", "seats", "stars", "vip", "since", "until", "opens", "lasts", "extra")
    assert {k: found[k] for k in same} == {k: sent[k] for k in same}
    assert (found["arr"], found["discount"], found["weight"]) == (Decimal("1234.50"), Decimal("0.1250"), Decimal("1.500"))
    assert found["email"].lower() == "a@b.example"
    assert found["phone"]
    assert found["next_call"] == "2026-03-03T01:00:00Z"
    assert found["lead"] == {"id": person_id, "title": "Ann"}
    assert found["team"] == {"id": UNIT_ID, "title": "North"}
    assert found["parent"] == {"id": parent, "title": "Parent"}
    assert found["favourites"] == [{"id": pear, "title": "Pear"}, {"id": apple, "title": "Apple"}]
    assert found["home"]["code"] == "CN"
    assert found["place"]["city"] == "上海"
    assert found["greeting"] == "Dear 创科科技"
    assert found["stage"] == "lead"
    assert found["version"] == 1
    assert found["created_at"] == found["updated_at"]


def test_what_is_shown_can_be_sent_again(shop: Shop) -> None:
    apple = shop.create("product", name="Apple", price=1)
    parent = shop.create("customer", name="Parent")
    first = shop.create("customer", name="A", parent=parent, favourites=[apple], home="CN", vip=True, arr=3, opens="09:30")
    shown = shop.get("customer", first)
    again = {k: shown[k] for k in ("name", "parent", "favourites", "home", "vip", "arr", "opens", "extra", "stage")}
    shop.change("customer", first, **again)
    assert shop.get("customer", first)["version"] == 1


def test_any_reference_names_its_entity(shop: Shop) -> None:
    customer = shop.create("customer", name="A")
    order = shop.create("order", number="1", customer=customer)
    by_id = shop.create("activity", about={"entity": "order", "id": order})
    by_key = shop.create("activity", about={"entity": "customer", "code": "C-2026-00001"})
    assert shop.get("activity", by_id)["about"] == {"entity": "order", "id": order, "title": "1"}
    assert shop.get("activity", by_key)["about"] == {"entity": "customer", "id": customer, "title": "A"}
    for wrong in ({"entity": "product", "id": order}, {"entity": "order", "id": customer}, {"entity": "nothing", "id": order}):
        with pytest.raises(Invalid) as error:
            shop.create("activity", about=wrong)
        assert problems(error)[0][0] == "/about"


@pytest.mark.parametrize(
    ("values", "path", "code"),
    [
        ({}, "/name", "required"),
        ({"name": "  "}, "/name", "required"),
        ({"name": "A", "nam": 1}, "/nam", "unknown_field"),
        ({"name": "A", "twice": 1}, "/twice", "read_only"),
        ({"name": "A", "version": 3}, "/version", "read_only"),
        ({"name": "A", "id": "0" * 36}, "/id", "read_only"),
        ({"name": "A", "created_at": "2026-01-01"}, "/created_at", "read_only"),
        ({"name": "A", "arr": "x"}, "/arr", "bad_format"),
        ({"name": "A", "arr": -1}, "/arr", "out_of_range"),
        ({"name": "A", "arr": "1.234"}, "/arr", "bad_format"),
        ({"name": "A", "industry": "zzz"}, "/industry", "bad_choice"),
        ({"name": "A", "parent": "0" * 8 + "-0000-7000-8000-" + "0" * 12}, "/parent", "no_such_record"),
        ({"name": "A", "parent": {"name": "Nobody"}}, "/parent", "no_such_record"),
        ({"name": "A", "parent": {"arr": 3}}, "/parent", "no_such_record"),
        ({"name": "A", "lead": "0" * 8 + "-0000-7000-8000-" + "0" * 12}, "/lead", "no_such_record"),
        ({"name": "A", "lead": {"email": "x@y.example"}}, "/lead", "no_such_record"),
        ({"name": "A", "since": "1999-12-31"}, "/since", "out_of_range"),
        ({"name": "A", "since": "2026-03-03"}, "/since", "out_of_range"),
        ({"name": "A", "since": "2026-03-02", "until": "2026-03-01"}, "/until", "out_of_range"),
        ({"name": "A", "next_call": "2026-03-02T01:29:59Z"}, "/next_call", "out_of_range"),
        ({"name": "A", "weight": -1}, "/weight", "refused"),
        ({"name": "A\0"}, "/name", "bad_format"),
        ({"name": "A\ud800"}, "/name", "bad_format"),
        ({"name": "A", "extra": {"a": "\0"}}, "/extra", "bad_format"),
        ({"name": "A", "contract": "0" * 8 + "-0000-7000-8000-" + "0" * 12}, "/contract", "no_such_record"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_path(shop: Shop, values: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        shop.create("customer", **values)
    assert (path, code) in problems(error)
    assert shop.page("customer").records == []


def test_all_problems_are_told_at_once(shop: Shop) -> None:
    with pytest.raises(Invalid) as error:
        shop.create("customer", industry="zzz", arr="x", nam=3)
    assert {p for p, _ in problems(error)} >= {"/industry", "/arr", "/nam"}


def test_bounds_of_dates_are_inclusive(shop: Shop) -> None:
    shop.create("customer", name="A", since="2026-03-02", until="2026-03-02", next_call="2026-03-02T01:30:00Z")
    shop.create("customer", name="B", since="2000-01-01", until="2000-01-01")
    shop.create("customer", name="C", until="1990-01-01")  # nothing to compare with: no bound


def test_a_bound_that_reads_another_field_is_held_when_that_field_changes(shop: Shop) -> None:
    item = shop.create("customer", name="A", since="2020-01-01", until="2020-06-01")
    with pytest.raises(Invalid) as error:
        shop.change("customer", item, until="2019-12-31")
    assert problems(error) == [("/until", "out_of_range")]


def test_owner_and_unit_come_from_who_creates(shop: Shop) -> None:
    ann = add(shop.platform.database, "ann@shop.example")
    ctx = person(ann, "boss")
    item = shop.create("customer", ctx, name="A")
    found = shop.get("customer", item)
    assert found["owner"] == {"id": ann, "title": "Ann"}
    assert found["created_by"]["id"] == ann
    assert found["unit"] is None
    other = add(shop.platform.database, "bob@shop.example")
    assert shop.get("customer", shop.create("customer", ctx, name="B", owner=other))["owner"]["id"] == other
    assert shop.get("customer", shop.create("customer", ctx, name="C", owner={"email": "BOB@shop.example"}))["owner"]["id"] == other
    assert shop.get("customer", shop.create("customer", ctx, name="D", owner=None))["owner"] is None


def test_defaults_give_way_to_what_is_sent(shop: Shop) -> None:
    first = shop.get("customer", shop.create("customer", name="A"))
    assert (first["seats"], first["greeting"]) == (5, "Dear A")
    second = shop.get("customer", shop.create("customer", name="A", seats=None, greeting="Hi"))
    assert (second["seats"], second["greeting"]) == (None, "Hi")


def test_defaults_of_many_read_what_their_references_lead_to_at_once(shop: Shop) -> None:
    greeted = {"name": "greeted", "type": "text", "default": "home.head.name"}
    shop.publish([
        {"kind": "entity", "name": "head", "title": "name", "fields": [{"name": "name", "type": "text"}]},
        {"kind": "entity", "name": "home", "title": "name", "fields": [{"name": "name", "type": "text"}, {"name": "head", "type": "reference", "entity": "head"}]},
        {"kind": "entity", "name": "guest", "fields": [{"name": "home", "type": "reference", "entity": "home"}, greeted]},
    ])
    heads = [shop.create("head", name=f"Head {n}") for n in range(3)]
    homes = [shop.create("home", name=f"Home {n}", head=heads[n] if n < 3 else None) for n in range(4)]
    few, many = [{"home": homes[0]}, {"home": homes[1]}], [{"home": home} for home in homes] * 5 + [{"home": None}, {"home": homes[3], "greeted": "Own"}]
    with shop.statements() as for_few:
        shop.many("guest", few)
    with shop.statements() as for_many:
        rows = shop.many("guest", many)
    assert len(for_many) == len(for_few)
    expected = [*["Head 0", "Head 1", "Head 2", None] * 5, None, "Own"]
    assert [shop.get("guest", str(row.id))["greeted"] for row in rows] == expected


def test_a_default_that_does_not_fit_is_refused(shop: Shop) -> None:
    shop.publish([{"kind": "entity", "name": "short", "fields": [{"name": "a", "type": "text"}, {"name": "b", "type": "text", "max_length": 3, "default": "a"}]}])
    with pytest.raises(Invalid) as error:
        shop.create("short", a="too long")
    assert problems(error) == [("/b", "too_long")]


def test_only_records_that_fit_its_filter_may_be_chosen(shop: Shop) -> None:
    free = shop.create("product", name="Free", price=0)
    with pytest.raises(Invalid) as error:
        shop.create("order", product=free)
    assert problems(error) == [("/product", "refused")]
    dear = shop.create("product", name="Dear", price=1)
    order = shop.create("order", product=dear)
    shop.change("product", dear, price=0)
    shop.change("order", order, number="2", product=dear)  # what was chosen before stays


def test_keys_are_unique_and_empties_never_clash(shop: Shop) -> None:
    a, b = shop.create("customer", name="A"), shop.create("customer", name="B")
    shop.create("order", customer=a, number="1")
    shop.create("order", customer=b, number="1")
    for _ in range(2):
        shop.create("order", customer=a)
        shop.create("order", number="1")
    with pytest.raises(Conflict) as error:
        shop.create("order", customer=a, number="1")
    assert problems(error) == [("/customer", "not_unique")]
    shop.create("customer", name="C", email="c@x.example")
    with pytest.raises(Conflict) as error:
        shop.create("customer", name="D", email="c@X.EXAMPLE")
    assert problems(error) == [("/email", "not_unique")]


def test_the_trash_keeps_no_key(shop: Shop) -> None:
    first = shop.create("product", name="Apple")
    shop.delete("product", first)
    second = shop.create("product", name="Apple")
    with pytest.raises(Conflict) as error:
        shop.restore("product", first)
    assert problems(error) == [("/name", "not_unique")]
    shop.change("product", second, name="Pear")
    assert shop.restore("product", first) == 1
    assert sorted(shop.listed("product", "name")) == ["Apple", "Pear"]


def test_moments_are_stored_in_utc(shop: Shop) -> None:
    item = shop.create("order", shipped_at="2026-01-31T00:30:00.123456+08:00")
    with shop.write() as uow:
        order = uow.model.entities["order"]
        table = uow.tables.of(order)
        assert uow.connection.execute(table.select()).mappings().one()[order.fields["shipped_at"].column] == datetime(2026, 1, 30, 16, 30, 0, 123456, tzinfo=UTC)
    assert shop.get("order", item)["shipped_at"] == "2026-01-30T16:30:00.123456Z"
