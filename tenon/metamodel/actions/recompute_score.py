"""The action recompute_score: a score of the record is computed anew."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Ref


class RecomputeScore(Action):
    """A score of the record is computed anew."""

    type: Literal["recompute_score"]
    score: Annotated[str, Ref("score")]

    LABEL: ClassVar[Text] = say("Recompute a score", "重新计算评分")
