"""Free words on a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._choices import MAX_OPTIONS, check_options, read_list, read_option
from tenon.metamodel.fields._texts import read_text
from tenon.metamodel.fields.base import FieldSpec, Place
from tenon.metamodel.item import Option
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

MAX_TAGS = 100
MAX_LENGTH = 60


class TagsSpec(FieldSpec):
    """Words on a record: free ones, or only the declared options when there are any."""

    type: Literal["tags"]
    options: Annotated[list[Option], Field(max_length=MAX_OPTIONS)] = Field(default_factory=list)

    input: ClassVar[str] = "tags"
    icon: ClassVar[str] = "tags"
    type_label: ClassVar[Text] = say("Tags", "标签")
    type_help: ClassVar[Text] = say("Words that people put on a record.", "为记录添加的关键词。")
    example: ClassVar[Text] = say('["key account"]', '["重点客户"]')
    is_sortable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = False

    @property
    def named(self) -> Sequence[Option]:
        """Return the options, if there are any."""
        return self.options

    @property
    def asked_by(self) -> str:
        """Return the input of several options where only these are allowed."""
        return "multiselect" if self.options else self.input

    def value_type(self) -> Type:
        """Return choices; free tags have no options."""
        return Type("choices", options=tuple(option.name for option in self.options), source=self.id if self.options else None)

    def storage(self) -> Storage:
        """Return a JSON list of words."""
        return Storage("json")

    def read(self, raw: Any, place: Place) -> tuple[str, ...] | None:
        """Return the words once each, in the order given; blank ones are left out, an empty list is empty."""
        tags = (self._read_tag(entry) for entry in read_list(raw, MAX_TAGS))
        return tuple(dict.fromkeys(tag for tag in tags if tag)) or None

    def show(self, value: tuple[str, ...] | None) -> list[str] | None:
        """Return a list of words."""
        return None if value is None else list(value)

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the options."""
        return [*super().check_spec(), *check_options(self.options)]

    def _read_tag(self, raw: Any) -> str:
        if self.options:
            return read_option(raw, self.options)
        return read_text(raw, MAX_LENGTH).strip()
