"""The action refuse."""

from __future__ import annotations

import pytest

from tenon.engine.context import system_context
from tenon.engine.records.writing import write_many
from tenon.metamodel.errors import Invalid
from tests.engine.rules.world import Rules, rule

SYSTEM = system_context()


def test_the_write_is_refused_with_the_message_at_the_field_and_nothing_is_stored(w: Rules) -> None:
    message = {"en": "At least three seats.", "zh": "至少三个席位。"}
    w.publish(rule("few", "created", {"type": "refuse", "message": message, "fields": ["seats"]}, timing="before", condition="seats < 3", label={"en": "Enough seats"}))
    with pytest.raises(Invalid) as refused:
        w.add("customer", name="Ann", seats=2)
    (problem,) = refused.value.problems
    assert (problem.path, problem.code, problem.message.show("zh")) == ("/seats", "refused", "至少三个席位。")
    assert problem.hint is not None
    assert "“Enough seats”" in problem.hint.show("en"), "which rule it is"
    w.add("customer", name="Bob", seats=3)
    assert w.values("customer", "name") == ["Bob"]


def test_nobody_gets_more_than_so_many_one_by_one_or_at_once(w: Rules) -> None:
    """Two of those with three seats for each: the third is refused with the rule and its number; others, who is left with it, and what was lost again are not."""
    message = {"en": "That manager has enough.", "zh": "该负责人已满。"}
    full = {"type": "refuse", "message": message, "fields": ["owner"], "held_by": "owner", "capacity": 2, "open_when": "seats >= 3"}
    w.publish(*[rule(f"full_{on}", on, full, timing="before", condition="seats >= 3", label={"en": "Two for each"}) for on in ("created", "updated")])
    lee, kim = w.person("lee", "admin"), w.person("kim", "admin")
    small = w.add("customer", name="small", seats=1, owner=lee)
    first = w.add("customer", name="first", seats=3, owner=lee)
    w.add("customer", name="second", seats=3, owner=lee)
    third = w.add("customer", name="third", seats=3, owner=kim)
    with pytest.raises(Invalid) as refused:
        w.change("customer", third, owner=lee)
    (problem,) = refused.value.problems
    assert (problem.path, problem.message.show("en")) == ("/owner", "That manager has enough.")
    assert problem.hint is not None
    assert problem.hint.show("en") == "The rule “Two for each” allows 2 for each."
    w.change("customer", small, owner=lee, name="still small")
    w.change("customer", first, name="first again")
    with pytest.raises(Invalid), w.platform.write() as uow:
        write_many(uow, SYSTEM, uow.model.get_entity("customer"), [{"name": f"n{n}", "seats": 3, "owner": kim} for n in range(2)])
    w.change("customer", first, owner=None)
    w.change("customer", third, owner=lee)
    assert sorted(w.values("customer", "name")) == ["first again", "second", "still small", "third"]
