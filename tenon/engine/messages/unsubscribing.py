"""Leaving marketing mail: a signed address that each mail carries, and what is written to every record with the address of whoever uses it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from tenon.engine.context import Cause, Context
from tenon.engine.messages.addressees import refused_now
from tenon.engine.records.writing import write_many
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.check_messages import ADDRESSES
from tenon.metamodel.consent import AGREED, agreed, keeps_consent, left, left_at
from tenon.metamodel.errors import NotFound, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

PATH = "/unsubscribe/"
EXAMPLE = "example"
"""Stands for a token in a preview; it opens nothing."""
CHANNEL = "email"
PURPOSE = "unsubscribe"
SIGNED = 16
LONGEST_TOKEN = 300
CAUSE = "unsubscribe"


@dataclass(frozen=True)
class Subscriber:
    """Whose mail a link stands in: their record, their address, and why marketing does not reach them, if it does not."""

    entity: Entity
    record: str
    address: str
    refused: str | None

    @property
    def may_return(self) -> bool:
        """Return whether they get none because of what they said themselves."""
        return self.refused in ("unsubscribed", "no consent")


def link_for(uow: UnitOfWork, entity: Entity, record: str, language: str) -> str:
    """Return the address at which somebody leaves; "" where nobody could reach it, or the entity keeps no consent."""
    return f"{uow.outside.base_url.rstrip('/')}{PATH}{token_of(uow, entity, record)}?lang={language}" if uow.outside.base_url and keeps_consent(entity, CHANNEL) else ""


def token_of(uow: UnitOfWork, entity: Entity, record: str) -> str:
    """Return the token of a record: always the same, and made by nobody who does not have the key of the workspace."""
    said = f"{entity.id}/{record}".encode()
    return base64.urlsafe_b64encode(_sign(uow, said) + said).decode().rstrip("=")


def find(uow: UnitOfWork, token: str) -> Subscriber:
    """Return whose link it is. Raises NotFound, the same for every one that does not work."""
    entity, record = _read(uow, token)
    table, columns = uow.tables.of(entity), _columns(entity)
    found = uow.connection.execute(select(*(table.c[each] for each in columns)).where(table.c.id == record, table.c.deleted_at.is_(None))).first() if columns else None
    value = next(filter(None, found), None) if found is not None else None
    if not value:
        raise _dead()
    return Subscriber(entity, record, str(value), refused_now(uow, entity, record, CHANNEL, is_marketing=True))


def masked(address: str) -> str:
    """Return an address of which only its owner knows all."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"


def leave(uow: UnitOfWork, subscriber: Subscriber) -> int:
    """Note on every record with this address that it wants no more marketing by mail; return how many were changed."""
    return _write(uow, subscriber, is_in=False)


def come_back(uow: UnitOfWork, subscriber: Subscriber) -> int:
    """Note on every record with this address that it agrees to marketing by mail; return how many were changed."""
    return _write(uow, subscriber, is_in=True)


def _write(uow: UnitOfWork, subscriber: Subscriber, *, is_in: bool) -> int:
    ctx = Context(None, "en", Cause("form", label=CAUSE), is_system=True)
    count = 0
    for entity in uow.model.entities.values():
        rows = _changes(uow, entity, subscriber.address, is_in=is_in)
        count += sum(row.action == "update" for row in write_many(uow, ctx, entity, rows, mode="update")) if rows else 0
    return count


def _columns(entity: Entity) -> list[str]:
    """Return the columns of the addresses of an entity whose records keep consent."""
    if entity.is_system or not keeps_consent(entity, CHANNEL):
        return []
    return [f.column for f in entity.fields.values() if f.spec.type == ADDRESSES[CHANNEL] and not f.is_formula]


def _changes(uow: UnitOfWork, entity: Entity, address: str, *, is_in: bool) -> list[dict[str, Any]]:
    addresses = _columns(entity)
    if not addresses:
        return []
    table, chosen, by_word, since = uow.tables.of(entity), agreed(entity, CHANNEL), left(entity), left_at(entity)
    columns = [table.c.id, *([table.c[chosen.column]] if chosen is not None else [])]
    same = or_(*(func.lower(table.c[each]) == address.lower() for each in addresses))
    found = uow.connection.execute(select(*columns).where(same, table.c.deleted_at.is_(None))).all()
    rows = []
    for id, *agreements in found:
        row: dict[str, Any] = {"id": id}
        if chosen is not None:
            row[AGREED] = _with(agreements[0] or (), is_in=is_in)
        if by_word is not None:
            row[by_word.name] = not is_in
        if since is not None:
            row[since.name] = None if is_in else uow.now.isoformat()
        rows.append(row)
    return rows


def _with(channels: Sequence[str], *, is_in: bool) -> list[str]:
    others = [each for each in channels if each != CHANNEL]
    return [*others, CHANNEL] if is_in else others


def _read(uow: UnitOfWork, token: str) -> tuple[Entity, str]:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) if len(token) <= LONGEST_TOKEN else b""
    except (binascii.Error, ValueError):
        raise _dead() from None
    signature, said = raw[:SIGNED], raw[SIGNED:]
    if not hmac.compare_digest(signature, _sign(uow, said)):
        raise _dead()
    id, _, record = said.decode().partition("/")
    entity = uow.model.entities_by_id.get(id)
    if entity is None:
        raise _dead()
    return entity, record


def _sign(uow: UnitOfWork, said: bytes) -> bytes:
    return hmac.new(uow.outside.secrets.key(PURPOSE), said, hashlib.sha256).digest()[:SIGNED]


def _dead() -> NotFound:
    message = say("This link does not work any more.", "该链接已失效。")
    return NotFound(Problem("", "not_found", message, say("Use the link in the newest mail, or answer it.", "请使用最新邮件中的链接，或直接回复邮件。")))
