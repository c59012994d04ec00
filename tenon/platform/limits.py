"""How often a stranger may call: counted in memory, for each key over the last minutes, so that a flood costs next to nothing."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from tenon.metamodel.errors import Problem, TooMany
from tenon.metamodel.labels import say

MOST_KEYS = 10_000


class Limit:
    """At most ``most`` calls of a key within ``window``; the keys that were heard of last are remembered."""

    def __init__(self, most: int, window: timedelta, now: Callable[[], datetime]) -> None:
        self._most, self._window, self._now = most, window, now
        self._calls: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def note(self, key: str) -> None:
        """Count a call; raises TooMany, with when to come again, and does not count it then."""
        with self._lock:
            now = self._now()
            calls = self._calls.setdefault(key, deque())
            self._calls.move_to_end(key)
            while len(self._calls) > MOST_KEYS:
                self._calls.popitem(last=False)
            while calls and calls[0] <= now - self._window:
                calls.popleft()
            if len(calls) < self._most:
                calls.append(now)
                return
            left = calls[0] + self._window - now
        seconds = max(1, math.ceil(left.total_seconds()))
        message = say("This was sent too often from here.", "此处提交过于频繁。")
        hint = say("Try again in {n} {n:second|seconds}.", "请在 {n} 秒后重试。", n=seconds)
        raise TooMany(Problem("", "over_limit", message, hint), headers={"Retry-After": str(seconds)})
