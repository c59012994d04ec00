"""The trigger webhook: another system called the address of the rule, about a record that is found or made by what it sent."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.item import Item, Part
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Path
from tenon.metamodel.triggers.base import Trigger

Place = Annotated[str, Field(min_length=1, max_length=200, examples=["data.customer.email"])]
"""Where something stands in what is sent: names and numbers of places, joined by dots."""


class Match(Part):
    """The field by which the record is found, and where its value stands in what is sent."""

    field: Annotated[str, Path(of="document")]
    place: Place


class Taken(Item):
    """A field that gets what stands at a place of what is sent."""

    field: Annotated[str, Path(of="document")]
    place: Place


class Webhook(Trigger):
    """Another system called the address of the rule: the record is found by ``match``, and made where there is none and ``make_new``."""

    type: Literal["webhook"]
    match: Match | None = None
    take: list[Taken] = Field(default=[], max_length=60)
    make_new: bool = False
    signed: bool = False
    sample: Any = None

    LABEL: ClassVar[Text] = say("Another system calls", "收到外部调用时")
