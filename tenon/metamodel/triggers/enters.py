"""The trigger enters: a condition became true for a record, by whatever change, also of other records or of the day."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr
from tenon.metamodel.triggers.base import Trigger


class Enters(Trigger):
    """A condition became true for a record, by whatever change, also of other records or of the day."""

    type: Literal["enters"]
    when: Annotated[str, Expr("boolean", of="document")]

    LABEL: ClassVar[Text] = say("A condition becomes true", "条件变为成立时")
    IS_ENTRY: ClassVar[bool] = True
