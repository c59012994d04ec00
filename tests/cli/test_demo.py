from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tenon.platform.demo import free_port
from tests.cli.conftest import Call


def test_a_demo_installs_apps_with_data_and_prints_one_link(call: Call, home: Path) -> None:
    first = call("demo", "--app", "tutorial", "--prepare-only").output
    assert first.strip().splitlines()[-1].startswith("http://127.0.0.1:8000/enter/")
    again = call("demo", "--app", "tutorial", "--prepare-only").output
    assert "Installing" not in again
    assert again.split()[-1] != first.split()[-1]
    names = [line.split()[0] for line in call("apps", "list").output.splitlines() if "installed" in line]
    assert names
    reset = call("demo", "--app", "tutorial", "--prepare-only", "--reset").output
    assert reset.count("Installing") == first.count("Installing")
    assert (home / "tenon.db").is_file()
    assert "no app" in call("demo", "--app", "nothing", "--prepare-only", exit=1).output


def a_free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def started(*args: str) -> subprocess.Popen[str]:
    """A command as a process of its own."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-m", "tenon", *args], stdout=subprocess.PIPE, text=True, env=environ)


def test_the_link_of_a_demo_works_when_it_is_printed(home: Path) -> None:
    port = a_free_port()
    process = started("demo", "--app", "tutorial", "--no-browser", "--port", str(port))
    try:
        assert process.stdout is not None
        link = next(line for line in process.stdout if line.startswith("http://")).strip()
        assert link.startswith(f"http://127.0.0.1:{port}/enter/")
        with httpx.Client(follow_redirects=True) as browser:
            home_page = browser.get(link)
            assert (home_page.status_code, home_page.url.path) == (200, "/")
            assert "Hello, Demo" in home_page.text
            # The samples come afterwards, and the server says when they are there.
            until = time.monotonic() + 90
            while not browser.get(f"http://127.0.0.1:{port}/readyz").is_success and time.monotonic() < until:
                time.sleep(0.2)
            assert "24 records" in browser.get(f"http://127.0.0.1:{port}/records/company?limit=50").text
            assert "Loading sample records" not in browser.get(f"http://127.0.0.1:{port}/").text
        with httpx.Client(follow_redirects=True) as other:
            again = other.get(link)
            assert again.url.path == "/sign-in"
            assert "This link no longer works" in again.text
    finally:
        process.kill()
        process.wait()


def test_a_server_nobody_administers_says_how_to_set_it_up(home: Path) -> None:
    port = str(a_free_port())
    said = []
    for _ in range(2):
        process = started("serve", "--port", port)
        try:
            assert process.stdout is not None
            said.append([process.stdout.readline(), process.stdout.readline()])
            if len(said) == 1:
                link = process.stdout.readline().strip()
                assert link.startswith(f"http://127.0.0.1:{port}/setup#")
        finally:
            process.kill()
            process.wait()
    assert said[0][0] == said[1][0] == f"Tenon answers at http://127.0.0.1:{port}; Ctrl-C ends it.\n"
    assert "open this link" in said[0][1]
    # The first link goes on working, so no other takes its place.
    assert "printed before" in said[1][1]


def test_links_lead_to_the_port_that_is_set(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENON_PORT", "8123")
    assert call("init").output.split()[-1].startswith("http://127.0.0.1:8123/setup#")


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
