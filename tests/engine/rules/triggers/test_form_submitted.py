"""The trigger form_submitted."""

from __future__ import annotations

from tenon.engine.context import Cause
from tests.engine.rules.world import SYSTEM, Rules, note, rule

FORM = {
    "kind": "form", "name": "contact_us", "label": {"en": "Contact us", "zh": "联系我们"}, "entity": "customer",
    "sections": [{"label": {"en": "You", "zh": "您"}, "items": [{"field": "name"}]}], "public": {"slug": "contact-us"},
}


def test_records_of_that_form_wake_it_and_others_do_not(w: Rules) -> None:
    w.publish(FORM)
    w.publish(rule("hello", {"type": "form_submitted", "form": "contact_us"}, note("'from the form'")))
    with w.platform.read() as uow:
        form = uow.model.get("form", "contact_us").id
    w.add("customer", name="By hand")
    w.add("customer", by=SYSTEM.with_cause(Cause("form", id=form)), name="By form")
    w.work()
    assert w.values("customer", "notes") == [None, "from the form"]
