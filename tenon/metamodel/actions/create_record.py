"""The action create_record: a new record, its values read with the record of the rule."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Assign, Ref


class CreateRecord(Action):
    """A new record, its values read with the record of the rule."""

    type: Literal["create_record"]
    entity: Annotated[str, Ref("entity")]
    fields: Annotated[dict[str, str], Assign(), Field(max_length=100)] = {}

    LABEL: ClassVar[Text] = say("Create a record", "新建记录")
