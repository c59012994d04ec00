"""What people do on the page of a record: say something, finish a task, add files, do what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from tenon.engine.next_actions import act
from tenon.engine.query.pages import matching
from tenon.engine.records import writing
from tenon.metamodel.errors import Invalid, NotFound, Problem, not_found
from tenon.metamodel.kinds.page import Block
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.platform import files
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.form_checks import Sent
from tenon.ui.backend.record import Record
from tenon.ui.backend.record_page import document_of
from tenon.ui.backend.talk import DONE, Talk, find_talk, state_of


def _talk(view: View, entity: str, id: str, name: str) -> tuple[Record, Talk]:
    record = Record(view, view.entity(entity), id_of(id))
    talk = find_talk(view, record.entity, name)
    if talk is None or record.is_deleted:
        raise not_found()
    return record, talk


def comment(view: View, entity: str, id: str, text: str) -> str:
    """Write a comment; whom it mentions is told by the engine. Raises Invalid, Forbidden, NotFound."""
    record, talk = _talk(view, entity, id, "comment")
    if not text:
        message = say("The comment is empty.", "评论内容为空。")
        raise Invalid(Problem("/text", "required", message, say("Write something.", "请输入内容。")))
    return writing.create(view.uow, view.ctx, talk.entity, {talk.title.name: text, talk.link.name: talk.pointer(record.entity, record.id)})


def finish(view: View, entity: str, id: str, task: str) -> None:
    """Set a task of the record to done. Raises Invalid, Forbidden, NotFound."""
    record, talk = _talk(view, entity, id, "task")
    state, at = state_of(talk), talk.find("datetime", name="done_at")
    own = [talk.condition(record.id), f"id == '{id_of(task)}'"]
    if state is None or not matching(view.uow, view.ctx, talk.entity, own):
        raise not_found()
    values = {state.name: DONE}
    if at is not None and view.rights.may_write(talk.entity, at, "update"):
        values[at.name] = view.uow.now.isoformat()
    writing.change(view.uow, view.ctx, talk.entity, id_of(task), values)


def attach(view: View, entity: str, id: str, sent: Sequence[Sent]) -> int:
    """Add files that are already on disk to the record, and return how many. Raises Invalid, Forbidden, NotFound."""
    record, talk = _talk(view, entity, id, "attachment")
    file = talk.find("file", "image")
    if file is None:
        raise not_found()
    rows = []
    for each in sent:
        row = files.add(view.uow.connection, view.ctx, each.stored, each.name)
        titled = {talk.title.name: each.name[:200]} if talk.title is not file and talk.title.is_written else {}
        rows.append({file.name: row["id"], talk.link.name: talk.pointer(record.entity, record.id), **titled})
    if rows:
        writing.write_many(view.uow, view.ctx, talk.entity, rows)
    return len(rows)


def do_next(view: View, entity: str, id: str, block: str, index: int, record: str) -> tuple[Entity, str]:
    """Press the button of an action, and return the record that was changed or made. Raises Conflict when something else is due by now."""
    found = Record(view, view.entity(entity), id_of(id))
    document = document_of(found)
    blocks: list[Block] = [b for t in document.body.tabs for b in t.blocks if b.id == block] if document is not None else []
    if not blocks or not found.holds(blocks[0].visible):
        raise NotFound(not_found().problems)
    return act(view.uow, view.ctx, found.entity, found.id, blocks[0].actions, index, id_of(record))
