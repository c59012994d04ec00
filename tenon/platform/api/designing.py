"""Designing: operations on a document of the draft as steps, undo and redo."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.releases import steps
from tenon.engine.releases.meeting import meet, meet_step, telling_sides
from tenon.engine.releases.steps import Designed
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import ThisCall

router = APIRouter(prefix="/metadata")


@router.post("/{kind}/{name}/operations")
def operate(kind: str, name: str, call: ThisCall) -> Response:
    """Apply operations to a document of the draft as one step; with If-Match only over the revision that was seen."""
    call.params(())
    ctx, operations, seen = call.builder(), read_operations(call.json_object(("operations",)).get("operations")), call.if_match
    with call.platform.write() as uow, telling_sides(lambda: meet(uow.connection, ctx, uow.model, kind, name, operations, revision=seen or "")):
        return _answer(steps.operate(uow.connection, ctx, uow.model, kind, name, operations, now=uow.now, if_match=seen))


@router.post("/{kind}/{name}/undo")
def undo(kind: str, name: str, call: ThisCall) -> Response:
    """Take the last step of a document back; when somebody else went on over it, both sides are told."""
    call.params(())
    ctx = call.builder()
    call.json_object(())
    with call.platform.write() as uow, telling_sides(lambda: meet_step(uow.connection, ctx, uow.model, kind, name, "undo")):
        return _answer(steps.undo(uow.connection, ctx, uow.model, kind, name, now=uow.now))


@router.post("/{kind}/{name}/redo")
def redo(kind: str, name: str, call: ThisCall) -> Response:
    """Do the step again that was taken back last; when somebody else went on over it, both sides are told."""
    call.params(())
    ctx = call.builder()
    call.json_object(())
    with call.platform.write() as uow, telling_sides(lambda: meet_step(uow.connection, ctx, uow.model, kind, name, "redo")):
        return _answer(steps.redo(uow.connection, ctx, uow.model, kind, name, now=uow.now))


def read_operations(raw: Any) -> list[dict[str, Any]]:
    """Return a list of operations as it was sent. Raises Invalid."""
    if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
        message = say("operations is a list of objects.", "operations 应为 JSON 对象的列表。")
        hint = say('Such as {"op": "set", "at": "/label/en", "value": "Client"}.', '例如 {"op": "set", "at": "/label/zh", "value": "客户"}。')
        raise Invalid(Problem("/operations", "wrong_type", message, hint))
    return raw


def _answer(designed: Designed) -> Response:
    body = {"document": designed.document, "can_undo": designed.can_undo, "can_redo": designed.can_redo}
    return answer(body, headers={"ETag": f'"{designed.revision}"'})

