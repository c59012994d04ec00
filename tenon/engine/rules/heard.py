"""What woke a rule, or would have in the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Heard:
    """The records that a rule was woken for, their values before the change, and what else is known of each (from, to, days …)."""

    ids: Sequence[str]
    before: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What was written, by record."""
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    key: Mapping[str, str] = field(default_factory=dict)
    """What may happen only once, by record: the day of a date, say."""


@dataclass
class Past:
    """Something that would have woken a rule in the past: the record, when, and what is known of it."""

    record: str
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
