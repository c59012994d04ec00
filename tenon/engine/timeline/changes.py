"""What was changed in the record itself: the entries of its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from tenon.engine import history
from tenon.engine.people import names_of
from tenon.engine.records.histories import name_merged, titles_of_merged
from tenon.engine.records.merges import merges_into
from tenon.engine.sql.sets import id_set
from tenon.engine.timeline.sources import Reader

NAME = "change"
MOST_MERGED = 20
"""The histories of so many absorbed records are told beside that of the record, the latest."""


class Changes:
    """The history of the record, or of one that was merged into it; an update that touched nothing the reader may see tells nothing."""

    types = ("change",)

    def __init__(self, reader: Reader, *, merged: str | None = None, is_merged: bool = False) -> None:
        self.reader = reader
        self.name = f"{NAME}:{reader.id}" if is_merged else NAME
        self.of = {"of": {"id": reader.id, "title": merged}} if is_merged else {}

    def events(self) -> Select[Any]:
        """Return when the record was made, changed, deleted and restored."""
        h = history.history.c
        return select(h.at.label("at"), h.id.label("key")).where(h.record == self.reader.id, h.entity == self.reader.entity.id)

    def tell(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the entries with the changes that the reader may see."""
        reader = self.reader
        wanted = history.history.c.id.in_(id_set(reader.uow.dialect, keys))
        entries = history.entries(reader.uow, reader.entity, reader.id, reader.seen, wanted)
        name_merged(reader.uow, reader.rights, reader.entity, entries)
        names = names_of(reader.uow.connection, [e["by"] for e in entries if e["by"]])
        return {
            e["id"]: {"type": "change", "by": {"id": e["by"], "title": names.get(e["by"])} if e["by"] else None, "change": e, **self.of}
            for e in entries
            if e["changes"] or e["action"] != "update"
        }


def change_sources(reader: Reader) -> list[Changes]:
    """Return the history of the record and of those that were merged into it, as far as the reader sees them."""
    absorbed = [id for merge in merges_into(reader.uow, reader.id) for id in merge.absorbed][-MOST_MERGED:]
    titles = titles_of_merged(reader.uow, reader.rights, reader.entity, absorbed) if absorbed else {}
    others = [Changes(Reader(reader.uow, reader.ctx, reader.entity, id), merged=titles[id], is_merged=True) for id in titles]
    return [Changes(reader), *others]
