"""Notices: what somebody was told, how many are unread, and that they were read; there where the app ``core`` is installed."""

from __future__ import annotations

from typing import Any

from tenon.engine.notices.unread import MINE, UNREAD, readable_notices, unread as count_unread
from tenon.engine.query.pages import Ask, get, page
from tenon.engine.records import writing
from tenon.metamodel.errors import not_found
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import Column, columns_of
from tenon.ui.shapes import Choice, Link
from tenon.ui.shell_shapes import Notice, NoticeList

NAME = "notice"
SHOWN = ("title", "text", "record", "level", "at", "read_at")
SIZE = 20
MOST_READ_AT_ONCE = 500


def entity_of(view: View) -> Entity | None:
    """Return the entity of notices, None where there is none or the reader sees none."""
    return readable_notices(view.uow, view.ctx)


def unread(view: View) -> int | None:
    """Return how many notices this person has not read, None where there are no notices."""
    return count_unread(view.uow, view.ctx)


def latest(view: View) -> NoticeList:
    """Return the latest notices of this person; raises NotFound where there are none."""
    entity = _entity(view)
    columns = {c.field.name: c for c in columns_of(view, entity, SHOWN)}
    asked = ["id", *(path for c in columns.values() for path in c.paths)]
    found = page(view.uow, view.ctx, entity, Ask([MINE], sort=["-at"], fields=asked, limit=SIZE))
    notices = tuple(_notice(view, columns, record) for record in found.records)
    return NoticeList(notices, unread(view) or 0, f"/records/{NAME}")


def read(view: View, id: str) -> str:
    """Note that a notice was read and return the address of what it is about, the list of notices when of nothing."""
    entity, record = _entity(view), id_of(id)
    columns = {c.field.name: c for c in columns_of(view, entity, SHOWN)}
    kept = get(view.uow, view.ctx, entity, record, ["id", *(p for c in columns.values() for p in c.paths)])
    notice = _notice(view, columns, kept)
    if not notice.is_read:
        writing.change(view.uow, view.ctx, entity, record, {"read_at": view.uow.now.isoformat()})
    about = notice.about
    return f"/records/{about.entity}/{about.id}" if about is not None and about.entity else f"/records/{NAME}/{record}"


def read_all(view: View) -> int:
    """Note that every notice of this person was read and return how many were not."""
    entity = _entity(view)
    found = page(view.uow, view.ctx, entity, Ask([UNREAD], fields=["id"], limit=MOST_READ_AT_ONCE)).records
    at = view.uow.now.isoformat()
    if found:
        writing.write_many(view.uow, view.ctx, entity, [{"id": r["id"], "read_at": at} for r in found], mode="update")
    return len(found)


def _entity(view: View) -> Entity:
    found = entity_of(view)
    if found is None:
        raise not_found()
    return found


def _notice(view: View, columns: dict[str, Column], record: dict[str, Any]) -> Notice:
    values = {name: c.value(view, record) for name, c in columns.items()}
    level = next((o for o in columns["level"].field.options if o.name == values.get("level")), None) if "level" in columns else None
    level = level or Choice("info", "", "blue")
    about = values.get("record")
    return Notice(
        record["id"], str(values["title"] or ""), values.get("text"), level.colour or "blue", level.label, values["at"],
        values["read_at"] is not None, about if isinstance(about, Link) else None,
    )  # fmt: skip
