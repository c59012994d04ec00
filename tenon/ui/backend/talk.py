"""Comments, tasks, activities and files about a record: ordinary records of entities that the release has by these names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from tenon.engine.query.pages import Ask, Page, page
from tenon.engine.records.save import allowed_ids
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import options_of, to_shown
from tenon.ui.backend.record import Record, may_point
from tenon.ui.block_shapes import Attachment, Attachments, Remark, Remarks, Todo, Todos
from tenon.ui.shapes import FileMark

SHOWN = 20
FINISHED = ("done", "cancelled", "closed")
DONE = "done"
SOMEBODY = Text("Somebody", "某人")


@dataclass(frozen=True)
class Talk:
    """An entity whose records can be about a record: through ``link``, a reference to its entity or one to any of several."""

    entity: Entity
    link: Field

    @property
    def title(self) -> Field:
        """The field that holds the text."""
        return self.entity.fields[str(self.entity.title)]

    def condition(self, id: str) -> str:
        """Return the filter of what is about a record."""
        return f"{self.link.name} == '{id}'"

    def pointer(self, entity: Entity, id: str) -> Any:
        """Return what the link holds for a record."""
        return {"entity": entity.name, "id": id} if self.link.storage.kind == "pair" else id

    def find(self, *types: str, name: str | None = None) -> Field | None:
        """Return the first field of some types, or the one of that name when it has one of them."""
        return next((f for f in self.entity.fields.values() if f.spec.type in types and name in (None, f.name)), None)


def find_talk(view: View, entity: Entity, name: str) -> Talk | None:
    """Return how records of an entity can be about those of another; None when it is not there, cannot, or is out of the reader's sight."""
    far = view.model.entities.get(name)
    if far is None or far is entity or not view.rights.may(far, "read"):
        return None
    title = far.fields.get(far.title) if far.title else None
    if title is None or not view.rights.may_read(far, title):
        return None
    straight = [f for f in far.fields.values() if f.spec.type == "reference" and f.type.entity == entity.id]
    any_of = [f for f in far.fields.values() if f.spec.type == "any_reference" and entity.id in f.targets]
    link = next((f for f in [*straight, *any_of] if view.rights.may_read(far, f)), None)
    return Talk(far, link) if link is not None else None


def relation_name(record: Record, talk: Talk) -> str | None:
    """Return the name of the relation along which the record has these."""
    return next((r.name for r in record.entity.relations.values() if r.field_id == talk.link.id), None)


def may_add(record: Record, talk: Talk) -> bool:
    """Return whether the reader may write one about the record."""
    return not record.is_deleted and may_point(record.view, talk.entity, talk.link)


def _page(record: Record, talk: Talk, fields: Collection[Field | None], filters: Collection[str] = (), **asked: Any) -> Page:
    view = record.view
    names = [f.name for f in fields if f is not None and view.rights.state(talk.entity, f) != "hidden"]
    ask = Ask([talk.condition(record.id), *filters], fields=list(dict.fromkeys(names)), limit=SHOWN, count="capped", **asked)
    return page(view.uow, view.ctx, talk.entity, ask)


def _list_url(record: Record, talk: Talk) -> str:
    return f"/records/{talk.entity.name}?{urlencode({'filter': talk.condition(record.id)})}"


def _allowed(record: Record, talk: Talk, action: str, ids: list[str]) -> set[str]:
    view = record.view
    if record.is_deleted or not view.rights.may(talk.entity, action):
        return set()
    allowed = allowed_ids(view.uow, view.rights, talk.entity, ids, action, [])
    return set(ids) if allowed is None else allowed


def _who(value: Any) -> str | None:
    return str(value["title"]) if isinstance(value, Mapping) and value.get("title") else None


def remarks(record: Record, talk: Talk) -> Remarks:
    """Return the newest comments."""
    fields = talk.entity.fields
    author, at = talk.find("user", name="author"), talk.find("datetime", name=talk.entity.time_field)
    found = _page(record, talk, [talk.title, fields["created_by"], fields["created_at"], author, at])
    deletable = _allowed(record, talk, "delete", [r["id"] for r in found.records])
    nobody = SOMEBODY.show(record.view.language)
    shown = tuple(
        Remark(
            r["id"], str(r.get(talk.title.name) or ""), *_told(r, author, at, nobody), r["id"] in deletable,
        )
        for r in found.records
    )  # fmt: skip
    most = getattr(talk.title.spec, "max_length", None) or 10_000
    return Remarks(talk.entity.name, shown, found.count, may_add(record, talk), _list_url(record, talk), most)


def _told(row: Mapping[str, Any], author: Field | None, at: Field | None, nobody: str) -> tuple[str, datetime]:
    """Return who wrote a comment and when: who made the record; where nobody did, as with what was brought along, what it says of itself."""
    if maker := _who(row.get("created_by")):
        return maker, _moment(row.get("created_at"))
    return (_who(row.get(author.name)) if author else None) or nobody, _moment((row.get(at.name) if at else None) or row.get("created_at"))


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(text) if isinstance(text, str) else datetime.min.replace(tzinfo=UTC)


def state_of(talk: Talk) -> Field | None:
    """Return the field that says whether a task is done."""
    return next((f for f in talk.entity.fields.values() if f.spec.type in ("stage", "choice") and DONE in (f.type.options or ())), None)


def todos(record: Record, talk: Talk) -> Todos:
    """Return the tasks that are to be done, those that are due first."""
    view, state = record.view, state_of(talk)
    due, owner = talk.find("date", "datetime", name="due"), talk.find("user", name="assignee") or talk.entity.fields["owner"]
    closed = [n for n in FINISHED if state is not None and n in (state.type.options or ())]
    filters = [f"{state.name} != '{n}'" for n in closed] if state is not None and view.rights.may_read(talk.entity, state) else []
    sort = [due.name] if due is not None and view.rights.may_read(talk.entity, due) else []
    found = _page(record, talk, [talk.title, due, owner, state], filters, sort=sort)
    done = (_page(record, talk, [], [f"not ({' and '.join(filters)})"]).count or 0) if filters else 0
    movable = _allowed(record, talk, "update", [r["id"] for r in found.records]) if state is not None else set()
    options = {o.name: o for o in options_of(view, state)} if state is not None else {}
    listed = []
    for r in found.records:
        at = to_shown(view, due, r.get(due.name)) if due is not None else None
        is_late = at is not None and (at < view.uow.now if isinstance(at, datetime) else at < view.uow.today)
        where = options.get(str(r.get(state.name))) if state is not None else None
        title = str(r.get(talk.title.name) or "–")
        listed.append(Todo(r["id"], title, at, _who(r.get(owner.name)), where, False, is_late, r["id"] in movable))
    name = relation_name(record, talk)
    add_url = f"{record.url}/add/{name}" if name is not None and may_add(record, talk) else None
    return Todos(talk.entity.name, tuple(listed), found.count or 0, done, add_url, _list_url(record, talk))


def attachments(record: Record, talk: Talk) -> Attachments | None:
    """Return the newest files; None when such records hold no file that the reader may see."""
    view, file = record.view, talk.find("file", "image")
    if file is None or not view.rights.may_read(talk.entity, file):
        return None
    found = _page(record, talk, [file, talk.entity.fields["created_by"], talk.entity.fields["created_at"]])
    deletable = _allowed(record, talk, "delete", [r["id"] for r in found.records])
    listed = []
    for r in found.records:
        mark = to_shown(view, file, r.get(file.name))
        if isinstance(mark, FileMark):
            who, at = _who(r.get("created_by")), r.get("created_at")
            listed.append(
                Attachment(r["id"], mark.name, mark.size, mark.type, mark.url, who, _moment(at) if at else None, r["id"] in deletable)
            )
    most = getattr(file.spec, "max_mb", None) or view.platform.settings.max_file_mb
    return Attachments(talk.entity.name, tuple(listed), found.count, may_add(record, talk), most, _list_url(record, talk))
