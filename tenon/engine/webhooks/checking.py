"""At a publish the addresses that rules, workflows and connectors call are checked: what lies inside the network is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.actions.call_webhook import CallWebhook
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.kinds.connector import ClientAuth
from tenon.metamodel.model import Model
from tenon.metamodel.walk import walk_items

CALLING = ("rule", "workflow", "connector")


def check_addresses(uow: UnitOfWork, _ctx: Any, old: Model, _release: Any) -> None:
    """Raise Invalid for an address that new or changed documents call and that may not be called."""
    problems: list[Problem] = []
    for document in (d for kind in CALLING for d in uow.model.all(kind)):
        before = old.documents.get(document.id)
        if before is not None and before.json == document.json:
            continue
        if document.kind == "connector":
            problems += _wrong_of(uow, document)
        for pointer, _, item in walk_items(document.json, document.body):
            if isinstance(item, CallWebhook) and item.url is not None:
                problems += _wrong(uow, item.url, f"/{document.kind}/{document.name}{pointer}")
    if problems:
        raise Invalid(problems)


def _wrong_of(uow: UnitOfWork, document: Document) -> Iterator[Problem]:
    """Yield what is wrong with the addresses of a connector."""
    place, connection = f"/{document.kind}/{document.name}", document.body.connection
    yield from (replace(p, path=f"{place}/connection/base_url") for p in _wrong(uow, connection.base_url, ""))
    if isinstance(connection.auth, ClientAuth):
        yield from (replace(p, path=f"{place}/connection/auth/token_url") for p in _wrong(uow, connection.auth.token_url, ""))


def _wrong(uow: UnitOfWork, url: str, path: str) -> tuple[Problem, ...]:
    try:
        uow.outside.http.check(url)
    except Invalid as error:
        return error.at(path).problems
    return ()
