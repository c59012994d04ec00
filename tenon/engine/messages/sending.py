"""Sending: a message about a set of records to whoever gets it, each with what they may read, in their language, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenon.engine import outbox
from tenon.engine.context import Context
from tenon.engine.formats import Formats
from tenon.engine.messages.addressees import Addressee
from tenon.engine.messages.log import keep
from tenon.engine.messages.reading import read_for_both
from tenon.engine.messages.reading_lists import read_lists
from tenon.engine.messages.rendering import Written, lists_of, paths_of, write
from tenon.engine.messages.unsubscribing import link_for
from tenon.engine.notices.telling import notice, tell
from tenon.engine.outbox import NewDelivery
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.kinds.message import ROBOTS, MessageKind
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.naming import to_shown

KIND = "message"
Customers = Mapping[str, str]


@dataclass(frozen=True)
class Piece:
    """One message to one addressee about one record; ``written`` is None where nothing may be sent."""

    record: str
    addressee: Addressee
    written: Written | None
    leave: str = ""


def body_of(model: Model, document: Document) -> MessageKind:
    """Return a message with the present names of fields in its templates."""
    kept: dict[str, MessageKind] = model.cache.setdefault("messages", {})
    if document.id not in kept:
        kept[document.id] = MessageKind.model_validate(to_shown(document, model))
    return kept[document.id]


def formats_of(uow: UnitOfWork, language: str) -> Formats:
    """Return how values are written in a language."""
    return Formats(language, str(uow.timezone), lambda: uow.now)


def link_to(uow: UnitOfWork, entity: Entity, record: str) -> str:
    """Return the address of a record."""
    return f"{uow.outside.base_url}/records/{entity.name}/{record}" if uow.outside.base_url else ""


def write_all(
    uow: UnitOfWork, acting: Context, entity: Entity, body: MessageKind, wanted: Mapping[str, Sequence[Addressee]], language: str
) -> list[Piece]:  # fmt: skip
    """Write a message for every addressee of every record; a person of the workspace who may not read the record gets none. Raises Invalid."""
    groups: dict[tuple[str | None, str], list[tuple[str, Addressee]]] = {}
    for record, addressees in wanted.items():
        for each in addressees:
            spoken = each.person.language if each.person is not None else each.language if each.language in ("en", "zh") else language
            groups.setdefault((each.person.user_id if each.person is not None else None, spoken or language), []).append((record, each))
    pieces = []
    for (_, spoken), listed in groups.items():
        formats, reader = formats_of(uow, spoken), listed[0][1].person
        records = {record for record, _ in listed}
        values = read_for_both(uow, acting, reader, entity, records, paths_of(body, spoken), formats)
        rows = read_lists(uow, acting, reader, entity, body, records, lists_of(body, spoken), formats)
        for record, each in listed:
            if record in values:
                leave = link_for(uow, *each.contact, formats.language) if each.contact is not None and body.is_newsletter else ""
                written = None
                if each.refused is None:
                    written = write(body, values[record], formats, recipient=each.name, link=link_to(uow, entity, record), leave=leave, lists=rows[record])
                pieces.append(Piece(record, each, written, leave))
    return pieces


def send(uow: UnitOfWork, ctx: Context, entity: Entity, document: Document, pieces: Sequence[Piece], customers: Customers, *, cause: str) -> list[dict[str, Any]]:
    """Put messages on their way, each with a record of the log, in this transaction; return what was done with each."""
    body = body_of(uow.model, document)
    logs = keep(uow, ctx, [_logged(document, body, entity, piece, customers, cause) for piece in pieces])
    new: list[NewDelivery] = []
    rows = []
    done = []
    for piece, log in zip(pieces, logs, strict=True):
        effect: dict[str, Any] = {"to": piece.addressee.name or piece.addressee.address, "state": _state(body, piece)}
        if piece.written is not None and body.channel == "in_app":
            rows.append(notice(piece.addressee.address, piece.written.subject, (entity, piece.record), piece.written.text))
        elif piece.written is not None:
            delivery = _delivery(uow, ctx, entity, document, body, piece, log)
            new.append(delivery)
            effect["delivery"] = delivery.id
        done.append(effect | ({"refused": piece.addressee.refused} if piece.addressee.refused else {}))
    tell(uow, rows, f"message:{document.name}")
    if new:
        outbox.put_all(uow.connection, new)
    return done


def _state(body: MessageKind, piece: Piece) -> str:
    return "suppressed" if piece.written is None else "sent" if body.channel == "in_app" else "waiting"


def _logged(document: Document, body: MessageKind, entity: Entity, piece: Piece, customers: Customers, cause: str) -> dict[str, Any]:
    contact = piece.addressee.contact
    return {
        "channel": body.channel, "customer": customers.get(piece.record), "contact": contact[1] if contact and contact[0].name == "contact" else None,
        "recipient": piece.addressee.name if body.channel == "in_app" else piece.addressee.address or body.robot, "subject": piece.written.subject if piece.written else None,
        "body": piece.written.text if piece.written else None, "state": _state(body, piece), "message": document.name, "cause": cause,
        "record": {"entity": entity.name, "id": piece.record}, "error": piece.addressee.refused,
    }  # fmt: skip


def _delivery(uow: UnitOfWork, ctx: Context, entity: Entity, document: Document, body: MessageKind, piece: Piece, log: str | None) -> NewDelivery:
    assert piece.written is not None
    written, to = piece.written, piece.addressee.address
    payload: dict[str, Any] = {"to": to, "subject": written.subject, "text": written.text, "log": log}
    if body.channel == "email":
        payload |= {"html": written.html, "sender_name": body.sender.name, "reply_to": body.sender.reply_to, "unsubscribe": piece.leave or None}
    if piece.addressee.contact is not None:
        holder, contact = piece.addressee.contact
        payload["asked"] = {"entity": holder.name, "record": contact, "marketing": body.category == "marketing"}
    if body.channel in ROBOTS:
        payload["robot"] = body.robot
    if body.channel == "sms":
        payload["connector"] = body.connector
    endpoint = (body.robot if body.channel in ROBOTS else body.connector if body.channel == "sms" else None) or ""
    title = f"{to or body.robot}: {written.subject or written.text[:80]}"
    return NewDelivery(KIND, body.channel, title, payload, endpoint, f"{body.channel}:{to or endpoint}:{piece.record}", ctx.cause.to_json(), entity.name, piece.record, id=uow.new_id())


