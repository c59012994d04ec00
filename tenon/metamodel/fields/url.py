"""A web address, or an address to mail or call."""

from __future__ import annotations

from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from tenon.metamodel.fields._texts import read_text
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

MAX_LENGTH = 2000
SCHEMES = ("http", "https", "mailto", "tel")


class UrlSpec(FieldSpec):
    """A web address (http, https), or an address to mail or call (mailto, tel)."""

    type: Literal["url"]

    input: ClassVar[str] = "url"
    icon: ClassVar[str] = "link"
    type_label: ClassVar[Text] = say("Link", "链接")
    type_help: ClassVar[Text] = say("A web address, shown as a link.", "网址，显示为链接。")
    example: ClassVar[Text] = say("https://example.com", "https://example.com")
    is_searchable: ClassVar[bool] = True

    def value_type(self) -> Type:
        """Return a text of at most 2,000 characters."""
        return Type("text", length=MAX_LENGTH)

    def storage(self) -> Storage:
        """Return a text."""
        return Storage("text", length=MAX_LENGTH)

    def read(self, raw: Any, place: Place) -> str:
        """Return the address as it is, its scheme in lower case."""
        text = read_text(raw.strip() if isinstance(raw, str) else raw, MAX_LENGTH)
        scheme, colon, rest = text.partition(":")
        if not colon or scheme.lower() not in SCHEMES or not _is_address(text):
            message = say("This is not an address with http, https, mailto or tel.", "这不是以 http、https、mailto 或 tel 开头的地址。")
            raise BadValue("bad_format", message, say("Write it like https://example.com.", "例如 https://example.com。"))
        return f"{scheme.lower()}:{rest}"


def _is_address(text: str) -> bool:
    if any(character.isspace() or character in '\\<>"' for character in text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname and parts.port != 0) if parts.scheme in ("http", "https") else bool(parts.path)
    except ValueError:
        return False
