"""What every trigger of a rule has."""

from __future__ import annotations

from typing import ClassVar

from tenon.metamodel.item import Item
from tenon.metamodel.labels import Text


class Trigger(Item):
    """What wakes a rule; a trigger is a subclass in a file of this folder, its ``type`` a literal.

    ``MAY_BE_BEFORE``: rules on it may run before the record is stored. ``IS_ENTRY``: each waking is an entry of its own.
    ``HEARS``: the entities whose records wake it, where these are others than those of the rule.
    """

    type: str

    LABEL: ClassVar[Text]
    MAY_BE_BEFORE: ClassVar[bool] = False
    IS_ENTRY: ClassVar[bool] = False
    HEARS: ClassVar[tuple[str, ...]] = ()
