"""The JSON Schema of each kind of document."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.metamodel.errors import not_found
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.reference import described_schema
from tenon.platform.api.answers import dump
from tenon.platform.api.calls import ThisCall

router = APIRouter(prefix="/schemas")


@router.get("/{kind}")
def get_schema(kind: str, call: ThisCall) -> Response:
    """Return the JSON Schema (draft 2020-12) of a kind, described in the caller's language."""
    call.params(())
    if kind not in KINDS:
        raise not_found()
    return Response(dump(described_schema(kind, call.ctx.language)), media_type="application/schema+json")
