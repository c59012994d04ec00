"""The way out of a step that waits for something that does not come."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tenon.metamodel.item import Part, ShortForm
from tenon.metamodel.steps.base import Duration, Steps


class OrAfter(Part):
    """What happens when something has not come after so long: these steps, then it goes on."""

    for_: Duration = Field(alias="for")
    steps: Steps = Field(default=[])


AnyOrAfter = Annotated[OrAfter, ShortForm("for")]
