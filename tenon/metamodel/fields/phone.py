"""A telephone number."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, ClassVar, Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from tenon.metamodel.fields._texts import read_text
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

DEFAULT_REGION = "CN"
MAX_TYPED = 60
MAX_LENGTH = 20
_TYPED = re.compile(r"\+?[0-9() ./\u2010-\u2015-]+\Z")
"""What a number is typed with: no letters, which are neither digits nor an extension that could be kept."""
_MOBILE = re.compile(r"(?:\+86)?(1[3-9][0-9]{9})\Z")
"""Most numbers of most files: worth not asking the library for."""
_HINT = say("Write it like 138 0013 8000 or +44 20 7946 0018.", "例如 138 0013 8000 或 +44 20 7946 0018。")


class PhoneSpec(FieldSpec):
    """One telephone number, kept in its international form; without a country code it is a Chinese one."""

    type: Literal["phone"]

    input: ClassVar[str] = "tel"
    icon: ClassVar[str] = "phone"
    type_label: ClassVar[Text] = say("Phone", "电话")
    type_help: ClassVar[Text] = say("One telephone number, kept in its international form.", "一个电话号码，以国际格式保存。")
    example: ClassVar[Text] = say("+8613800138000", "+8613800138000")
    is_searchable: ClassVar[bool] = True

    def value_type(self) -> Type:
        """Return a short text."""
        return Type("text", length=MAX_LENGTH)

    def storage(self) -> Storage:
        """Return a text."""
        return Storage("text", length=MAX_LENGTH)

    def read(self, raw: Any, place: Place) -> str:
        """Return the number in the form E.164."""
        text = unicodedata.normalize("NFKC", read_text(raw.strip() if isinstance(raw, str) else raw, MAX_TYPED))
        mobile = _MOBILE.match(text)
        if mobile:
            return f"+86{mobile[1]}"
        try:
            number = phonenumbers.parse(text if _TYPED.match(text) else "", DEFAULT_REGION)
        except NumberParseException as error:
            raise BadValue("bad_format", say("This is not a telephone number.", "这不是有效的电话号码。"), _HINT) from error
        if number.extension:
            hint = say("Keep the extension in a field of its own.", "请将分机号填写在单独的字段中。")
            raise BadValue("bad_format", say("The number has an extension.", "号码带有分机号。"), hint)
        if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
            raise BadValue("bad_format", say("No telephone number has this length.", "电话号码的位数不正确。"), _HINT)
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
