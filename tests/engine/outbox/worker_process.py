"""A worker in a process of its own that sends mail by a server on this machine: ``worker_process.py URL HOME PORT``."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tenon.platform.boot import make_worker, open_outside, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings


def main() -> None:
    """Work until the process is killed."""
    settings = Settings(Path(sys.argv[2]), sys.argv[1], "s" * 40, smtp_url=f"smtp://127.0.0.1:{sys.argv[3]}", mail_from="crm@x.test")
    platform = start(settings, Database(sys.argv[1]), open_outside(settings))
    make_worker(platform, pause=0.05).run_forever(threading.Event())


if __name__ == "__main__":
    main()
