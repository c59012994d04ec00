"""Who calls: a session's cookie or a token's bearer as a person with roles, remembered for at most a second."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Literal

from tenon.engine.context import User
from tenon.engine.people import user_of
from tenon.platform import sessions, tokens
from tenon.platform.database import Database
from tenon.platform.secrets import csrf_of, hash_token

SECONDS = 1.0
MOST = 10_000


@dataclass(frozen=True)
class Principal:
    """Who calls, by which credential; ``csrf`` is there for sessions only."""

    user: User
    language: str
    kind: Literal["session", "token"]
    credential: str
    csrf: str | None = None


class Principals:
    """Finds who calls; what it remembers of a person ends after a second, or at once in this process with `forget`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, str], tuple[float, Principal]] = {}
        self._guard = threading.Lock()

    def by_session(self, token: str) -> Principal | None:
        """Return who has the session, or None."""
        key = (hash_token(token), "")
        known = self._remembered(key)
        if known:
            return known
        with self._database.read() as connection:
            session = sessions.find(connection, token)
            if session is None:
                return None
            user = user_of(connection, session.user)
        if session.is_touch_due:
            with self._database.write() as connection:
                sessions.touch(connection, session.id)
        return self._remember(key, Principal(user, session.user["language"], "session", session.id, csrf_of(token)))

    def by_token(self, token: str, address: str | None) -> Principal | None:
        """Return whose token it is, with the token's roles only, or None."""
        key = (hash_token(token), address or "")
        known = self._remembered(key)
        if known:
            return known
        with self._database.read() as connection:
            found = tokens.find(connection, token, address)
        if found is None:
            return None
        if found.is_touch_due:
            with self._database.write() as connection:
                tokens.touch(connection, found.id)
        return self._remember(key, Principal(found.user, found.language, "token", found.id))

    def is_remembered(self, token: str | None, address: str | None) -> bool:
        """True when a session's or token's person is remembered, and for no credentials at all: nothing has to be read."""
        return token is None or self._remembered((hash_token(token), address or "")) is not None

    def forget(self) -> None:
        """Forget everybody; called after accounts, units, sessions or tokens changed in this process."""
        with self._guard:
            self._known.clear()

    def _remembered(self, key: tuple[str, str]) -> Principal | None:
        with self._guard:
            at, principal = self._known.get(key, (0.0, None))
        return principal if principal is not None and time.monotonic() - at < SECONDS else None

    def _remember(self, key: tuple[str, str], principal: Principal) -> Principal:
        with self._guard:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[key] = (time.monotonic(), principal)
        return principal
