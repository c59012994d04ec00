"""Asking once more, when a message is about to go: whoever should get it may have left or unsubscribed while it waited."""

from __future__ import annotations

from tenon.engine.messages.addressees import REFUSALS, refused_now
from tenon.engine.messages.log import REFUSED
from tenon.engine.outbox.table import Delivery
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say


def ready(uow: UnitOfWork, row: Delivery) -> None:
    """Raise Invalid for a message to somebody who does not want it any more."""
    asked = row.payload.get("asked")
    entity = uow.model.entities.get(asked["entity"]) if asked else None
    if asked is None or entity is None:
        return
    why = refused_now(uow, entity, asked["record"], row.channel, is_marketing=bool(asked["marketing"]))
    if why is not None:
        message = say("Not sent: whoever should get it {why}.", "未发送：接收人{why}。", why=REFUSALS[why])
        raise Invalid(Problem("", REFUSED, message, say("Look at the fields of the contact.", "请查看联系人的相关字段。")))
