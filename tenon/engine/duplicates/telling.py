"""Reasons in words: "Same core name 创科科技"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field

Reason = tuple[dict[str, Any], Field, Text]


def reasons_told(entity: Entity, reasons: Sequence[dict[str, Any]]) -> list[Reason]:
    """Return reasons with their fields and in words; those of fields that are no more are left out."""
    return [(each, field, _told(field, each)) for each in reasons if (field := entity.fields_by_id.get(each["field"])) is not None]


def _told(field: Field, reason: dict[str, Any]) -> Text:
    by, is_same, value = reason["by"], reason["likeness"] >= 1, reason["value"]
    if by == "company_name" and value is not None:
        return say("Same core name {value}", "核心名称相同：{value}", value=value)
    if by == "domain":
        return say("Same web domain {value}", "网站域名相同：{value}", value=value)
    if is_same and value is not None and by in ("phone", "email", "uscc"):
        return say("Same {field} {value}", "{field}相同：{value}", field=_inside(field), value=value)
    if is_same:
        return say("Same {field}", "{field}相同", field=_inside(field))
    return say("Similar {field}", "{field}相似", field=_inside(field))


def _inside(field: Field) -> Text:
    """Return the label of a field inside a sentence: in small letters unless it is written in capitals."""
    en = field.label.show("en")
    return Text(en if en[1:2].isupper() or not en[:1].isalpha() else en[:1].lower() + en[1:], field.label.show("zh"))
