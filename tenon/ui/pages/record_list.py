"""Lists of records: the page, its export, the trash."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from tenon.ui.backend import exporting, trashes
from tenon.ui.deps import Member, SentForm, flash, go
from tenon.ui.listing import read_query, show_list
from tenon.ui.pages.list_edit import moved_to_trash
from tenon.ui.render import SECURITY_HEADERS, render

router = APIRouter()


@router.get("/records/{entity}/export.csv")
def export_list(request: Request, visit: Member, entity: str) -> Response:
    """Return the whole list that an address asks for as a file."""
    content = exporting.export_list(visit.platform, visit.ctx, entity, read_query(request.query_params))
    headers = {**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="{entity}.csv"'}
    return StreamingResponse(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/records/{entity}/export.xlsx")
def export_sheet(request: Request, visit: Member, entity: str) -> Response:
    """Return the whole list that an address asks for as a spreadsheet."""
    content = exporting.export_list(visit.platform, visit.ctx, entity, read_query(request.query_params), as_sheet=True)
    headers = {**SECURITY_HEADERS, "Content-Disposition": f'attachment; filename="{entity}.xlsx"'}
    return StreamingResponse(content, media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", headers=headers)


@router.post("/records/{entity}/delete")
def delete_many(request: Request, visit: Member, form: SentForm, entity: str) -> Response:
    """Move the ticked records to the trash."""
    with visit.write() as view:
        count = trashes.delete_many(view, entity, [str(i) for i in form.getlist("ids")])
    return flash(go(request, f"/records/{entity}"), moved_to_trash(visit, count))


@router.get("/records/{entity}/trash")
def trash_page(request: Request, visit: Member, entity: str, cursor: str = "") -> Response:
    """Show what was deleted and can come back."""
    with visit.read() as view:
        page = trashes.trash_page(view, entity, cursor)
    return render(request, "trash.html", page=page, cursor=cursor)


@router.get("/records/{entity}")
def list_page(request: Request, visit: Member, entity: str) -> Response:
    """Show one page of a list; htmx gets the part that changes."""
    return show_list(request, visit, entity, read_query(request.query_params))
