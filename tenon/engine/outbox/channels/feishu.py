"""A group in Feishu, through its robot; signed when the secret has a key."""

from __future__ import annotations

from typing import Any

from tenon.engine.messages.log import note_outcome as ended
from tenon.engine.messages.robots import Robot, call, ready, sign_feishu, text_of
from tenon.engine.outbox.table import Delivery
from tenon.engine.outside import Outside
from tenon.metamodel.labels import Text

LABEL = Text("Feishu group", "飞书群")
LONGEST, TOO_FAST = 18_000, (9499, 11232)

__all__ = ["LABEL", "deliver", "ended", "ready"]


def deliver(outside: Outside, row: Delivery) -> dict[str, Any]:
    """Write a text to the group; a value that reads like a mention stays a text."""
    robot: Robot = row.ready
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text_of(row, LONGEST).replace("<at", "<\u200bat")}}
    if robot.key:
        seconds = int(outside.clock.real_now().timestamp())
        body |= {"timestamp": str(seconds), "sign": sign_feishu(robot.key, seconds)}
    return call(outside, robot.url, body, code=("code", "StatusCode"), too_fast=TOO_FAST)
