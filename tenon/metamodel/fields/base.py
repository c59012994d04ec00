"""What every field type has: common options, a value type, a column, reading and showing values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from tenon.metamodel.errors import Problem
from tenon.metamodel.item import Label, NamedItem, Option
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


@dataclass(frozen=True, slots=True)
class Lookup:
    """A record named by the value of one of its unique fields; the record writer finds its id."""

    field: str
    value: str | int | Decimal


@dataclass(frozen=True, slots=True)
class Linked(Lookup):
    """A record named by the number that another system has for it; any system's when ``system`` is ''."""

    system: str = ""


def wrong_type(expected_en: str, expected_zh: str) -> BadValue:
    """Return the refusal of a value of another JSON type."""
    what = Text(expected_en, expected_zh)
    hint = say("Send {what}, or null for empty.", "请提交{what}，留空请用 null。", what=what)
    return BadValue("wrong_type", say("This must be {what}.", "此处应为{what}。", what=what), hint)


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
    type_label: ClassVar[Text] = Text("", "")
    """The name of the type in the designer."""
    type_help: ClassVar[Text] = Text("", "")
    """One sentence on what the type is for."""
    example: ClassVar[Text] = Text("", "")
    is_computed: ClassVar[bool] = False
    is_to_many: ClassVar[bool] = False
    is_sortable: ClassVar[bool] = True
    is_searchable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = True

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the ids of the entities it may point to; () for anything but a reference, and for people."""
        return ()

    @property
    def named(self) -> Sequence[Option]:
        """Return the values that people know by a label: the options of a choice, the words of a text."""
        return ()

    @property
    def asked_by(self) -> str:
        """Return by which input people are asked for a value."""
        return self.input

    @property
    def is_share(self) -> bool:
        """Return whether its number is read with a percent sign."""
        return False

    @property
    def has_numbers(self) -> bool:
        """Return whether the numbers in its text are written as the reader writes them."""
        return False

    def value_type(self) -> Type:
        """Return the type that expressions see."""
        raise NotImplementedError

    def storage(self) -> Storage:
        """Return the column that holds it."""
        raise NotImplementedError

    def clean(self, raw: Any, place: Place) -> Any:
        """Return the canonical value of what a person or program sent; None for empty. Raises `BadValue`."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        return self.read(raw, place)

    def read(self, raw: Any, place: Place) -> Any:
        """Return the canonical value of something that is not plainly empty; None when it means nothing. Raises `BadValue`."""
        raise NotImplementedError

    def show(self, value: Any) -> Any:
        """Return the JSON form of a canonical value; exact numbers stay `Decimal`, None stays None."""
        return value

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the options of this field beyond its schema; paths are relative to the field."""
        problems = []
        if self.unique and not self.may_be_unique:
            message = say("A field of the type {type} cannot be unique.", "{type}类型的字段不能设为唯一。", type=self.type_label)
            problems.append(Problem("/unique", "refused", message, say("Remove unique.", "请取消唯一。")))
        if self.is_computed:
            message = say("A computed field is never typed in, so this says nothing.", "计算字段不由人填写，此设置无意义。")
            given = {"required": self.required, "default": self.default is not None}
            problems += [
                Problem(f"/{key}", "refused", message, say("Remove it.", "请删除该设置。")) for key, is_given in given.items() if is_given
            ]
        return problems
