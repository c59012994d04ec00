"""Reports: dashboards, the data of widgets and their export, movements, the members of segments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.query.pages import page
from tenon.engine.reports.dashboards import describe, listed, selection_of, title_of
from tenon.engine.reports.movement import Movement, movement
from tenon.engine.reports.selection import Selection
from tenon.engine.reports.widgets import data
from tenon.engine.segments import members_asked
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Malformed, Problem, not_found
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import Call, ThisCall
from tenon.platform.api.records import read_ask
from tenon.platform.report_export import FORMATS, MEDIA, write_report

router = APIRouter()
WHERE = re.compile(r"where\[([^\[\]]{1,300})\]")
DATA = ("dashboard", "filter")
MEMBERS = ("sort", "fields", "limit", "after", "count", "filter", "search")


@router.get("/dashboards")
def list_dashboards(call: ThisCall) -> Response:
    """Return the dashboards that show the caller something."""
    call.params(())
    with call.platform.read() as uow:
        found = [{"name": body.name, "label": title_of(body).show(call.language)} for body in listed(uow, call.ctx)]
    return answer({"dashboards": found, "next": None})


@router.get("/dashboards/{name}")
def get_dashboard(name: str, call: ThisCall) -> Response:
    """Return a dashboard: its tiles with types and labels, its filters with their choices."""
    call.params(())
    with call.platform.read() as uow:
        found = describe(uow, call.ctx, name)
    return answer(found)


@router.get("/widgets/{name}/data")
def widget_data(name: str, call: ThisCall) -> Response:
    """Return what a widget shows, in the shape of ``/query``."""
    params, chosen = _chosen(call, DATA)
    with call.platform.read() as uow:
        found = data(uow, call.ctx, name, _selection(uow, call, params, chosen))
    return answer(found, decimals=call.decimals)


@router.get("/widgets/{name}/export")
def export_widget(name: str, call: ThisCall) -> Response:
    """Return what a widget shows as a file; needs the right to export its records."""
    params, chosen = _chosen(call, (*DATA, "format"))
    format_ = params.get("format", "csv")
    if format_ not in FORMATS:
        message = say("format is csv or xlsx.", "format 只能是 csv 或 xlsx。")
        raise Invalid(Problem("/format", "bad_choice", message, say("Leave it out for csv.", "省略时为 csv。")))
    with call.platform.read() as uow:
        content = write_report(uow, call.ctx, name, _selection(uow, call, params, chosen), format_)
    with call.platform.write() as uow:
        audit.write(uow.connection, call.ctx, "widget.export", "widget", name, {"format": format_})
    headers = {"Content-Disposition": f'attachment; filename="{name}.{format_}"'}
    return Response(content, headers=headers, media_type=MEDIA[format_])


@router.post("/transitions")
def transitions(call: ThisCall) -> Response:
    """Return who moved from which value of a choice, stage or band to which between two days."""
    call.params(())
    body = call.json_object(("entity", "field", "from", "to", "filter"))
    name, field = call.text_of(body, "entity"), call.text_of(body, "field", limit=300)
    first, last = _day(call, body, "from"), _day(call, body, "to")
    condition = call.text_of(body, "filter", required=False) or None
    with call.platform.read() as uow:
        entity = uow.model.entities.get(name)
        if entity is None or entity.is_system:
            raise not_found("/entity")
        found = movement(uow, call.ctx, Movement(entity, field, first, last, condition))
    return answer(found)


@router.get("/segments/{name}/members")
def segment_members(name: str, call: ThisCall) -> Response:
    """Return a page of the records in a segment that the caller may see."""
    params = call.params(MEMBERS)
    with call.platform.read() as uow:
        segment = uow.model.get("segment", name)
        entity = uow.model.find_entity(segment.body.entity)
        if entity is None or entity.is_system:
            raise not_found()
        asked = read_ask(uow, call, entity, params)
        found = page(uow, call.ctx, entity, members_asked(segment, asked))
    body: dict[str, Any] = {"members": found.records, "next": found.next}
    if found.count is not None:
        body["count"] = found.count
        if found.is_capped:
            body["count_capped"] = True
    return answer(body, decimals=call.decimals)


def _chosen(call: Call, known: tuple[str, ...]) -> tuple[Mapping[str, str], dict[str, str]]:
    """Return the parameters, and the values of ``where[field]`` among them by field."""
    named = {key: match[1] for key in call.request.query_params if (match := WHERE.fullmatch(key))}
    params = call.params((*known, *named))
    chosen = {field: params[key] for key, field in named.items()}
    if any(len(value) > 2_000 or "\x00" in value for value in (*params.values(), *chosen)):
        raise Malformed(Problem("", "bad_format", say("The address holds a value that cannot be read.", "地址中包含无法读取的取值。")))
    return params, chosen


def _selection(uow: UnitOfWork, call: Call, params: Mapping[str, str], chosen: dict[str, str]) -> Selection:
    """Return what is chosen: as on a dashboard with its own periods, or by itself."""
    dashboard, condition = params.get("dashboard"), params.get("filter") or None
    return selection_of(uow, call.ctx, dashboard, chosen, condition) if dashboard else Selection(chosen, condition)


def _day(call: Call, body: Mapping[str, Any], name: str) -> date:
    text = call.text_of(body, name, limit=40)
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = say("{text} is not a date.", "{text} 不是日期。", text=text[:40])
        raise Invalid(Problem(f"/{name}", "bad_format", message, say("Such as 2026-03-31.", "例如 2026-03-31。"))) from None
