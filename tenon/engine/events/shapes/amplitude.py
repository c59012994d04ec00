"""Amplitude: ``{"event_type", "user_id", "time", "insert_id", "event_properties", "groups": {"company": "…"}}`` in ``{"events": […]}``.

Public shape: the HTTP V2 API of Amplitude; ``$identify`` and ``$groupidentify`` say who somebody is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenon.engine.events import sent
from tenon.engine.events.sent import Sent

GROUPS = ("company", "account", "customer", "organization", "org", "team")
LINKING = {"$identify": ("identify", "user_properties"), "$groupidentify": ("group", "group_properties")}


def fits(item: Mapping[str, Any]) -> bool:
    """Return whether an item has this shape."""
    return "event_type" in item


def read(item: Mapping[str, Any], path: str, system: str) -> Sent:
    """Return the event of an item. Raises Refused."""
    name, properties, groups = sent.name_of(item, "event_type"), sent.mapping(item, "event_properties"), sent.mapping(item, "groups")
    who: dict[str, Any] = {
        "path": path, "user": sent.key(item, "user_id", "device_id"), "group": sent.key(groups, *GROUPS, *groups, path="/groups"),
        "at": sent.moment(item, "time"), "message": sent.key(item, "insert_id", most=sent.LONGEST_MESSAGE), "system": system,
    }  # fmt: skip
    if name in LINKING:
        kind, said = LINKING[name]
        traits = sent.mapping(item, said)
        return Sent(kind, **who, traits=sent.small({**traits, **sent.mapping(traits, "$set", f"/{said}")}, f"/{said}"))  # type: ignore[arg-type]
    own = sent.small(properties, "/event_properties")
    return Sent("usage", **who, event=name, feature=sent.feature(properties), quantity=sent.quantity(properties), properties=own)
