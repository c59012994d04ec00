"""The sample files of ready apps are what their script writes, small, and about made-up companies."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tenon.engine.apps.package import TEMPLATES
from tenon.engine.apps.samples import read_rows

SCRIPT = Path(__file__).resolve().parents[2] / "script" / "sample-data"


def test_files_are_those_the_script_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), str(tmp_path)], check=True)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.csv")}
    for app in ("core", "chm"):
        kept = {path.relative_to(TEMPLATES): path.read_bytes() for path in (TEMPLATES / app / "sample").glob("*.csv")}
        assert kept == {name: content for name, content in written.items() if name.parts[0] == app}
    assert sum(map(len, written.values())) < 3_000_000
    assert len(read_rows(written[Path("core/sample/customer.csv")])) == 300


def test_every_list_of_the_menus_has_something_to_show() -> None:
    sampled, listed = set(), {}
    for app in ("core", "chm"):
        body = json.loads((TEMPLATES / app / "app.json").read_text("utf-8"))
        scores = [json.loads(path.read_text("utf-8")) for path in (TEMPLATES / app / "score").glob("*.json")]
        sampled |= {sample["entity"] for sample in body["sample"]} | {each["forecasts"]["keep_in"] for each in scores if "forecasts" in each}  # made with the sample
        for item in (item for group in body["menu"] for item in group["items"] if "dashboard" not in item):
            path = TEMPLATES / app / "view" / f"{item.get('view')}.json"
            listed[str(item)] = json.loads(path.read_text("utf-8"))["entity"] if "view" in item else item["entity"]
    sampled.add("merge_log")  # what people merged; a sample has nothing twice
    assert {item: entity for item, entity in listed.items() if entity not in sampled} == {}
    for person in {row["csm"] for row in rows_of("core/sample/customer.csv")}:  # the page of each manager has something due, about a customer
        assert any(r["sop_step"] and r["customer"] and r["state"] == "open" and day(r["due"]) < 7 for r in rows_of("core/sample/task.csv") if r["assignee"] == person), person


def rows_of(file: str) -> list[dict[str, str]]:
    with (TEMPLATES / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


NAMED = ("name", "competitor", "unit_name", "title", "plan")
"""Columns that may hold names in any script."""


def test_texts_are_in_one_language() -> None:
    """Names stay what they are; whatever else is written differs by language, and holds no word of the other."""
    names = {row["name"] for row in rows_of("core/sample/customer.csv")}
    named = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    mixed: list[tuple[str, str]] = []
    for path in sorted(TEMPLATES.glob("*/sample/*.csv")):
        own = rows_of(str(path.relative_to(TEMPLATES)))
        for field in [name.removesuffix(".zh") for name in own[0] if name.endswith(".zh")]:
            for en, zh in {(row[field], row[f"{field}.zh"]) for row in own if row[f"{field}.zh"]}:
                if re.search("[\u4e00-\u9fff]", named.sub("", en)) or re.search("[A-Z][a-z]+ [a-z]+", named.sub("", zh)):
                    mixed.append((en, zh))
        foreign = {(name, cell) for row in own for name, cell in row.items() if "." not in name and name not in NAMED and re.search("[\u4e00-\u9fff]", named.sub("", cell or ""))}
        mixed += sorted(foreign)
        both = {(name, cell) for row in own for name, cell in row.items() if re.search("[\u4e00-\u9fff] ?[A-Za-z]{3,} [a-z]{2,}", named.sub("", cell or ""))}
        mixed += sorted(both)
    assert mixed == []


def test_the_kpi_values_are_those_of_the_contracts() -> None:
    """Counted again from contracts and losses: who left has no contract any more, and the latest quarter says what the page ROI says of its day."""
    contracts = [(r["customer"], day(r["start"]), day(r["end"]), float(r["annual_value"])) for r in rows_of("core/sample/contract.csv")]
    churned = {r["code"] for r in rows_of("core/sample/customer.csv") if r["status"] == "churned"}
    lost = {r["customer"]: r for r in rows_of("chm/sample/churn_event.csv") if r["kind"] == "full"}
    assert lost.keys() == churned
    assert {c for c, _, end, _ in contracts if end >= 0} == {r["code"] for r in rows_of("core/sample/customer.csv")} - churned
    assert sum(day(r["at"]) > -546 for r in lost.values()) > 12
    for code, event in lost.items():
        assert float(event["amount_lost"]) == sum(value for c, start, end, value in contracts if c == code and start <= day(event["at"]) <= end)
    kept = {(r["metric"], day(r["day"])): float(r["value"]) for r in rows_of("chm/sample/kpi_baseline.csv")}
    sent = [day(r["sent_at"]) for r in rows_of("chm/sample/message_log.csv") if r["message"]]
    for on in sorted({d for _, d in kept}):
        assert kept["hours_saved", on] == pytest.approx(sum(on - 90 <= at <= on for at in sent) * 10 / 60, abs=0.05)
        then, now = amounts(contracts, on - 365), amounts(contracts, on)
        assert kept["logo_churn", on] == pytest.approx(len(then.keys() - now.keys()) / len(then), abs=0.0005)
        assert kept["nrr", on] == pytest.approx(sum(now.get(c, 0) for c in then) / sum(then.values()), abs=0.0005)
        assert kept["grr", on] == pytest.approx(sum(min(now.get(c, 0), value) for c, value in then.items()) / sum(then.values()), abs=0.0005)
        assert 0.03 < kept["logo_churn", on] < 0.11


def test_alerts_end_as_their_customers_did() -> None:
    """Who fell and left was warned of weeks before, and the alert ended with the loss; nobody who left was recovered; some were false alarms."""
    alerts = rows_of("core/sample/alert.csv")
    lost = {f"customer:{r['customer']}": day(r["at"]) for r in rows_of("chm/sample/churn_event.csv") if r["kind"] == "full"}
    ended: dict[str, list[dict[str, str]]] = {name: [r for r in alerts if r["outcome"] == name] for name in ("recovered", "churned", "false_alarm", "")}
    assert {name: len(found) for name, found in ended.items()} == {"recovered": 61, "churned": 12, "false_alarm": 3, "": 38}
    assert {r["record"]: day(r["closed_at"]) for r in ended["churned"]}.items() <= lost.items()
    assert all(day(r["opened_at"]) < lost[r["record"]] - 7 and float(r["score_from"]) >= 50 > float(r["score_to"]) for r in ended["churned"])
    assert all(float(r["score_end"]) >= 50 for r in ended["recovered"] if r["score_end"])
    assert not {r["record"] for name in ("recovered", "false_alarm", "") for r in ended[name]} & lost.keys()
    assert {r["cause"] for r in alerts} == {"product", "service", "price", "people", "other"}
    at_risk = {day(r["day"]): float(r["value"]) for r in rows_of("chm/sample/kpi_baseline.csv") if r["metric"] == "value_at_risk"}
    assert at_risk == {-449: 832_300, -358: 1_103_700, -267: 747_300, -176: 399_400, -85: 1_792_300}


def day(cell: str) -> int:
    return int(cell.split()[0].removeprefix("today") or 0)


def amounts(contracts: list[tuple[str, int, int, float]], on: int) -> dict[str, float]:
    """Return the yearly amount of each customer with a contract on a day."""
    found: dict[str, float] = {}
    for customer, start, end, value in contracts:
        if start <= on < end:
            found[customer] = found.get(customer, 0) + value
    return found
