"""What every action of a rule has."""

from __future__ import annotations

from typing import ClassVar

from tenon.metamodel.item import Item
from tenon.metamodel.labels import Text


class Action(Item):
    """What a rule does; an action is a subclass in a file of this folder, its ``type`` a literal.

    What it does is in the file of the same name in ``engine/rules/actions``. ``BEFORE``: it may stand in a rule that runs before
    the record is stored; ``AFTER``: in one that runs after.
    """

    type: str

    LABEL: ClassVar[Text]
    BEFORE: ClassVar[bool] = False
    AFTER: ClassVar[bool] = True
