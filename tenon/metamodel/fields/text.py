"""A short text on one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal

import re2
from pydantic import Field

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._choices import MAX_OPTIONS, check_options
from tenon.metamodel.fields._texts import quote, read_text
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place
from tenon.metamodel.item import Option
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type


class TextSpec(FieldSpec):
    """A short text on one line, such as a name."""

    type: Literal["text"]
    max_length: Annotated[int, Field(ge=1, le=4000)] = 200
    pattern: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """A regular expression (RE2) that the whole text has to match."""

    words: Annotated[list[Option], Field(max_length=MAX_OPTIONS)] = []
    """Labels of values that are known, such as codes of another system; any other text is taken as well."""

    input: ClassVar[str] = "text"
    icon: ClassVar[str] = "type"
    type_label: ClassVar[Text] = say("Text", "单行文本")
    type_help: ClassVar[Text] = say("A short text on one line.", "一行以内的文字。")
    example: ClassVar[Text] = say("Chuangke Technology", "创科科技")
    is_searchable: ClassVar[bool] = True

    @property
    def named(self) -> Sequence[Option]:
        """Return the words."""
        return self.words

    def value_type(self) -> Type:
        """Return a text of at most that length."""
        return Type("text", length=self.max_length)

    def storage(self) -> Storage:
        """Return a text that sorts by its key."""
        return Storage("text", length=self.max_length, sort_key=True)

    def read(self, raw: Any, place: Place) -> str:
        """Return the text exactly as it is."""
        text = read_text(raw, self.max_length)
        if self.pattern and not compile_pattern(self.pattern).fullmatch(text):
            message = say("This does not have the expected form.", "格式不符合要求。")
            raise BadValue("bad_format", message, self.help or say("Expected: {pattern}", "要求的格式：{pattern}", pattern=self.pattern))
        return text

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the pattern."""
        problems = [*super().check_spec(), *(replace(p, path=p.path.replace("/options", "/words", 1)) for p in check_options(self.words))]
        try:
            if self.pattern:
                compile_pattern(self.pattern)
        except re2.error as error:
            reason = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
            message = say("The pattern cannot be read: {reason}", "无法读取该正则表达式：{reason}", reason=quote(reason))
            hint = say("Write it in the RE2 syntax, without look-around and back-references.", "请使用 RE2 语法，不支持环视与反向引用。")
            problems.append(Problem("/pattern", "bad_format", message, hint))
        return problems


@lru_cache(maxsize=1000)
def compile_pattern(pattern: str) -> Any:
    """Return the compiled pattern, which runs in linear time. Raises `re2.error`."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(pattern, options=options)
