"""The trigger message_received: a message or a comment from outside came in, about a record."""

from __future__ import annotations

from typing import ClassVar, Literal

from tenon.metamodel.item import OptionName
from tenon.metamodel.labels import Text, say
from tenon.metamodel.triggers.base import Trigger

COMMENT = "comment"
"""The channel of comments."""


class MessageReceived(Trigger):
    """A message or a comment from outside came in, about a record; without ``channel`` by any."""

    type: Literal["message_received"]
    channel: OptionName | None = None

    LABEL: ClassVar[Text] = say("A message comes in", "收到消息时")
    HEARS: ClassVar[tuple[str, ...]] = ("message_log", COMMENT)
