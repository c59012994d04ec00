"""What the rules of customer health do on PostgreSQL: one whole way, the rest is the same on both databases by the tests of the engine."""

from __future__ import annotations

import pytest

from tests.apps.conftest import Apps
from tests.apps.watched import watch

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)


def test_at_risk_and_lower(chm: Apps) -> None:
    """51 to 49: a red alert with what is at stake, its playbook and a plan; the contract falls by a fifth: another one with both numbers."""
    w = watch(chm)
    for weekly in (312, 288):
        chm.clock.advance(days=1)
        w.use(weekly)
    assert w.alerts("type", "level", "value_at_risk", "playbook") == [["threshold", "red", 24000, "red_rescue"]]
    assert len(w.titles("success_plan")) == 1
    (contract,) = chm.records("contract", "id")
    chm.change("contract", contract["id"], annual_value=19200)
    w.work()
    assert w.alerts("rule", "score_from", "score_to")[1:] == [["contract_value_fell", 24000, 19200]]
