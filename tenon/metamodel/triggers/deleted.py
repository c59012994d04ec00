"""The trigger deleted: a record went to the trash."""

from __future__ import annotations

from typing import ClassVar, Literal

from tenon.metamodel.labels import Text, say
from tenon.metamodel.triggers.base import Trigger


class Deleted(Trigger):
    """A record went to the trash."""

    type: Literal["deleted"]

    LABEL: ClassVar[Text] = say("A record is deleted", "删除记录时")
