"""A connector whose worker is killed goes on where it was: nothing is lost, nothing is there twice, on neither side."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tenon.engine.outside import Outside
from tenon.platform.boot import make_worker
from tenon.platform.clock import RealClock
from tests.engine.syncing.far_side import TOKEN
from tests.engine.syncing.world import World, both

ROOT = Path(__file__).resolve().parents[3]


def _kill(world: World, home: Path, where: str) -> None:
    """Begin a run in a process of its own and kill it where it is asked to."""
    (home / "secrets").mkdir(exist_ok=True)
    (home / "secrets" / "far_token").write_text(TOKEN)
    world.platform.outside = replace(world.platform.outside, clock=RealClock())
    assert world.client.post("/api/v1/connectors/crm/run", json={}).status_code == 202
    url = world.platform.settings.database_url
    child = subprocess.Popen([sys.executable, "-m", "tests.engine.syncing.killed_process", url, str(home), "1", where], stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdout is not None
    assert child.stdout.readline() == {"page": b"in the third page\n", "sent": b"sent\n"}[where]
    child.kill()
    child.wait()
    child.stdout.close()


def _go_on(world: World) -> None:
    worker = make_worker(world.platform, lease_time=timedelta(seconds=1))
    until = time.monotonic() + 25
    while world.runs()[0]["state"] != "done" and time.monotonic() < until:
        worker.run_until_idle()
        time.sleep(0.1)


def test_a_run_killed_in_the_middle_of_a_page_or_of_a_call_goes_on(world: World, tmp_path: Path) -> None:
    assert isinstance(world.platform.outside, Outside)
    world.far.clock = datetime.now(UTC) - timedelta(days=1)
    world.far.page = 10
    world.far.fill(45)
    world.publish(both(world.far))
    _kill(world, tmp_path, "page")
    assert len(world.customers()) == 20  # two pages, nothing of the third
    _go_on(world)
    (run,) = world.runs()
    assert (run["state"], run["counts"]["pulled"], run["counts"]["created"]) == ("done", 45, 45)
    assert {record["version"] for record in world.customers().values()} == {1}
    assert [target.partition("place=")[2] for _, target, _ in world.far.calls] == ["", "10", "20", "20", "30", "40"]

    for number in range(3):
        world.add(name=f"Ours {number}", code=f"O{number}")
    _kill(world, tmp_path, "sent")
    assert len(world.far.records) == 47  # the second one arrived there, and nobody here knows
    _go_on(world)
    assert len(world.far.records) == 48
    assert sorted(r["Code"] for r in world.far.records.values() if r["Code"].startswith("O")) == ["O0", "O1", "O2"]
    assert world.counts()["pulled"] == world.runs()[0]["counts"]["unchanged"]
    assert (len(world.far.records), {record["version"] for record in world.customers().values()}) == (48, {1})
