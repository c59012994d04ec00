"""What every type of connector has in common: records in batches, and what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tenon.metamodel.names import find_no_text

LONGEST_KEY = 200


@dataclass(frozen=True)
class Batch:
    """Records as the other system gives them, and where the next ones are asked for, as JSON; None when there are no more."""

    rows: list[dict[str, Any]]
    following: Any = None


@dataclass(frozen=True)
class Sending:
    """One record on its way there: what it is known by (None for a new one), what is said of it, and a key that makes a second try recognisable."""

    record: str
    external_id: str | None
    values: Mapping[str, Any]
    key: str


class Line(Protocol):
    """A way to another system, open for one run."""

    def read(self, since: str | None, place: Any) -> Batch:
        """Return the records that changed since a moment, at a place that an earlier batch named. Raises Invalid, Unavailable."""

    def send(self, sending: Sending) -> str:
        """Create or change a record there and return what it is known by. Raises Invalid, NotFound when it is gone there, Unavailable."""


def is_key(value: Any) -> bool:
    """Return whether a value that came may be what a record is known by there: a text that is not too long, or a whole number."""
    text = "" if isinstance(value, bool) or not isinstance(value, str | int) else str(value)
    return 0 < len(text) <= LONGEST_KEY and find_no_text(text) is None
