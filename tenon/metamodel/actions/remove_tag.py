"""The action remove_tag: a field of tags or choices loses entries."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Path


class RemoveTag(Action):
    """A field of tags or choices loses entries."""

    type: Literal["remove_tag"]
    field: Annotated[str, Path(of="document")]
    tags: list[str] = Field(min_length=1, max_length=50)

    LABEL: ClassVar[Text] = say("Remove tags", "移除标签")
