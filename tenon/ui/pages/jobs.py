"""Jobs: what runs in the background, how far it is, what went wrong."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import jobs
from tenon.ui.deps import Member, SentForm, go, safe_next, text_of
from tenon.ui.render import is_fragment, render

router = APIRouter()


@router.get("/jobs")
def jobs_page(request: Request, visit: Member, cursor: str = "") -> Response:
    """Show the latest jobs."""
    with visit.read() as view:
        page = jobs.jobs(view, cursor)
    return render(request, "jobs_part.html" if is_fragment(request) else "jobs.html", page=page, cursor=cursor)


@router.get("/jobs/{id}")
def job_page(request: Request, visit: Member, id: str) -> Response:
    """Show one job; it refreshes itself while it runs."""
    with visit.read() as view:
        job = jobs.job(view, id)
    return render(request, "job_part.html" if is_fragment(request) else "job.html", job=job)


@router.post("/jobs/{id}/cancel")
def cancel_job(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Ask a job to stop."""
    with visit.write() as view:
        jobs.cancel_job(view, id)
    return go(request, safe_next(text_of(sent, "next")) if "next" in sent else f"/jobs/{id}")


@router.post("/jobs/{id}/retry")
def retry_job(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Start a job again that failed or was cancelled."""
    with visit.write() as view:
        jobs.retry_job(view, id)
    return go(request, safe_next(text_of(sent, "next")) if "next" in sent else f"/jobs/{id}")
