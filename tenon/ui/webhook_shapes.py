"""What the pages of webhooks show; plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenon.ui.outgoing_shapes import OutgoingPage
from tenon.ui.shapes import Choice


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook: whether it is on, what it is told, and what became of its newest delivery."""

    id: str
    name: str
    url: str
    role: str | None
    is_on: bool
    is_gone: bool
    last_state: str | None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventRow:
    """An entity with the events that can be told of it; those that are."""

    name: str
    label: str
    offered: tuple[str, ...]
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """One webhook, or a new one: what can be chosen, its last deliveries, and its secret when it was made just now."""

    webhook: WebhookRow | None
    events: tuple[EventRow, ...]
    roles: tuple[Choice, ...]
    role: str
    deliveries: OutgoingPage | None
    others: int = 0


@dataclass(frozen=True, slots=True)
class HookPage:
    """The address of a rule: since when it is there, when it was called last."""

    name: str
    label: str
    is_signed: bool
    created_at: datetime | None
    last_at: datetime | None
