"""Updating an app: the plan in words, its conflicts decided one by one, then a job."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Invalid
from tenon.metamodel.merging import Side
from tenon.ui.backend import upgrades
from tenon.ui.deps import Member, SentForm, Visit, go, text_of
from tenon.ui.pages.apps import words_of
from tenon.ui.render import render

router = APIRouter()
DECISION = "decide:"


@router.get("/apps/{name}/upgrade")
def upgrade_page(request: Request, visit: Member, name: str, package: str = "") -> Response:
    """Show what updating an app would do."""
    return _show(request, visit, name, package, {}, [])


@router.post("/apps/{name}/upgrade")
def upgrade(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Have the newer version merged in as decided, or show what the decisions would do."""
    key, decisions = text_of(sent, "package"), decisions_of(sent)
    accept = [str(step) for step in sent.getlist("accept") if step]
    if text_of(sent, "what") == "look" or "all" in sent:
        return _show(request, visit, name, key, decisions, accept)
    try:
        with visit.write() as view:
            package = upgrades.package_of(view, name, key, visit.templates)
            page = upgrades.upgrade_page(view, package, decisions)
            missing = [step.title for step in page.plan if step.safety == "lossy" and not {step.id, *(id for id, _ in step.ways)} & set(accept)]
            blocked = bool(missing or page.problems or any(step.safety == "blocked" for step in page.plan))
            job = None if blocked else upgrades.order_upgrade(view, package, decisions, accept)
    except (Invalid, Conflict) as error:
        return _show(request, visit, name, key, {}, [], words_of(visit, error), error.status)
    if job is None:
        errors = [visit.say("Accept first what would be lost."), *missing] if missing else []
        return _show(request, visit, name, key, decisions, accept, errors, 409)
    return go(request, f"/apps?job={job}")


def decisions_of(sent: FormData) -> dict[str, Side]:
    """Return which side was chosen in each conflict; ``all`` is one for every one of them."""
    found: dict[str, Side] = {}
    every = text_of(sent, "all")
    for key, value in sent.multi_items():
        if key.startswith(DECISION):
            found[key.removeprefix(DECISION)] = "theirs" if (every or value) == "theirs" else "yours"
    return found


def _show(
    request: Request, visit: Visit, name: str, key: str, decisions: dict[str, Side], accept: list[str], errors: list[str] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    page = None
    try:
        with visit.read() as view:
            label = view.model.get("app", name).label.show(visit.language)
            page = upgrades.upgrade_page(view, upgrades.package_of(view, name, key, visit.templates), decisions)
    except (Invalid, Conflict) as error:
        errors, status = [*(errors or []), *words_of(visit, error)], max(status, error.status)
    return render(request, "app_upgrade.html", status=status, page=page, label=label, key=key, accept=accept, errors=list(dict.fromkeys(errors or [])))
