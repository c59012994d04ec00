"""Expressions that people type: checking and trying them, with the rights of who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import Response

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import rights_of
from tenon.engine.expression_values import read_given, read_moment
from tenon.engine.expressions import check_body, evaluate_body, show
from tenon.engine.query.pages import get
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.expressions.check import check as check_expression
from tenon.metamodel.expressions.scope import MayRead, Scope
from tenon.metamodel.labels import say
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import Members
from tenon.platform.api.calls import Call, ThisCall
from tenon.platform.api.metadata import drafted

router = APIRouter(prefix="/expressions")
EVALUATE = ("expression", "values", "entity", "record", "now")


@router.post("/check")
def check(call: ThisCall) -> Response:
    """Return type, reads, errors with positions and completions; ``?draft=true`` knows the names of the draft."""
    is_draft = _truth(call, "draft")
    body, ctx = call.json_object(), call.ctx
    with call.platform.read() as uow:
        is_builder = ctx.user is not None and (ctx.user.may_build or call.platform.builds(ctx.user))
        if is_draft:
            call.builder()
        # Who builds may know every name; everybody else only the fields they may read.
        model = drafted(uow) if is_draft else uow.model
        found = check_body(model, call.language, body, None if is_builder else _may_read(call, uow))
    return answer(found)


@router.post("/evaluate")
def evaluate(call: ThisCall) -> Response:
    """Return the value of an expression over given values, or over a record as the caller may see it."""
    call.params(())
    body, ctx = call.json_object(EVALUATE), call.ctx
    with call.platform.read() as uow:
        if body.get("record") is not None:
            found = _evaluate_record(call, uow, body)
        else:
            found = evaluate_body(uow.model, uow.timezone, uow.now, body, user=ctx.user, may_read=_may_read(call, uow))
    return answer(found, decimals=call.decimals)


def _evaluate_record(call: Call, uow: UnitOfWork, body: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the database, with the caller's rights on every row and field along every path."""
    members = Members(body)
    members.require("expression", "entity")
    text, name, item_id = members.text("expression"), members.text("entity"), members.text("record")
    members.check()
    entity = uow.model.entities.get(name or "")
    if entity is None or entity.is_system or len(item_id or "") != 36:
        raise not_found("/record")
    get(uow, call.ctx, entity, (item_id or "").lower(), ["id"])
    raw = body.get("values") or {}
    if not isinstance(raw, dict):
        raise Invalid(Problem("/values", "wrong_type", say("values is an object.", "values 应为 JSON 对象。"), say('Send {"name": value}.', '请提交 {"名称": 值}。')))
    values, types = read_given(raw, "/values", entity)
    try:
        expression = check_expression(text or "", Scope(uow.model, entity, values=types, may_read=_may_read(call, uow)))
    except Invalid as error:
        raise error.at("/expression") from None
    now = read_moment(body["now"], "/now") if body.get("now") is not None else uow.now
    place = environment(uow, rights_of(uow.model, call.ctx), call.ctx)
    source = Source(replace(place, now=now, today=now.astimezone(uow.timezone).date(), values=values), entity)
    column = compile_value(source, expression)
    statement = select(column).select_from(source.from_clause).where(source.alias.c.id == (item_id or "").lower())
    return {"value": show(from_db(expression.type, uow.connection.execute(statement).scalar())), "type": expression.type.kind}


def _may_read(call: Call, uow: UnitOfWork) -> MayRead | None:
    rights = rights_of(uow.model, call.ctx)
    return None if rights.is_unlimited else rights.may_read


def _truth(call: Call, name: str) -> bool:
    value = call.params((name,)).get(name)
    if value not in (None, "true", "false"):
        raise Invalid(Problem(f"/{name}", "bad_choice", say("{name} is true or false.", "{name} 只能是 true 或 false。", name=name), say("Choose one of them.", "请从中选择。")))
    return value == "true"
