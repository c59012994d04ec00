"""Workers that are killed, for the test of that: ``worker_process.py URL HOME LEASE_SECONDS STATEMENTS…``.

For each number a process of its own works until it is about to send that statement to the database, and is killed then, wherever it is.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from sqlalchemy import Engine, event

from tenon.platform.boot import make_worker, open_outside, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings


def main() -> None:
    """Say how each worker ended."""
    for point in sys.argv[4:]:
        child = os.fork()
        if child == 0:
            work(int(point))
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else f"ended:{status}", flush=True)


def work(statements: int) -> NoReturn:
    """Work until killed."""
    settings = Settings(Path(sys.argv[2]), sys.argv[1], "s" * 40, allow_private_addresses=True)
    platform = start(settings, Database(sys.argv[1]), open_outside(settings))
    left = iter(range(statements))

    def count(*_: object) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    make_worker(platform, lease_time=timedelta(seconds=float(sys.argv[3])), pause=0.05).run_forever(threading.Event())
    os._exit(1)


if __name__ == "__main__":
    main()
