"""`tenon bench` on SQLite and on a PostgreSQL server of its own that keeps what it acknowledged, as it comes out of the box.

    python benchmarks/calls.py                  100,000 customers and 500,000 orders
    python benchmarks/calls.py --rows 10000     a quick look
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tenon.commands.bench_command import command as bench
from tests import postgres as private

# What a server for work has besides its defaults: everything durable, more memory, fewer checkpoints.
SETTINGS = {
    "listen_addresses": "", "unix_socket_permissions": "0700", "shared_buffers": "512MB", "max_wal_size": "2GB", "timezone": "UTC",
    "dynamic_shared_memory_type": "posix", "log_min_messages": "fatal",
}  # fmt: skip


@click.command()
@click.option("--rows", default=100_000, show_default=True)
@click.option("--seconds", default=3.0, show_default=True)
def main(rows: int, seconds: float) -> None:
    """Measure both databases."""
    server = private.start(SETTINGS)
    try:
        urls = [server.url(server.new_database()) for _ in range(2)]
        bench(["--rows", str(rows), "--seconds", str(seconds), "--postgresql", *urls], standalone_mode=False)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
