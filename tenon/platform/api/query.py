"""Questions over records: groups, measures, totals."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.query.answers import answer as find_answer
from tenon.engine.query.question import read_question
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import ThisCall

router = APIRouter(prefix="/query")


@router.post("")
def ask(call: ThisCall) -> Response:
    """Return columns, rows and totals."""
    call.params(())
    question = read_question(call.json())
    with call.platform.read() as uow:
        found = find_answer(uow, call.ctx, question)
    return answer(found, decimals=call.decimals)
