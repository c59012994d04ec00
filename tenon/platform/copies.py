"""The scratch copies that this process has opened beside its workspace, each a platform of its own with a worker."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime

from tenon.engine.context import Context
from tenon.engine.outside import Outside
from tenon.engine.people import users
from tenon.metamodel.errors import NotFound, Problem
from tenon.metamodel.labels import say
from tenon.platform import sessions
from tenon.platform.boot import make_worker, open_platform
from tenon.platform.copied import NoHttp
from tenon.platform.files import DiskFiles
from tenon.platform.mail import open_mail
from tenon.platform.scratch import database_url, drop_copy, find_copy
from tenon.platform.sessions import SignedIn
from tenon.platform.worker import Worker
from tenon.platform.workspace import Platform

SECONDS_TO_END = 5


@dataclass(frozen=True)
class _Open:
    """A copy that runs."""

    at: datetime
    platform: Platform
    worker: Worker


class Copies:
    """Opens the copies of a workspace when they are asked for, and closes them before they are discarded and at the end."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._open: dict[str, _Open] = {}
        self._guard = threading.Lock()
        platform.closing.append(self.close_all)

    def open(self, name: str) -> Platform:
        """Return the platform of a copy. Raises NotFound when there is none, or no longer."""
        settings = self._platform.settings
        with self._guard:
            try:
                copy = find_copy(settings, name)
            except NotFound:
                self._close(name)  # discarded by another process
                raise
            known = self._open.get(name)
            if known is not None and known.at == copy.at:
                return known.platform
            self._close(name)
            outside = Outside(self._platform.outside.clock, open_mail(None, None), DiskFiles(copy.home / "files"), NoHttp())
            own = replace(settings, home=copy.home, database_url=database_url(copy, settings), smtp_url=None)
            platform = open_platform(own, outside=outside)
            platform.copy = replace(copy, origin="")
            worker = make_worker(platform)
            worker.start()
            self._open[name] = _Open(copy.at, platform, worker)
            return platform

    def enter(self, name: str, ctx: Context) -> SignedIn:
        """Begin a session of the same person in a copy, with the rights that they have there. Raises NotFound."""
        platform = self.open(name)
        with platform.write() as uow:
            row = uow.connection.execute(users.select().where(users.c.id == ctx.user_id, users.c.state == "active")).first()
            if row is None:
                message = say("You are not among the people of this copy.", "您不在此副本的人员中。")
                raise NotFound(Problem("", "no_such_record", message, say("Make a new copy.", "请重新创建副本。")))
            return sessions.begin(uow.connection, ctx, row.id, how="copy")

    def drop(self, name: str) -> None:
        """Close a copy and throw it away with everything in it. Raises NotFound."""
        with self._guard:
            find_copy(self._platform.settings, name)
            self._close(name)
            drop_copy(self._platform.settings, name)

    def close_all(self) -> None:
        """Close every copy."""
        with self._guard:
            for name in list(self._open):
                self._close(name)

    def _close(self, name: str) -> None:
        known = self._open.pop(name, None)
        if known is not None:
            known.worker.stop(SECONDS_TO_END)
            known.platform.close()
