"""Who gets a message: people of the workspace, contacts, or addresses that stand in the record itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context, system_context
from tenon.engine.query.paths import select_paths
from tenon.engine.query.shaping import Shape
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.check_messages import ADDRESSES, holder_of
from tenon.metamodel.consent import AGREED, LEFT, LEFT_AT, NEVER, asked
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.naming import find_path

REFUSALS: dict[str, Text] = {
    "gone": Text("has left", "已离开"), "do_not_contact": Text("wants no contact", "不接受任何联系"), "unsubscribed": Text("has unsubscribed", "已退订"),
    "no consent": Text("has not agreed to it", "未授权"),
}  # fmt: skip
"""Why nothing is sent to somebody."""


@dataclass(frozen=True)
class Addressee:
    """Somebody who gets a message: the address of the channel (the id of a person for ``in_app``), a name, a language.

    ``person`` is who of the workspace it is, as who they read; ``contact`` the record that stands for them, with its entity.
    ``refused`` says why nothing is sent.
    """

    address: str
    name: str = ""
    person: Context | None = None
    language: str | None = None
    contact: tuple[Entity, str] | None = None
    refused: str | None = None


def in_field(uow: UnitOfWork, entity: Entity, path: str, ids: Collection[str], channel: str, *, is_marketing: bool) -> dict[str, Addressee]:
    """Return whom a field that is no person names, by record: an address, or a record that has one. Without an address nobody."""
    fields = find_path(uow.model, entity, path)
    wanted = ADDRESSES.get(channel)
    if not fields or wanted is None:
        return {}
    last = fields[-1]
    is_reference = last.type.kind == "reference"
    steps = fields if is_reference else fields[:-1]
    holder = holder_of(fields, entity, uow.model)
    address = (address_field(holder, channel) if is_reference else last) if holder is not None else None
    if holder is None or address is None or address.spec.type != wanted:
        return {}
    name = ".".join(field.name for field in steps)
    linked = {id: str(value["id"]) for id, value in _values(uow, entity, [name], ids, name) if value} if steps else {id: id for id in ids}
    known = _known(uow, holder, address, set(linked.values()))
    found = {}
    for id, target in linked.items():
        row = known.get(target)
        if row is not None and row.get(address.name):
            refused = refusal(holder, row, channel, is_marketing=is_marketing)
            title = str(row.get(holder.title or "") or "")
            found[id] = Addressee(str(row[address.name]), title, contact=(holder, target), language=row.get("language"), refused=refused)
    return found


def refused_now(uow: UnitOfWork, entity: Entity, record: str, channel: str, *, is_marketing: bool) -> str | None:
    """Return why the one that a message was written for is not written to any more; ``gone`` where the record is."""
    address = address_field(entity, channel)
    row = _known(uow, entity, address, {record}).get(record) if address is not None else None
    return refusal(entity, row, channel, is_marketing=is_marketing) if row is not None else "gone"


def address_field(entity: Entity, channel: str) -> Field | None:
    """Return the field of an entity that holds an address of a channel."""
    kind = ADDRESSES.get(channel)
    return next((f for f in entity.fields.values() if kind is not None and f.spec.type == kind), None)


def refusal(entity: Entity, row: Mapping[str, Any], channel: str, *, is_marketing: bool) -> str | None:
    """Return why somebody is not written to: gone, wanting nothing at all, and of marketing: unsubscribed, or without the consent it needs."""
    if row.get("active") is False or row.get("left_at"):
        return "gone"
    if any(row.get(name) for name in NEVER):
        return "do_not_contact"
    if is_marketing and any(row.get(name) for name in (*LEFT, LEFT_AT)):
        return "unsubscribed"
    if is_marketing and AGREED in entity.fields and channel not in (row.get(AGREED) or ()):
        return "no consent"
    return None


def _known(uow: UnitOfWork, entity: Entity, address: Field, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    names = dict.fromkeys(f.name for f in (address, entity.fields.get(entity.title or ""), *asked(entity)) if f is not None)
    return {row["id"]: row for row in _rows(uow, entity, list(names), ids)}


def _values(uow: UnitOfWork, entity: Entity, paths: list[str], ids: Collection[str], key: str) -> list[tuple[str, Any]]:
    return [(row["id"], row.get(key)) for row in _rows(uow, entity, paths, ids)]


def _rows(uow: UnitOfWork, entity: Entity, paths: list[str], ids: Collection[str]) -> list[dict[str, Any]]:
    """Return living records as the platform sees them: whom something is for is said by the rule, not by what people may read."""
    rights = rights_of(uow.model, system_context())
    if not ids:
        return []
    source = Source(environment(uow, rights), entity)
    shape = Shape(rights, source, select_paths(rights, entity, paths))
    alive = (source.alias.c.id.in_(id_set(uow.dialect, ids)), source.alias.c.deleted_at.is_(None))
    return list(shape.records(uow, uow.connection.execute(select(*shape.columns).select_from(source.from_clause).where(*alive)).all()))


