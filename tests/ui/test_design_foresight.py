"""Does a score foresee? The pages beside its designer over HTTP."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import insert
from starlette.testclient import TestClient

from tenon.engine.scores.tables import calibrations
from tenon.platform.boot import make_worker
from tests.ui.conftest import Site
from tests.ui.test_design import csrf
from tests.ui.test_design_score import document

URL = "/design/score/health"


def day(site: Site) -> str:
    with site.platform.read() as uow:
        return uow.today.isoformat()


def test_a_back_test_shows_its_figures(member: TestClient, seller: TestClient, site: Site) -> None:
    assert 'href="/design/score/health/backtest"' in member.get(URL).text
    asked = {"outcome": "health_score < 50", "as_of": day(site), "days": "0"}
    answer = member.post("/api/v1/scores/health/backtest", json={"outcome": asked["outcome"], "as_of": asked["as_of"], "horizon_days": 0}).json()
    assert answer["n"] > 50
    page = member.get(f"{URL}/backtest", params=asked).text
    assert f"<dd>{answer['n']}</dd>" in page
    assert page.count('<circle class="dot-mark"') == len(answer["calibration"]) > 1
    assert "Lower values go with the outcome." in page
    wrong = member.get(f"{URL}/backtest", params={**asked, "outcome": "nothing > 1"}).text
    assert 'aria-invalid="true"' in wrong
    assert 'value="nothing &gt; 1"' in wrong
    member.cookies.set("tenon_language", "zh")
    assert "分值越低，越可能发生该结果。" in member.get(f"{URL}/backtest", params=asked).text
    assert seller.get(f"{URL}/backtest").status_code == 403
    assert member.get("/design/score/nothing/backtest").status_code == 404


def test_advice_is_taken_by_a_click_alone(member: TestClient, site: Site) -> None:
    before = document(member)
    asked = {"outcome": "health_score >= 60", "as_of": day(site), "days": "0", "is_wanted": "on"}
    page = member.get(f"{URL}/advice", params=asked).text
    told = re.findall(r'<th scope="row">[^<]+<br><code class="quiet">([^<]+)</code>', page)
    assert document(member) == before
    if not told:  # what tells the outcome by itself was left out, and nothing else was there
        assert "Not enough data" in page
        refused = member.post(f"{URL}/advice", data={"csrf": csrf(member), **asked}, follow_redirects=False)
        assert refused.status_code == 404
        return
    taken = member.post(f"{URL}/advice", data={"csrf": csrf(member), **asked}, follow_redirects=False)
    assert (taken.status_code, taken.headers["location"]) == (303, URL)
    measures: list[dict[str, Any]] = document(member)["variants"][-1]["measures"]
    assert len(measures) == len(told)
    assert sum(m["points"] for m in measures) == 100


def test_calibrations_are_run_and_their_edges_taken(member: TestClient, site: Site) -> None:
    assert "Nothing to foresee yet" in member.get(f"{URL}/calibrations").text
    body = {**document(member), "foresees": {"outcome": "health_score < 50", "horizon_days": 30}}
    member.put("/api/v1/metadata/score/health", json=body)
    assert "Outcome" in member.get(URL).text
    done = member.post("/api/v1/metadata/publish", json={})
    assert done.status_code == 200, done.text
    run = member.post(f"{URL}/calibrations", data={"csrf": csrf(member)}, follow_redirects=False)
    assert run.status_code == 303
    make_worker(site.platform).run_until_idle()
    assert 'value="health_score &lt; 50"' in member.get(f"{URL}/backtest").text  # names, not the ids that are kept
    kept = member.get(f"{URL}/calibrations").text
    assert "Not looked at yet" not in kept
    assert "Outcome: Health is less than 50, 30 days later." in kept
    bands = [b["name"] for b in document(member)["bands"]]
    figures = {
        "n": 300, "base_rate": 0.2, "auc": 0.8, "brier": 0.12, "as_of": "2026-01-01",
        "bands": [{"band": bands[0], "label": "Risk", "precision": 0.5, "recall": 0.75}],
    }  # fmt: skip
    proposal = {"bands": [{"band": b, "from": 10.5 * n} for n, b in enumerate(bands)], "explained": {"before": 0.1, "after": 0.2}}
    with site.platform.write() as uow:
        row = {"id": uow.new_id(), "score": uow.model.get("score", "health").id, "at": uow.now, "release": 1, "figures": figures, "proposal": proposal}
        uow.connection.execute(insert(calibrations), row)
    page = member.get(f"{URL}/calibrations").text
    assert "<dd>50 %</dd>" in page or "<dd>50.0 %</dd>" in page or "<dd>50%</dd>" in page
    taken = member.post(f"{URL}/calibrations", data={"csrf": csrf(member), "calibration": row["id"]}, follow_redirects=False)
    assert (taken.status_code, taken.headers["location"]) == (303, URL)
    assert [float(b["from"]) for b in document(member)["bands"]][1:] == [10.5 * n for n in range(1, len(bands))]
    assert "Taken by" in member.get(f"{URL}/calibrations").text
