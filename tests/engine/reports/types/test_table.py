"""Tables of groups with totals, and lists of records as the reader may see them."""

from __future__ import annotations

import pytest

from tenon.metamodel.errors import Invalid
from tests.engine.reports.asking import COUNT, answer, counted, holds, widget
from tests.engine.sql.test_past import READER, SCORE
from tests.shop import Shop, person


def test_groups_with_totals(orders: Shop) -> None:
    found = answer(orders, widget("w", "table", group_by=["customer.industry"]))
    assert found["rows"] == [["saas", 4], ["retail", 3], [None, 2]]
    assert found["totals"] == [None, 9]
    assert [o["label"] for o in found["details"][0]["options"]] == ["Saas", "Retail", "Factory"]
    holds(orders, found)


def test_a_measure_of_some_records_has_a_filter_of_its_own(orders: Shop) -> None:
    some = [{"name": "big", "expr": "count(where=amount > 9)"}, {"name": "ends", "expr": "count(where=amount < 5) + count(where=amount > 9)"}]
    share = {"name": "share", "expr": "count(where=amount > 9) / count()"}
    found = answer(orders, widget("w", "table", group_by=["customer.industry"], measures=[COUNT, *some, share], filter="amount != 7"))
    for place, name in ((2, "big"), (3, "ends")):
        behind = found["details"][place]["behind"]
        assert [counted(orders, "order", one) for one in behind] == [row[place] for row in found["rows"]], name
        assert counted(orders, "order", found["details"][place]["behind_total"]) == found["totals"][place]
    assert "behind" not in found["details"][1]
    assert "behind" not in found["details"][4]
    holds(orders, found, 1)


def test_a_list_of_records(orders: Shop) -> None:
    document = widget("w", "table", "customer", measures=[], sort=["-arr"], limit=2, options={"columns": ["name", "industry", {"field": "owner.name"}]})
    found = answer(orders, document)
    assert [row[:2] for row in found["rows"]] == [["A", "saas"], ["B", "retail"]]
    assert (found["count"], found["more"], len(found["records"])) == (3, True, 2)
    assert [c["name"] for c in found["columns"]] == ["name", "industry", "owner.name"]
    assert answer(orders, document, filter="name == 'B'")["count"] == 1
    assert answer(orders, document, person("x", "clerk"))["count"] == 3
    with pytest.raises(Invalid):
        answer(orders, {**document, "options": {"columns": ["nothing"]}})


def test_a_list_says_on_what_each_record_loses_most(shop: Shop) -> None:
    measures = [
        {"name": "paying", "label": {"en": "Seats", "zh": "席位"}, "points": 60, "value": "scale(seats, 0, 100)", "missing": "zero"},
        {"name": "worth", "label": {"en": "Revenue", "zh": "收入"}, "points": 30, "value": "scale(arr, 0, 100)", "missing": "zero"},
        {"name": "kind", "label": {"en": "Industry", "zh": "行业"}, "points": 10, "when": "industry == 'saas'", "missing": "zero"},
    ]
    shop.publish([{**SCORE, "variants": [{"name": "default", "measures": measures}]}, READER])
    shop.create("customer", name="A", seats=50, arr=80, industry="saas")
    shop.create("customer", name="B", seats=100, arr=0)
    shop.create("customer", name="C", seats=100, arr=100, industry="saas")
    document = widget("w", "table", "customer", measures=[], sort=["name"], options={"columns": ["name"], "losses": "health"})
    assert answer(shop, document)["rows"] == [["A", "Seats −30"], ["B", "Revenue −30"], ["C", None]]
    assert [row[1] for row in answer(shop, document, person("x", "half"))["rows"]] == ["Seats −30", None, None]
    with pytest.raises(Invalid):
        answer(shop, {**document, "options": {"losses": "grade"}})
