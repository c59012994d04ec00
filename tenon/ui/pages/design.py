"""The workbench and the designers: operations on the draft, undo and redo, properties of what is chosen."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.engine.releases.steps import Way
from tenon.metamodel.errors import Conflict, Invalid, Malformed, Problem
from tenon.metamodel.labels import say
from tenon.ui.backend import designing
from tenon.ui.backend.designing_aside import add_beside
from tenon.ui.deps import Member, SentForm, Visit, go, text_of
from tenon.ui.render import render

router = APIRouter()
WAYS: tuple[Way, ...] = ("undo", "redo")


@router.get("/design")
def workbench(request: Request, visit: Member, kind: str = "", entity: str = "") -> Response:
    """Show everything that can be designed; with a kind, what is new is being made."""
    return _bench(request, visit, typed={"kind": kind, "entity": entity} if kind else None)


@router.post("/design")
def create(request: Request, visit: Member, sent: SentForm) -> Response:
    """Make a document in the draft and go to its designer."""
    kind, label, entity = (text_of(sent, name) for name in ("kind", "label", "entity"))
    try:
        with visit.write() as view:
            url = designing.create(view, kind, label, entity)
    except (Invalid, Conflict) as error:
        return _bench(request, visit, [p.message.show(visit.language) for p in error.problems], {"kind": kind, "label": label, "entity": entity}, error.status)
    return go(request, url)


@router.get("/design/{kind}/{name}")
def designer(request: Request, visit: Member, kind: str, name: str, item: str = "") -> Response:
    """Show a document in its designer."""
    with visit.read() as view:
        page = designing.designer(view, kind, name, item)
    return render(request, "designer.html", page=page)


@router.get("/design/{kind}/{name}/part")
def part(request: Request, visit: Member, kind: str, name: str, item: str = "") -> Response:
    """Show the designer's parts anew, with the properties of an item."""
    with visit.read() as view:
        page = designing.designer(view, kind, name, item)
    return render(request, "designer_part.html", page=page)


@router.post("/design/{kind}/{name}")
def operate(request: Request, visit: Member, sent: SentForm, kind: str, name: str) -> Response:
    """Apply operations, or undo or redo a step, and show the canvas anew, or say where to go on."""
    chosen, way = text_of(sent, "item"), text_of(sent, "way")
    try:
        with visit.write() as view:
            if way in WAYS:
                page = designing.go(view, kind, name, way, chosen)
            else:
                operations = read_operations(text_of(sent, "operations"))
                page = add_beside(view, kind, name, operations) or designing.operate(view, kind, name, operations, revision=text_of(sent, "revision"), chosen=chosen)
    except (Invalid, Conflict) as error:
        return _refused(request, visit, error, _meeting_of(visit, sent, kind, name, way))
    if isinstance(page, str):
        return render(request, "designer_gone.html", url=page)
    return render(request, "designer_part.html", page=page)


def _meeting_of(visit: Visit, sent: SentForm, kind: str, name: str, way: str) -> dict[str, str] | None:
    """Return what the page of a merge is asked with, None when there is nothing to merge."""
    if way in WAYS:
        with visit.read() as view:
            return {"kind": kind, "name": name, "way": way} if way in designing.merges(view, kind, name) else None
    return {"kind": kind, "name": name, "operations": text_of(sent, "operations"), "revision": text_of(sent, "revision")}


def read_operations(text: str) -> list[dict[str, Any]]:
    """Return the operations that a form sent. Raises Malformed."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Malformed(Problem("/operations", "bad_format", say("These operations cannot be read.", "无法读取这些操作。"), say("Reload the page.", "请刷新页面。")))
    return found


def _refused(request: Request, visit: Visit, error: Invalid | Conflict, sent: dict[str, str] | None) -> Response:
    texts = [(p.said(visit.language), p.hint.show(visit.language) if p.hint else None) for p in error.problems]
    return render(request, "designer_refused.html", status=error.status, texts=texts, is_conflict=isinstance(error, Conflict), sent=sent)


def _bench(request: Request, visit: Visit, errors: list[str] | None = None, typed: dict[str, str] | None = None, status: int = 200) -> Response:
    with visit.read() as view:
        page = designing.workbench(view)
    return render(request, "design.html", status=status, page=page, errors=errors or [], typed=typed or {})
