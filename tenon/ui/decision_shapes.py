"""What people are asked by workflows, as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tenon.ui.work import FormField


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who was asked: how they decided (``state``: waiting, open, approved, rejected, done, skipped, handed_over) and what they said."""

    name: str
    state: str
    at: datetime | None
    comment: str | None
    instead_of: str | None = None
    added_by: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that a workflow asks of people; ``outcomes`` are (name, label). ``about`` is the record's title, None when it is out of sight.

    ``may_decide``: it is this reader's turn; ``may_claim``: nobody has it and they may take it.
    """

    id: str
    type: str
    title: str
    url: str
    about: str | None
    entity: str
    workflow: str
    due: datetime | None
    is_late: bool
    state: str
    outcomes: tuple[tuple[str, str], ...] = ()
    outcome: str | None = None
    instead_of: str | None = None
    role: str | None = None
    is_of_role: bool = False
    may_decide: bool = False
    may_recall: bool = False
    instance: str = ""
    mode: str | None = None
    started_by: str | None = None
    seats: tuple[Seat, ...] = ()
    ways_back: tuple[tuple[str, str], ...] = ()
    fields: tuple[FormField, ...] = ()
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    has_form: bool = False

    @property
    def decided(self) -> int:
        """How many have decided."""
        return sum(seat.state in ("approved", "rejected", "done") for seat in self.seats)

    @property
    def present(self) -> tuple[Seat, ...]:
        """Who was asked and has not handed it over."""
        return tuple(seat for seat in self.seats if seat.state != "handed_over")


@dataclass(frozen=True, slots=True)
class Away:
    """Until when somebody is away, and who acts for them."""

    since: datetime
    until: datetime
    delegate: str
    is_now: bool
