"""Questions: groups, buckets, measures, having, totals, and the filter that lists exactly the records behind a row."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tenon.metamodel.errors import Invalid
from tenon.platform.database import Database
from tests.platform.people import add
from tests.shop import SHOP, Shop, open_platform

COUNT = {"name": "n", "expr": "count()"}


def test_groups_buckets_having_and_totals(shop: Shop) -> None:
    a, b = shop.create("customer", name="A", industry="retail"), shop.create("customer", name="B")
    shop.many("order", [
        {"customer": a, "amount": 1, "ordered_at": "2026-01-31"}, {"customer": a, "amount": "2.5", "ordered_at": "2026-02-01"},
        {"customer": b, "amount": 4, "ordered_at": "2026-02-28"}, {"amount": 8},
    ])  # fmt: skip
    found = shop.ask(
        entity="order", group_by=["customer", {"field": "ordered_at", "by": "month"}], measures=[COUNT, {"name": "s", "expr": "sum(amount)"}], totals=True,
    )
    assert [c["type"] for c in found["columns"]] == ["reference", "date", "number", "number"]
    assert found["rows"] == [
        [{"id": a, "title": "A"}, "2026-01-01", 1, 1], [{"id": a, "title": "A"}, "2026-02-01", 1, Decimal("2.5")],
        [{"id": b, "title": "B"}, "2026-02-01", 1, 4], [None, None, 1, 8],
    ]
    assert found["totals"] == [None, None, 4, Decimal("15.5")]
    found = shop.ask(entity="order", group_by=["customer.industry"], measures=[COUNT], having="n > 1 and customer_industry == None", sort=["-n"])
    assert found["rows"] == [[None, 2]]
    assert shop.ask(entity="order", filter="amount > 100", measures=[COUNT, {"name": "a", "expr": "avg(amount)"}])["rows"] == [[0, None]]
    assert shop.ask(entity="order", group_by=["customer"], limit=1)["more"] is True
    for wrong in (
        {"group_by": ["shipped_at"]}, {"group_by": [{"field": "number", "by": "day"}]}, {"measures": []}, {"measures": [{"name": "x", "expr": "amount"}]},
        {"measures": [COUNT], "having": "m > 1"}, {"measures": [COUNT], "sort": ["m"]}, {"measures": [COUNT, COUNT]}, {"measures": [{"name": "x;", "expr": "count()"}]},
        {"group_by": ["customer.nam"]}, {"measures": [COUNT], "limit": 0}, {"measures": [COUNT], "limit": 10_001}, {"measures": [COUNT], "nothing": 1},
        {"group_by": [{"field": "ordered_at", "by": "century"}]},
    ):
        with pytest.raises(Invalid):
            shop.ask(entity="order", **wrong)


GROUPS = [
    "industry", "vip", "arr", "weight", "discount", "seats", "stars", "since", "lasts", "parent", "parent.industry", "parent.name", "owner", "owner.name", "lead", "stage", "name", "note", "loud",
    "home", "share", "days", "email", {"field": "since", "by": "day"}, {"field": "since", "by": "week"}, {"field": "since", "by": "quarter"}, {"field": "next_call", "by": "day"},
    {"field": "next_call", "by": "week"}, {"field": "next_call", "by": "year"}, {"field": "created_at", "by": "month"}, {"field": "last_order", "by": "month"}, "last_order", "above", "site", "phone",
]


def test_the_filter_behind_a_row_lists_exactly_its_records(database: Database, tmp_path: Path, moment: datetime, scale: float) -> None:
    shop = Shop(open_platform(database, tmp_path, moment), SHOP)
    ann = add(database, "ann@shop.example")
    top = shop.create("customer", name="Top 'quoted' \\ back", industry="saas", owner=ann)
    texts = ["plain", "it's", 'say "x"', "back\\slash", "new\nline", "tab\there", "全角（）", "{brace} %s _", "\u2028", "a" * 90, "'", "\\'", "\\n"]
    rows: list[dict[str, Any]] = []
    for i, text in enumerate(texts):
        rows.append({
            "name": "x" if "\n" in text or "\t" in text or "\u2028" in text else text, "note": text, "industry": [None, "saas", "factory"][i % 3], "vip": [None, True, False][i % 3],
            "arr": [None, 0, "1.50", "123456789012.25"][i % 4], "weight": [None, "0.001", "12"][i % 3], "discount": [None, "0.1234", "0"][i % 3], "seats": [None, 0, 77][i % 3],
            "stars": [None, 1, 5][i % 3], "since": [None, "2000-01-01", "2026-03-02", "2025-12-31", "2024-02-29"][i % 5], "lasts": [None, 0, 90][i % 3], "parent": [None, top][i % 2],
            "owner": [None, ann][i % 2], "home": [None, "CN", "310115"][i % 3], "lead": [None, ann][i % 2], "email": f"x{i}@a.example", "phone": [None, "+8613800138000"][i % 2],
            "next_call": [None, "2026-12-31T15:59:59.999999Z", "2026-12-31T16:00:00Z", "9999-12-31T15:00:00Z", "2027-03-01T00:00:00Z"][i % 5], "site": [None, "https://a.example/?q='x'"][i % 2],
        })  # fmt: skip
    ids = [str(r.id) for r in shop.many("customer", rows)]
    shop.many("order", [{"customer": i, "ordered_at": f"2026-0{n % 3 + 1}-15", "amount": n} for n, i in enumerate(ids[:7])])

    def holds(groups: list[Any], condition: str | None) -> None:
        found = shop.ask(entity="customer", group_by=groups, measures=[COUNT], explain=True, **({"filter": condition} if condition else {}))
        for row, behind in zip(found["rows"], found["behind"], strict=True):
            assert shop.page("customer", filters=[behind], count="exact").count == row[-1], (groups, row, behind)
        assert sum(row[-1] for row in found["rows"]) == shop.page("customer", filters=[condition] if condition else [], count="exact").count

    for group in GROUPS:
        holds([group], None)

    @settings(max_examples=int(200 * scale), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.lists(st.sampled_from(GROUPS), min_size=1, max_size=3, unique_by=lambda g: g if isinstance(g, str) else g["field"]),
        st.sampled_from([None, "arr > 0", "industry == None or vip", "seats in (77, None)"]),
    )
    def mixed(groups: list[Any], condition: str | None) -> None:
        holds(groups, condition)

    mixed()
