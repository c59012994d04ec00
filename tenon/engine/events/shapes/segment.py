"""Segment: ``{"type": "track", "event", "userId", "timestamp", "properties", "messageId", "context": {"groupId"}}``.

Public shape: the HTTP tracking API of Segment; identify, group, page and screen have the same frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenon.engine.events import sent
from tenon.engine.events.sent import Sent
from tenon.metamodel.labels import say

TYPES = ("track", "page", "screen", "identify", "group", "alias")


def fits(item: Mapping[str, Any]) -> bool:
    """Return whether an item has this shape: every one that is no other."""
    return "type" in item or "event" in item


def read(item: Mapping[str, Any], path: str, system: str) -> Sent:
    """Return the event of an item. Raises Refused."""
    kind = item.get("type") or "track"
    if kind not in TYPES:
        raise sent.wrong("/type", "bad_choice", say("type is one of: {all}.", "type 可选：{all}。", all=", ".join(TYPES)))
    context, properties = sent.mapping(item, "context"), sent.small(sent.mapping(item, "properties"))
    system = sent.key(context, "system", path="/context", most=sent.LONGEST_SYSTEM) or system
    group = sent.key(item, "groupId") or sent.key(context, "groupId", path="/context") or sent.key(properties, "groupId", path="/properties")
    who: dict[str, Any] = {
        "path": path, "user": sent.key(item, "userId", "anonymousId"), "group": group, "at": sent.moment(item, "timestamp", "originalTimestamp", "sentAt"),
        "message": sent.key(item, "messageId", most=sent.LONGEST_MESSAGE), "system": system,
    }  # fmt: skip
    if kind == "alias":
        return Sent("ignored", path)
    if kind in ("identify", "group"):
        return Sent("identify" if kind == "identify" else "group", **who, traits=sent.small(sent.mapping(item, "traits"), "/traits"))
    name = sent.name_of(item, "event") if kind == "track" else kind
    feature = sent.feature(properties) or (sent.key(item, "name", most=sent.LONGEST_NAME) if kind != "track" else None)
    return Sent("usage", **who, event=name, feature=feature, quantity=sent.quantity(properties), properties=properties)
