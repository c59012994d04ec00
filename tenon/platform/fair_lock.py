"""A lock whose turns come in the order they were asked for."""

from __future__ import annotations

import threading
from collections import deque


class FairLock:
    """A lock that is given in the order it was asked for, so that no writer starves."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._owner: int | None = None

    def acquire(self, timeout: float) -> bool:
        """Wait for the turn; False when it did not come within the seconds given."""
        me, turn = threading.get_ident(), threading.Event()
        with self._guard:
            if self._owner == me:
                raise RuntimeError("a write transaction is already open here: pass its connection down")
            if self._owner is None and not self._waiting:
                self._owner = me
                return True
            self._waiting.append(turn)
        if turn.wait(timeout):
            self._owner = me
            return True
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        self._owner = me  # the turn came in the very last moment
        return True

    def release(self) -> None:
        """Give the lock to whoever has waited longest."""
        with self._guard:
            if self._waiting:
                self._owner = -1
                self._waiting.popleft().set()
            else:
                self._owner = None
