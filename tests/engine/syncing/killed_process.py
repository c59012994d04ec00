"""A worker in a process of its own for the tests that kill it while a connector runs: ``killed_process.py URL HOME LEASE_SECONDS page|sent``."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tenon.engine.jobs import JobRun
from tenon.engine.syncing import pushing
from tenon.platform.boot import make_worker, open_outside, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings

true_save, true_note = JobRun.save, pushing.note_sent


def save(self: JobRun, connection: Any, checkpoint: Any, **more: Any) -> None:
    """Keep how far it is, and in the third page wait inside its transaction until the process is killed."""
    true_save(self, connection, checkpoint, **more)
    if sys.argv[4] == "page" and (more.get("done") or 0) > 20:
        wait("in the third page")


def note_sent(*arguments: Any) -> None:
    """Wait before it is noted that the second record arrived."""
    if sys.argv[4] == "sent" and arguments[2].values["Code"] == "O1":
        wait("sent")
    true_note(*arguments)


def wait(where: str) -> None:
    """Say where it is, and wait."""
    print(where, flush=True)
    time.sleep(60)


def main() -> None:
    """Work until the process is killed."""
    JobRun.save = save  # type: ignore[method-assign]
    pushing.note_sent = note_sent
    settings = replace(Settings(Path(sys.argv[2]), sys.argv[1], "s" * 40), allow_private_addresses=True)
    platform = start(settings, Database(sys.argv[1]), open_outside(settings))
    make_worker(platform, lease_time=timedelta(seconds=float(sys.argv[3])), pause=0.05).run_forever(threading.Event())


if __name__ == "__main__":
    main()
