"""The trigger updated: fields of a record changed; without ``fields`` any that people write."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Path
from tenon.metamodel.triggers.base import Trigger


class Updated(Trigger):
    """Fields of a record changed; without ``fields`` any that people write."""

    type: Literal["updated"]
    fields: list[Annotated[str, Path(of="document")]] = Field(default=[], max_length=100)

    LABEL: ClassVar[Text] = say("A record is changed", "修改记录时")
    MAY_BE_BEFORE: ClassVar[bool] = True
