"""The audit, how the system is, and backups; for administrators."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from tenon.ui.backend import audits, system
from tenon.ui.deps import Member, SentForm, go
from tenon.ui.render import SECURITY_HEADERS, render

router = APIRouter()


@router.get("/admin/audit")
def audit_page(
    request: Request, visit: Member, action: str = "", user: str = "", since: str = "", until: str = "", before: int = 0, verified: str = ""
) -> Response:
    """Show who did what, newest first."""
    chosen = {"action": action, "user": user, "since": since, "until": until}
    with visit.read() as view:
        page = audits.page(view, chosen, before or None)
        words = {name: audits.label_of(name, visit.language) for name in page.actions}
    return render(request, "admin_audit.html", page=page, chosen=chosen, action_words=words, verified=verified)


@router.post("/admin/audit/verify")
def verify_audit(request: Request, visit: Member, sent: SentForm) -> Response:
    """Walk the chain of hashes and say whether it is whole."""
    with visit.read() as view:
        wrong = audits.verify(view)
    return go(request, f"/admin/audit?verified={'whole' if wrong is None else wrong}")


@router.get("/admin/system")
def system_page(request: Request, visit: Member) -> Response:
    """Show how the system is."""
    with visit.read() as view:
        page = system.system_page(view)
    return render(request, "admin_system.html", page=page, examined=None)


@router.post("/admin/system/examine")
def examine(request: Request, visit: Member, sent: SentForm) -> Response:
    """Look at everything thoroughly."""
    with visit.read() as view:
        page, found = system.system_page(view), system.examined(view)
    return render(request, "admin_system.html", page=page, examined=found)


@router.post("/admin/backups")
def back_up(request: Request, visit: Member, sent: SentForm) -> Response:
    """Write a backup in the background."""
    with visit.write() as view:
        job = system.start_backup(view)
    return go(request, f"/jobs/{job}")


@router.post("/admin/backups/{name}")
def fetch_backup(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Send a backup; who fetched it is noted."""
    with visit.write() as view:
        path = system.backup_path(view, name)
    headers = {key: value for key, value in SECURITY_HEADERS.items() if key != "Vary"}
    return FileResponse(path, media_type="application/zip", filename=name, headers=headers)
