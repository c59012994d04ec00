from __future__ import annotations

from pathlib import Path

import pytest

from tenon.metamodel.errors import Invalid
from tenon.platform.settings import Settings, unknown_names


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    first = Settings.load({"TENON_HOME": str(tmp_path / "home")})
    second = Settings.load({"TENON_HOME": str(tmp_path / "home")})
    assert first.secret == second.secret
    assert (tmp_path / "home" / "secret").stat().st_mode & 0o077 == 0
    assert first.secret not in repr(first)
    assert first.database_url == f"sqlite:///{tmp_path / 'home' / 'tenon.db'}"


def test_every_wrong_value_is_named_and_none_is_shown(tmp_path: Path) -> None:
    wrong = {
        "TENON_HOME": str(tmp_path), "TENON_PORT": "many", "TENON_TIMEZONE": "Mars/Olympus", "TENON_NOW": "soon", "TENON_SECRET": "hunter2",
        "TENON_DATABASE_URL": "mysql://root:hunter2@host/x", "TENON_TRUSTED_PROXIES": "everybody", "TENON_LANGUAGE": "tlh",
        "TENON_SMTP_URL": "hunter2", "TENON_DEBUG": "perhaps", "TENON_BASE_URL": "tenon.example.com",
    }
    with pytest.raises(Invalid) as caught:
        Settings.load(wrong)
    assert {p.path for p in caught.value.problems} == {"/" + key for key in wrong} - {"/TENON_HOME"}
    assert all(p.hint and p.hint.zh for p in caught.value.problems)
    assert "hunter2" not in str(caught.value.to_json("en"))


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(f"TENON_HOME={tmp_path}\nTENON_PORT=8001\nTENON_LANGUAGE=zh\n")
    monkeypatch.setenv("TENON_PORT", "8002")
    settings = Settings.load(env_file=tmp_path / ".env")
    assert (settings.home, settings.port, settings.language) == (tmp_path, 8002, "zh")


def test_the_moment_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "now").write_text("2026-03-02T09:30:00+08:00\n")
    settings = Settings.load({"TENON_HOME": str(tmp_path), "TENON_NOW": f"@{tmp_path / 'now'}"})
    assert settings.now_file == tmp_path / "now"
    fixed = Settings.load({"TENON_HOME": str(tmp_path), "TENON_NOW": "2026-03-02T09:30:00+08:00"})
    assert fixed.now is not None
    assert fixed.now.isoformat() == "2026-03-02T01:30:00+00:00"


def test_what_a_container_host_adds_is_not_taken_for_a_setting(tmp_path: Path) -> None:
    environ = {"TENON_HOME": str(tmp_path), "TENON_PORT": "tcp://10.0.0.1:8000", "TENON_SERVICE_HOST": "10.0.0.1"}
    assert Settings.load(environ).port == 8000
    assert unknown_names(environ) == ["TENON_SERVICE_HOST"]


def test_the_address_is_where_the_server_listens_unless_one_is_set(tmp_path: Path) -> None:
    home = {"TENON_HOME": str(tmp_path)}
    assert Settings.load(home).base_url == "http://127.0.0.1:8000"
    assert Settings.load({**home, "TENON_PORT": "8123"}).base_url == "http://127.0.0.1:8123"
    assert Settings.load({**home, "TENON_HOST": "0.0.0.0", "TENON_PORT": "8123"}).base_url == "http://127.0.0.1:8123"
    assert Settings.load({**home, "TENON_HOST": "::1"}, over={"TENON_PORT": "9"}).base_url == "http://[::1]:9"
    assert Settings.load({**home, "TENON_PORT": "8123", "TENON_BASE_URL": "https://tenon.example"}).base_url == "https://tenon.example"
