"""The trigger button."""

from __future__ import annotations

from tenon.engine.rules.triggers.button import Pressed
from tests.engine.rules.world import Rules, note, rule


def test_pressing_it_runs_the_rule_for_that_record(w: Rules) -> None:
    w.publish(rule("act", {"type": "button", "label": {"en": "Act", "zh": "执行"}}, note("'pressed'"), condition="seats > 1"))
    few, many = w.add("customer", name="Few", seats=1), w.add("customer", name="Many", seats=5)
    with w.platform.read() as uow:
        act = uow.model.get("rule", "act").id
    w.tell(Pressed(act, (few,)))
    w.tell(Pressed(act, (many,)))
    w.work()
    assert w.values("customer", "notes") == [None, "pressed"]
