"""Reading references: an id, an object with the id, or the value of a unique field of the far record."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from tenon.metamodel.fields._texts import quote, read_text
from tenon.metamodel.fields.base import BadValue, FieldSpec, Linked, Lookup, wrong_type
from tenon.metamodel.item import NamedItem
from tenon.metamodel.labels import say
from tenon.metamodel.marks import Expr, Ref
from tenon.metamodel.names import NAME

OnDelete = Literal["restrict", "clear", "cascade"]
FarFilter = Annotated[str, Expr("boolean", of="field")]
"""Which far records may be chosen; read with the far entity."""
EntityRef = Annotated[str, Ref("entity")]
LINK = "source_link"
"""Under this name a record is named by the number that another system has for it."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_SHOWN_BESIDE_ID = frozenset({"id", "title", "entity", "name", "size", "type", "url"})
_HINT = say(
    'Send the id, {"id": …}, or the value of a unique field such as {"code": "C-1"}.',
    '请填写编号、{"id": …}，或唯一字段的值，例如 {"code": "C-1"}。',
)


class Reverse(NamedItem):
    """The to-many side of a reference, on the far entity."""


class PointingSpec(FieldSpec):
    """A reference to records of one entity."""

    entity: EntityRef
    on_delete: OnDelete = "restrict"
    reverse: Reverse | None = None
    where: FarFilter | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the id of the far entity."""
        return (self.entity,)


def read_id(raw: Any) -> str:
    """Return the id of a record in its one form; refuses texts that are not ids."""
    if not isinstance(raw, str):
        raise wrong_type("an id", "编号")
    lowered = raw.lower() if len(raw) == 36 else ""
    if not _ID.match(lowered):
        raise BadValue("bad_format", say("{value} is not an id.", "{value} 不是编号。", value=quote(raw)), _HINT)
    return lowered


def read_reference(raw: Any) -> str | Lookup:
    """Return the id of a record, or the look-up that names it. Raises `BadValue`."""
    if isinstance(raw, str):
        return read_id(raw)
    if not isinstance(raw, dict) or not raw:
        raise wrong_type("an id or an object with one", "编号或含编号的 JSON 对象")
    if "id" in raw:
        if not raw.keys() <= _SHOWN_BESIDE_ID:
            raise BadValue("wrong_type", say("Beside the id there is something else.", "除编号外还有其他内容。"), _HINT)
        return read_id(raw["id"])
    if len(raw) > 1:
        raise BadValue("wrong_type", say("A record is named by one unique field.", "只能用一个唯一字段指定记录。"), _HINT)
    return _read_lookup(*next(iter(raw.items())))


def _read_lookup(field: Any, value: Any) -> Lookup:
    if field == LINK and isinstance(value, dict):
        return _read_link(value)
    if not isinstance(field, str) or not NAME.match(field):
        raise BadValue(
            "unknown_field", say("{value} is not the name of a field.", "{value} 不是字段名称。", value=quote(str(field))), _HINT
        )
    if isinstance(value, str) and value.strip():
        return Lookup(field, read_text(value, 2000))
    if isinstance(value, int) and not isinstance(value, bool):
        return Lookup(field, value)
    raise BadValue(
        "wrong_type", say("The value of {field} must be a text or a whole number.", "{field} 的值必须是文本或整数。", field=field), _HINT
    )


def _read_link(value: dict[str, Any]) -> Linked:
    system, number = value.get("system") or "", value.get("external_id")
    number = str(number) if isinstance(number, int) and not isinstance(number, bool) else number
    if not value.keys() <= {"system", "external_id"} or not isinstance(system, str) or not isinstance(number, str) or not number.strip():
        message = say("An external number has a system and an external_id.", "外部编号由 system 和 external_id 组成。")
        raise BadValue("wrong_type", message, say('Such as {"source_link": {"system": "crm", "external_id": "4711"}}.', '例如 {"source_link": {"system": "crm", "external_id": "4711"}}。'))
    return Linked(LINK, read_text(number, 200), read_text(system, 60) if system else "")
