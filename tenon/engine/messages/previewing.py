"""How a message would read: about one record, in one language, with what who asks may see of it."""

from __future__ import annotations

from tenon.engine import outbox
from tenon.engine.context import Context
from tenon.engine.messages.reading import read_values
from tenon.engine.messages.reading_lists import read_lists
from tenon.engine.messages.rendering import Written, lists_of, paths_of, write
from tenon.engine.messages.sending import formats_of, link_to
from tenon.engine.messages.unsubscribing import EXAMPLE, PATH
from tenon.engine.notices.telling import notice, tell
from tenon.engine.outbox import NewDelivery
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.kinds.message import MessageKind
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

TEST = "test"


def preview(uow: UnitOfWork, ctx: Context, entity: Entity, body: MessageKind, record: str, language: str) -> Written:
    """Return a message as whoever asks would read it. Raises NotFound for a record out of their sight, Invalid for a template that is not allowed."""
    formats = formats_of(uow, language)
    found = read_values(uow, ctx, entity, [record], paths_of(body, language), formats)
    if record not in found:
        raise not_found()
    name = ctx.user.name if ctx.user is not None else ""
    leave = f"{uow.outside.base_url}{PATH}{EXAMPLE}" if body.is_newsletter else ""
    rows = read_lists(uow, ctx, None, entity, body, [record], lists_of(body, language), formats)
    return write(body, found[record], formats, recipient=name, link=link_to(uow, entity, record), leave=leave, lists=rows[record])


def send_test(uow: UnitOfWork, ctx: Context, entity: Entity, body: MessageKind, record: str, language: str) -> None:
    """Send a message to whoever asks, to nobody else; the log does not have it. Raises NotFound, Invalid."""
    if ctx.user is None or body.channel not in ("email", "in_app"):
        message = say("A test goes by mail or inside the product only.", "测试仅支持邮件或站内消息。")
        raise Invalid(Problem("/channel", "refused", message, say("Look at the preview.", "请查看预览。")))
    written = preview(uow, ctx, entity, body, record, language)
    if body.channel == "in_app":
        tell(uow, [notice(ctx.user.id, written.subject, (entity, record), written.text)], TEST)
        return
    payload = {"to": ctx.user.email, "subject": written.subject, "text": written.text, "html": written.html, "sender_name": body.sender.name, "reply_to": body.sender.reply_to}
    outbox.put(uow.connection, NewDelivery(TEST, "email", f"{ctx.user.email}: {written.subject}", payload, cause={"kind": "person"}, entity=entity.name, record=record))
