"""SMS, through a connector; until there is one a dead letter that says so."""

from __future__ import annotations

from typing import Any

from tenon.engine.messages.log import note_outcome as ended
from tenon.engine.outbox.table import Delivery
from tenon.engine.outside import Outside
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say

LABEL = Text("SMS", "短信")

__all__ = ["LABEL", "deliver", "ended"]


def deliver(_outside: Outside, row: Delivery) -> dict[str, Any]:
    """Refuse: no connector of this version sends SMS. Raises Invalid."""
    message = say("No connector sends SMS.", "没有可发送短信的连接器。")
    raise Invalid(Problem("/connector", "refused", message, say("Use another channel, or replay it once a connector is there.", "请改用其他渠道，或在配置连接器后重试。")))
