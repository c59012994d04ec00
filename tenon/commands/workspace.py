"""What commands have in common: the workspace of the settings, opened, and speaking its language."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tenon.commands.speech import speak
from tenon.engine.context import Context, system_context
from tenon.metamodel.errors import Problem, Unavailable
from tenon.metamodel.labels import say
from tenon.platform import boot
from tenon.platform.database import Database, read_url
from tenon.platform.migrate import state
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform


def load_settings(over: Mapping[str, str] | None = None) -> Settings:
    """Return the settings, options of the command over them, and speak the workspace's language from now on. Raises Invalid."""
    settings = Settings.load(over=over)
    speak(settings.language)
    return settings


def listening(host: str | None, port: int | None) -> dict[str, str]:
    """Return the options of where to listen as settings."""
    found = {"TENON_HOST": host, "TENON_PORT": str(port) if port else None}
    return {name: value for name, value in found.items() if value}


def is_made(settings: Settings) -> bool:
    """True when the workspace's database has Tenon's tables."""
    url = read_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return False
    database = Database(settings.database_url)
    try:
        return state(database).standing != "empty"
    finally:
        database.dispose()


@contextmanager
def opened(*, make: bool = False, over: Mapping[str, str] | None = None) -> Iterator[Platform]:
    """Open the workspace of the settings. Unavailable when there is none, unless it is to be made."""
    settings = load_settings(over)
    if not make and not is_made(settings):
        message = say("There is no workspace in {home}.", "{home} 中没有工作区。", home=settings.home)
        raise Unavailable(Problem("", "blocked", message, say("Make one with `tenon init` or `tenon demo`.", "请运行 `tenon init` 或 `tenon demo` 创建。")))
    platform = boot.open_platform(settings)
    # What is loaded by now stays; looking through it again and again costs a fifth of the time of long jobs.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield platform
    finally:
        platform.close()


def acting(platform: Platform, command: str) -> Context:
    """Return the context of whoever is at the keyboard of the server: every right, the command as the cause."""
    return system_context("command", command, platform.settings.language)
