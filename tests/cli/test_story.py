"""The whole way from the command line, in both languages: init, publish, import, score, explain, export, backup."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

CUSTOMERS = "编号,名称,seats,parent\nA,云帆,10,\nB,Bolt,80,云帆\nC,Cy,x,\nB,Bolt Ltd,90,云帆\n"
WORDS = {"en": ("4 rows: 2 created, 1 updated", "is not a number", "The refused rows are in"), "zh": ("共 4 行：新建 2，更新 1", "不是数字", "被拒绝的行在")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_nothing_to_an_explained_score(call: Call, home: Path, language: str) -> None:
    assert ("workspace" if language == "en" else "工作区") in call("init", "--language", language).output
    folder = Path("documents/entity")
    folder.mkdir(parents=True)
    entity = {
        "kind": "entity", "name": "customer", "title": "name", "fields": [
            {"name": "code", "type": "text", "unique": True, "label": {"en": "Code", "zh": "编号"}},
            {"name": "name", "type": "text", "label": {"en": "Name", "zh": "名称"}}, {"name": "seats", "type": "integer"},
            {"name": "parent", "type": "reference", "entity": "customer"},
        ],
    }  # fmt: skip
    score = {
        "kind": "score", "name": "health", "entity": "customer", "bands": [{"name": "low", "from": 0}, {"name": "high", "from": 50}],
        "variants": [{"name": "all", "measures": [{"name": "size", "points": 100, "value": "clamp(seats / 100, 0, 1)"}]}],
    }
    (folder / "customer.json").write_text(json.dumps(entity))
    Path("documents/scores.json").write_text(json.dumps([score]))
    call("publish", "documents", "--note", "first")
    Path("customers.csv").write_bytes(CUSTOMERS.encode("gb18030"))
    how = ("customers.csv", "--entity", "customer", "--match-on", "code", "--mode", "upsert")
    tried = json.loads(call("import", *how, "--dry-run", "--json").stdout)
    assert call("export", "customer").stdout.count("\n") == 1
    done = call("import", *how).output
    assert all(word in done for word in WORDS[language]), done
    assert (tried["created"], tried["updated"], tried["refused"]) == (2, 1, 1)

    mended = Path("customers.csv.errors.csv").read_text("utf-8-sig").replace("Cy,x", "Cy,30")
    Path("mended.csv").write_text(mended, "utf-8")
    assert json.loads(call("import", "mended.csv", "--entity", "customer", "--json").stdout)["created"] == 1
    call("score", "run", "health")
    lines = [json.loads(line) for line in call("export", "customer", "--format", "jsonl").stdout.splitlines()]
    assert {r["name"]: (r["seats"], float(r["health_score"]), r["health_band"]) for r in lines} == {
        "云帆": (10, 10.0, "low"), "Bolt Ltd": (90, 90.0, "high"), "Cy": (30, 30.0, "low"),
    }  # fmt: skip
    by_name = {r["name"]: r for r in lines}
    explained = json.loads(call("score", "explain", "health", by_name["Cy"]["id"], "--json").stdout)
    assert (explained["band"], explained["measures"][0]["name"]) == ("low", "size")
    assert "health: 30" in call("score", "explain", "health", by_name["Cy"]["id"]).stdout

    rows = list(csv.DictReader(io.StringIO(call("export", "customer").stdout.removeprefix("\ufeff"))))
    assert {r["name"] for r in rows} == set(by_name)
    back = call("import", "nothing.csv", "--entity", "customer", exit=1).output
    assert ("There is no file" if language == "en" else "没有文件") in back
    call("backup", "all.zip")
    assert Path("all.zip").stat().st_size > 0
