"""A worker in a process of its own for the test that kills it in a large write: ``large_process.py URL HOME LEASE_SECONDS``."""

from __future__ import annotations

import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from tenon.engine.jobs import JobRun
from tenon.platform.boot import make_worker, open_outside, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings

true_save = JobRun.save


def save(self: JobRun, connection: Any, checkpoint: Any, **more: Any) -> None:
    """Keep the checkpoint, and after the third range wait inside its transaction until the process is killed."""
    true_save(self, connection, checkpoint, **more)
    if checkpoint["done"] > 8:
        print("in the third range", flush=True)
        time.sleep(60)


def main() -> None:
    """Work until the process is killed."""
    JobRun.save = save  # type: ignore[method-assign]
    settings = Settings(Path(sys.argv[2]), sys.argv[1], "s" * 40)
    platform = start(settings, Database(sys.argv[1]), open_outside(settings))
    make_worker(platform, lease_time=timedelta(seconds=float(sys.argv[3])), pause=0.05).run_forever(threading.Event())


if __name__ == "__main__":
    main()
