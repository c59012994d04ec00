"""The action add_tag: a field of tags or choices gets entries."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Path


class AddTag(Action):
    """A field of tags or choices gets entries."""

    type: Literal["add_tag"]
    field: Annotated[str, Path(of="document")]
    tags: list[str] = Field(min_length=1, max_length=50)

    LABEL: ClassVar[Text] = say("Add tags", "添加标签")
