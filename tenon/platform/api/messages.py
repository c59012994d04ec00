"""Messages: how one would read about a record."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.messages.previewing import preview
from tenon.engine.releases.drafted import draft_one
from tenon.metamodel.errors import not_found
from tenon.metamodel.kinds.message import MessageKind
from tenon.metamodel.labels import LANGUAGES
from tenon.metamodel.naming import to_shown
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import one_of
from tenon.platform.api.calls import ThisCall, record_id

router = APIRouter(prefix="/messages")


@router.post("/{name}/preview")
def preview_message(name: str, call: ThisCall) -> Response:
    """Return a message of the draft, else of the release, about a record, with what the caller may see of it."""
    call.params(())
    call.builder()
    body: dict[str, Any] = call.json_object(("record", "language"))
    record = record_id(call.text_of(body, "record"))
    language = one_of(call.text_of(body, "language", required=False) or call.language, "language", LANGUAGES)
    with call.platform.read() as uow:
        drafted = draft_one(uow.connection, uow.model, "message", name, None)
        message = MessageKind.model_validate(to_shown(drafted.document, drafted.model))
        entity = uow.model.find_entity(drafted.document.body.entity)
        if entity is None:
            raise not_found()
        written = preview(uow, call.ctx, entity, message, record, str(language))
    return answer({"language": language, "channel": message.channel, "subject": written.subject, "text": written.text, "html": written.html})
