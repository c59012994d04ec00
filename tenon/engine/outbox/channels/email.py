"""Mail: the payload is ``to``, ``subject``, ``text`` and ``html``."""

from __future__ import annotations

from typing import Any

from tenon.engine.outbox.table import Delivery
from tenon.engine.outside import Mail, Outside
from tenon.metamodel.labels import Text

LABEL = Text("E-mail", "邮件")
KEPT = ("to", "subject")


def deliver(outside: Outside, row: Delivery) -> dict[str, Any]:
    """Send one message; its Message-ID is made of the id, so a second one is recognised as the same."""
    payload = row.payload
    outside.mail.send(Mail(row.id, payload["to"], payload["subject"], payload["text"], payload.get("html")))
    return {"to": payload["to"]}
