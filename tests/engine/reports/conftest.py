"""A shop with orders over some months; today is Monday, 2 March 2026."""

from __future__ import annotations

import pytest

from tests.shop import SHOP, Shop


@pytest.fixture
def orders(shop: Shop) -> Shop:
    """Three customers and nine orders of November 2025 to March 2026; none in December."""
    assert SHOP
    a = shop.create("customer", name="A", industry="saas", arr=100)
    b = shop.create("customer", name="B", industry="retail", arr=50)
    c = shop.create("customer", name="C", stage="trial")
    rows = [
        (a, 10, "2025-11-03"), (a, 20, "2026-01-31"), (b, 30, "2026-01-01"), (b, 5, "2026-02-01"), (a, 7, "2026-02-28"), (c, 8, "2026-02-28"),
        (a, 40, "2026-03-01"), (b, 60, "2026-03-02"), (None, 1, None),
    ]  # fmt: skip
    shop.many("order", [{"customer": who, "amount": amount, "ordered_at": day, "number": str(i)} for i, (who, amount, day) in enumerate(rows)])
    return shop
