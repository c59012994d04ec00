"""A formatted text: a small, safe part of HTML."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

import nh3
from pydantic import Field

from tenon.metamodel.fields._texts import read_text, too_long
from tenon.metamodel.fields.base import FieldSpec, Place, wrong_type
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

_HARD_LIMIT = 2_000_000
_TAGS = {
    *("p", "br", "hr", "div", "span", "h1", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "a"),
    *("b", "strong", "i", "em", "u", "s", "del", "sub", "sup", "mark"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}, "ol": {"start"}}
_SANITISER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer",
    strip_comments=True,
)
_MARKUP = re.compile(r"<[^>]*>|&nbsp;|\s")


def clean(html: str) -> str:
    """Return the safe part of some HTML."""
    return _SANITISER.clean(html)


class RichTextSpec(FieldSpec):
    """A formatted text with headings, lists, links and tables."""

    type: Literal["rich_text"]
    max_length: Annotated[int, Field(ge=1, le=1_000_000)] = 100_000

    input: ClassVar[str] = "richtext"
    icon: ClassVar[str] = "file-text"
    type_label: ClassVar[Text] = say("Formatted text", "富文本")
    type_help: ClassVar[Text] = say("A text with headings, lists, links and tables.", "带标题、列表、链接和表格的文字。")
    example: ClassVar[Text] = say("<p>Agreed: <b>renew in May</b>.</p>", "<p>已商定：<b>五月续约</b>。</p>")
    is_sortable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = False

    def value_type(self) -> Type:
        """Return a text of at most that length, markup included."""
        return Type("text", length=self.max_length)

    def storage(self) -> Storage:
        """Return a text without a sort key."""
        return Storage("text", length=self.max_length)

    def read(self, raw: Any, place: Place) -> str | None:
        """Return the safe part of the HTML; markup around nothing is empty."""
        if not isinstance(raw, str):
            raise wrong_type("a text", "文本")
        text = read_text(raw.replace("\r\n", "\n").replace("\r", "\n"), _HARD_LIMIT, allow="\n\t")
        safe = clean(text)
        if len(safe) > self.max_length:
            raise too_long(len(safe), self.max_length)
        return safe if "<hr" in safe or _MARKUP.sub("", safe) else None
