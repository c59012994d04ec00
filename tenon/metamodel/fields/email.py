"""An e-mail address."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, ClassVar, Literal

from email_validator import EmailNotValidError, validate_email

from tenon.metamodel.fields._texts import read_text
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

MAX_LENGTH = 254
MAX_USUAL = 100
_USUAL_NAME = re.compile(r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,30})?\Z")


class EmailSpec(FieldSpec):
    """One e-mail address; its domain is kept in lower case. Names that no mail reaches (localhost, .local) are refused, .test is not."""

    type: Literal["email"]

    input: ClassVar[str] = "email"
    icon: ClassVar[str] = "mail"
    type_label: ClassVar[Text] = say("E-mail", "邮箱")
    type_help: ClassVar[Text] = say("One e-mail address.", "一个邮箱地址。")
    example: ClassVar[Text] = say("li.na@example.com", "li.na@example.com")
    is_searchable: ClassVar[bool] = True

    def value_type(self) -> Type:
        """Return a text of at most 254 characters."""
        return Type("text", length=MAX_LENGTH)

    def storage(self) -> Storage:
        """Return a text that sorts by its key."""
        return Storage("text", length=MAX_LENGTH, sort_key=True)

    def read(self, raw: Any, place: Place) -> str:
        """Return the address with a domain in lower case; no name server is asked."""
        text = read_text(raw.strip() if isinstance(raw, str) else raw, MAX_LENGTH)
        name, _, domain = text.rpartition("@")
        if len(text) <= MAX_USUAL and _USUAL_NAME.match(name) and domain.isascii():
            return f"{name}@{_read_domain(domain)}"
        try:
            found = validate_email(text, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise _not_an_address() from error
        if "." not in found.domain:
            raise _not_an_address()
        return found.normalized


@lru_cache(maxsize=4_096)
def _read_domain(domain: str) -> str:
    """Return a domain as it is kept; thousands of addresses share one."""
    try:
        found = validate_email(f"a@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise _not_an_address() from error
    if "." not in found.domain:
        raise _not_an_address()
    return found.domain


def _not_an_address() -> BadValue:
    message = say("This is not an e-mail address.", "这不是有效的邮箱地址。")
    return BadValue("bad_format", message, say("Write it like name@example.com.", "例如 name@example.com。"))
