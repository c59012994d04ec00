"""What an action says of what it did, beyond its name: to whom a message was not sent, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenon.engine.messages.addressees import REFUSALS
from tenon.metamodel.labels import Text, say

MOST = 5


def not_sent(effect: Mapping[str, Any] | None, language: str) -> tuple[str, ...]:
    """Return whom a message was not sent to, each with why."""
    refused = [each for each in (effect or {}).get("sent") or () if each.get("refused")]
    return tuple(say("Not sent to {name}: {why}", "未发送给{name}：{why}", name=each["to"], why=_why(each["refused"])).show(language) for each in refused[:MOST])


def _why(reason: str) -> Text:
    return REFUSALS.get(reason, Text(reason, reason))
