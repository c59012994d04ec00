"""The action create_record: a new record, its values read with the record of the rule."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.item import Item
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Assign, Path, Ref


class Figure(Item):
    """A field of the new record and the number widget whose figure it keeps, as it is at that moment."""

    field: Annotated[str, Path(of="entity")]
    widget: Annotated[str, Ref("widget")]


class CreateRecord(Action):
    """A new record, its values read with the record of the rule."""

    type: Literal["create_record"]
    entity: Annotated[str, Ref("entity")]
    fields: Annotated[dict[str, str], Assign(), Field(max_length=100)] = {}
    figures: list[Figure] = Field(default=[], max_length=20)
    skip_existing: bool = False
    """Where a record with the same key is there already, none is made."""

    LABEL: ClassVar[Text] = say("Create a record", "新建记录")
