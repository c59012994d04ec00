"""Changing records in a list: one cell, many rows, pasted cells; and taking many back."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, Stale, TenonError
from tenon.metamodel.labels import say
from tenon.ui.backend import alerts, bulk, editing, list_work, lists
from tenon.ui.backend.pressing import press_ticked
from tenon.ui.deps import Member, SentForm, Visit, flash, go, safe_next, text_of
from tenon.ui.inputs import read_value
from tenon.ui.list_shapes import ListQuery
from tenon.ui.listing import Addresses, read_query
from tenon.ui.render import SECURITY_HEADERS, is_fragment, render

router = APIRouter()


@router.get("/records/{entity}/{id}/cell/{field}")
def cell_editor(request: Request, visit: Member, entity: str, id: str, field: str) -> Response:
    """Show the editor of one cell."""
    with visit.read() as view:
        cell = editing.find_cell(view, entity, id, field)
        found, version = cell.input, cell.draft.stored.get("version")
    return render(request, "cell_part.html", field=found, entity=entity, id=id, version=version, errors=(), clash=None)


@router.post("/records/{entity}/{id}/cell/{field}")
def save_cell(request: Request, visit: Member, form: SentForm, entity: str, id: str, field: str) -> Response:
    """Write one cell and show its row; what is wrong, and another's value, are shown in the editor."""
    query, version = read_query(request.query_params), text_of(form, "version")
    number = read_whole(version)
    with visit.read() as view:
        value = read_value(editing.find_cell(view, entity, id, field).input, form)
    try:
        with visit.write() as view:
            editing.save_cell(view, editing.find_cell(view, entity, id, field, {field: value}), value, number)
    except (Invalid, Conflict, Forbidden, Stale) as error:
        return _refused_cell(request, visit, entity, id, field, value, number, error)
    with visit.read() as view:
        plan = lists.plan_list(view, view.entity(entity), query)
        page = lists.list_page(view, entity, query, is_shell=True)
        row, editable = editing.row_of(view, plan, id), editing.editable_fields(view, plan.entity)
    return render(request, "row_part.html", page=page, row=row, editable=editable, to=Addresses(f"/records/{entity}", query))


def _refused_cell(
    request: Request, visit: Visit, entity: str, id: str, field: str, value: Any, version: int | None, error: TenonError,
) -> Response:
    errors = [text.show(visit.language) for p in error.problems for text in (p.message, p.hint) if text]
    with visit.read() as view:
        cell = editing.find_cell(view, entity, id, field, {field: value})
        clash = editing.dispute_of(view, cell, value, version or 0) if isinstance(error, Stale) else None
        found = cell.input
        seen = clash.version if clash is not None else version
    return render(
        request, "cell_part.html", status=error.status, field=found, entity=entity, id=id, version=seen, errors=tuple(errors), clash=clash,
    )  # fmt: skip


@router.get("/records/{entity}/bulk")
def bulk_form(request: Request, visit: Member, entity: str, field: str = "") -> Response:
    """Show the form that changes a field of many records."""
    with visit.read() as view:
        found = view.entity(entity, "bulk")
        names = editing.editable_fields(view, found)
        ordered = sorted(found.fields.values(), key=lambda f: f.origin == "system")
        fields = [(f.name, f.label.show(view.language)) for f in ordered if f.name in names]
        chosen = field if field in names else fields[0][0] if fields else ""
        blank = editing.blank_cell(view, entity, chosen) if chosen else None
    return render(request, "bulk_part.html", entity=entity, fields=fields, chosen=chosen, field=blank)


@router.post("/records/{entity}/bulk")
def change_many(request: Request, visit: Member, form: SentForm, entity: str) -> Response:
    """Change or delete the chosen rows: ``ids``, or all that the address matches when there are ``expect`` of them."""
    query, expect, act, field = (read_query(request.query_params), text_of(form, "expect"), text_of(form, "act"), text_of(form, "field"))
    chosen = bulk.Chosen(tuple(str(i) for i in form.getlist("ids")), read_whole(expect))
    try:
        if act == "press":
            return _pressed(visit, entity, query, chosen, text_of(form, "rule"))
        if act in alerts.SAID:
            return _done_with_alerts(visit, form, entity, query, chosen, act)
        values = {} if act == "delete" else _bulk_values(visit, form, entity, act, field)
        whole = (visit.platform, visit.ctx, lambda view: lists.plan_list(view, view.entity(entity), query), chosen)
        done = bulk.delete(*whole) if act == "delete" else bulk.set_values(*whole, values)
    except TenonError as error:
        return _told(visit, error)
    return _done(entity, moved_to_trash(visit, done.count) if act == "delete" else _changed(visit, done.count), done)


def moved_to_trash(visit: Visit, number: int) -> str:
    """Say how many records were deleted."""
    return visit.say("One record was moved to the trash.") if number == 1 else visit.say("%(number)s records were moved to the trash.") % {"number": number}


def _changed(visit: Visit, number: int) -> str:
    return visit.say("One record was changed.") if number == 1 else visit.say("%(number)s records were changed.") % {"number": number}


def _pressed(visit: Visit, entity: str, query: ListQuery, chosen: bulk.Chosen, rule: str) -> Response:
    """Press the button of a rule for the chosen rows."""
    text = press_ticked(visit.platform, visit.ctx, lambda view: lists.plan_list(view, view.entity(entity), query), chosen, rule)
    return JSONResponse({"text": text, "undo": "", "refused": []}, headers=SECURITY_HEADERS)


def _done_with_alerts(visit: Visit, form: FormData, entity: str, query: ListQuery, chosen: bulk.Chosen, act: str) -> Response:
    """Take the chosen alerts up, put them off, or close them."""
    given = {name: text_of(form, name) for name in ("until", "reason", "outcome", "cause")}
    done = alerts.do_many(visit.platform, visit.ctx, lambda view: lists.plan_list(view, view.entity(entity), query), chosen, act, given)
    return _done(entity, _changed(visit, done.count), done)


def _bulk_values(visit: Visit, form: FormData, entity: str, act: str, field: str) -> dict[str, Any]:
    with visit.read() as view:
        value = read_value(editing.blank_cell(view, entity, field), form)
    if act in ("add", "remove"):
        return {field: {act: value if isinstance(value, list) else [value]}}
    if act != "set":
        raise Invalid(Problem("/act", "bad_choice", say("There is no such action.", "没有此操作。"), say("Reload the page.", "请刷新页面。")))
    return {field: value}


@router.get("/records/{entity}/count")
def count_matching(request: Request, visit: Member, entity: str) -> Response:
    """Return how many records the address of a list matches, exactly."""
    with visit.read() as view:
        found = bulk.matching(view, lists.plan_list(view, view.entity(entity), read_query(request.query_params)))
    return JSONResponse({"count": found}, headers=SECURITY_HEADERS)


@router.post("/records/{entity}/paste")
def paste_cells(request: Request, visit: Member, form: SentForm, entity: str) -> Response:
    """Write cells that were copied from a spreadsheet."""
    try:
        rows = json.loads(text_of(form, "cells") or "[]")
    except ValueError:
        rows = None
    try:
        with visit.write() as view:
            done = bulk.paste(view, entity, rows if isinstance(rows, list) else [])
    except TenonError as error:
        return _told(visit, error)
    return _done(entity, _changed(visit, done.count), done)


@router.post("/records/{entity}/undo/{batch}")
def undo_batch(request: Request, visit: Member, form: SentForm, entity: str, batch: str, next: str = "") -> Response:
    """Take back what this person wrote in one batch; what takes long is shown where the list shows such work."""
    done = bulk.undo(visit.platform, visit.ctx, entity, batch)
    if done.job is not None and is_fragment(request):
        return _work(request, visit, entity, done.job)
    text = visit.say("One record is as it was before.") if done.count == 1 else visit.say("%(number)s records are as they were before.") % {"number": done.count}
    if done.kept:
        text += " " + visit.say("%(number)s values that were changed since stay as they are.") % {"number": done.kept}
    back = safe_next(text_of(form, "next") or next)
    answer = go(request, back if back.startswith(f"/records/{entity}") else f"/records/{entity}")
    return answer if done.job is not None else flash(answer, text)


@router.get("/records/{entity}/writing/{job}")
def show_work(request: Request, visit: Member, entity: str, job: str) -> Response:
    """Show how far a job is that writes many records of a list, and at its end what it did."""
    return _work(request, visit, entity, job)


@router.post("/records/{entity}/writing/{job}/cancel")
def stop_work(request: Request, visit: Member, form: SentForm, entity: str, job: str) -> Response:
    """Ask such a job to stop; what it wrote stays, and can be taken back."""
    with visit.write() as view:
        list_work.stop(view, entity, job)
    return _work(request, visit, entity, job) if is_fragment(request) else go(request, f"/records/{entity}")


def _work(request: Request, visit: Visit, entity: str, job: str) -> Response:
    with visit.read() as view:
        work = list_work.work(view, entity, job)
    return render(request, "work_part.html", work=work)


def _done(entity: str, text: str, done: bulk.Outcome) -> Response:
    if done.job is not None:
        return JSONResponse({"work": f"/records/{entity}/writing/{done.job}"}, status_code=202, headers=SECURITY_HEADERS)
    undo = f"/records/{entity}/undo/{done.batch}" if done.count else ""
    refused = [{"id": r.id, "field": r.field, "message": r.message} for r in done.refused]
    return JSONResponse({"text": text, "undo": undo, "refused": refused}, headers=SECURITY_HEADERS)


def _told(visit: Visit, error: TenonError) -> Response:
    texts = [text.show(visit.language) for p in error.problems[:3] for text in (p.message, p.hint) if text]
    return JSONResponse({"text": " ".join(texts)}, status_code=error.status, headers=SECURITY_HEADERS)
