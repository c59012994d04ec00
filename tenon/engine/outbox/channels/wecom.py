"""A group in WeCom, through its robot."""

from __future__ import annotations

from typing import Any

from tenon.engine.messages.log import note_outcome as ended
from tenon.engine.messages.robots import Robot, call, ready, text_of
from tenon.engine.outbox.table import Delivery
from tenon.engine.outside import Outside
from tenon.metamodel.labels import Text

LABEL = Text("WeCom group", "企业微信群")
LONGEST, TOO_FAST = 2_048, (45009,)

__all__ = ["LABEL", "deliver", "ended", "ready"]


def deliver(outside: Outside, row: Delivery) -> dict[str, Any]:
    """Write a text to the group."""
    robot: Robot = row.ready
    return call(outside, robot.url, {"msgtype": "text", "text": {"content": text_of(row, LONGEST)}}, code=("errcode",), too_fast=TOO_FAST)
