"""By when something a person does is to be done, and what happens when it is not."""

from __future__ import annotations

from pydantic import Field

from tenon.metamodel.item import OptionName, Part
from tenon.metamodel.whom import AnyWhom


class OnDue(Part):
    """What happens when the time is over: whose it is is reminded, somebody else gets it, or it is decided by itself."""

    remind: bool = False
    escalate_to: AnyWhom | None = None
    decide: OptionName | None = None
    """The outcome it gets: ``approve`` or ``reject`` of an approval, one of the outcomes of a task."""


class WithDue(Part):
    """What a person does within some hours."""

    due_hours: int | None = Field(default=None, ge=1, le=24 * 400)
    business_hours: bool = False
    on_due: OnDue | None = None
