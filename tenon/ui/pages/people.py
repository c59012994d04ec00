"""The people of the workspace, for administrators: inviting, roles, disabling."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Invalid
from tenon.ui.backend import people
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.render import render

router = APIRouter()
STATES = {"disable": "disabled", "enable": "active"}


@router.get("/people")
def people_page(request: Request, visit: Member, q: str = "", cursor: str = "") -> Response:
    """Show everybody with an account."""
    return _show(request, visit, search=q.strip(), cursor=cursor)


@router.post("/people")
def invite_person(request: Request, visit: Member, sent: SentForm) -> Response:
    """Make an account and invite its person."""
    try:
        with visit.write() as view:
            link = people.invite_person(view, text_of(sent, "name"), text_of(sent, "email"), _roles(sent))
    except (Invalid, Conflict) as error:
        return _show(request, visit, errors=problems_by_field(error, visit.language), status=error.status)
    return _invited(request, visit, link)


@router.post("/people/{id}")
def change_person(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Give somebody roles, disable them, or invite them again."""
    what = text_of(sent, "what")
    try:
        if what == "invite":
            with visit.write() as view:
                link = people.invite_again(view, id)
            return _invited(request, visit, link)
        with visit.write() as view:
            people.change_person(view, id, {"state": STATES[what]} if what in STATES else {"roles": _roles(sent)})
    except (Invalid, Conflict) as error:
        return _show(request, visit, errors=problems_by_field(error, visit.language), status=error.status)
    return flash(go(request, "/people"), visit.say("Saved."))


def _roles(sent: SentForm) -> list[str]:
    return [str(role) for role in sent.getlist("roles")]


def _invited(request: Request, visit: Visit, link: str | None) -> Response:
    """Say that a mail is on its way, or show the link, this once."""
    return _show(request, visit, link=link) if link else flash(go(request, "/people"), visit.say("The invitation is on its way."))


def _show(
    request: Request, visit: Visit, *, search: str = "", cursor: str = "", link: str | None = None,
    errors: dict[str, tuple[str, ...]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    with visit.read() as view:
        page = people.people(view, search, cursor)
    return render(request, "people.html", status=status, page=page, search=search, link=link, errors=errors or {})
