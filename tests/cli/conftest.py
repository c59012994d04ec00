"""A home of its own for every command, and a short way to call one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tenon.cli import cli

Call = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("TENON_DATABASE_URL", "TENON_LANGUAGE", "TENON_SECRET", "TENON_BASE_URL", "TENON_PORT", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TENON_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TENON_NOW", "2026-03-02T09:30:00+08:00")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def call(home: Path) -> Call:
    """Call a command: ``call("init", "--language", "zh")``; 0 is expected unless ``exit`` says otherwise."""

    def run(*args: str, exit: int = 0) -> Result:
        result = CliRunner().invoke(cli, list(args))
        assert result.exit_code == exit, result.output
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def made(call: Call) -> Call:
    """The same in a workspace with somebody in it and an entity."""
    call("init")
    call("user", "add", "ada@example.com", "--name", "Ada", "--role", "admin", "--password", "three blue boats")
    folder = Path("documents")
    (folder / "entity").mkdir(parents=True)
    (folder / "entity" / "customer.json").write_text(
        '{"kind": "entity", "name": "customer", "title": "name", "keys": [["code"]], "fields": ['
        '{"name": "code", "type": "text"}, {"name": "name", "type": "text"}, {"name": "seats", "type": "integer"}]}'
    )
    (folder / "more.json").write_text(
        '[{"kind": "score", "name": "health", "entity": "customer", "bands": [{"name": "low", "from": 0}, {"name": "high", "from": 50}],'
        ' "variants": [{"name": "all", "measures": [{"name": "size", "points": 100, "value": "clamp(seats / 100, 0, 1)"}]}]}]'
    )
    call("publish", "documents", "--note", "first")
    return call
