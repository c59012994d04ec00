"""What every type of widget can do: answer for a reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from tenon.engine.reports.asked import Asked
from tenon.metamodel.labels import Text, say

NO_MEASURE = say("Needs something to measure.", "需要至少一个度量。")
ONE_GROUP = say("Needs exactly one group.", "需要恰好一个分组。")


@dataclass(frozen=True)
class Asking:
    """What a widget asks for, before it is asked: of each group whether it is a choice and the span its dates are put in; how many measures."""

    groups: tuple[tuple[bool, str | None], ...]
    measures: int


class Answers:
    """How widgets of some types answer."""

    types: ClassVar[tuple[str, ...]] = ()

    def lacks(self, type: str, asking: Asking) -> Text | None:
        """Return what keeps a question from being shown as one of these types, None when it can be."""
        return None

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return what is shown beside the head of the answer. Raises Invalid, NotFound."""
        raise NotImplementedError
