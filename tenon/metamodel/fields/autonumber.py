"""A number that the system gives, by a pattern."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.autonumber import MAX_LENGTH, MAX_PATTERN, AutonumberPattern, parse
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.fields._texts import read_text
from tenon.metamodel.fields.base import FieldSpec, Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


class AutonumberSpec(FieldSpec):
    """A unique, rising number by a pattern such as ``C-{yyyy}-{00001}``; one that is sent (an import) is kept."""

    type: Literal["autonumber"]
    pattern: Annotated[str, Field(min_length=1, max_length=MAX_PATTERN)] = "{00001}"

    input: ClassVar[str] = "autonumber"
    icon: ClassVar[str] = "list-ordered"
    type_label: ClassVar[Text] = say("Automatic number", "自动编号")
    type_help: ClassVar[Text] = say("A unique, rising number that the system gives.", "系统自动生成的唯一递增编号。")
    example: ClassVar[Text] = say("C-2026-00001", "C-2026-00001")
    is_searchable: ClassVar[bool] = True

    def value_type(self) -> Type:
        """Return a short text."""
        return Type("text", length=MAX_LENGTH)

    def storage(self) -> Storage:
        """Return a text that sorts by its key."""
        return Storage("text", length=MAX_LENGTH, sort_key=True)

    def parsed(self) -> AutonumberPattern:
        """Return the pattern in pieces. Raises Invalid."""
        return parse(self.pattern)

    def read(self, raw: Any, place: Place) -> str:
        """Return a number that came from outside, as it is."""
        return read_text(raw, MAX_LENGTH)

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the pattern."""
        problems = super().check_spec()
        if self.default is not None:
            message = say("The number is given by itself, so a default says nothing.", "编号自动生成，默认值无意义。")
            problems.append(Problem("/default", "refused", message, say("Remove it.", "请删除该设置。")))
        try:
            self.parsed()
        except Invalid as error:
            problems += [problem.at("/pattern") for problem in error.problems]
        return problems
