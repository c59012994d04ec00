"""A text of several lines."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.fields._texts import read_text
from tenon.metamodel.fields.base import FieldSpec, Place, wrong_type
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


class LongTextSpec(FieldSpec):
    """A text of several lines, such as a note."""

    type: Literal["long_text"]
    max_length: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000

    input: ClassVar[str] = "textarea"
    icon: ClassVar[str] = "text"
    type_label: ClassVar[Text] = say("Long text", "多行文本")
    type_help: ClassVar[Text] = say("A text of several lines.", "可换行的长文字。")
    example: ClassVar[Text] = say("Wants a second site next year.", "计划明年开设第二个站点。")
    is_sortable: ClassVar[bool] = False
    is_searchable: ClassVar[bool] = True
    may_be_unique: ClassVar[bool] = False

    def value_type(self) -> Type:
        """Return a text of at most that length."""
        return Type("text", length=self.max_length)

    def storage(self) -> Storage:
        """Return a text without a sort key."""
        return Storage("text", length=self.max_length)

    def read(self, raw: Any, place: Place) -> str:
        """Return the text as it is, every line end as one newline."""
        if not isinstance(raw, str):
            raise wrong_type("a text", "文本")
        return read_text(raw.replace("\r\n", "\n").replace("\r", "\n"), self.max_length, allow="\n\t")
