"""Behind sharp falls: the measures that lost points, in how many of the falls, and how many points."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenon.metamodel.errors import Invalid
from tests.engine.reports.asking import answer, counted, widget
from tests.engine.sql.test_past import READER, SCORE
from tests.shop import Shop, person

MEASURES = [
    {"name": "paying", "label": {"en": "Paying", "zh": "付费"}, "group": "usage", "points": 60, "value": "scale(seats, 0, 100)", "missing": "zero"},
    {"name": "software", "label": {"en": "Software", "zh": "软件业"}, "points": 40, "when": "industry == 'saas'", "missing": "zero"},
]
TWO = {**SCORE, "variants": [{"name": "default", "measures": MEASURES}]}
FALLS = widget("falling", "falls", "customer", group_by=["health_band"], measures=[], options={"least": 20, "days": 14})


@pytest.fixture
def falling(shop: Shop) -> Shop:
    """A falls by 30, B by 52, C by 6; D rises, E came later."""
    shop.publish([TWO, READER])
    clock: Any = shop.platform.outside.clock
    ids = [shop.create("customer", name=name, seats=seats, industry="saas") for name, seats in (("A", 100), ("B", 100), ("C", 50), ("D", 10))]
    clock.moment += timedelta(days=10)
    shop.change("customer", ids[0], seats=50)
    shop.change("customer", ids[1], seats=80, industry="retail")
    shop.change("customer", ids[2], seats=40)
    shop.change("customer", ids[3], seats=90)
    shop.create("customer", name="E", seats=1, industry="retail")
    clock.moment += timedelta(days=4)
    return shop


def rows(found: dict[str, Any]) -> list[list[Any]]:
    return [[label, group, cases, Decimal(str(share)), Decimal(str(points))] for label, group, cases, share, points in found["rows"]]


def test_measures_that_lost_points(falling: Shop) -> None:
    found = answer(falling, FALLS)
    assert rows(found) == [["Paying", "usage", 2, Decimal(1), Decimal(21)], ["Software", None, 1, Decimal("0.5"), Decimal(40)]]
    assert (found["falls"], found["from"], found["to"]) == (2, "2026-03-02", "2026-03-16")
    assert [c["name"] for c in found["columns"]] == ["measure", "group", "cases", "share", "points"]
    assert found["details"][1] == {"options": [{"name": "usage", "label": "Usage"}]}  # what a file says, as the pages do
    cases = found["details"][2]
    assert [counted(falling, "customer", behind) for behind in cases["behind"]] == [2, 1]
    assert counted(falling, "customer", cases["behind_total"]) == found["falls"]


def test_a_cap_is_a_reason_too(shop: Shop) -> None:
    shop.publish([{**TWO, "caps": [{"when": "seats == 99", "at_most": 10}]}])
    clock: Any = shop.platform.outside.clock
    only = shop.create("customer", name="A", seats=100, industry="saas")
    clock.moment += timedelta(days=3)
    shop.change("customer", only, seats=99)
    clock.moment += timedelta(days=11)
    found = answer(shop, FALLS)
    assert [(row[0], row[2]) for row in found["rows"]] == [("Caps and the ends of the scale", 1), ("Paying", 1)]
    assert [Decimal(str(row[4])) for row in found["rows"]] == [Decimal("89.40"), Decimal("0.60")]


def test_how_far_and_how_fast(falling: Shop) -> None:
    assert answer(falling, {**FALLS, "options": {"least": 40, "days": 14}})["falls"] == 1
    assert answer(falling, {**FALLS, "name": "small", "options": {"least": 6, "days": 14}})["falls"] == 3
    late = answer(falling, {**FALLS, "name": "late", "options": {"least": 20, "days": 4}})
    assert (late["falls"], late["rows"]) == (0, [])
    named = answer(falling, {**FALLS, "name": "named", "query": {**FALLS["query"], "filter": "name == 'B'"}})
    assert [row[0] for row in named["rows"]] == ["Software", "Paying"]
    assert [counted(falling, "customer", behind) for behind in named["details"][2]["behind"]] == [1, 1]


def test_only_what_the_reader_sees_counts(falling: Shop) -> None:
    half = person("x", "half")
    found = answer(falling, FALLS, half)
    assert counted(falling, "customer", found["details"][2]["behind_total"], half) == 1
    assert rows(found) == [["Paying", "usage", 1, Decimal(1), Decimal(30)]]


def test_falls_are_of_a_score(falling: Shop) -> None:
    for group_by in ([], ["industry"]):
        with pytest.raises(Invalid):
            answer(falling, {**FALLS, "query": {**FALLS["query"], "group_by": group_by}})
