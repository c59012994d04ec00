"""Mail: the payload is ``to``, ``subject``, ``text`` and, where there are, ``html``, ``sender_name``, ``reply_to`` and ``log``."""

from __future__ import annotations

from typing import Any

from tenon.engine.messages.asking import ready
from tenon.engine.messages.log import note_outcome as ended
from tenon.engine.outbox.table import Delivery
from tenon.engine.outside import Mail, Outside
from tenon.metamodel.labels import Text

LABEL = Text("E-mail", "邮件")
KEPT = ("to", "subject", "log")
MORE = ("html", "sender_name", "reply_to", "unsubscribe")

__all__ = ["KEPT", "LABEL", "deliver", "ended", "ready"]


def deliver(outside: Outside, row: Delivery) -> dict[str, Any]:
    """Send one message; its Message-ID is made of the id, so a second one is recognised as the same."""
    payload = row.payload
    outside.mail.send(Mail(row.id, payload["to"], payload["subject"], payload["text"], **{name: payload.get(name) for name in MORE}))
    return {"to": payload["to"]}
