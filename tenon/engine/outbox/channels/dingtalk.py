"""A group in DingTalk, through its robot; signed when the secret has a key."""

from __future__ import annotations

from typing import Any

from tenon.engine.messages.log import note_outcome as ended
from tenon.engine.messages.robots import Robot, call, ready, sign_dingtalk, text_of
from tenon.engine.outbox.table import Delivery
from tenon.engine.outside import Outside
from tenon.metamodel.labels import Text

LABEL = Text("DingTalk group", "钉钉群")
LONGEST, TOO_FAST = 18_000, (130101, 410100)

__all__ = ["LABEL", "deliver", "ended", "ready"]


def deliver(outside: Outside, row: Delivery) -> dict[str, Any]:
    """Write a text to the group; the id lets DingTalk know a second one."""
    robot: Robot = row.ready
    now = outside.clock.real_now()
    url = sign_dingtalk(robot.url, robot.key, int(now.timestamp() * 1000)) if robot.key else robot.url
    body = {"msgtype": "text", "text": {"content": text_of(row, LONGEST)}, "msgUuid": row.id}
    return call(outside, url, body, code=("errcode",), too_fast=TOO_FAST)
