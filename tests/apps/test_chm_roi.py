"""Retention through the queries of the ROI widgets, segments, and removing the app again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.apps import find_app, uninstall
from tenon.engine.apps.samples import read_rows, write_rows
from tenon.metamodel.naming import to_shown
from tenon.platform.boot import make_worker
from tests.apps.conftest import SYSTEM, Apps


def question(apps: Apps, widget: str) -> dict[str, Any]:
    """Return the query of a widget as ``POST /query`` takes it."""
    with apps.platform.read() as uow:
        return bare(to_shown(uow.model.get("widget", widget), uow.model)["query"])


def bare(value: Any) -> Any:
    """Return a query without what only screens read."""
    if isinstance(value, dict):
        return {key: bare(each) for key, each in value.items() if key not in ("id", "label")}
    return [bare(each) for each in value] if isinstance(value, list) else value


def customer(apps: Apps, name: str, *contracts: tuple[int, int, int]) -> None:
    """Add a customer with contracts: first day, last day, yearly amount."""
    id = apps.add("customer", name=name, status="active", customer_since=apps.day(-800))
    for start, end, value in contracts:
        apps.add("contract", customer=id, start=apps.day(start), end=apps.day(end), annual_value=value, status="active" if end >= 0 else "ended")


def test_retention_of_a_year(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    """100 a year ago, 18 more, 6 less, 9 lost: NRR 103 %, GRR 85 %; new customers do not count."""
    customer(chm, "Grown", (-500, -136, 50), (-135, 229, 68))
    customer(chm, "Shrunk", (-400, -36, 41), (-35, 329, 35))
    customer(chm, "Lost", (-400, -36, 9))
    customer(chm, "New", (-100, 264, 500))
    admin = client_of("root@x.cn", "admin")

    def ask(widget: str) -> list[Any]:
        answer = admin.post("/api/v1/query", json=question(chm, widget))
        assert answer.status_code == 200, answer.text
        row: list[Any] = answer.json()["rows"][0]
        return row

    assert ask("nrr") == [pytest.approx(1.03)]
    assert ask("grr") == [pytest.approx(0.85)]
    assert ask("logo_churn") == [pytest.approx(1 / 3)]
    assert ask("revenue_bridge") == [100, 18, 6, 9, 500, 603]


def test_the_page_agrees_with_the_records_of_the_sample(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    """Churn, retention and the year of contract value of seventy sample customers, counted again from their contracts."""
    packages = {name: find_app(name) for name in ("core", "chm")}
    rows = {entity: read_rows(packages[app].samples[f"sample/{entity}.csv"]) for app, entity in (("core", "customer"), ("core", "contract"), ("chm", "churn_event"))}
    codes = {row["code"] for row in rows["customer"][:70]}
    with chm.platform.write() as uow:
        write_rows(uow, SYSTEM, "product", read_rows(packages["core"].samples["sample/product.csv"]), app="core", today=uow.today)
        for entity, own in rows.items():
            app = "chm" if entity == "churn_event" else "core"
            write_rows(uow, SYSTEM, entity, [row for row in own if {row.get("code"), row.get("customer")} & codes], app=app, today=uow.today)
    today = date.fromisoformat(chm.day())
    then, now = (amounts(chm, today - timedelta(days=days)) for days in (365, 0))
    whole, kept = sum(then.values()), sum(min(value, now.get(c, 0)) for c, value in then.items())
    gone = then.keys() - now.keys()
    still = sum(now.get(c, 0) for c in then)
    left = {r["customer"]["id"] for r in chm.records("churn_event", "customer", filters=["kind == 'full' and at > days_ago(365)"])}
    assert gone == left & then.keys()  # who came and left within the year counts in neither
    assert 2 < len(gone) < len(then)
    admin = client_of("root@x.cn", "admin")
    shown = {name: admin.get(f"/api/v1/widgets/{name}/data").json()["rows"][0] for name in ("logo_churn", "nrr", "grr", "revenue_bridge")}
    assert shown["logo_churn"] == [pytest.approx(len(gone) / len(then))]
    assert shown["nrr"] == [pytest.approx(still / whole)]
    assert shown["grr"] == [pytest.approx(kept / whole)]
    start, expansion, contraction, lost, new, end = shown["revenue_bridge"]
    assert [start, lost, new, end] == [whole, sum(then[c] for c in gone), sum(v for c, v in now.items() if c not in then), sum(now.values())]
    assert (expansion, contraction) == (still - kept, whole - kept - lost)
    assert start + expansion - contraction - lost + new == end
    counting = ("active_customers_count", "band_by_stage", "accounts_by_csm", "band_moves", "health_by_industry", "lost_by_reason", "lost_attributed", "load_by_manager")
    drilled = sum(drills(admin, chm, name) for name in counting)
    assert drilled >= 20


def drills(client: TestClient, apps: Apps, widget: str) -> int:
    """Assert that the list behind every count of a widget has as many records, and return how many counts there were."""
    data, counted = client.get(f"/api/v1/widgets/{widget}/data").json(), 0
    with apps.platform.read() as uow:
        query = uow.model.get("widget", widget).body.query
    counts = {m.name for m in query.measures if m.expr.startswith("count(")} | {"records", "events", "of_group"}
    for place, column in enumerate(data["columns"]):
        behind = data["details"][place].get("behind") or data.get("behind")
        for row, filter in zip(data["rows"], behind or (), strict=True) if column["name"] in counts else ():
            if row[place]:
                found = client.get(f"/api/v1/records/{data['entity']}", params={"filter": filter, "count": "exact", "limit": 1}).json()
                assert found["count"] == row[place], (widget, row, filter)
                counted += 1
    return counted


def amounts(apps: Apps, on: date) -> dict[str, float]:
    """Return the yearly amount of each customer with a contract that runs on a day and goes on after it."""
    found: dict[str, float] = {}
    for row in apps.records("contract", "customer", "start", "end", "annual_value"):
        if date.fromisoformat(row["start"]) <= on < date.fromisoformat(row["end"]):
            found[row["customer"]["id"]] = found.get(row["customer"]["id"], 0) + float(row["annual_value"])
    return found


def test_revenue_recovered_and_hours_saved(chm: Apps) -> None:
    """Two recovered alerts of one customer count once with the larger; 2 alerts by rules and 1 message: 40 minutes."""
    customer = chm.add("customer", name="A", status="active", customer_since=chm.day(-400))
    for value, more in ((24000, {"rule": "red_alert"}), (9000, {"rule": "low_nps"})):
        chm.add("alert", title="T", record={"entity": "customer", "id": customer}, type="manual", value_at_risk=value, state="closed", outcome="recovered", closed_at=chm.at(-3), **more)
    chm.add("message_log", channel="email", direction="out", customer=customer, recipient="a@x.cn", message="course_1", sent_at=chm.at(-1))
    assert [chm.ask(question(chm, name)) for name in ("revenue_recovered", "value_recovered")] == [[[24000, 1]]] * 2
    (row,) = chm.ask(question(chm, "hours_saved"))
    assert [round(float(cell), 4) for cell in row] == [0.6667, 2, 0, 1]


def test_the_load_of_all_is_that_of_one_manager_on_average(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    """Three accounts and one, where 50 are a full load: 6 % and 2 %, together 4 %."""
    first, second = (vars(client_of(f"{name}@x.cn", "csm"))["user_id"] for name in ("a", "b"))
    for manager in (first, first, first, second):
        chm.add("customer", name="A", status="active", customer_since=chm.day(-400), csm=manager)
    data = client_of("root@x.cn", "admin").get("/api/v1/widgets/load_by_manager/data").json()
    assert {row[0]["id"]: (row[1], row[-1]) for row in data["rows"]} == {first: (3, 6), second: (1, 2)}
    assert (data["totals"][1], data["totals"][-1]) == (4, 4)


def test_every_dashboard_answers(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    customer(chm, "A", (-400, -36, 9))
    chm.run_scores()
    admin = client_of("root@x.cn", "admin")
    with chm.platform.read() as uow:
        names = {d.name for d in uow.model.all("dashboard") if d.app == "chm"}
        tiles = {t.widget for d in uow.model.all("dashboard") if d.app == "chm" for t in d.body.layout}
        widgets = [uow.model.documents[tile].name for tile in tiles]
    assert names == {"csm_home", "health_overview", "renewals", "roi"}
    for name in names:
        assert admin.get(f"/api/v1/dashboards/{name}").status_code == 200
    for widget in widgets:
        answer = admin.get(f"/api/v1/widgets/{widget}/data")
        assert answer.status_code == 200, (widget, answer.text)


def test_the_cost_of_two_scenarios(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    """Six kinds of cost over two years: 6 x 100 and 6 x 110 are 1,260, discounted by 10 % 600 + 600; without a rate nothing is discounted; nothing twice in a year."""
    lead, viewer = client_of("lead@x.cn", "cs_lead"), client_of("v@x.cn", "cs_viewer")
    kinds = ("purchase", "implementation", "customisation", "hardware", "maintenance", "training")
    for name, rate, years in (("Buy", 0.1, (100, 110)), ("Build", None, (200, 50))):
        made = lead.post("/api/v1/records/tco_scenario", json={"name": name, **({"discount": rate} if rate else {})})
        assert made.status_code == 201, made.text
        for year, amount in enumerate(years, 1):
            for kind in kinds:
                line = {"scenario": made.json()["id"], "category": kind, "year": f"y{year}", "amount": amount}
                assert lead.post("/api/v1/records/tco_line", json=line).status_code == 201
                assert lead.post("/api/v1/records/tco_line", json=line).status_code == 409
    rows = viewer.get("/api/v1/records/tco_scenario?view=tco_list").json()["records"]
    assert [(r["name"], r["total"], r["present_total"], {r[f"{kind}_cost"] for kind in kinds}) for r in rows] == [("Buy", 1_260, 1_200, {210}), ("Build", 1_500, 1_500, {250})]
    assert viewer.post("/api/v1/records/tco_scenario", json={"name": "Mine"}).status_code == 403


def test_a_baseline_is_never_changed(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    lead = client_of("lead@x.cn", "cs_lead")
    made = lead.post("/api/v1/records/kpi_baseline", json={"metric": "nrr", "day": chm.day(-90), "value": 0.958, "is_baseline": True})
    assert made.status_code == 201, made.text
    assert lead.patch(f"/api/v1/records/kpi_baseline/{made.json()['id']}", json={"value": 1}).status_code == 403
    assert chm.ask(question(chm, "baseline_nrr")) == [[Decimal("0.9580")]]


def test_roles_of_customer_success(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    csm, viewer = client_of("c@x.cn", "csm"), client_of("v@x.cn", "cs_viewer")
    mine = chm.add("customer", name="Mine", csm=vars(csm)["user_id"], managed_by="crm", external_id="1")
    other = chm.add("customer", name="Other")
    path = "/api/v1/records/customer"
    assert csm.patch(f"{path}/{mine}", json={"chm_stage": "mature"}).status_code == 200
    assert csm.patch(f"{path}/{mine}", json={"name": "X"}).status_code in (403, 422)
    assert csm.patch(f"{path}/{other}", json={"chm_stage": "mature"}).status_code == 403
    assert viewer.get(path).status_code == 200
    assert viewer.patch(f"{path}/{mine}", json={"chm_stage": "mature"}).status_code == 403
    assert [r["name"] for r in csm.get(f"{path}?view=my_customers").json()["records"]] == []
    chm.change("customer", mine, customer_since=chm.day(-9))
    chm.change("customer", mine, status="active")
    assert [r["name"] for r in csm.get(f"{path}?view=my_customers").json()["records"]] == ["Mine"]


def test_customer_health_is_switched_off_and_on_again(chm: Apps, client_of: Callable[..., TestClient]) -> None:
    """Removed with its records kept, its menu, rules and jobs are gone; installed again, records, scores and their history are as before."""
    admin = client_of("root@x.cn", "admin", "builder")
    customer(chm, "A", (-100, 264, 500))
    chm.add("customer_goal", customer={"code": "C-2026-00001"}, metric="M", target=3)
    chm.add("activity", customer={"code": "C-2026-00001"}, kind="training", at=chm.at(-3), summary="T")
    chm.run_scores()
    fields = ("chm_stage", "health_starter_score", "health_starter_coverage", "chm_contract_value")
    before = (chm.one("customer", *fields), chm.records("customer_goal", "id", "metric"), admin.get("/api/v1/scores/health_starter/history").json())
    assert admin.post("/api/v1/apps/chm/uninstall", json={"data": "keep"}).status_code == 200
    make_worker(chm.platform).run_until_idle()
    assert admin.get("/api/v1/records/customer_goal").status_code == 404
    with chm.platform.read() as uow:
        assert not [d.name for d in uow.model.documents.values() if d.app == "chm" or d.kind in ("rule", "dashboard", "score")]
    chm.clock.advance(days=2)
    make_worker(chm.platform).run_until_idle()
    assert (chm.records("alert", "id"), chm.records("customer", "name", "annual_value")[0]["annual_value"]) == ([], 500)
    chm.install("chm")
    make_worker(chm.platform).run_until_idle()
    assert (chm.one("customer", *fields), chm.records("customer_goal", "id", "metric")) == before[:2]
    assert admin.get("/api/v1/scores/health_starter/history").json()["history"][0] == before[2]["history"][0]


def test_removing_customer_health_leaves_core_as_it_was(chm: Apps) -> None:
    customer(chm, "A", (-100, 264, 500))
    chm.add("customer_goal", customer={"code": "C-2026-00001"}, metric="M", target=3)
    uninstall(chm.platform.publisher, SYSTEM, "chm", "remove")
    assert chm.one("customer", "name", "annual_value") == ["A", 500]
    with chm.platform.read() as uow:
        assert {d.app or d.name for d in uow.model.documents.values()} == {"core"}
        assert not [f for f in uow.model.entities["customer"].fields if f.startswith(("chm_", "health"))]
    chm.install("chm")
    assert chm.one("customer", "chm_contract_value") == [500]
