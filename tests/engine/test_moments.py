"""Moments as other systems write them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tenon.engine.moments import read_moment

NINE = datetime(2026, 1, 31, 9, tzinfo=UTC)


@pytest.mark.parametrize("value", ["2026-01-31T09:00:00Z", "2026-01-31 09:00", "2026-01-31T17:00:00+08:00", 1769850000, "1769850000", 1769850000000, 1769850000.0, Decimal("1769850000000.0")])
def test_one_moment_in_many_ways(value: Any) -> None:
    assert read_moment(value) == NINE


@pytest.mark.parametrize("value", [None, "", "soon", True, [], {}, -1, 12, "9" * 15, "9999-12-31T23:59:59-23:00", float("nan")])
def test_what_is_no_moment(value: Any) -> None:
    assert read_moment(value) is None
