from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from tenon.cli import COMMANDS, cli
from tests.cli.conftest import Call

CUSTOMERS = "code,name,seats\nA,Ütüş,10\nB,北京海底捞,80\nC,=1+1,x\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(call: Call, name: str) -> None:
    assert f"Example: tenon {name}" in " ".join(call(name, "--help").output.split()) or "Example: TENON_HOME" in call(name, "--help").output
    command = cli.get_command(None, name)  # type: ignore[arg-type]
    for inner in getattr(command, "commands", {}):
        assert "Example: tenon" in call(name, inner, "--help").output


def test_help_loads_none_of_the_heavy_modules() -> None:
    code = "import sys; from tenon.cli import cli\ntry: cli.main(['--help'])\nexcept SystemExit: print(sorted({'sqlalchemy', 'pydantic', 'fastapi'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert "doctor" in done.stdout


def test_wrong_usage_ends_with_2(call: Call) -> None:
    call("nothing", exit=2)
    call("import", exit=2)
    call("export", "customer", "--format", "pdf", exit=2)
    call("serve", "--port", "hello", exit=2)


def test_without_a_workspace_it_says_what_to_do(call: Call) -> None:
    assert "tenon init" in call("worker", "--until-idle", exit=1).output
    assert "tenon init" in call("doctor", exit=1).output


def test_init_prints_a_link_and_keeps_the_language(call: Call, home: Path) -> None:
    first = call("init", "--language", "zh").output
    assert "/setup#" in first
    assert "工作区" in first
    assert (home / "tenon.db").is_file()
    again = call("init").output
    assert "工作区" in again
    assert again.split()[-1] != first.split()[-1]


def test_people_and_tokens(made: Call) -> None:
    assert len(made("user", "add", "bo@example.com", "--name", "Bo", "--role", "builder").output.strip()) == 36
    token = made("token", "add", "ada@example.com", "--name", "robot").output
    assert token.startswith("tnn_")
    assert token.count("\n") == 1
    made("user", "add", "bo@example.com", "--name", "Bo", exit=1)
    made("user", "add", "cy@example.com", "--name", "Cy", "--role", "nothing", exit=1)
    made("user", "add", "cy@example.com", "--name", "Cy", "--password", "short", exit=1)
    assert "nobody@example.com" in made("token", "add", "nobody@example.com", "--name", "x", exit=1).output


def test_publishing_a_folder_shows_the_plan(made: Call) -> None:
    assert "publish" in made("publish", exit=1).output  # there is no draft
    path = Path("documents/entity/customer.json")
    document = json.loads(path.read_text())
    document["fields"].append({"name": "note", "type": "text"})
    path.write_text(json.dumps(document))
    assert "note" in made("publish", "documents", "--dry-run").output
    assert "Release 2" in made("publish", "documents").output
    path.write_text("{")
    assert "JSON" in made("publish", "documents", exit=1).output
    made("publish", "nowhere", exit=1)


def test_a_step_that_loses_data_has_to_be_accepted(made: Call) -> None:
    Path("c.csv").write_text("code,seats\nA,5\n")
    made("import", "c.csv", "--entity", "customer")
    document = {"kind": "entity", "name": "customer", "title": "name", "keys": [["code"]], "fields": [{"name": "code", "type": "text"}, {"name": "name", "type": "text"}]}
    score = {"kind": "score", "name": "health", "entity": "customer", "bands": [{"name": "low", "from": 0}],
             "variants": [{"name": "all", "measures": [{"name": "size", "points": 100, "when": "code != None"}]}]}  # fmt: skip
    Path("less.json").write_text(json.dumps([document, score]))
    refused = made("publish", "less.json", exit=1).output
    step = refused.split("--accept ")[1].split(")")[0]
    assert "Release 2" in made("publish", "less.json", "--accept", step).output


def test_importing_and_exporting(made: Call) -> None:
    Path("c.csv").write_text(CUSTOMERS, "utf-8")
    trial = made("import", "c.csv", "--entity", "customer", "--dry-run", "--json")
    assert json.loads(trial.stdout)["created"] == 2
    done = made("import", "c.csv", "--entity", "customer")
    assert "2 created" in done.output
    assert "1 refused" in done.output
    assert "=1+1" in Path("c.csv.errors.csv").read_text("utf-8-sig")
    again = json.loads(made("import", "c.csv", "--entity", "customer", "--match-on", "code", "--mode", "upsert", "--json").stdout)
    assert (again["unchanged"], again["refused"]) == (2, 1)
    exported = made("export", "customer").stdout
    assert "北京海底捞" in exported
    assert [json.loads(line)["code"] for line in made("export", "customer", "--format", "jsonl").stdout.splitlines()] == ["A", "B"]


def test_a_wrong_import_says_why(made: Call) -> None:
    Path("c.csv").write_text(CUSTOMERS, "utf-8")
    made("import", "none.csv", "--entity", "customer", exit=1)
    made("import", "c.csv", "--entity", "nothing", exit=1)
    made("import", "c.csv", "--entity", "customer", "--mode", "upsert", exit=1)
    Path("map.json").write_text('{"name": "code", "seats": null}')
    made("import", "c.csv", "--entity", "customer", "--map", "map.json")
    made("import", "c.csv", "--entity", "customer", "--map", "nothing.json", exit=1)
    stopped = made("import", "c.csv", "--entity", "customer", "--on-error", "stop", exit=1)
    assert "nothing was written" in stopped.output
    made("export", "nothing", exit=1)
    made("export", "customer", "--view", "nothing", exit=1)


def test_scores(made: Call) -> None:
    Path("c.jsonl").write_text('{"code": "A", "seats": 80}\n')
    made("import", "c.jsonl", "--entity", "customer")
    assert "changed" in made("score", "run", "health").output
    record = json.loads(made("export", "customer", "--format", "jsonl").stdout)["id"]
    assert "health: 80" in made("score", "explain", "health", record).output
    assert json.loads(made("score", "explain", "health", record, "--json").stdout)["band"] == "high"
    made("score", "run", "nothing", exit=1)
    assert "1 → 1" in made("score", "simulate", "health").output
    score = {"kind": "score", "name": "health", "entity": "customer", "bands": [{"name": "low", "from": 0}, {"name": "high", "from": 90}],
             "variants": [{"name": "all", "measures": [{"name": "size", "points": 100, "value": "seats / 100"}]}]}  # fmt: skip
    Path("new.json").write_text(json.dumps(score))
    assert record in made("score", "simulate", "health", "--body", "new.json").output
    found = json.loads(made("score", "simulate", "health", "--body", "new.json", "--json").stdout)
    assert [(m["from"], m["to"], m["count"], m["records"]) for m in found["moves"]] == [("high", "low", 1, [record])]
    assert "JSON" in made("score", "simulate", "health", "--body", "nothing.json", exit=1).output
    made("score", "simulate", "nothing", exit=1)
    tested = ("score", "backtest", "health", "--outcome", "seats < 90", "--as-of", "2026-03-02", "--days", "0")
    assert json.loads(made(*tested, "--json").stdout)["bands"][1]["n"] == 1
    assert "1 records, 1.0000 with the outcome." in made(*tested).output
    made("score", "backtest", "health", "--outcome", "nothing", "--as-of", "2026-03-02", exit=1)


def test_backup_restore_and_doctor(made: Call, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path("c.csv").write_text(CUSTOMERS, "utf-8")
    made("import", "c.csv", "--entity", "customer")
    before = made("export", "customer").stdout
    assert "3 files" not in made("backup", "b.zip").output
    made("backup", "b.zip", exit=1)
    made("restore", "b.zip", exit=1)
    assert "whole" in made("restore", "b.zip", "--check").output
    assert "All is well" in made("doctor").output
    monkeypatch.setenv("TENON_HOME", str(tmp_path / "again"))
    made("restore", "b.zip")
    assert made("export", "customer").stdout == before
    assert "All is well" in made("doctor").output
    assert "revision" in made("migrate").output
    assert "0 steps" in made("migrate", "--dry-run").output
    assert "jobs ran" in made("worker", "--until-idle").output


def test_apps(made: Call) -> None:
    made("apps", "new", "garden")
    assert "in order" in made("apps", "check", "garden").output
    made("apps", "new", "garden", exit=1)
    made("apps", "import", "garden")
    assert "installed" in next(line for line in made("apps", "list").output.splitlines() if line.startswith("garden"))
    made("apps", "export", "garden", "-o", "garden.zip")
    assert "app.json" in zipfile.ZipFile("garden.zip").namelist()
    made("apps", "import", "garden.zip", exit=1)
    made("apps", "uninstall", "garden", "--data", "remove")
    made("apps", "import", "garden.zip")
    made("apps", "install", "nothing", exit=1)
    made("apps", "check", "nothing", exit=1)


def test_a_mistake_is_told_in_the_language_of_the_workspace(home: Path) -> None:
    runner = CliRunner(env={"TENON_LANGUAGE": "zh"})
    assert "没有工作区" in runner.invoke(cli, ["export", "customer"]).output
    wrong = CliRunner(env={"TENON_TIMEZONE": "Mars/Olympus"}).invoke(cli, ["doctor"])
    assert wrong.exit_code == 1
    assert "TENON_TIMEZONE" in wrong.output


def test_scenarios(made: Call) -> None:
    assert made("scenario", "run").output == ""
    story = {
        "kind": "scenario", "name": "full", "label": {"en": "Many seats", "zh": "席位充足"}, "given": {"clock": "2025-01-15", "records": {"customer": [{"name": "A", "seats": 80}]}},
        "then": [{"expect": {"score": "health", "record": "A", "value": 80, "band": "high"}}, {"advance_days": 3, "set": {"customer": {"A": {"seats": 20}}}},
                 {"expect": {"score": "health", "record": "A", "value": 20, "band": "low"}}],
    }  # fmt: skip
    Path("story.json").write_text(json.dumps(story))
    made("publish", "story.json")
    assert "✓ full: Many seats" in made("scenario", "run", "full").output
    [found] = json.loads(made("scenario", "run", "--json").stdout)
    assert [step["passed"] for step in found["steps"]] == [True, True, True]
    assert made("export", "customer", "--format", "jsonl").stdout == ""
    story["then"][2]["expect"]["value"] = 30  # type: ignore[index]
    Path("story.json").write_text(json.dumps(story))
    refused = made("publish", "story.json", exit=1).output
    step = refused.split("--accept ")[1].split(")")[0]
    assert "value 30" in refused
    made("publish", "story.json", "--accept", step)
    assert "found" in made("scenario", "run", exit=1).output
    made("scenario", "run", "nothing", exit=1)
