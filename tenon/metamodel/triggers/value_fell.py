"""The trigger value_fell: a score or a number of a record fell by so much, or by so many hundredths, within some days."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import Exact
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Path, Ref
from tenon.metamodel.triggers.base import Trigger


class ValueFell(Trigger):
    """A score or a number of a record fell by so much, or by so many hundredths, within some days."""

    type: Literal["value_fell"]
    score: Annotated[str, Ref("score")] | None = None
    field: Annotated[str, Path(of="document")] | None = None
    by: Exact | None = None
    by_percent: Exact | None = None
    within_days: int = Field(ge=1, le=400)

    LABEL: ClassVar[Text] = say("A value falls", "数值下降时")
    IS_ENTRY: ClassVar[bool] = True
