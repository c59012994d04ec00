"""The action refuse."""

from __future__ import annotations

import pytest

from tenon.metamodel.errors import Invalid
from tests.engine.rules.world import Rules, rule


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
