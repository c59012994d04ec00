"""The telecom customers over HTTP and from the command line: the published bands and shares of churn, to the digit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from tenon.cli import cli
from tenon.engine.context import system_context
from tenon.engine.query.answers import answer
from tenon.engine.query.question import read_question
from tenon.platform.api.app import create_api
from tenon.platform.boot import make_worker, open_platform
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import token_of
from tests.platform.people import add
from tests.real.conftest import TUTORIAL

FILE = "telco_churn/Telco-Customer-Churn.csv"
QUESTION: dict[str, Any] = {
    "entity": "customer", "group_by": ["health_band"],
    "measures": [{"name": "customers", "expr": "count()"}, {"name": "share", "expr": "round(count(where=churn) / count() * 100, 2)"}],
}
EXPECTED = [["risk", 3_627, 44.75], ["fair", 971, 12.26], ["healthy", 2_445, 5.19]]


def test_over_http(real_platform: Callable[..., Platform], shared: Path) -> None:
    platform = real_platform("telco")
    token = token_of(platform, add(platform.database, "root@x.cn", ["admin"]))
    with TestClient(create_api(platform), base_url=platform.settings.base_url, headers={"Authorization": f"Bearer {token}"}) as client:
        with (shared / "data" / FILE).open("rb") as file:
            started = client.post("/api/v1/imports", files={"file": (FILE, file)}, data={"entity": "customer"})
        assert started.status_code == 202, started.text
        make_worker(platform).run_until_idle()
        result = client.get(started.headers["location"]).json()["result"]
        assert (result["rows"], result["created"], result["refused"]) == (7_043, 7_043, 0)
        assert client.post("/api/v1/query", json=QUESTION).json()["rows"] == EXPECTED


def test_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: Path) -> None:
    monkeypatch.setenv("TENON_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    for command in (["init"], ["publish", str(TUTORIAL / "telco")]):
        done = run.invoke(cli, command)
        assert done.exit_code == 0, done.output
    imported = run.invoke(cli, ["import", str(shared / "data" / FILE), "--entity", "customer", "--json", "--errors", "errors.csv"])
    assert imported.exit_code == 0, imported.output
    assert json.loads(imported.stdout)["created"] == 7_043
    for command in (["worker", "--until-idle"], ["score", "run", "health"]):
        done = run.invoke(cli, command)
        assert done.exit_code == 0, done.output
    platform = open_platform(Settings.load())
    with platform.read() as uow:
        rows = answer(uow, system_context(), read_question(QUESTION))["rows"]
    platform.close()
    assert [[band, count, float(share)] for band, count, share in rows] == EXPECTED
