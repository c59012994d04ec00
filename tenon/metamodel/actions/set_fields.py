"""The action set_fields: fields of the record get values."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Assign


class SetFields(Action):
    """Fields of the record get values."""

    type: Literal["set_fields"]
    fields: Annotated[dict[str, str], Assign(of="document"), Field(min_length=1, max_length=100)]

    LABEL: ClassVar[Text] = say("Set fields", "设置字段")
    BEFORE: ClassVar[bool] = True
