"""A manager who never saw the product: from the first page to why a customer is red, by what pages offer to click."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tenon.platform import sessions
from tenon.server import build
from tests.apps.conftest import SYSTEM, Apps
from tests.apps.test_chm_outcomes import mature
from tests.platform.people import add


@pytest.mark.parametrize(("language", "told"), [("en", ("Pulls it down", "Team content used in 30 days")), ("zh", ("失分项", "30 天内使用团队内容管理"))])
def test_one_click_from_the_first_page_says_why(chm: Apps, language: str, told: tuple[str, str]) -> None:
    manager = add(chm.platform.database, "new@x.cn", ["csm"])
    red = mature(chm, "Red Ltd", healthy=False, csm=manager)
    mature(chm, "Green Ltd", healthy=True, csm=manager)
    chm.run_scores()
    with TestClient(build(chm.platform), base_url=chm.platform.settings.base_url, follow_redirects=False) as client:
        with chm.platform.database.write() as connection:
            client.cookies.set("tenon_session", sessions.begin(connection, SYSTEM, manager).token)
        client.cookies.set("tenon_language", language)
        first = client.get("/")
        assert first.status_code == 200
        places = re.findall(r'href="/records/([a-z_]+)', first.text)
        assert {"customer", "objective", "renewal"} <= set(places)
        assert not {"comment", "attachment", "notice"} & set(places)  # these are found where they belong
        tile = re.search(r'hx-get="(/widgets/my_red_list[^"]*)"', first.text)
        assert tile is not None
        rows = client.get(tile[1], headers={"HX-Request": "true"}).text
        assert "Green Ltd" not in rows
        (link,) = set(re.findall(rf'href="(/records/customer/{red}[^"]*)"', rows))
        page = client.get(link).text
        for words in told:
            assert words in page


def test_an_empty_workspace_says_what_each_dashboard_needs(chm: Apps) -> None:
    """Every record kind that is missing has its reason and its way in; with contracts and tickets the starter score counts, and nothing is asked for any more."""
    boss = add(chm.platform.database, "root@x.cn", ["admin", "builder", "cs_lead", "core_manager"])
    with TestClient(build(chm.platform), base_url=chm.platform.settings.base_url, follow_redirects=False) as client:
        with chm.platform.database.write() as connection:
            client.cookies.set("tenon_session", sessions.begin(connection, SYSTEM, boss).token)

        def asked(dashboard: str) -> list[str]:
            return re.findall(r'class="button small" href="/records/([a-z_]+)/import"', client.get(f"/dashboards/{dashboard}").text)

        assert asked("csm_home") == ["customer", "contract", "ticket"]
        assert asked("health_overview") == ["customer", "contract", "ticket", "metric_daily", "usage_event", "activity", "customer_goal"]
        assert asked("renewals") == ["customer", "contract", "renewal"]
        assert asked("roi") == ["customer", "contract", "churn_event", "kpi_baseline"]
        assert client.get("/records/metric_daily/import").status_code == 200
        client.cookies.set("tenon_language", "zh")
        assert "与合同一起即可计算起步版健康度" in client.get("/dashboards/csm_home").text
        customer = chm.add("customer", name="First", status="active", customer_since=chm.day(-400), csm=boss)
        assert asked("csm_home") == ["contract", "ticket"]
        chm.add("contract", customer=customer, start=chm.day(-100), end=chm.day(265), annual_value=24000, status="active")
        chm.add("ticket", customer=customer, subject="T", type="question", opened_at=chm.at(-3))
        chm.run_scores()
        assert asked("csm_home") == []
        record = {"entity": "customer", "id": customer}
        for outcome in ("recovered", "false_alarm", "false_alarm"):
            chm.add("alert", title="T", record=record, type="threshold", score="health", state="closed", outcome=outcome, closed_at=chm.at(-2))
        ended = client.get("/design/score/health/calibrations").text
        chm.add("alert", title="T", record=record, type="threshold", score="health", state="open")
        offered = re.search(r'<select[^>]*name="playbook"[^>]*>\s*<option value="(\w+)"', client.get(f"/records/customer/{customer}").text)
        assert offered is not None
        assert offered[1] == "red_rescue"  # what fits the open alert stands first
        assert re.search("<dt>误报</dt><dd>2 <span[^>]*>67%", ended), ended
    assert chm.one("customer", "health_band", "health_starter_band", "health_starter_coverage") == [None, "healthy", 1]
