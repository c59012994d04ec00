"""What is shown of alerts and playbooks: where an alert stands and why, what can be done with it, and how far the tasks are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tenon.ui.record_shapes import Movement
from tenon.ui.shapes import Choice


@dataclass(frozen=True, slots=True)
class AlertVerbs:
    """What can be done with alerts: the options of an outcome and a cause, and the first day until which one can be put off."""

    outcomes: tuple[Choice, ...]
    causes: tuple[Choice, ...]
    first_day: date


@dataclass(frozen=True, slots=True)
class AlertDesk:
    """An alert on its page. ``lost`` are the measures that fell; ``now`` is the score as it is, ``is_recovered`` proposes to close it."""

    id: str
    state: str
    level: str | None
    reason: str | None
    score: str | None
    score_url: str | None
    was: Decimal | None
    then: Decimal | None
    days: int | None
    lost: tuple[Movement, ...]
    now: Decimal | None
    is_recovered: bool
    ended: Decimal | None
    effect: Decimal | None
    outcome: str | None
    cause: str | None
    rule: str | None
    rule_url: str | None
    put_off: datetime | None
    why: str | None
    escalates_at: datetime | None
    escalated_to: str | None
    verbs: AlertVerbs | None


@dataclass(frozen=True, slots=True)
class PlayStep:
    """A task of a playbook."""

    id: str
    title: str
    state: str
    due: datetime | None
    who: str | None
    is_late: bool
    may_finish: bool
    is_optional: bool


@dataclass(frozen=True, slots=True)
class PlayView:
    """A playbook that began: how far it is, what comes next, and the alert it began for when that is not the page's own record."""

    label: str
    done: int
    total: int
    next: str | None
    steps: tuple[PlayStep, ...]
    alert: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Playing:
    """The playbooks of a record and those that can begin for it."""

    plays: tuple[PlayView, ...]
    offers: tuple[Choice, ...]
    is_begun: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """How many alerts ended in one way, and their share of all that ended."""

    label: str
    n: int
    share: float
