"""Pendo: ``{"type": "track", "event", "visitorId", "accountId", "timestamp", "properties", "context"}``.

Public shape: server-side track events of Pendo, the moment in milliseconds; there is no id of a message, ``messageId`` or ``id`` is taken when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenon.engine.events import sent
from tenon.engine.events.sent import Sent
from tenon.metamodel.labels import say


def fits(item: Mapping[str, Any]) -> bool:
    """Return whether an item has this shape."""
    return "visitorId" in item or "accountId" in item


def read(item: Mapping[str, Any], path: str, system: str) -> Sent:
    """Return the event of an item. Raises Refused."""
    if item.get("type") not in (None, "track"):
        raise sent.wrong("/type", "bad_choice", say("type is one of: {all}.", "type 可选：{all}。", all="track"))
    properties = sent.small(sent.mapping(item, "properties"))
    return Sent(
        "usage", path, sent.name_of(item, "event"), sent.key(item, "visitorId"), sent.key(item, "accountId"), sent.moment(item, "timestamp"),
        sent.key(item, "messageId", "id", most=sent.LONGEST_MESSAGE), sent.feature(properties), sent.quantity(properties), properties, system=system,
    )  # fmt: skip
