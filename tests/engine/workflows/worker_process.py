"""A worker in a process of its own for the test that kills it: ``worker_process.py URL HOME LEASE_SECONDS``."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from pathlib import Path

from tenon.platform.boot import make_worker, open_outside, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings


def main() -> None:
    """Work until the process is killed."""
    settings = Settings(Path(sys.argv[2]), sys.argv[1], "s" * 40)
    platform = start(settings, Database(sys.argv[1]), open_outside(settings))
    print("ready", flush=True)
    make_worker(platform, lease_time=timedelta(seconds=float(sys.argv[3])), pause=0.05).run_forever(threading.Event())


if __name__ == "__main__":
    main()
