"""The JSON Schema of each kind of document."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.metamodel.errors import not_found
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.schemas import schema_of
from tenon.platform.api.answers import dump
from tenon.platform.api.calls import ThisCall

router = APIRouter(prefix="/schemas")


@router.get("/{kind}")
def get_schema(kind: str, call: ThisCall) -> Response:
    """Return the JSON Schema (draft 2020-12) of a kind."""
    call.params(())
    _ = call.ctx
    if kind not in KINDS:
        raise not_found()
    return Response(dump(schema_of(kind)), media_type="application/schema+json")
