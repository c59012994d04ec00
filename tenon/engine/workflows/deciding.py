"""Who of several people has decided what, whose turn it is, and what comes of it: approvals as values, without a database.

A seat is a place at the table: somebody who was asked, for themselves or for somebody who is away. Who decides may ask others to sign
before or after them; these sit beside a seat, and the seat counts only once all beside it have approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Literal

Mode = Literal["any", "all", "vote", "sequence"]
Verdict = Literal["pending", "approved", "rejected"]
SeatState = Literal["waiting", "open", "approved", "rejected", "skipped", "handed_over"]
Side = Literal["before", "after"]
APPROVED, REJECTED, PENDING = "approved", "rejected", "pending"
UNDECIDED = ("waiting", "open")


@dataclass(frozen=True)
class Seat:
    """One who was asked; ``beside`` is the id of the seat whose person asked for this one, to sign before or after (``side``)."""

    id: str
    person: str
    state: SeatState
    beside: str | None = None
    side: Side | None = None


@dataclass(frozen=True)
class Standing:
    """How it stands: what was decided, and the ids of the seats whose turn it is, in their order."""

    verdict: Verdict
    turns: tuple[str, ...] = ()


def standing(mode: Mode, seats: Sequence[Seat], share: Decimal | None = None) -> Standing:
    """Return how an approval stands; seats come in their order. Nobody asked means that nobody has to approve.

    ``any``: who decides first decides for all. ``all``: everybody approves, one rejection is enough. ``vote``: a share approves (more
    than half, where none is said), decided as soon as the others cannot change it any more. ``sequence``: one after the other.
    """
    present = [seat for seat in seats if seat.state != "handed_over"]
    heads = [seat for seat in present if seat.beside is None or not _sits(seat.beside, present)]
    verdicts = [_verdict(head, present) for head in heads]
    found = _sum(mode, verdicts, share)
    if found != PENDING:
        return Standing(found)
    waiting = [head for head, verdict in zip(heads, verdicts, strict=True) if verdict == PENDING]
    return Standing(PENDING, tuple(turn for head in (waiting[:1] if mode == "sequence" else waiting) for turn in _turns(head, present)))


def needed(count: int, share: Decimal | None) -> int:
    """Return how many of so many have to approve in a vote."""
    return count // 2 + 1 if share is None else max(1, ceil(share * count))


def _sum(mode: Mode, verdicts: Sequence[Verdict], share: Decimal | None) -> Verdict:
    if not verdicts:
        return "approved"
    approved, rejected = verdicts.count("approved"), verdicts.count("rejected")
    if mode == "any":
        return "approved" if approved else "rejected" if rejected else "pending"
    if mode == "vote":
        wanted = needed(len(verdicts), share)
        return "approved" if approved >= wanted else "rejected" if len(verdicts) - rejected < wanted else "pending"
    return "rejected" if rejected else "approved" if approved == len(verdicts) else "pending"


def _sits(id: str, seats: Iterable[Seat]) -> bool:
    return any(seat.id == id for seat in seats)


def _beside(head: Seat, seats: Sequence[Seat], side: Side) -> list[Seat]:
    return [seat for seat in seats if seat.beside == head.id and seat.side == side]


def _chain(head: Seat, seats: Sequence[Seat]) -> list[Seat]:
    """Return who signs for one seat, in their order: those before it, itself, those after it, each with those beside them."""
    before = [each for seat in _beside(head, seats, "before") for each in _chain(seat, seats)]
    after = [each for seat in _beside(head, seats, "after") for each in _chain(seat, seats)]
    return [*before, head, *after]


def _verdict(head: Seat, seats: Sequence[Seat]) -> Verdict:
    states = {seat.state for seat in _chain(head, seats) if seat.state != "skipped"}
    if "rejected" in states:
        return "rejected"
    return "pending" if states & set(UNDECIDED) else "approved"


def _turns(head: Seat, seats: Sequence[Seat]) -> tuple[str, ...]:
    """Return whose turn it is at one seat: the first of its chain who has not decided."""
    return next(((seat.id,) for seat in _chain(head, seats) if seat.state in UNDECIDED), ())
