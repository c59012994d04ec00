"""Sending a message about the record."""

from __future__ import annotations

from typing import Any

from tenon.engine.messages.addressees import Addressee, in_field
from tenon.engine.messages.sending import body_of, send, write_all
from tenon.engine.notices.telling import contexts_of
from tenon.engine.rules.whom import people_of
from tenon.engine.rules.work import Work
from tenon.metamodel.actions.send_message import SendMessage
from tenon.metamodel.check_messages import is_person
from tenon.metamodel.kinds.message import ROBOTS
from tenon.metamodel.naming import find_path
from tenon.metamodel.whom import Whom


def run(work: Work, action: SendMessage) -> dict[str, Any]:
    """Write the message for everybody who gets it, and put it on its way with a record of the log for each."""
    uow = work.uow
    document = uow.model.get("message", action.message)
    body = body_of(uow.model, document)
    if body.channel in ROBOTS:
        wanted = {record: [Addressee("")] for record in work.ids}
    else:
        wanted = _addressees(work, action.to, body.channel, is_marketing=body.category == "marketing") if action.to is not None else {}
    pieces = write_all(uow, work.ctx, work.entity, body, wanted, work.language)
    done = send(uow, work.ctx, work.entity, document, pieces, work.customers, cause=work.doer.label.show(work.language))
    effects: dict[str, Any] = {record: {"message": document.name, "sent": []} for record in work.ids}
    for piece, effect in zip(pieces, done, strict=True):
        effects[piece.record]["sent"].append(effect)
    return effects


def _addressees(work: Work, to: Whom, channel: str, *, is_marketing: bool) -> dict[str, list[Addressee]]:
    """Return who gets a message by record."""
    fields = find_path(work.uow.model, work.entity, to.field) if to.field is not None else None
    if fields and not is_person(fields[-1]):
        found = in_field(work.uow, work.entity, str(to.field), work.ids, channel, is_marketing=is_marketing)
        return {record: [each] for record, each in found.items()}
    people = people_of(work, to)
    known = contexts_of(work.uow, {person for listed in people.values() for person in listed})
    made = {id: _person(ctx.user.email, ctx.user.name, channel, id, ctx) for id, ctx in known.items() if ctx.user is not None}
    return {record: [made[person] for person in dict.fromkeys(listed) if person in made] for record, listed in people.items()}


def _person(email: str, name: str, channel: str, id: str, ctx: Any) -> Addressee:
    return Addressee(id if channel == "in_app" else email, name, ctx)
