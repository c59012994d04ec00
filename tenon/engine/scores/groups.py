"""How groups of measures, the dimensions of a score, are called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tenon.metamodel.labels import Text

GROUPS = {
    "usage": Text("Usage", "使用情况"), "value": Text("Value", "价值"), "relationship": Text("Relationship", "客户关系"),
    "service": Text("Service", "服务"), "support": Text("Support", "支持"), "finance": Text("Finance", "财务"), "payment": Text("Payment", "付款"),
    "growth": Text("Growth", "增长"), "risk": Text("Risk", "风险"), "engagement": Text("Engagement", "参与度"), "product": Text("Product", "产品"),
    "contract": Text("Contract", "合同"), "commercial": Text("Commercial", "商务"), "outcome": Text("Outcome", "成效"), "adoption": Text("Adoption", "采用"),
}  # fmt: skip


def group_label(name: str | None, language: str) -> str | None:
    """Return how a group is called: a usual one in the reader's language, any other as it is written, with a capital letter."""
    if not name:
        return None
    usual = GROUPS.get(name.lower())
    words = name.replace("_", " ")
    return usual.show(language) if usual else words[:1].upper() + words[1:]


def named_groups(names: Iterable[str | None], language: str) -> dict[str, Any]:
    """Return the detail of a column that holds names of groups: each with its label, as the options of a choice."""
    return {"options": [{"name": name, "label": group_label(name, language)} for name in dict.fromkeys(names) if name]}
