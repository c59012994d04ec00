"""What every trigger of a rule has."""

from __future__ import annotations

from typing import ClassVar

from tenon.metamodel.item import Item
from tenon.metamodel.labels import Text


class Trigger(Item):
    """What wakes a rule; a trigger is a subclass in a file of this folder, its ``type`` a literal.

    ``may_be_before``: rules on it may run before the record is stored. ``has_record``: it is about one record.
    """

    type: str

    LABEL: ClassVar[Text]
    MAY_BE_BEFORE: ClassVar[bool] = False
