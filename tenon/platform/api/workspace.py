"""The workspace: its name, language, time zone and logo, for whoever is signed in; administrators change it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from tenon.engine.files import file_facts
from tenon.platform import profile
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import Call, ThisCall

router = APIRouter(prefix="/workspace")


@router.get("")
def get_workspace(call: ThisCall) -> Response:
    """Return what the workspace is called, its language, time zone and logo."""
    call.params(())
    with call.platform.read() as uow:
        body = _shown(call, uow.connection, profile.find(uow.connection))
    return answer(body)


@router.patch("")
def change_workspace(call: ThisCall) -> Response:
    """Change name, language or logo (the id of an uploaded picture); null takes a choice back. For administrators."""
    call.params(())
    ctx, values = call.admin(), call.json_object()
    with call.platform.write() as uow:
        changed = profile.change(uow.connection, ctx, values)
        uow.after_commit.append(call.platform.profile.forget)
        body = _shown(call, uow.connection, changed)
    return answer(body)


def _shown(call: Call, connection: Connection, found: profile.Profile) -> dict[str, Any]:
    logo = file_facts(connection, [found.logo]).get(found.logo) if found.logo else None
    return {
        "name": found.name, "language": found.language or call.platform.settings.language, "timezone": str(call.platform.settings.timezone),
        "logo": {**logo, "url": profile.logo_url(logo["id"])} if logo else None,
    }  # fmt: skip
