"""What was changed in the record itself: the entries of its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from tenon.engine import history
from tenon.engine.people import names_of
from tenon.engine.sql.sets import id_set
from tenon.engine.timeline.sources import Reader


class Changes:
    """The history of the record; an update that touched nothing the reader may see tells nothing."""

    name = "change"
    types = ("change",)

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def events(self) -> Select[Any]:
        """Return when the record was made, changed, deleted and restored."""
        h = history.history.c
        return select(h.at.label("at"), h.id.label("key")).where(h.record == self.reader.id, h.entity == self.reader.entity.id)

    def tell(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the entries with the changes that the reader may see."""
        reader = self.reader
        wanted = history.history.c.id.in_(id_set(reader.uow.dialect, keys))
        entries = history.entries(reader.uow, reader.entity, reader.id, reader.seen, wanted)
        names = names_of(reader.uow.connection, [e["by"] for e in entries if e["by"]])
        return {
            e["id"]: {"type": "change", "by": {"id": e["by"], "title": names.get(e["by"])} if e["by"] else None, "change": e}
            for e in entries
            if e["changes"] or e["action"] != "update"
        }
