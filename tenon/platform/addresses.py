"""E-mail addresses: one spelling for each, and what one looks like."""

from __future__ import annotations

import re
import unicodedata

from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say

LONGEST = 254
# Names inside a company (anna@crm, anna@host.local) are fine; what could start a header or a second address is not.
SHAPE = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)*[\w](?:[\w-]{0,61}[\w])?")


def fold_email(email: str) -> str:
    """Return the spelling that is kept and compared: NFKC, lower case, nothing around it, nothing a database cannot hold."""
    storable = email.encode("utf-8", "replace").decode().replace("\0", "?")
    return unicodedata.normalize("NFKC", storable).strip().lower()


def check_email(folded: str, path: str) -> list[Problem]:
    """Return what is wrong with a folded address."""
    if len(folded) <= LONGEST and SHAPE.fullmatch(folded):
        return []
    message = say("This is not an e-mail address.", "这不是有效的邮箱地址。")
    return [Problem(path, "bad_format", message, say("Write name@example.com.", "请填写如 name@example.com 的地址。"))]
