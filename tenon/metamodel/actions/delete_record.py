"""The action delete_record: the record goes to the trash."""

from __future__ import annotations

from typing import ClassVar, Literal

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say


class DeleteRecord(Action):
    """The record goes to the trash."""

    type: Literal["delete_record"]

    LABEL: ClassVar[Text] = say("Delete the record", "删除记录")
