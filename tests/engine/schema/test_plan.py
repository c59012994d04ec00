from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import inspect

from tenon.engine.schema.trash import empty_trash, trash
from tests.engine.schema.models import History, entity, field, item, step


def test_create_and_add(history: History) -> None:
    made = history.go(
        entity("customer", field("name", n=1, required=True), field("arr", "money", 2, currency="CNY"), field("tags", "tags", 3))
    )
    assert step(made, "create_entity").safety == "safe"
    assert "CREATE TABLE" in step(made, "create_entity").sql(history.connection.dialect)[0]
    history.add("customer", {"name": "A", "arr": Decimal("1.50"), "tags": ["x"]})
    added = history.go(
        entity(
            "customer", field("title", n=1), field("arr", "money", 2, currency="CNY"), field("tags", "tags", 3), field("since", "date", 4)
        )
    )
    assert [s.kind for s in added.steps if not s.hidden] == ["add_field"]
    assert history.values("customer", "title") == ["A"]
    assert history.values("customer", "arr") == [Decimal("1.50")]
    assert history.values("customer", "since") == [None]
    assert not history.go(
        *[
            entity(
                "customer",
                field("title", n=1),
                field("arr", "money", 2, currency="CNY"),
                field("tags", "tags", 3),
                field("since", "date", 4),
            )
        ]
    ).steps


def test_text_to_number_counts_what_does_not_convert(history: History) -> None:
    history.go(entity("customer", field("size", n=1)))
    history.add("customer", *[{"size": v} for v in ["12", " 1,234.50 ", "abc", "-3", None, "1.239", "twelve", "9" * 15]])
    found = history.plan(entity("customer", field("size", "decimal", 1)))
    retype = step(found, "retype_field")
    assert (retype.safety, retype.rows, retype.lost) == ("lossy", 7, 4)
    assert set(retype.examples) == {"abc", "twelve", "1.239", "9" * 15}
    assert retype.id == f"retype_field:{item(1)}"
    history.go(entity("customer", field("size", "decimal", 1)))
    wanted = [Decimal("12"), Decimal("1234.50"), None, Decimal("-3"), None, Decimal("1.24"), None, None]
    assert history.values("customer", "size") == wanted


def test_all_convertible_is_safe(history: History) -> None:
    history.go(entity("customer", field("size", n=1)))
    history.add("customer", {"size": "12"}, {"size": "7"})
    assert step(history.go(entity("customer", field("size", "integer", 1))), "retype_field").safety == "safe"
    assert history.values("customer", "size") == [12, 7]


OPTIONS = [
    {"name": "saas", "id": item(101), "label": {"en": "SaaS", "zh": "软件"}},
    {"name": "retail", "id": item(102), "label": {"zh": "零售"}},
]
CONVERSIONS: list[tuple[dict[str, Any], dict[str, Any], list[Any], list[Any], int]] = [
    ({"type_": "text"}, {"type_": "boolean"}, ["true", "否", "Yes", "maybe"], [True, False, True, None], 1),
    (
        {"type_": "text"},
        {"type_": "date"},
        ["2026-01-31", "2026/02/28", "2026-02-30", "2024-02-29", "1900-02-29", "0000-01-01"],
        [date(2026, 1, 31), date(2026, 2, 28), None, date(2024, 2, 29), None, None],
        3,
    ),
    (
        {"type_": "text"},
        {"type_": "datetime"},
        ["2026-01-31T10:00:00+08:00", "2026-01-31 10:00", "soon"],
        [datetime(2026, 1, 31, 2, tzinfo=UTC), datetime(2026, 1, 31, 10, tzinfo=UTC), None],
        1,
    ),
    ({"type_": "text"}, {"type_": "time"}, ["09:30", "09:30:15", "25:00"], [time(9, 30), time(9, 30, 15), None], 1),
    (
        {"type_": "text"},
        {"type_": "choice", "options": OPTIONS},
        ["saas", "软件", " RETAIL ", "零售", "x"],
        ["saas", "saas", "retail", "retail", None],
        1,
    ),
    ({"type_": "text"}, {"type_": "tags"}, ["a", " b "], [["a"], ["b"]], 0),
    ({"type_": "text"}, {"type_": "long_text"}, ["a", "零"], ["a", "零"], 0),
    ({"type_": "choice", "options": OPTIONS}, {"type_": "text"}, ["saas"], ["saas"], 0),
    ({"type_": "choice", "options": OPTIONS}, {"type_": "choices", "options": OPTIONS}, ["saas", None], [["saas"], None], 0),
    (
        {"type_": "choices", "options": OPTIONS},
        {"type_": "choice", "options": OPTIONS},
        [["saas"], ["retail", "saas"], None],
        ["saas", "retail", None],
        1,
    ),
    ({"type_": "choices", "options": OPTIONS}, {"type_": "text"}, [["saas", "retail"], ["saas"]], ["saas, retail", "saas"], 0),
    (
        {"type_": "decimal", "scale": 4},
        {"type_": "decimal", "scale": 2},
        [Decimal("1.5000"), Decimal("1.2350"), Decimal("-1.2350")],
        [Decimal("1.50"), Decimal("1.24"), Decimal("-1.24")],
        2,
    ),
    (
        {"type_": "decimal", "scale": 2},
        {"type_": "decimal", "scale": 6},
        [Decimal("1.25"), Decimal("9999999999.00")],
        [Decimal("1.250000"), None],
        1,
    ),
    ({"type_": "decimal"}, {"type_": "integer"}, [Decimal("2.00"), Decimal("2.50")], [2, 3], 1),
    ({"type_": "decimal"}, {"type_": "text"}, [Decimal("2.00"), Decimal("-2.50")], ["2", "-2.5"], 0),
    ({"type_": "integer"}, {"type_": "boolean"}, [0, 1, 5], [False, True, None], 1),
    ({"type_": "boolean"}, {"type_": "integer"}, [True, False, None], [1, 0, None], 0),
    ({"type_": "boolean"}, {"type_": "decimal"}, [True, False], [Decimal("1.00"), Decimal("0.00")], 0),
    ({"type_": "boolean"}, {"type_": "text"}, [True, False, None], ["true", "false", None], 0),
    ({"type_": "date"}, {"type_": "datetime"}, [date(2026, 1, 31)], [datetime(2026, 1, 31, tzinfo=UTC)], 0),
    (
        {"type_": "datetime"},
        {"type_": "date"},
        [datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 1, 31, 5, tzinfo=UTC)],
        [date(2026, 1, 31)] * 2,
        1,
    ),
    ({"type_": "datetime"}, {"type_": "text"}, [datetime(2026, 1, 31, 5, tzinfo=UTC)], ["2026-01-31T05:00:00.000000Z"], 0),
    ({"type_": "date"}, {"type_": "integer"}, [date(2026, 1, 31)], [None], 1),
    ({"type_": "time"}, {"type_": "text"}, [time(9, 30)], ["09:30:00"], 0),
    ({"type_": "user"}, {"type_": "text"}, [item(5)], [item(5)], 0),
    ({"type_": "text"}, {"type_": "user"}, ["Wang"], [None], 1),
    ({"type_": "json"}, {"type_": "date"}, [{"a": 1}], [None], 1),
]


@pytest.mark.parametrize(("old", "new", "before", "after", "lost"), CONVERSIONS)
def test_conversion(history: History, old: dict[str, Any], new: dict[str, Any], before: list[Any], after: list[Any], lost: int) -> None:
    history.go(entity("thing", field("value", n=1, **old)))
    history.add("thing", *[{"value": v} for v in before])
    found = history.go(entity("thing", field("value", n=1, **new)))
    assert history.values("thing", "value") == after
    retype = step(found, "retype_field")
    assert retype.lost == lost
    assert retype.safety == ("lossy" if lost else "safe")
    # The way back brings every value back, also those that did not come through.
    history.go(entity("thing", field("value", n=1, **old)))
    assert history.values("thing", "value") == before


def test_values_changed_since_a_retype_are_kept_on_the_way_back(history: History) -> None:
    history.go(entity("customer", field("size", n=1)))
    history.add("customer", {"size": "abc"}, {"size": "5"}, {"size": "oh"})
    history.go(entity("customer", field("size", "integer", 1)))
    table = history.tables.of(history.model.entities["customer"])
    column = history.model.entities["customer"].fields["size"].column
    history.connection.execute(table.update().where(table.c.id == item(2)).values({column: 6}))
    history.connection.execute(table.update().where(table.c.id == item(3)).values({column: 7}))
    history.add("customer", {"size": 8})
    history.go(entity("customer", field("size", n=1)))
    assert history.values("customer", "size") == ["abc", "6", "7", "8"]


def test_dropped_field_comes_back(history: History) -> None:
    one, two = field("name", n=1), field("code", n=2, unique=True)
    history.go(entity("customer", one, two))
    history.add("customer", {"name": "A", "code": "1"}, {"name": "B", "code": None})
    dropped = history.go(entity("customer", one))
    drop = step(dropped, "drop_field")
    assert (drop.safety, drop.rows, drop.examples) == ("lossy", 1, ("1",))
    history.go(entity("customer", one, two))
    assert history.values("customer", "code") == ["1", None]
    assert history.connection.execute(trash.select()).mappings().one()["state"] == "restored"


def test_a_new_field_of_the_same_name_starts_empty(history: History) -> None:
    history.go(entity("customer", field("code", n=2)))
    history.add("customer", {"code": "1"})
    history.go(entity("customer"))
    history.go(entity("customer", field("code", n=3)))
    assert history.values("customer", "code") == [None]


def test_dropped_entity_comes_back_with_its_links(history: History) -> None:
    base = entity("product", field("name", n=10), n=2)
    full = entity("order", field("name", n=1), field("products", "references", 3, entity="product"))
    history.go(base, full)
    history.add("order", {"name": "A"})
    links = history.tables.links(history.model.entities["order"].fields["products"])
    history.connection.execute(links.insert().values(record=item(1), target=item(50), position=0))
    dropped = history.go(base)
    assert step(dropped, "drop_entity").safety == "lossy"
    assert not inspect(history.connection).has_table("e_" + item(9001).replace("-", ""))
    history.go(base, {**full, "fields": [full["fields"][1], field("more", n=4)]})
    assert len(history.connection.execute(links.select()).all()) == 1
    assert history.values("order", "more") == [None]
    history.go(base, full)
    assert history.values("order", "name") == ["A"]


def test_empty_trash(history: History) -> None:
    history.go(entity("a", field("x", n=1), field("y", n=2)), entity("b", field("z", n=3), n=2))
    history.add("a", {"x": "1", "y": "2"})
    history.go(entity("a", field("y", n=2)))
    now = datetime.now(UTC)
    assert empty_trash(history.connection, now) == 0
    assert empty_trash(history.connection, now + timedelta(days=31)) == 2  # the field x and the entity b
    assert history.values("a", "y") == ["2"]
    restored = history.go(entity("a", field("x", n=1), field("y", n=2)))
    assert [s.kind for s in restored.steps if not s.hidden] == ["add_field"]
    assert history.values("a", "x") == [None]
    assert empty_trash(history.connection, now + timedelta(days=31)) == 0


def test_rename_options_swaps_names(history: History) -> None:
    options = [{"name": "a", "id": item(101)}, {"name": "b", "id": item(102)}]
    swapped = [{"name": "b", "id": item(101)}, {"name": "a", "id": item(102)}]
    history.go(
        entity(
            "t",
            field("one", "choice", 1, options=options),
            field("many", "choices", 2, options=[{**o, "id": item(300 + i)} for i, o in enumerate(options)]),
        )
    )
    history.add("t", {"one": "a", "many": ["a", "b"]}, {"one": "b", "many": ["b"]}, {"one": None})
    found = history.go(
        entity(
            "t",
            field("one", "choice", 1, options=swapped),
            field("many", "choices", 2, options=[{**o, "id": item(300 + i)} for i, o in enumerate(swapped)]),
        )
    )
    assert {s.kind for s in found.steps if not s.hidden} == {"rename_option"}
    assert history.values("t", "one") == ["b", "a", None]
    assert history.values("t", "many") == [["b", "a"], ["a"], None]


def test_removed_option_in_use_is_lossy_and_comes_back(history: History) -> None:
    options = [{"name": "a", "id": item(101)}, {"name": "b", "id": item(102)}]
    history.go(entity("t", field("one", "choice", 1, options=options)))
    history.add("t", {"one": "a"}, {"one": "b"})
    found = history.go(entity("t", field("one", "choice", 1, options=options[:1])))
    assert (step(found, "retype_field").lost, step(found, "retype_field").examples) == (1, ("b",))
    assert history.values("t", "one") == ["a", None]
    history.go(entity("t", field("one", "choice", 1, options=options)))
    assert history.values("t", "one") == ["a", "b"]


def test_unique_over_clashing_rows_is_blocked(history: History) -> None:
    history.go(entity("t", field("code", n=1), field("kind", n=2)))
    history.add("t", *[{"code": "x", "kind": str(i % 2)} for i in range(3)], {"code": None}, {"code": None}, {"code": "y"})
    found = history.plan(entity("t", field("code", n=1, unique=True), field("kind", n=2)))
    key = step(found, "add_key")
    assert (key.safety, key.rows, key.examples) == ("blocked", 3, ("x",))
    pair = history.plan(entity("t", field("code", n=1), field("kind", n=2), keys=[["code", "kind"]]))
    assert step(pair, "add_key").examples == (["x", "0"],)
    table = history.tables.of(history.model.entities["t"])
    history.connection.execute(table.update().where(table.c.id == item(1)).values(deleted_at=datetime.now(UTC)))
    history.connection.execute(table.update().where(table.c.id == item(2)).values(deleted_at=datetime.now(UTC)))
    assert step(history.go(entity("t", field("code", n=1, unique=True), field("kind", n=2))), "add_key").safety == "safe"


def test_a_key_over_converted_values_is_checked_as_they_will_be(history: History) -> None:
    history.go(entity("t", field("code", n=1)))
    history.add("t", {"code": "1"}, {"code": "1.0"})
    assert step(history.plan(entity("t", field("code", "integer", 1, unique=True))), "add_key").safety == "blocked"


def test_required_warns_without_losing(history: History) -> None:
    history.go(entity("t", field("code", n=1)))
    history.add("t", {"code": "1"}, {})
    found = step(history.plan(entity("t", field("code", n=1, required=True))), "require_field")
    assert (found.safety, found.rows) == ("safe", 1)


def test_one_reference_becomes_many_and_back(history: History) -> None:
    base = entity("product", field("name", n=10), n=2)
    one = entity("order", field("items", "reference", 3, entity="product"))
    many = entity("order", field("items", "references", 3, entity="product"))
    history.go(base, one)
    history.add("order", {"items": item(50)}, {"items": None})
    history.go(base, many)
    links = history.tables.links(history.model.entities["order"].fields["items"])
    assert [(r.record, r.target) for r in history.connection.execute(links.select())] == [(item(1), item(50))]
    history.connection.execute(links.insert().values(record=item(1), target=item(51), position=1))
    found = history.go(base, one)
    assert step(found, "retype_field").lost == 1
    assert history.values("order", "items") == [item(50), None]


def test_indexes_follow_the_release(history: History) -> None:
    history.go(entity("t", field("code", n=1), field("size", "integer", 2, index=True)))
    history.go(entity("t", field("code", n=1, unique=True), field("size", "integer", 2)))
    table = history.tables.of(history.model.entities["t"])
    names = {str(i["name"]) for i in inspect(history.connection).get_indexes(table.name)}
    assert {s.name for s in history.tables.indexes()} == names
    history.go(entity("t", field("code", "integer", 1, unique=True), field("size", "decimal", 2)))
    inspector = inspect(history.connection)
    found = {str(i["name"]): i for i in inspector.get_indexes(table.name)}
    assert found.keys() == {s.name for s in history.tables.indexes()}
    assert all(not str(c).startswith("x") for i in found.values() for c in i["column_names"])


def score(*bands: tuple[int, str], **more: Any) -> dict[str, Any]:
    listed = [{"id": item(n), "name": name, "from": str(20 * place)} for place, (n, name) in enumerate(bands)]
    variants = [{"name": "all", "measures": [{"name": "big", "points": "100", "when": "size > 3"}]}]
    return {"kind": "score", "name": "health", "id": item(9500), "entity": "t", "variants": variants, "bands": listed, **more}


def test_scores_come_and_go_with_their_bands(history: History) -> None:
    base = entity("t", field("size", "integer", 1))
    assert step(history.go(base, score((201, "risk"), (202, "good"))), "create_score").safety == "safe"
    table = history.tables.score(item(9500))
    history.connection.execute(table.insert().values(record=item(1), band="risk", computed_band="good", score=Decimal("1.5"), seq=0))
    assert step(history.go(base, score((201, "red"), (202, "green"))), "rename_bands").rows == 1
    row = history.connection.execute(table.select()).mappings().one()
    assert (row["band"], row["computed_band"]) == ("red", "green")
    assert step(history.go(base), "drop_score").safety == "lossy"
    assert not inspect(history.connection).has_table(table.name)
    history.go(base, score((201, "red"), (202, "green")))
    assert history.connection.execute(table.select()).mappings().one()["score"] == Decimal("1.5")


def test_formulas_are_made_anew_and_options_renamed_in_their_copies(history: History) -> None:
    options = [{"name": "a", "id": item(101)}, {"name": "b", "id": item(102)}]
    size, kind = field("size", "integer", 1), field("kind", "choice", 2, options=options)
    history.go(entity("t", size, kind, field("twice", "formula", 3, expr="size * 2"), field("copy", "formula", 4, expr="kind")))
    history.add("t", {"size": 1, "kind": "a", "copy": "a", "twice": Decimal(2)})
    named = field("kind", "choice", 2, options=[{"name": "z", "id": item(101)}, options[1]])
    history.go(entity("t", size, named, field("twice", "formula", 3, expr="size > 1"), field("copy", "formula", 4, expr="kind")))
    assert (history.values("t", "twice"), history.values("t", "copy")) == ([None], ["z"])
    typed = history.go(entity("t", size, named, field("twice", "boolean", 3), field("copy", "text", 4)))
    assert all(s.safety == "safe" for s in typed.steps)
    assert history.values("t", "copy") == ["z"]
    history.add("t", {"twice": True})
    back = history.go(entity("t", size, named, field("twice", "formula", 3, expr="size > 1"), field("copy", "text", 4)))
    assert (step(back, "retype_field").safety, step(back, "retype_field").rows) == ("lossy", 1)
    assert history.values("t", "twice") == [None, None]


def test_many_random_changes_leave_the_rest_alone(history: History, scale: float) -> None:
    chance = random.Random(11)
    types: list[dict[str, Any]] = [{"type_": t} for t in ("text", "integer", "decimal", "date", "boolean", "long_text", "tags", "datetime")]
    kept = [field("name", n=1), field("amount", "decimal", 2, scale=4), field("code", "integer", 3, unique=True)]
    others = {n: types[n % len(types)] for n in range(10, 18)}
    history.go(entity("t", *kept, *[field(f"f{n}", n=n, **o) for n, o in others.items()]))
    rows = [{"name": f"n{i}", "amount": Decimal(i) / 8, "code": i} for i in range(60)]
    history.add("t", *rows)
    for _ in range(max(12, int(100 * scale))):
        n = chance.choice(range(10, 20))
        if n in others and chance.random() < 0.4:
            del others[n]
        else:
            others[n] = chance.choice(types)
        names = [field(chance.choice([f"f{n}", f"g{n}"]), n=n, **o) for n, o in others.items()]
        chance.shuffle(names)
        history.go(entity("t", *kept, *names))
        if others:
            name = names[0]["name"]
            history.values("t", name)
    for key in ("name", "amount", "code"):
        assert history.values("t", key) == [row[key] for row in rows]
    table = history.tables.of(history.model.entities["t"])
    assert {s.name for s in history.tables.indexes()} == {str(i["name"]) for i in inspect(history.connection).get_indexes(table.name)}


def test_a_key_over_an_entity_out_of_the_trash(history: History) -> None:
    other = entity("o", n=5)
    history.go(other, entity("t", field("code", n=1)))
    history.add("t", {"code": "x"}, {"code": "x"})
    history.go(other)
    key = step(history.plan(other, entity("t", field("code", n=1, unique=True))), "add_key")
    assert (key.safety, key.rows, key.examples) == ("blocked", 2, ("x",))


def test_one_reference_that_is_required_after_many(history: History) -> None:
    base = entity("product", n=2)
    history.go(base, entity("order", field("items", "references", 3, entity="product")))
    history.go(base, entity("order", field("items", "reference", 3, entity="product", required=True)))
    assert history.values("order", "items") == []
