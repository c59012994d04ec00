"""创科科技: 72, 45 and 75 to the digit, lived day by day with the clock, and found again in the history of the sample."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from tenon.engine.apps import Package, find_app, install_all
from tenon.engine.apps.sample_job import sample_jobs
from tenon.engine.apps.samples import Rows, read_rows, write_rows
from tenon.engine.jobs import get, job_kinds
from tenon.engine.jobs.table import jobs as table
from tenon.engine.rules.tables import runs as rule_runs
from tenon.engine.scores.past import fill_day
from tenon.engine.unit_of_work import UnitOfWork
from tenon.platform.boot import make_worker
from tenon.platform.worker import Worker
from tests.apps.conftest import SYSTEM, ZONE, Apps
from tests.apps.test_chm_roi import question

STORY = "C-0001"
DAYS = {0: ("72.0000", "fair"), 14: ("45.0000", "risk"), 28: ("75.0000", "fair")}
EARNED = {
    0: {"weekly_active": 22, "team_content": 15, "view_report": 0, "goal": 15, "hours": 0, "admin_login": 10, "training": 10},
    14: {"weekly_active": 10, "team_content": 0, "view_report": 0, "goal": 15, "hours": 0, "admin_login": 10, "training": 10},
    28: {"weekly_active": 25, "team_content": 15, "view_report": 0, "goal": 15, "hours": 0, "admin_login": 10, "training": 10},
}
SHARED = ("product", "survey")
FEW = 12


def is_of(row: dict[str, str], codes: set[str]) -> bool:
    """Return whether a row is about one of some customers."""
    cells = {value.removeprefix("customer:") for value in row.values()}
    return bool(cells & codes)


def own_rows(package: Package, codes: set[str]) -> list[tuple[str, tuple[str, ...], Rows]]:
    """Return the sample rows of some customers: entity, key to match on, rows."""
    found = []
    for sample in package.app.body.sample:
        rows = read_rows(package.samples[sample.file])
        kept = rows if sample.entity in SHARED else [r for r in rows if is_of(r, codes)]
        if sample.entity not in ("price_item", "order_line", "objective"):
            found.append((sample.entity, tuple(sample.match_on), kept))
    return found


def test_the_story_day_by_day(chm: Apps) -> None:
    rows = [each for name in ("core", "chm") for each in own_rows(find_app(name), {STORY})]
    start = chm.clock.now()
    written: set[int] = set()
    for day, (value, band) in DAYS.items():
        chm.clock.moment = start + timedelta(days=day)
        with chm.platform.write() as uow:
            today = (start + timedelta(days=28)).astimezone(uow.timezone).date()
            for entity, match_on, all_rows in rows:
                time = uow.model.entities[entity].time_field
                due = [r for r in all_rows if id(r) not in written and offset_of(r.get(time, "")) <= day - 28]
                written |= {id(r) for r in due}
                write_rows(uow, SYSTEM, entity, due, app="chm", today=today, match_on=match_on)
        chm.run_scores()
        (record,) = chm.records("customer", "id", "health_score", "health_band", "health_trend")
        assert (str(record["health_score"]), record["health_band"]) == (value, band)
        assert {m["name"]: m["points"] for m in chm.explain("health", record["id"])["measures"]} == EARNED[day]
        assert record["health_trend"] == {0: None, 14: -27, 28: 30}[day]
    assert chm.one("customer", "health_plain_score") == [75]


def offset_of(cell: str) -> int:
    """Return how many days from today a cell is; long ago for one without a day."""
    found = re.match(r"today([+-]\d+)?", cell)
    return -10_000 if found is None else int(found[1] or 0)


def few(name: str) -> Package:
    """Return an app with the sample of its first companies only."""
    package = find_app(name)
    codes = {f"C-{n:04d}" for n in range(1, FEW + 1)}
    samples = dict.fromkeys(package.samples, b"name\n")
    for entity, _, rows in own_rows(package, codes):
        content = io.StringIO()
        writer = csv.DictWriter(content, list(rows[0]) if rows else ["name"])
        writer.writeheader()
        writer.writerows(rows)
        samples[f"sample/{entity}.csv"] = content.getvalue().encode()
    return replace(package, samples=samples)


def test_the_sample_and_its_history(apps: Apps) -> None:
    jobs = []
    for name in ("core", "chm"):
        jobs.append(install_all(apps.platform.publisher, SYSTEM, few(name), demo_data=True).job)
    make_worker(apps.platform).run_until_idle()
    assert all(jobs)
    assert len(apps.records("customer", "id")) == FEW
    record = next(r["id"] for r in apps.records("customer", "id", "code") if r["code"] == STORY)
    for day, (value, band) in DAYS.items():
        found = apps.explain("health", record, on=apps.day(day - 28))
        assert (f"{found['value']:.4f}", found["band"]) == (value, band)
        assert {m["name"]: m["points"] for m in found["measures"]} == EARNED[day]
    now = apps.explain("health", record)
    assert (now["trend"]["value"], now["trend"]["change"]) == (45, 30)
    assert apps.explain("health", record, on=apps.day(-400))["value"] is not None
    assert {r["health_band"] for r in apps.records("customer", "health_band")} >= {"fair"}
    for stored in apps.records("customer", "id", "health_score"):
        told = apps.explain("health", stored["id"])
        parts = [part["points"] for part in (*told["measures"], *told["adjustments"]) if part["points"] is not None]
        assert sum(parts) == pytest.approx(told["value"], abs=Decimal("0.01")) == stored["health_score"], stored
    agrees_with_the_history(apps)
    saved = apps.ask(question(apps, "hours_saved"))
    (sent,) = apps.ask({"entity": "message_log", "filter": "not is_empty(message) and direction == 'out' and sent_at >= days_ago(90)", "measures": [{"name": "n", "expr": "count()"}]})
    assert [[float(cell) for cell in row] for row in saved] == [[pytest.approx(sent[0] * 10 / 60), 0, 0, sent[0]]]
    assert sent[0] > 0
    with apps.platform.read() as uow:
        assert uow.connection.execute(select(rule_runs.c.rule)).all() == []
    assert {r["rule"] for r in apps.records("alert", "rule")} == {None}
    assert {r["playbook"] for r in apps.records("task", "playbook")} == {None}


def agrees_with_the_history(apps: Apps) -> None:
    """What alerts and losses say of the health of their customer is what its history says of those days."""
    days = timedelta(days=1)
    told: list[tuple[str, Any, Any]] = []
    for alert in apps.records("alert", "record", "opened_at", "closed_at", "window_days", "score_from", "score_to", "score_end", filters=["not is_empty(score)"]):
        opened = datetime.fromisoformat(alert["opened_at"]).astimezone(ZONE).date()
        told += [(alert["record"]["id"], opened, alert["score_to"]), (alert["record"]["id"], opened - alert["window_days"] * days, alert["score_from"])]
        if alert["closed_at"] and alert["score_end"] is not None:
            told.append((alert["record"]["id"], datetime.fromisoformat(alert["closed_at"]).astimezone(ZONE).date(), alert["score_end"]))
    assert len(told) >= 11
    for lost in apps.records("churn_event", "customer", "at", "score_90d_before", filters=["kind == 'full'"]):
        told.append((lost["customer"]["id"], date.fromisoformat(lost["at"]) - 90 * days, lost["score_90d_before"]))
    for customer, on, value in told:
        assert float(apps.explain("health", customer, on=on.isoformat())["value"]) == pytest.approx(float(value), abs=0.051), (customer, on)


def test_a_filled_day_equals_a_run_of_that_day(chm: Apps) -> None:
    """Two customers, rows on both sides of the day, formulas among what is read: filled in afterwards as if run then."""
    now = chm.clock.now()
    chm.clock.moment = past = now - timedelta(days=60)
    late = load(chm)
    chm.run_scores()
    fields = ["name", *[f"{s}_{part}" for s in ("health", "health_plain", "health_standard", "health_starter") for part in ("score", "band", "coverage")]]
    direct = chm.records("customer", *fields, sort=["name"])
    chm.clock.moment = now
    for entity, values in late:
        chm.add(entity, **values)
    chm.run_scores()
    assert chm.records("customer", *fields, sort=["name"]) != direct
    with chm.platform.write() as uow:
        fill_day(uow, [d.id for d in uow.model.all("score")], past)
    assert chm.records("customer", *fields, sort=["name"]) == direct


def load(apps: Apps) -> list[tuple[str, dict[str, Any]]]:
    """Load two customers with rows of earlier days; return the rows that come later."""
    late: list[tuple[str, dict[str, Any]]] = []
    for index, stage in enumerate(("mature", "onboarding")):
        code = f"X-{index}"
        customer = {"customer": {"code": code}}
        apps.add("customer", code=code, name=code, status="active", customer_since=apps.day(-500), seats=100, chm_stage=stage)
        contact = apps.add("contact", **customer, name="A", role="admin", since=apps.day(-500))
        old = apps.add("contract", **customer, status="ended", start=apps.day(-390), end=apps.day(-26), annual_value=1_000)
        for when in (-20, -3, 10, 50):
            rows: list[tuple[str, dict[str, Any]]] = [
                ("usage_event", {**customer, "contact": contact, "event": "login", "at": apps.at(when)}),
                ("usage_event", {**customer, "event": "use", "feature": "team_content" if when < 0 else "view_report", "at": apps.at(when)}),
                ("metric_daily", {**customer, "metric": "weekly_active_users", "day": apps.day(when), "value": 20 + when % 7}),
                ("metric_daily", {**customer, "metric": "hours_per_user", "day": apps.day(when), "value": 6}),
                ("activity", {**customer, "contact": contact, "kind": "training", "summary": "T", "at": apps.at(when)}),
                ("ticket", {**customer, "subject": "S", "type": "fault", "priority": "high", "opened_at": apps.at(when), "solved_at": apps.at(when, "15:00"), "status": "closed"}),
            ]  # fmt: skip
            for entity, values in rows:
                if when < 0:
                    apps.add(entity, **values)
                else:
                    late.append((entity, values))
        late.append(("contract", {**customer, "status": "active", "start": apps.day(20), "end": apps.day(384), "annual_value": 1_400, "renewed_from": old}))
        late.append(("churn_event", {**customer, "at": apps.day(58), "reason_code": "price"}))
    return late


def test_an_interrupted_sample_goes_on(apps: Apps) -> None:
    """It fails among the records and again among the past days, and goes on where it was."""
    jobs = [install_all(apps.platform.publisher, SYSTEM, few(name), demo_data=True).job for name in ("core", "chm")]
    opened = 0

    @contextmanager
    def failing() -> Iterator[UnitOfWork]:
        nonlocal opened
        opened += 1
        if opened in (4, 30):
            raise OSError("the machine went away")
        with apps.platform.write() as uow:
            yield uow

    kinds = {**apps.platform.kinds, **job_kinds(sample_jobs(failing))}
    worker = Worker(apps.platform.database, kinds, apps.platform.outside)
    for _ in range(5):
        worker.run_until_idle()
        with apps.platform.write() as uow:
            uow.connection.execute(update(table).values(retry_at=None))
    with apps.platform.read() as uow:
        rows = [get(uow.connection, str(job)) for job in jobs]
    assert [row["state"] for row in rows] == ["done", "done"]
    assert (rows[0]["attempts"], opened > 30) == (2, True)
    assert all(row["done_count"] == row["total_count"] for row in rows)
    assert apps.ask({"entity": "customer", "measures": [{"name": "n", "expr": "count()"}]}) == [[FEW]]
    record = next(r["id"] for r in apps.records("customer", "id", "code") if r["code"] == STORY)
    assert [apps.explain("health", record, on=apps.day(day - 28))["value"] for day in DAYS] == [72, 45, 75]
