"""Mixpanel: ``{"event", "properties": {"time", "distinct_id", "$insert_id", …}}``, as its import takes them.

Public shape: "Import Events" of Mixpanel's ingestion API. Groups are properties there, each under a name of one's own: the usual ones are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenon.engine.events import sent
from tenon.engine.events.sent import Sent

GROUPS = ("$group_id", "group_id", "groupId", "company_id", "account_id", "company", "account")
OWN = frozenset(("time", "distinct_id", "$insert_id", "$user_id", "$device_id", "token", *GROUPS))
IDENTITY = ("$identify", "$create_alias", "$merge")


def fits(item: Mapping[str, Any]) -> bool:
    """Return whether an item has this shape."""
    properties = item.get("properties")
    return "type" not in item and isinstance(properties, Mapping) and not properties.keys().isdisjoint(("distinct_id", "$insert_id", "$device_id", "$user_id"))


def read(item: Mapping[str, Any], path: str, system: str) -> Sent:
    """Return the event of an item. Raises Refused."""
    name, properties = sent.name_of(item, "event"), sent.mapping(item, "properties")
    if name in IDENTITY:
        return Sent("ignored", path)
    own = sent.small({k: v for k, v in properties.items() if k not in OWN})
    return Sent(
        "usage", path, name, sent.key(properties, "$user_id", "distinct_id", path="/properties"), sent.key(properties, *GROUPS, path="/properties"),
        sent.moment(properties, "time", path="/properties"), sent.key(properties, "$insert_id", path="/properties", most=sent.LONGEST_MESSAGE), sent.feature(properties),
        sent.quantity(properties), own, system=system,
    )  # fmt: skip
