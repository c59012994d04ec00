"""A message of the draft as it would read about a record, in both languages, and a test of it sent to oneself."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from tenon.engine.messages import previewing
from tenon.engine.query.pages import Ask, page
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Problem, TenonError, not_found
from tenon.metamodel.kinds.message import MessageKind
from tenon.metamodel.labels import say, sentences
from tenon.metamodel.model import Entity
from tenon.metamodel.naming import to_shown
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import title_of, title_path
from tenon.ui.backend.drafted import drafted
from tenon.ui.rich import formatted
from tenon.ui.shapes import Choice

RECORDS = 30


@dataclass(frozen=True, slots=True)
class Read:
    """A message in one language; ``markup`` for HTML, ``problem`` where it cannot be written."""

    language: str
    subject: str
    text: str
    markup: Markup | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class MessagePreview:
    """What can be chosen and how the message reads; ``note`` says why it does not."""

    name: str
    channel: str
    has_subject: bool
    records: tuple[Choice, ...]
    record: str
    read: tuple[Read, ...]
    note: str | None
    may_test: bool


def preview(view: View, name: str, record: str) -> MessagePreview:
    """Return a message of the draft about a record that the reader may see, the newest where none is chosen. Raises NotFound, Forbidden."""
    document, body, entity = _find(view, name)
    channel = body.channel
    if entity is None or not view.rights.may(entity, "read"):
        note = say("Records appear once their entity is published and may be read.", "对象发布且您有读取权限后将显示记录。")
        return MessagePreview(document.name, channel, False, (), "", (), note.show(view.language), False)
    found = page(view.uow, view.ctx, entity, Ask(fields=["id", *title_path(view, entity)], sort=["-created_at"], limit=RECORDS)).records
    records = tuple(Choice(r["id"], title_of(view, entity, r)) for r in found)
    chosen = record if any(r.name == record for r in records) else records[0].name if records else ""
    if not chosen:
        return MessagePreview(document.name, channel, False, (), "", (), say("There is no record to try it on yet.", "尚无记录可供预览。").show(view.language), False)
    order = ("zh", "en") if view.language == "zh" else ("en", "zh")
    read = tuple(_read(view, entity, body, chosen, language) for language in order)
    return MessagePreview(document.name, channel, channel in ("email", "in_app"), records, chosen, read, None, channel in ("email", "in_app"))


def send_test(view: View, name: str, record: str) -> None:
    """Send the message of the draft to whoever asks, in their language. Raises NotFound, Forbidden, Invalid."""
    _, body, entity = _find(view, name)
    if entity is None:
        raise not_found()
    previewing.send_test(view.uow, view.ctx, entity, body, record, view.language)


def _find(view: View, name: str) -> tuple[Document, MessageKind, Entity | None]:
    require_builder(view.ctx, "message")
    model = drafted(view)
    document = model.find("message", name)
    if document is None:
        raise not_found()
    return document, MessageKind.model_validate(to_shown(document, model)), view.model.find_entity(document.body.entity)


def _read(view: View, entity: Entity, body: MessageKind, record: str, language: str) -> Read:
    try:
        written = previewing.preview(view.uow, view.ctx, entity, body, record, language)
    except TenonError as error:
        return Read(language, "", "", None, _told(error.problems[0], view.language))
    markup = formatted(written.inner) if written.inner is not None else None
    return Read(language, written.subject, written.text, markup, None)


def _told(problem: Problem, language: str) -> str:
    return sentences(language, [problem.said(language), problem.to_json(language)["hint"]])
