"""The trigger created: a record came."""

from __future__ import annotations

from typing import ClassVar, Literal

from tenon.metamodel.labels import Text, say
from tenon.metamodel.triggers.base import Trigger


class Created(Trigger):
    """A record came."""

    type: Literal["created"]

    LABEL: ClassVar[Text] = say("A record is created", "新建记录时")
    MAY_BE_BEFORE: ClassVar[bool] = True
