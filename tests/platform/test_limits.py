"""Calls of strangers are counted by key, and let in again when the window has passed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenon.metamodel.errors import TooMany
from tenon.platform.limits import Limit


def test_a_key_is_held_off_for_a_while_and_others_are_not() -> None:
    now = [datetime(2026, 3, 2, tzinfo=UTC)]
    limit = Limit(2, timedelta(minutes=1), lambda: now[0])
    limit.note("a")
    now[0] += timedelta(seconds=20)
    limit.note("a")
    with pytest.raises(TooMany) as refused:
        limit.note("a")
    assert refused.value.headers["Retry-After"] == "40"
    limit.note("b")
    now[0] += timedelta(seconds=40)
    limit.note("a")
    with pytest.raises(TooMany):
        limit.note("a")
