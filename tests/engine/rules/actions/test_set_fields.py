"""The action set_fields, before and after."""

from __future__ import annotations

import pytest

from tenon.metamodel.errors import Invalid
from tests.engine.rules.world import Rules, note, rule


def test_before_a_record_is_stored_rules_set_what_is_stored_with_it(w: Rules) -> None:
    w.publish(
        rule("first", "created", {"type": "set_fields", "fields": {"seats": "coalesce(seats, 1) * 2"}}, timing="before", order=1),
        rule("second", "created", note("if_else(seats > 5, 'for many', 'for few')"), timing="before", order=2, condition="seats > 4"),
    )
    w.add("customer", name="Ann", seats=3)
    w.add("customer", name="Bob")
    assert [(r["seats"], r["notes"]) for r in w.records("customer", "seats", "notes")] == [(6, "for many"), (2, None)]
    assert w.values("customer", "version") == [1, 1]


def test_before_an_update_it_sees_what_was_before(w: Rules) -> None:
    w.publish(rule("grown", {"type": "updated", "fields": ["seats"]}, {"type": "set_fields", "fields": {"external_id": "if_else(seats - old.seats == 7, 'seven', 'other')"}}, timing="before"))
    ann = w.add("customer", name="Ann", seats=3)
    w.change("customer", ann, seats=10)
    assert w.values("customer", "external_id") == ["seven"]
    w.change("customer", ann, name="Anna")
    assert w.values("customer", "external_id") == ["seven"]


def test_a_value_that_the_field_refuses_refuses_the_write(w: Rules) -> None:
    w.publish(rule("bad", "created", {"type": "set_fields", "fields": {"website": "name"}}, timing="before"))
    with pytest.raises(Invalid) as refused:
        w.add("customer", name="no address")
    assert refused.value.problems[0].path == "/website"
    assert w.records("customer", "name") == []


def test_after_it_every_field_is_computed_from_the_record(w: Rules) -> None:
    w.publish(rule("both", "created", {"type": "set_fields", "fields": {"seats": "len(name)", "external_id": "upper(name)"}}))
    w.add_all("customer", [{"name": "Ann"}, {"name": "Robert"}])
    w.work()
    assert [(r["seats"], r["external_id"]) for r in w.records("customer", "seats", "external_id")] == [(3, "ANN"), (6, "ROBERT")]
