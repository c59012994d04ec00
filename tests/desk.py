"""A workspace with the app ``core``: people in units, customers, tasks with days before and after now, notices."""

from __future__ import annotations

import atexit
import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tenon.engine.apps import find_app, install_all
from tenon.engine.context import Context, User, system_context
from tenon.engine.records import writing
from tenon.engine.records.stored import load
from tenon.platform import accounts, units
from tenon.platform.boot import open_platform
from tenon.platform.workspace import Platform
from tests import world
from tests.platform.people import hash_once

CUSTOMERS = ("Aurora Energy", "创科科技", "Birch Telecom")
# title, days from now, who, priority
TASKS: tuple[tuple[str, float | None, str | None, str], ...] = (
    ("Call about the renewal", -2, "ann", "high"), ("Send the offer", 3, "ann", "normal"), ("Plan the workshop", 20, "ann", "low"),
    ("Look into churn", None, "ann", "normal"), ("Write to the sponsor", -1, "sam", "high"), ("Sort the duplicates", 4, None, "normal"),
)  # fmt: skip
NOTICES = (("Aurora Energy is at risk", "Health fell from 62 to 38.", "urgent"), ("Sam mentioned you", None, "info"))


@dataclass(frozen=True)
class Desk:
    """The workspace: who is in it, and the ids of customers, tasks by title and notices by title."""

    platform: Platform
    ann: User
    sam: User
    units: dict[str, str]
    customers: list[str]
    tasks: dict[str, str]
    notices: dict[str, str]

    def stored(self, entity: str, id: str) -> dict[str, object]:
        """Return a record as it is stored."""
        with self.platform.read() as uow:
            return load(uow, uow.model.get_entity(entity), [id])[id]


def make(home: Path, base_url: str) -> Desk:
    """Open a workspace of its own, a copy of one that is made once: Ann administers, Sam is a member of a unit below hers."""
    prepared, made = _prepared()
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    return replace(made, platform=open_platform(world.settings_of(home, base_url)))


@cache
def _prepared() -> tuple[Path, Desk]:
    home = Path(mkdtemp(prefix="tenon-desk-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    made = _fill(open_platform(world.settings_of(home, "http://tenon.test")))
    made.platform.close()
    return home, made


def _fill(platform: Platform) -> Desk:
    install_all(platform.publisher, system_context(), find_app("core"))
    with platform.write() as uow:
        success = units.create(uow.connection, system_context(), "Customer success")
        north = units.create(uow.connection, system_context(), "North", success)
        known = {"is_role": lambda role: uow.model.find("role", role) is not None, "password_hash": hash_once(world.PASSWORD)}
        ann = accounts.create(uow.connection, system_context(), "ann@example.com", "Ann Lee", ["admin", "builder"], unit=success, **known)
        sam = accounts.create(uow.connection, system_context(), "sam@example.com", "Sam Wu", ["core_member"], unit=north, **known)
    people = {"ann": ann, "sam": sam}
    who = User(ann, "ann@example.com", "Ann Lee", ("admin", "builder"), success, (success, north))
    with platform.write() as uow:
        ctx, entity = Context(who), uow.model.get_entity
        made = [writing.create(uow, ctx, entity("customer"), {"name": name}) for name in CUSTOMERS]
        tasks, notices = {}, {}
        for at, (title, days, owner, priority) in enumerate(TASKS):
            due = (uow.now + timedelta(days=days)).isoformat() if days is not None else None
            values = {"title": title, "customer": made[at % 3], "assignee": people.get(owner or ""), "priority": priority, "due": due}
            tasks[title] = writing.create(uow, ctx, entity("task"), values)
        for title, text, level in NOTICES:
            values = {"recipient": ann, "title": title, "text": text, "level": level, "record": {"entity": "customer", "id": made[0]}}
            notices[title] = writing.create(uow, ctx, entity("notice"), values)
    member = User(sam, "sam@example.com", "Sam Wu", ("core_member",), north, (north,))
    return Desk(platform, who, member, {"success": success, "north": north}, made, tasks, notices)
