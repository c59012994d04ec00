"""Names, types and limits of expressions."""

from __future__ import annotations

import ast
from decimal import Decimal

import pytest

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression, facts_of
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.types import TEXT, Type
from tests.metamodel.expressions.models import MODEL, make_model, scope


def refused(text: str, use: str = "value", expect: str | Type | None = None) -> Problem:
    with pytest.raises(Invalid) as caught:
        check(text, scope(use), expect)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "kind", "scale"),
    [
        ("arr", "number", 2), ("arr + 1", "number", 2), ("arr + 0.125", "number", 3), ("arr * ratio", "number", 6),
        ("ratio * ratio", "number", 8), ("ratio * ratio * 0.1", "number", None), ("arr / 2", "number", None), ("arr // 2", "number", 0),
        ("arr % 0.5", "number", 2), ("seats ** 2", "number", None), ("round(arr / 3, 4)", "number", 4), ("round(arr)", "number", 0),
        ("round(arr, -3)", "number", 0), ("floor(arr)", "number", 0), ("floor(arr / 3)", "number", None), ("sqrt(seats)", "number", None),
        ("min(arr, seats)", "number", 2), ("clamp(arr, 0, 0.123)", "number", 3), ("coalesce(seats, 0.5)", "number", 1),
        ("1 if active else 2.5", "number", 1), ("call_time + call_time", "duration", 0), ("call_time * 2", "number", 0),
        ("count(orders)", "number", 0), ("sum(orders.amount)", "number", 2), ("avg(orders.amount)", "number", None),
        ("max(orders.ordered_at)", "date", None), ("last(orders.status)", "choice", None), ("exists(orders)", "boolean", None),
        ("name", "text", None), ("stage", "choice", None), ("regions", "choices", None), ("signed", "date", None),
        ("seen", "datetime", None),
        ("opens", "time", None), ("owner", "reference", None), ("owner.name", "text", None), ("industry.size", "number", 0),
        ("record.created_at", "datetime", None), ("created_at", "datetime", None), ("user.id", "reference", None),
        ("user.roles", "choices", None),
        ("date_add(signed, 1)", "date", None), ("date_add(seen, 1, 'hour')", "datetime", None), ("start_of(seen, 'week')", "date", None),
        ("text(arr)", "text", None), ("None", "empty", None), ("arr + None", "number", 2), ("coalesce(stage, 'new')", "choice", None),
        ("if_else(active, 'a', stage)", "text", None), ("arr + -0", "number", 2),
    ],
)  # fmt: skip
def test_types(text: str, kind: str, scale: int | None) -> None:
    found = check(text, scope()).type
    assert (found.kind, found.scale) == (kind, scale)


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("arrr", "unknown_name", "`arr`"), ("foo(1)", "unknown_name", "floor"), ("true", "unknown_name", "`True`"),
        ("today > signed", "unknown_name", "today()"), ("stage == 'wno'", "unknown_name", "`won`"), ("owner.nam", "unknown_name", "`name`"),
        ("'vipp' in labels", "unknown_name", "`vip`"), ("date_add(signed, 1, 'mnth')", "unknown_name", "`month`"),
        ("name + 'x'", "type_mismatch", "concat"), ("arr + name", "type_mismatch", "number("),
        ("ends - signed", "type_mismatch", "days_between"),
        ("signed + 1", "type_mismatch", "date_add"), ("signed > '2026-01-31'", "type_mismatch", "date('2026-01-31')"),
        ("seen > signed", "type_mismatch", "date(x)"), ("name == 1", "type_mismatch", "text("), ("arr == '1'", "type_mismatch", "number("),
        ("stage < 'won'", "type_mismatch", "=="), ("active < True", "type_mismatch", "=="),
        ("owner == 'bob'", "type_mismatch", "owner.name"),
        ("stage == name", "type_mismatch", "text("), ("not name", "type_mismatch", "x == 'a'"),
        ("arr and active", "type_mismatch", "x > 0"),
        ("text(arr / 3)", "type_mismatch", "round"), ("len(arr)", "type_mismatch", "text("), ("orders.amount", "type_mismatch", ""),
        ("sum(arr)", "type_mismatch", "orders.amount"), ("sum(orders.number)", "type_mismatch", "number("),
        ("sum(orders)", "type_mismatch", ""),
        ("arr + budget", "type_mismatch", "rate"), ("date(name)", "type_mismatch", "date('2026-01-31')"),
        ("regions == 'north'", "type_mismatch", ""),
        ("arr ** seats", "bad_expression", "x ** 2"), ("arr ** 2.5", "bad_expression", ""), ("round(arr, 9)", "bad_expression", ""),
        ("round(arr, seats)", "type_mismatch", ""), ("date('2026-02-30')", "bad_expression", ""), ("abs()", "bad_expression", "abs("),
        ("abs(1, 2)", "bad_expression", ""), ("case(active, 1)", "bad_expression", "case("),
        ("lower(name, where=active)", "bad_expression", ""),
        ("count(orders, where=count(products) > 0)", "bad_expression", "formula field"), ("count(children.orders)", "bad_expression", ""),
        ("this.arr", "unknown_name", ""), ("old.arr", "bad_expression", ""), ("record.arr", "unknown_name", ""),
        ("user.name", "unknown_name", ""),
        ("percent_rank(arr)", "bad_expression", ""), ("customer.name", "unknown_name", ""), ("name.first", "unknown_name", ""),
        ("parent.parent.parent.parent.parent.name", "over_limit", "formula field"), ("arr ** 20 * arr ** 10", "over_limit", "clamp"),
        ("1 / arr ** 20 / arr ** 20", "over_limit", "clamp"), ("replace(notes, 'a', notes)", "over_limit", "left("),
        ("orders", "type_mismatch", ""),
    ],
)  # fmt: skip
def test_refusals_say_what_to_do(text: str, code: str, hint: str) -> None:
    problem = refused(text)
    assert problem.code == code
    assert hint in (problem.hint.en or "" if problem.hint else "")
    assert problem.message.zh


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("now() > seen", "formula"), ("user.id == owner", "formula"), ("has_role('x')", "formula"), ("in_unit(unit)", "formula"),
        ("old.arr", "formula"), ("user.id == owner", "score"), ("old.arr > 1", "score"), ("ntile(arr, 10)", "rule"), ("sum(arr)", "score"),
    ],
)  # fmt: skip
def test_some_names_are_not_for_every_place(text: str, use: str) -> None:
    assert refused(text, use).code in ("bad_expression", "type_mismatch")


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("days_since(signed)", "formula"), ("old.arr > arr", "rule"), ("ntile(arr, 10)", "score"), ("quintile(arr)", "report"),
        ("count()", "report"),
        ("sum(arr) / count()", "report"), ("avg(arr / seats, where=stage == 'won')", "report"), ("sum(orders.amount)", "report"),
        ("min(arr)", "report"), ("min(arr, seats)", "report"), ("in_unit(unit) or owner == user.id", "access"), ("today()", "default"),
    ],
)  # fmt: skip
def test_and_these_are(text: str, use: str) -> None:
    check(text, scope(use))


def test_what_an_expression_knows_about_itself() -> None:
    found = check("days_since(signed) > 3 and percent_rank(arr) > 0.5", scope("score"))
    assert (found.is_clocked, found.uses_population, found.uses_user, found.uses_old, found.has_aggregates) == (
        True,
        True,
        False,
        False,
        False,
    )
    found = check("old.arr != arr and owner == user.id and exists(orders)", scope("rule"))
    assert (found.is_clocked, found.uses_population, found.uses_user, found.uses_old, found.has_aggregates) == (
        False,
        False,
        True,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("text", "expect", "is_right"),
    [
        ("arr > 1", "boolean", True), ("active", "boolean", True), ("None", "boolean", True), ("arr", "boolean", False),
        ("arr", "number", True),
        ("call_time", "number", True), ("arr", "duration", True), ("stage", "text", True), ("name", "number", False),
        ("signed", "datetime", False),
        ("seen", "date", False), ("user.id", Type("reference", entity="user"), True),
        ("user.unit", Type("reference", entity="user"), False),
        ("'won'", MODEL.entities["customer"].fields["stage"].type, True),
        ("'nope'", MODEL.entities["customer"].fields["stage"].type, False),
        ("if_else(active, 'won', 'lost')", MODEL.entities["customer"].fields["stage"].type, True),
        ("case(active, 'won', 'gone')", MODEL.entities["customer"].fields["stage"].type, False),
        ("level", MODEL.entities["customer"].fields["stage"].type, False), ("name", MODEL.entities["customer"].fields["stage"].type, False),
    ],
)  # fmt: skip
def test_expected_types(text: str, expect: str | Type, is_right: bool) -> None:
    if is_right:
        check(text, scope(), expect)
    else:
        assert refused(text, expect=expect).code in ("type_mismatch", "unknown_name")


def test_bounds_travel_through_numbers_and_texts() -> None:
    found = check("clamp(arr, 0, 100) * 3 - 1", scope()).type
    assert (found.low, found.high) == (Decimal(-1), Decimal(299))
    assert check("concat(left(name, 5), 'abc')", scope()).type.length == 8


def test_hidden_fields_are_unknown_and_never_suggested() -> None:
    def may_read(entity: Entity, field: Field) -> bool:
        return (entity.name, field.name) not in {("customer", "arr"), ("order", "customer")}

    for text in ("arr", "arrr", "count(orders)"):
        with pytest.raises(Invalid) as caught:
            check(text, scope(may_read=may_read))
        (problem,) = caught.value.problems
        assert problem.code == "unknown_name"
        assert "`arr`" not in (problem.hint.en or "" if problem.hint else "")


def test_given_values_are_names() -> None:
    values = {"x": Type("number", scale=0), "customer": {"name": TEXT}, "gone": Type("empty")}
    found = check("concat(customer.name, text(x), gone.whatever)", Scope(MODEL, None, values=values))
    assert found.type.kind == "text"
    assert found.entity_id is None
    assert found.reads == frozenset()
    for text in ("customer", "customer.nme", "x.y", "y"):
        with pytest.raises(Invalid):
            check(text, Scope(MODEL, None, values=values))


def test_what_an_absent_optional_app_owns_is_empty() -> None:
    app = {"kind": "app", "name": "sales", "optional": ["chm"]}
    model = make_model(app)
    assert check("chm_stage == 'x' or arr > 1", scope(model=model)).type.kind == "boolean"
    found = check("count(chm_visits)", scope(model=model))
    assert (facts_of(found.tree).is_folded, facts_of(found.tree).value) == (True, 0)
    with pytest.raises(Invalid):
        check("chm_stage == 'x'", scope(model=model, absent_ok=False))


def test_every_node_carries_facts() -> None:
    def walk(found: Expression) -> None:

        for node in ast.walk(found.tree):
            if isinstance(node, ast.expr):
                assert facts_of(node).type is not None

    text = "case(sum(orders.amount, where=status in ['paid', None]) > -arr + 1, owner.name, 1 < arr < 2, 'b', 'c' if active else name)"
    walk(check(text, scope()))


@pytest.mark.parametrize(
    ("text", "column"),
    [("if_else(active, 1, 'a')", 20), ("coalesce(arr, name)", 15), ("case(active, 1, arr, 2, 3)", 17), ("case(active, 1, arr > 1, 'a', 3)", 26)],
)
def test_the_argument_that_does_not_fit_is_pointed_at(text: str, column: int) -> None:
    problem = refused(text)
    assert (problem.code, problem.line, problem.column) == ("type_mismatch", 1, column)


@pytest.mark.parametrize(
    "text",
    ["orders", "old.arr", "percent_rank(arr)", "round(arr, arr)", "count(orders, where=1)", "abs(where=arr)", "arr == orders", "has_role(name)",
     "tags == 'a'", "stage + 1", "user", "this.arr", "nothing()", "-name", "active + 1"],
)  # fmt: skip
def test_every_refusal_has_a_hint(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        check(text, scope())
    assert all(problem.hint and problem.hint.zh for problem in caught.value.problems)
