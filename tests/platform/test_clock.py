from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tenon.metamodel.errors import Unavailable
from tenon.platform.clock import RealClock


def test_business_time_is_real_time_unless_it_is_fixed() -> None:
    assert abs(RealClock().now() - RealClock().real_now()) < timedelta(minutes=1)
    fixed = datetime(2025, 1, 15, 1, tzinfo=UTC)
    assert RealClock(fixed).now() == fixed
    assert RealClock(fixed).real_now() > fixed


def test_a_file_is_read_at_each_use(tmp_path: Path) -> None:
    file = tmp_path / "now"
    file.write_text("2025-01-15T09:00:00+08:00\n")
    clock = RealClock(file=file)
    assert clock.now() == datetime(2025, 1, 15, 1, tzinfo=UTC)
    file.write_text("2025-01-16T09:00:00+08:00")
    assert clock.now() == datetime(2025, 1, 16, 1, tzinfo=UTC)
    for content in ("tomorrow", ""):
        file.write_text(content)
        with pytest.raises(Unavailable):
            clock.now()
    file.unlink()
    with pytest.raises(Unavailable):
        clock.now()
