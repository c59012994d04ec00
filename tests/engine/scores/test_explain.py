"""Explanations: measures with inputs and rows, what held the score, what changed, and what a reader may not see."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context, User, system_context
from tenon.engine.scores.explain import explain
from tenon.metamodel.errors import NotFound
from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, TICKET, World, model_of, points, score

D = Decimal
ROLES = [
    {
        "kind": "role",
        "name": "csm",
        "grants": [{"entity": "customer", "actions": ["read"], "read": ["name", "health_score", "health_band", "ratio"]}],
    },
    {
        "kind": "role",
        "name": "some",
        "grants": [
            {"entity": "customer", "actions": ["read"], "read": ["name", "health_score", "ratio"]},
            {"entity": "customer", "actions": ["read"], "where": "name == 'open'", "read": ["hours"]},
        ],
    },
    {"kind": "role", "name": "blind", "grants": [{"entity": "customer", "actions": ["read"], "read": ["name"]}]},
]
URGENT = "count(tickets, where=priority == 'urgent' and opened_on >= this.trained_on)"
SCORE = score(
    points("weekly_active", 50, value="scale(ratio, 0, 0.3)", group="usage", label={"en": "Weekly active", "zh": "周活跃"}),
    points("urgent", 30, value=f"1 - scale({URGENT}, 0, 5)"),
    points("hours", 20, when="hours > 5"), points("angry", -10, when="exists(tickets, where=rating < 2)"),
    caps=[{"when": "arr < 100", "at_most": 60, "label": {"en": "Small"}}], min_coverage=0.5,
)  # fmt: skip


@pytest.fixture
def w(database: Database, moment: datetime) -> World:
    return World(database, model_of(CUSTOMER, TICKET, SCORE, *ROLES), moment)


def _explain(w: World, record: str, roles: tuple[str, ...] | None = None, **more: Any) -> dict[str, Any]:
    ctx = system_context() if roles is None else Context(User("u1", "a@example.com", "A", roles=roles))
    with w.work() as uow:
        found = explain(uow, rights_of(uow.model, ctx), "health", record, **more)
    computed = found["computed"]["value"]
    if computed is not None:
        total = sum(m["points"] for m in found["measures"]) + sum(a["points"] for a in found["adjustments"])
        assert abs(total - computed) <= D("0.0001")
    return found


def _customer(w: World, **values: Any) -> str:
    record = w.put("customer", **{"ratio": D("0.15"), "trained_on": w.ago(10), "arr": D(1000), **values})
    for priority, days, rating in (("urgent", 3, 1), ("urgent", 5, 3), ("low", 2, 5), ("urgent", 20, 4)):
        w.put("ticket", customer=record, priority=priority, opened_on=w.ago(days), rating=rating)
    w.touch(record)
    return record


def test_points_inputs_and_rows(w: World) -> None:
    record = _customer(w)
    found = _explain(w, record)
    assert {k: found[k] for k in ("score", "record", "on", "value", "band", "override", "variant", "release", "coverage")} == {
        "score": "health", "record": record, "on": "2026-03-02", "value": D("43.75"), "band": "risk", "override": None, "variant": "default",
        "release": 1, "coverage": D("0.8"),
    }  # fmt: skip
    weekly, urgent, hours, angry = found["measures"]
    assert weekly == {
        "name": "weekly_active", "label": "Weekly active", "group": "usage", "share": D("0.5"), "points": D("31.25"), "max": D("62.5"),
        "missing": False, "stale": False, "inputs": [{"path": "ratio", "value": D("0.1500")}], "rows": None,
    }  # fmt: skip
    assert (urgent["share"], urgent["points"], urgent["max"]) == (D("0.6"), D("22.5"), D("37.5"))
    assert urgent["inputs"] == [{"path": URGENT, "value": D(2)}]
    where = f"customer == '{record}' and (priority == 'urgent' and opened_on >= customer.trained_on)"
    assert urgent["rows"] == {"entity": "ticket", "filter": where, "count": 2}
    assert (hours["share"], hours["points"], hours["max"], hours["missing"]) == (None, D(0), D(0), True)
    assert (angry["points"], angry["max"]) == (D(-10), D(0))
    assert found["trend"] == {"days": 14, "from": "2026-02-16", "value": None, "change": None}
    assert _explain(w, record, language="zh")["measures"][0]["label"] == "周活跃"


def test_what_held_the_score_is_named(w: World) -> None:
    record = _customer(w, ratio=D("0.3"), hours=D(9), arr=D(50))
    found = _explain(w, record)
    assert (found["value"], found["adjustments"]) == (D(60), [{"type": "cap", "label": "Small", "points": D(-18)}])
    worst = w.put("customer", ratio=D(0), hours=D(1), trained_on=w.ago(1))
    for _ in range(5):
        w.put("ticket", customer=worst, priority="urgent", opened_on=w.today, rating=1)
    w.touch(worst)
    assert _explain(w, worst)["adjustments"] == [{"type": "clamp", "label": "Limits of the scale", "points": D(10)}]


def test_the_start_of_a_weighted_scale_is_an_adjustment(database: Database, moment: datetime) -> None:
    document = score({"name": "a", "weight": 3, "value": "ratio"}, {"name": "b", "weight": 4, "value": "hours / 7"}, scale=[10, 100])
    w = World(database, model_of(CUSTOMER, TICKET, document), moment)
    record = w.put("customer", ratio=D("0.3333"), hours=D(1))
    w.touch(record)
    assert _explain(w, record)["adjustments"] == [{"type": "clamp", "label": "Limits of the scale", "points": D(10)}]


def test_a_past_day_and_the_difference(w: World) -> None:
    record = _customer(w)
    w.clock.advance(days=10)
    w.change("customer", record, ratio=D("0.03"), hours=D(9))
    w.touch(record)
    w.clock.advance(days=4)
    past = _explain(w, record, on=w.ago(8))
    assert (past["on"], past["value"], past["measures"][0]["points"], past["measures"][0]["inputs"]) == (
        "2026-03-08",
        D("43.75"),
        D("31.25"),
        [],
    )
    found = _explain(w, record, since=w.ago(14))
    assert found["changes"] == [
        {"name": "weekly_active", "from": D("31.25"), "to": D(5), "change": D("-26.25")},
        {"name": "hours", "from": D(0), "to": D(20), "change": D(20)},
        {"name": "urgent", "from": D("22.5"), "to": D(18), "change": D("-4.5")},
    ]
    assert sum(c["change"] for c in found["changes"]) == found["value"] - past["value"]
    assert found["trend"] == {"days": 14, "from": "2026-03-02", "value": D("43.75"), "change": D("-10.75")}
    assert _explain(w, record, on=w.ago(100))["value"] is None


def test_a_past_day_is_explained_by_the_model_of_that_day(w: World) -> None:
    record = _customer(w)
    w.clock.advance(days=5)
    other = score(points("weekly_active", 100, value="scale(ratio, 0, 0.3)"))
    w.publish(model_of(CUSTOMER, TICKET, other, *ROLES, number=2, before=w.model))
    w.run(cause="model")
    assert [(m["name"], m["points"]) for m in _explain(w, record)["measures"]] == [("weekly_active", D(50))]
    past = _explain(w, record, on=w.ago(3))
    assert [(m["name"], m["points"]) for m in past["measures"]] == [
        ("weekly_active", D("31.25")),
        ("urgent", D("22.5")),
        ("hours", D(0)),
        ("angry", D(-10)),
    ]
    assert past["release"] == 1


def test_what_a_reader_may_not_see_is_hidden(w: World) -> None:
    record = _customer(w)
    weekly, urgent, hours, _ = _explain(w, record, ("csm",))["measures"]
    assert weekly["inputs"] == [{"path": "ratio", "value": D("0.1500")}]
    assert urgent["inputs"] == hours["inputs"] == [{"path": None, "hidden": True}]
    assert (urgent["rows"], urgent["points"]) == (None, D("22.5"))
    for roles in (("blind",), ()):
        with pytest.raises(NotFound):
            _explain(w, record, roles)


def test_cells_that_may_be_read_on_other_records_only_are_hidden(w: World) -> None:
    shut, open_ = _customer(w, name="shut", hours=D(6)), _customer(w, name="open", hours=D(6))
    hidden, shown = (_explain(w, r, ("some",))["measures"] for r in (shut, open_))
    assert (hidden[2]["inputs"], hidden[0]["inputs"]) == ([{"path": None, "hidden": True}], [{"path": "ratio", "value": D("0.1500")}])
    assert (shown[2]["inputs"], shown[2]["points"]) == ([{"path": "hours", "value": D("6.00")}], hidden[2]["points"])


def test_rows_along_a_reference_are_those_of_the_record_it_leads_to(database: Database, moment: datetime) -> None:
    parent = {"name": "parent", "type": "reference", "entity": "customer", "reverse": {"name": "children", "label": {"en": "Children"}}}
    customer = {**CUSTOMER, "fields": [*CUSTOMER["fields"], parent]}
    document = score(points("urgent", 50, value="count(parent.tickets, where=priority == 'urgent') / 4"), points("a", 50, value="ratio"))
    w = World(database, model_of(customer, TICKET, document), moment)
    top = w.put("customer", ratio=D(1))
    under, alone = w.put("customer", parent=top, ratio=D(1)), w.put("customer", ratio=D(1))
    w.put("ticket", customer=top, priority="urgent")
    w.put("ticket", customer=under, priority="urgent")
    w.touch(under, alone)
    assert _explain(w, under)["measures"][0]["rows"] == {"entity": "ticket", "filter": f"customer == '{top}' and priority == 'urgent'", "count": 1}
    assert _explain(w, alone)["measures"][0]["rows"] is None


def test_a_record_in_the_trash_is_not_explained(w: World) -> None:
    record = _customer(w)
    w.change("customer", record, deleted_at=w.clock.now())
    for roles in (None, ("csm",)):
        with pytest.raises(NotFound):
            _explain(w, record, roles)


def test_a_record_without_a_score_yet(w: World) -> None:
    record = w.put("customer")
    found = _explain(w, record)
    assert (found["value"], found["measures"], found["computed"]) == (None, [], {"value": None, "band": None})
