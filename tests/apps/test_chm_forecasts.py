"""Forecasts of customers: on their page, in words where too little is known, and their value on the ROI dashboard."""

from __future__ import annotations

from collections.abc import Callable

from starlette.testclient import TestClient

from tenon.engine.scores.forecast_records import keep_forecasts
from tenon.platform import sessions
from tenon.server import build
from tests.apps.conftest import SYSTEM, Apps
from tests.apps.test_chm_outcomes import mature
from tests.platform.people import add

TOLD = {"en": ("Churn in 90 days", "Not enough data", "from who stays"), "zh": ("90 天内流失", "数据不足", "依据留存")}


def test_a_customer_says_that_too_little_is_known(chm: Apps) -> None:
    manager = add(chm.platform.database, "new@x.cn", ["csm"])
    customer = mature(chm, "Red Ltd", healthy=False, csm=manager)
    chm.run_scores()
    with TestClient(build(chm.platform), base_url=chm.platform.settings.base_url, follow_redirects=False) as client:
        with chm.platform.database.write() as connection:
            client.cookies.set("tenon_session", sessions.begin(connection, SYSTEM, manager).token)
        assert "forecast-list" not in client.get(f"/records/customer/{customer}").text
        with chm.platform.write() as uow:
            assert keep_forecasts(uow, "health") == {"insufficient": 3}
        for language, told in TOLD.items():
            client.cookies.set("tenon_language", language)
            page = client.get(f"/records/customer/{customer}").text
            assert page.count('<strong class="nothing">') == 3
            for words in told:
                assert words in page


def test_the_value_of_the_same_customers_on_two_days(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    """Who came within the year, who left since, another method, and what is older than a year count on neither day."""
    since = {"Old": "2020-01-01", "New": "2026-02-01", "Gone": "2020-01-01"}
    old, new, gone = (chm.add("customer", name=name, status="active", customer_since=day) for name, day in since.items())
    for customer, day, value, method in (
        (old, "2026-01-01", 100, "sbg-1"), (old, "2026-02-01", 130, "sbg-1"), (new, "2026-02-01", 900, "sbg-1"), (old, "2026-02-02", 500, "other-1"),
        (gone, "2026-01-01", 700, "sbg-1"), (old, "2025-01-01", 90, "sbg-1"),
    ):  # fmt: skip
        chm.add("forecast", customer=customer, kind="ltv12", value=value, method=method, data_as_of=day, status="ok")
    chm.change("customer", gone, status="churned")
    widget = client_of("root@x.cn", "admin").get("/api/v1/widgets/ltv_cohort/data").json()
    assert [row[1] for row in widget["rows"]] == [100, 130]
    latest = {r["name"]: (r["chm_ltv12"], r["chm_churn90"]) for r in chm.records("customer", "name", "chm_ltv12", "chm_churn90")}
    assert latest == {"New": (900, None), "Old": (500, None), "Gone": (700, None)}
