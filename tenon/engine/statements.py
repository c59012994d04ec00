"""Statements kept with the release, or the rights, they were made for: a call then binds values instead of building SQL."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 2_000


def kept(cache: dict[Any, Any], key: Hashable, make: Callable[[], T]) -> T:
    """Return what the cache holds under a key, made when it is not there; a full cache begins anew."""
    found: T | None = cache.get(key)
    if found is None:
        found = make()
        if len(cache) >= MOST:
            cache.clear()
        cache[key] = found
    return found
