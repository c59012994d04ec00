"""What every field type has: common options, a value type, a column, reading and showing values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from tenon.metamodel.errors import Problem
from tenon.metamodel.item import Label, NamedItem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


@dataclass(frozen=True, slots=True)
class Place:
    """What a value is read against: the workspace's zone and the moment of the statement."""

    timezone: ZoneInfo
    now: datetime
    today: date


class BadValue(Exception):
    """A value that a field does not take: code, message and hint, without a path."""

    def __init__(self, code: str, message: Text, hint: Text | None = None) -> None:
        super().__init__(message.show("en"))
        self.code, self.message, self.hint = code, message, hint

    def problem(self, path: str) -> Problem:
        """Return the problem at a path."""
        return Problem(path, self.code, self.message, self.hint)


def wrong_type(expected_en: str, expected_zh: str) -> BadValue:
    """Return the refusal of a value of another JSON type."""
    return BadValue("wrong_type", say("This must be {what}.", "此处应为{what}。", what=Text(expected_en, expected_zh)))


class FieldSpec(NamedItem):
    """A field of an entity as its document describes it."""

    type: str
    help: Label | None = None
    required: bool = False
    unique: bool = False
    default: Annotated[str, Expr(of="document", use="default")] | None = None
    read_only: bool = False
    personal: bool = False
    """Personal data: masked, exported and erased on request."""
    index: bool = False

    input: ClassVar[str] = "text"
    """The kind of input a form shows: text, textarea, number, money, percent, checkbox, date, select …"""
    icon: ClassVar[str] = "type"
    example: ClassVar[Text] = Text("", "")
    is_computed: ClassVar[bool] = False
    is_to_many: ClassVar[bool] = False
    is_sortable: ClassVar[bool] = True
    is_searchable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = True

    def value_type(self) -> Type:
        """Return the type that expressions see."""
        raise NotImplementedError

    def storage(self) -> Storage:
        """Return the column that holds it."""
        raise NotImplementedError

    def clean(self, raw: Any, place: Place) -> Any:
        """Return the canonical value of what a person or program sent; None for empty. Raises `BadValue`."""
        raise NotImplementedError

    def show(self, value: Any) -> Any:
        """Return the JSON form of a canonical value."""
        return value

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the options of this field beyond its schema; paths are relative to the field."""
        return []
