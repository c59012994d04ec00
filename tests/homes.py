"""Homes of workspaces that are made ready once a process and copied whenever one is asked for."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings

Make = Callable[[Path], None]


def copy_home(make: Make, home: Path) -> Path:
    """Make a home as ``make`` does, which runs once."""
    assert not (home / "tenon.db").exists(), f"{home} is a home already"
    return Path(shutil.copytree(_made(make), home, dirs_exist_ok=True))


@cache
def _made(make: Make) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tenon-home-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make(folder / "home")
    return folder / "home"


def migrated(home: Path) -> None:
    """A workspace with nothing in it."""
    open_platform(Settings.load({"TENON_HOME": str(home)}, env_file=None)).close()
