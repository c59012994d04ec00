"""Why records were lost: the reason written down beside the group of measures that lost most points; both add up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tenon.metamodel.errors import Invalid
from tests.engine.reports.asking import answer, counted, widget
from tests.engine.reports.types.test_falls import TWO
from tests.engine.sql.test_past import READER
from tests.shop import Shop

LOSS: dict[str, Any] = {
    "kind": "entity", "name": "loss", "label": {"en": "Loss", "zh": "流失"}, "time_field": "day", "fields": [
        {"name": "day", "type": "date"}, {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "losses"}},
        {"name": "reason", "type": "choice", "options": [{"name": "price", "label": {"en": "Price", "zh": "价格"}}, {"name": "service", "label": {"en": "Service", "zh": "服务"}}]},
    ],
}  # fmt: skip
ASKED = widget("lost", "attribution", "loss", group_by=["reason", "customer.health_band"], measures=[], options={"days": 90})


def test_both_sides_add_up(shop: Shop) -> None:
    shop.publish([TWO, READER, LOSS])
    clock: Any = shop.platform.outside.clock
    ids = [shop.create("customer", name=name, seats=100, industry="saas") for name in ("A", "B", "C", "D")]
    clock.moment += timedelta(days=60)
    shop.change("customer", ids[0], seats=10)  # 54 points of use
    shop.change("customer", ids[1], seats=90, industry="retail")  # 6 of use, 40 without a group
    shop.change("customer", ids[2], seats=50)
    clock.moment += timedelta(days=40)
    late = shop.create("customer", name="E", seats=1, industry="retail")
    day = clock.moment.date().isoformat()
    for id, reason in zip([*ids, late], ("price", "price", "service", None, "price"), strict=True):
        shop.create("loss", customer=id, reason=reason, day=day)
    found = answer(shop, ASKED)
    assert [c["name"] for c in found["columns"]] == ["reason", "events", "group", "of_group"]
    # A and C lost use, B what has no group, D nothing, E was not there before.
    assert found["rows"] == [
        ["Price", 3, "usage", 2], ["Service", 1, "No history", 1], ["–", 1, "No points lost", 1], [None, None, "Without a group", 1],
    ]  # fmt: skip
    assert found["events"] == sum(row[1] or 0 for row in found["rows"]) == sum(row[3] or 0 for row in found["rows"]) == 5
    for place in (1, 3):
        behind = found["details"][place]
        assert [counted(shop, "loss", each) if each else None for each in behind["behind"]] == [row[place] for row in found["rows"]]
        assert counted(shop, "loss", behind["behind_total"]) == 5
    short = answer(shop, {**ASKED, "name": "short", "options": {"days": 20}})
    assert {row[2] for row in short["rows"] if row[2]} == {"No points lost", "No history"}


def test_it_needs_a_reason_and_a_score(shop: Shop) -> None:
    shop.publish([TWO, READER, LOSS])
    for groups in (["reason"], ["reason", "customer.name"]):
        with pytest.raises(Invalid):
            answer(shop, {**ASKED, "query": {**ASKED["query"], "group_by": groups}})
