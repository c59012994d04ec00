from __future__ import annotations

import socket
from pathlib import Path

from tenon.platform.demo import free_port
from tests.cli.conftest import Call


def test_a_demo_installs_apps_with_data_and_prints_one_link(call: Call, home: Path) -> None:
    first = call("demo", "--prepare-only").output
    assert first.strip().splitlines()[-1].startswith("http://127.0.0.1:8000/enter/")
    again = call("demo", "--prepare-only").output
    assert "Installing" not in again
    assert again.split()[-1] != first.split()[-1]
    names = [line.split()[0] for line in call("apps", "list").output.splitlines() if "installed" in line]
    assert names
    reset = call("demo", "--prepare-only", "--reset").output
    assert reset.count("Installing") == first.count("Installing")
    assert (home / "tenon.db").is_file()


def test_only_a_demo_is_thrown_away(call: Call) -> None:
    call("init")
    assert "not made by a demo" in call("demo", "--reset", "--prepare-only", exit=1).output


def test_a_busy_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        if port < 65_000:
            assert free_port("127.0.0.1", port) > port
