"""Leaving marketing mail and coming back, by the link of a mail; whoever has it needs no account."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.engine.messages import unsubscribing
from tenon.platform import audit
from tenon.ui.backend.base import View


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the page shows: the address with most of it left out, and how it stands; ``title`` stands above."""

    title: str
    address: str
    is_in: bool
    may_return: bool


def look(view: View, token: str, title: str) -> Leaving:
    """Return whose link it is and how it stands. Raises NotFound."""
    found = unsubscribing.find(view.uow, token)
    return Leaving(title, unsubscribing.masked(found.address), found.refused is None, found.may_return)


def leave(view: View, token: str, title: str) -> Leaving:
    """Note that somebody wants no more marketing by mail. Raises NotFound."""
    found = unsubscribing.find(view.uow, token)
    if unsubscribing.leave(view.uow, found):
        audit.write(view.uow.connection, view.ctx, "mail.unsubscribe", found.entity.name, found.record, {})
    return look(view, token, title)


def come_back(view: View, token: str, title: str) -> Leaving:
    """Note that somebody agrees to marketing by mail again. Raises NotFound."""
    found = unsubscribing.find(view.uow, token)
    if found.may_return and unsubscribing.come_back(view.uow, found):
        audit.write(view.uow.connection, view.ctx, "mail.subscribe", found.entity.name, found.record, {})
    return look(view, token, title)
