"""What a link from a mail opens: one decision with what its person may see of the record, and deciding by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from starlette.datastructures import FormData

from tenon.engine.workflows.tables import human_tasks
from tenon.platform import decision_links
from tenon.platform.workspace import Platform
from tenon.ui.backend import asking
from tenon.ui.backend.base import View, open_read, open_write
from tenon.ui.backend.record import Record
from tenon.ui.backend.record_page import document_of, drafted_head
from tenon.ui.decision_shapes import Asked
from tenon.ui.record_shapes import Fact


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """Whom a link is for, what it asks, and what they may see of the record."""

    name: str
    asked: Asked
    facts: tuple[Fact, ...]


def opened(
    platform: Platform, token: str, language: str, sent: FormData | None = None, errors: Mapping[str, tuple[str, ...]] | None = None,
) -> OpenedLink:  # fmt: skip
    """Return what a link is for, with what was typed and is wrong with it; looking does not use it up. Raises Unauthenticated, NotFound."""
    with platform.read() as uow:
        found = decision_links.open_link(uow, token)
    ctx = replace(found.ctx, language=language)
    with open_read(platform, ctx) as view:
        asked = asking.one(view, found.task, asking.typed_of(view, found.task, sent) if sent is not None else None, errors)
        return OpenedLink(ctx.user.name if ctx.user else "", asked, facts_of(view, asked))


def typed(platform: Platform, token: str, sent: FormData) -> dict[str, Any]:
    """Return what was typed behind a link. Raises Unauthenticated, NotFound."""
    with platform.read() as uow:
        found = decision_links.open_link(uow, token)
    with open_read(platform, found.ctx) as view:
        return asking.typed_of(view, found.task, sent)


def decide(platform: Platform, token: str, what: str, sent: Mapping[str, Any]) -> None:
    """Decide as the person of a link, and use the link up; what is refused leaves it as it was. Raises Unauthenticated and what deciding raises."""
    with platform.read() as uow:
        ctx = decision_links.open_link(uow, token).ctx
    with open_write(platform, ctx) as view:
        found = decision_links.use(view.uow, token)
        asking.answer(view, found.task, what, sent)


def facts_of(view: View, asked: Asked) -> tuple[Fact, ...]:
    """Return the values of the record that its reader may see."""
    row = view.uow.connection.execute(select(human_tasks.c.entity, human_tasks.c.record).where(human_tasks.c.id == asked.id)).one()
    entity = view.model.find_entity(row.entity)
    if entity is None or asked.about is None:
        return ()
    record = Record(view, view.entity(entity.name), row.record)
    return drafted_head(record, document_of(record)).facts
