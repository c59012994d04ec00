"""What every step of a workflow has, and the lists of steps inside steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from tenon.metamodel.item import Item
from tenon.metamodel.labels import Text

if TYPE_CHECKING:
    AnyStep = Any
else:
    from typing import ForwardRef

    AnyStep = ForwardRef("AnyStep")

StepId = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,39}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$", examples=["boss"])]
"""The id of a step, which people may choose: a name, or what was given when it was left out."""
Duration = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5} (minute|hour|day|week|month)s?$", examples=["3 days", "2 hours"])]
"""How long something takes: a number and a unit."""
Steps = Annotated[list[AnyStep], Field(max_length=100)]
"""Steps one after the other."""


class FlowItem(Item):
    """Something inside a workflow whose id may be a name."""

    id: StepId | None = None


class FlowStep(FlowItem):
    """A step of a workflow; a step is a subclass in a file of this folder, its ``type`` a literal.

    What it does is in the file of the same name in ``engine/workflows/nodes``. Every action of a rule that may run after is a step
    by itself (`AnyStep`), done as the action is. ``ICON`` is the name of an icon.
    """

    type: str

    LABEL: ClassVar[Text]
    ICON: ClassVar[str] = "circle"
