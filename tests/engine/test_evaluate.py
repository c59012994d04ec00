"""Evaluating for one record: exactness, emptiness, dates in the workspace's zone, aggregates, and the two calls of the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tenon.engine.evaluate import evaluate
from tenon.engine.evaluate_explain import explain
from tenon.engine.evaluate_facts import MappingFacts
from tenon.engine.expressions import check_body, evaluate_body, show
from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.functions import FUNCTIONS
from tenon.metamodel.expressions.naming import to_stored
from tests.metamodel.expressions.models import MODEL, scope

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 15, 20, 30, tzinfo=UTC)
"""Already the 16th in Shanghai."""


@dataclass(frozen=True)
class Ann:
    """A person who acts."""

    id: str = "00000000-0000-7000-8000-00000000000a"
    email: str = "ann@example.com"
    roles: tuple[str, ...] = ("sales",)
    unit: str | None = "u1"
    units: tuple[str, ...] = ("u1", "u2")


RECORD: dict[str, Any] = {
    "name": "Acme", "stage": "won", "labels": ("vip",), "arr": Decimal("100.00"), "seats": 7, "active": None, "signed": date(2026, 1, 31),
    "seen": datetime(2026, 3, 15, 16, 0, tzinfo=UTC), "owner": {"id": Ann.id, "name": "Ann"}, "unit": "u2",
    "industry": {"id": "i", "title": "IT"}, "parent": {"id": "p", "name": "Gone", "deleted_at": NOW},
    "orders": [
        {"id": "b", "amount": Decimal("10.00"), "status": "paid", "ordered_at": date(2026, 1, 2)},
        {"id": "a", "amount": Decimal("20.50"), "status": "open", "ordered_at": date(2026, 1, 2)},
        {"id": "c", "amount": None, "status": None, "ordered_at": date(2026, 1, 3)},
        {"id": "d", "amount": Decimal("500.00"), "status": "paid", "ordered_at": None},
        {"id": "e", "amount": Decimal("9.00"), "status": "paid", "ordered_at": date(2026, 1, 1), "deleted_at": NOW},
    ],
}  # fmt: skip


def value(text: str, record: dict[str, Any] | None = None, use: str = "value", zone: ZoneInfo = SHANGHAI, now: datetime = NOW) -> Any:
    """Return the value of an expression on a record."""
    facts = MappingFacts(RECORD if record is None else record, MODEL, old={"arr": Decimal("80.00")})
    return evaluate(check(text, scope(use)), facts, now=now, timezone=zone, user=Ann())


@pytest.mark.parametrize("function", [f for f in FUNCTIONS.values() if f.gives], ids=lambda f: f.name)
def test_examples_of_the_table(function: Any) -> None:
    found = show(value(function.example))
    assert (repr(found) if isinstance(found, str) and function.gives[0] == "'" else str(found)) == function.gives


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0.1 + 0.2 == 0.3", True), ("0.1 + 0.2", Decimal("0.3")), ("arr - 0.01", Decimal("99.99")), ("7 / 2", 3.5), ("7 // 2", 3),
        ("-7 // 2", -4),
        ("-7 % 3", 2), ("7.5 % -2", Decimal("-0.5")), ("arr / 0", None), ("arr // 0", None), ("arr % 0", None), ("0 ** -1", None),
        ("0 ** 0", 1.0),
        ("2 ** -1", 0.5), ("sqrt(-1)", None), ("ln(0)", None), ("round(2.5)", 3), ("round(-2.5)", -3), ("round(1.005, 2)", Decimal("1.01")),
        ("round(2.675 / 1, 2)", Decimal("2.68")), ("round(12350, -2)", 12400), ("round(-0.5)", -1), ("floor(-0.5)", -1), ("ceil(-0.5)", 0),
        ("abs(-1.50)", Decimal("1.50")), ("clamp(5, 7, 3)", 7), ("scale(5, 10, 0)", 0.5), ("scale(-5, 0, 10)", 0.0),
        ("scale(5, 3, 3)", None),
        ("number('12')", 12.0), ("number('+1.500000')", 1.5), ("number('1.5000000')", None), ("number('１')", None),
        ("number('1e5')", None),
        ("number('--1')", None), ("number('')", None), ("min(None, 3)", 3), ("max(None, None)", None), ("999999999999999 + 1", 10**15),
        ("arr * 0.5", Decimal("50.000")), ("arr == 100", True), ("arr / 3 > 33.3", True), ("1 < 2 < 3", True), ("1 < 3 < 2", False),
    ],
)  # fmt: skip
def test_numbers(text: str, wanted: Any) -> None:
    found = value(text)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("None == None", True), ("arr == None", False), ("active == None", True), ("active == False", False), ("active != False", True),
        ("not active", True), ("active and True", False), ("active or True", True), ("active", None), ("is_empty(active)", True),
        ("budget + 1", None), ("budget < 1", False), ("budget >= 1", False), ("not (budget < 1)", True), ("budget != 1", True),
        ("budget in [1, None]", True), ("budget not in [1]", True), ("budget in [1]", False), ("level != 'gold'", True),
        ("level == 'gold'", False),
        ("notes == ''", True), ("'' == None", True), ("trim('  ') == None", True), ("len(notes)", 0), ("contains(notes, 'a')", False),
        ("starts_with(name, None)", False), ("notes in 'abc'", False), ("notes not in 'abc'", True), ("concat(notes, None)", None),
        ("concat(name, notes, '!')", "Acme!"), ("1 if active else 2", 2), ("if_else(None, 1, 2)", 2), ("case(active, 1, arr > 5, 2, 3)", 2),
        ("coalesce(notes, '', name)", "Acme"), ("'vip' in labels", True), ("'late' in labels", False), ("contains(labels, 'vip')", True),
        ("regions == None", True), ("'north' in regions", False), ("replace(name, 'c', '')", "Ame"), ("replace(name, '', 'x')", None),
        ("left(name, 0)", None), ("left(name, -2)", None), ("right(name, 99)", "Acme"), ("left(name, 1.9)", "A"), ("lower('ÄB')", "Äb"),
        ("text(arr)", "100.00"), ("text(seats)", "7"), ("text(signed)", "2026-01-31"), ("text(stage)", "won"), ("'b' > 'a'", True),
        ("name > 'Z'", False), ("stage in ['won', 'lost']", True), ("stage == 'won' and not (arr > 100)", True),
    ],
)  # fmt: skip
def test_emptiness_logic_and_texts(text: str, wanted: Any) -> None:
    found = value(text)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("today()", date(2026, 3, 16)), ("now()", NOW), ("days_ago(16)", date(2026, 2, 28)), ("days_since(signed)", 44),
        ("days_since(seen)", 0),
        ("days_between(seen, signed)", -44), ("date(seen)", date(2026, 3, 16)), ("hour(seen)", 0), ("seen >= today()", True),
        ("seen < today()", False), ("seen == date('2026-03-16')", True), ("year(seen)", 2026), ("weekday(today())", 1),
        ("quarter(signed)", 1),
        ("date_add(signed, 1, 'month')", date(2026, 2, 28)), ("date_add(signed, -1, 'quarter')", date(2025, 10, 31)),
        ("date_add(signed, 1.9)", date(2026, 2, 1)), ("date_add(signed, -1.9)", date(2026, 1, 30)),
        ("date_add(signed, 2, 'week')", date(2026, 2, 14)),
        ("date_add(signed, 9000, 'year')", None), ("date_add(date_add(signed, 7000, 'year'), 999999999999999, 'year')", None),
        ("date_add(seen, 2, 'hour')", datetime(2026, 3, 15, 18, 0, tzinfo=UTC)), ("months_between(signed, date('2026-02-28'))", 1),
        ("months_between(signed, date('2026-03-30'))", 1), ("months_between(date('2026-03-31'), signed)", -2),
        ("months_between(date('2026-02-28'), signed)", -1), ("start_of(seen, 'week')", date(2026, 3, 16)),
        ("end_of(seen, 'week')", date(2026, 3, 22)),
        ("start_of(signed, 'quarter')", date(2026, 1, 1)), ("end_of(signed, 'year')", date(2026, 12, 31)),
        ("start_of(seen, 'day')", date(2026, 3, 16)),
        ("end_of(date('9999-12-31'), 'week')", None), ("days_since(ends)", None), ("signed < ends", False), ("signed in [None]", False),
    ],
)  # fmt: skip
def test_dates(text: str, wanted: Any) -> None:
    found = value(text)
    assert found == wanted
    assert type(found) is type(wanted)


def test_local_times_that_do_not_exist_or_exist_twice() -> None:
    before_gap = {"seen": datetime(2026, 3, 7, 7, 30, tzinfo=UTC)}  # 02:30 the day before the gap
    assert value("date_add(seen, 1)", before_gap, zone=NEW_YORK) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    twice = {"seen": datetime(2026, 10, 31, 5, 30, tzinfo=UTC)}  # 01:30 the day before the clocks go back
    assert value("date_add(seen, 1)", twice, zone=NEW_YORK) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert value("seen < date('2026-03-09')", {"seen": datetime(2026, 3, 9, 4, 0, tzinfo=UTC)}, zone=NEW_YORK) is False
    assert value("seen < date('2026-03-09')", {"seen": datetime(2026, 3, 9, 3, 59, tzinfo=UTC)}, zone=NEW_YORK) is True


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("owner.name", "Ann"), ("industry.title", "IT"), ("parent.name", None), ("parent.parent.name", None), ("owner == user.id", True),
        ("in_unit(unit)", True), ("has_role('sales')", True), ("has_role('boss')", False), ("'sales' in user.roles", True),
        ("user.email", "ann@example.com"), ("count(orders)", 4), ("count(orders.amount)", 3), ("count(orders, where=status == None)", 1),
        ("sum(orders.amount)", Decimal("530.50")), ("sum(orders.amount, where=status == 'paid' and amount < this.arr)", Decimal("10.00")),
        ("avg(orders.amount, where=amount < 100)", 15.25), ("min(orders.amount)", Decimal("10.00")),
        ("max(orders.ordered_at)", date(2026, 1, 3)),
        ("distinct(orders.status)", 2), ("first(orders.id) == None", False), ("first(orders.amount)", Decimal("20.50")),
        ("last(orders.amount)", Decimal("10.00")), ("exists(orders, where=amount > this.arr)", True), ("count(children)", 0),
        ("sum(children.arr)", Decimal("0.00")),
        ("avg(children.arr)", None), ("exists(children)", False), ("first(children.name)", None),
        ("sum(parent.orders.amount)", Decimal("0.00")),
    ],
)  # fmt: skip
def test_paths_people_and_aggregates(text: str, wanted: Any) -> None:
    found = value(text)
    assert found == wanted
    assert type(found) is type(wanted)


def test_the_values_before_a_change() -> None:
    assert value("arr - old.arr", use="rule") == Decimal("20.00")
    assert value("arr == old.arr", use="rule") is False


@pytest.mark.parametrize(("text", "use"), [("percent_rank(arr)", "score"), ("quintile(arr)", "score"), ("sum(arr)", "report")])
def test_what_has_no_value_for_one_record_is_refused(text: str, use: str) -> None:
    with pytest.raises(Invalid) as caught:
        value(text, use=use)
    assert caught.value.problems[0].code == "bad_expression"


def test_long_chains_need_no_depth() -> None:
    assert value("+".join(["seats"] * 200)) == 1400
    ladder = "1 if arr < 0 else " * 75 + "2"
    assert value(ladder) == 2
    assert value(" or ".join(["arr < 0"] * 130)) is False


def test_explaining_shows_names_and_every_value() -> None:
    stored = to_stored("arr * 2 + sum(orders.amount) if stage == 'won' else 1", scope())
    tree = explain(check(stored, scope()), MappingFacts(RECORD, MODEL), now=NOW, timezone=SHANGHAI)
    assert tree["value"] == Decimal("730.50")
    assert tree["text"] == "arr * 2 + sum(orders.amount) if stage == 'won' else 1"
    condition, total, other = tree["parts"]
    assert (condition["text"], condition["value"]) == ("stage == 'won'", True)
    assert [(p["text"], p["value"]) for p in total["parts"]] == [("arr * 2", Decimal("200.00")), ("sum(orders.amount)", Decimal("530.50"))]
    assert (other["text"], other["skipped"]) == ("1", True)


def call(expression: str, values: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return the answer of an evaluation."""
    return evaluate_body(MODEL, SHANGHAI, NOW, {"expression": expression, "values": values or {}, **more})


@pytest.mark.parametrize(
    ("text", "values", "wanted"),
    [
        ("a + b", {"a": 0.1, "b": 0.2}, Decimal("0.3")), ("a + b", {"a": 1, "b": None}, None), ("a + b", {"a": 1, "b": 2}, 3),
        ("customer.name", {"customer": {"name": "x"}}, "x"), ("customer.name", {"customer": None}, None),
        ("d", {"d": {"date": "2026-01-31"}}, "2026-01-31"),
        ("date(d)", {"d": {"datetime": "2026-03-15T16:00:00Z"}}, "2026-03-16"),
        ("date_add(d, 1, 'hour')", {"d": {"datetime": "2026-01-01T00:00:00+08:00"}}, "2025-12-31T17:00:00Z"),
        ("'a' in t", {"t": ["a", "b"]}, True), ("len(t)", {"t": []}, 0), ("x == None", {"x": ""}, True),
        ("x", {"x": 0.123456789}, 0.123456789),
        ("today()", {}, "2026-03-16"), ("x is_empty", {}, Invalid), ("y", {"x": 1}, Invalid), ("x", {"x": 10**15}, Invalid),
        ("x", {"x": float("nan")}, Invalid),
        ("x", {"x": {"date": "2026-02-30"}}, Invalid), ("x", {"x": {"datetime": "2026-02-28"}}, Invalid), ("x", {"x": "a\x00"}, Invalid),
        ("x", {"x": [1]}, Invalid),
    ],
)  # fmt: skip
def test_evaluating_with_given_values(text: str, values: dict[str, Any], wanted: Any) -> None:
    if wanted is Invalid:
        with pytest.raises(Invalid):
            call(text, values)
        return
    found = call(text, values)["value"]
    assert found == wanted
    assert type(found) is type(wanted)


def test_evaluating_with_the_fields_of_an_entity() -> None:
    values = {
        "arr": 10,
        "signed": "2026-01-31",
        "orders": [{"amount": 1.5, "ordered_at": {"date": "2026-01-01"}}],
        "industry": {"title": "IT"},
        "x": 2,
    }
    assert call("sum(orders.amount) * x + arr", values, entity="customer") == {"value": Decimal("13.00"), "type": "number"}
    assert call("concat(industry.title, text(signed))", values, entity="customer")["value"] == "IT2026-01-31"
    assert call("today()", now="2030-01-01T20:00:00Z")["value"] == "2030-01-02"
    with pytest.raises(Invalid) as caught:
        call("arr", {"arr": "ten"}, entity="customer")
    assert caught.value.problems[0].path == "/values/arr"
    with pytest.raises(Invalid) as caught:
        call("arrr", {}, entity="customer")
    assert (caught.value.problems[0].path, caught.value.problems[0].column) == ("/expression", 1)


def test_checking_answers_with_type_reads_and_errors() -> None:
    found = check_body(MODEL, "en", {"entity": "customer", "expression": "sum(orders.amount)", "expect": "number"})
    assert (found["type"], found["scale"], found["errors"]) == ("number", 2, [])
    assert found["reads"] == ["order.amount", "order.customer"]
    found = check_body(MODEL, "zh", {"entity": "customer", "expression": "ar + arrr"})
    assert [(e["code"], e["line"], e["column"]) for e in found["errors"]] == [("unknown_name", 1, 1), ("unknown_name", 1, 6)]
    assert "arr" in found["errors"][0]["hint"]
    assert found["completions"] == [] or found["completions"][0]["insert"]
    for body in (
        {"expression": 1},
        {},
        {"expression": "1", "entity": "custmer"},
        {"expression": "1", "expect": "numbr"},
        {"expression": "1", "x": 1},
    ):
        with pytest.raises(Invalid):
            check_body(MODEL, "en", body)
