"""People and units, for administrators: inviting, roles, disabling, ending sessions; the tree of units."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Conflict, Invalid
from tenon.ui.backend import people, units
from tenon.ui.deps import Member, SentForm, Visit, flash, go, text_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.render import render

router = APIRouter()
STATES = {"disable": "disabled", "enable": "active"}
USERS, UNITS = "/admin/users", "/admin/units"


@router.get(USERS)
def users_page(request: Request, visit: Member, q: str = "", cursor: str = "", invite: bool = False) -> Response:
    """Show everybody with an account."""
    return _show(request, visit, search=q.strip(), cursor=cursor, is_inviting=invite)


@router.post(USERS)
def invite_person(request: Request, visit: Member, sent: SentForm) -> Response:
    """Make an account and invite its person."""
    try:
        with visit.write() as view:
            link = people.invite_person(view, text_of(sent, "name"), text_of(sent, "email"), _roles(sent))
    except (Invalid, Conflict) as error:
        return _show(request, visit, errors=problems_by_field(error, visit.language), status=error.status)
    return _invited(request, visit, link)


@router.post(USERS + "/{id}")
def change_person(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Give somebody roles and a unit, disable them, sign them out everywhere, or invite them again."""
    what = text_of(sent, "what")
    try:
        if what == "invite":
            with visit.write() as view:
                link = people.invite_again(view, id)
            return _invited(request, visit, link)
        with visit.write() as view:
            if what == "sessions":
                people.end_sessions(view, id)
            elif what in STATES:
                people.change_person(view, id, {"state": STATES[what]})
            else:
                people.change_person(view, id, {"roles": _roles(sent), "unit": text_of(sent, "unit") or None})
    except (Invalid, Conflict) as error:
        return _show(request, visit, errors=problems_by_field(error, visit.language), status=error.status)
    return flash(go(request, USERS), visit.say("Saved."))


@router.get(UNITS)
def units_page(request: Request, visit: Member) -> Response:
    """Show the tree of units."""
    return _show_units(request, visit)


@router.post(UNITS)
def add_unit(request: Request, visit: Member, sent: SentForm) -> Response:
    """Make a unit, below another one when that is named."""
    try:
        with visit.write() as view:
            units.add(view, text_of(sent, "name"), text_of(sent, "parent") or None)
    except Invalid as error:
        return _show_units(request, visit, problems_by_field(error, visit.language), error.status)
    return flash(go(request, UNITS), visit.say("Saved."))


@router.post(UNITS + "/{id}")
def change_unit(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """Rename and move a unit."""
    try:
        with visit.write() as view:
            units.change(view, id, {"name": text_of(sent, "name"), "parent": text_of(sent, "parent") or None})
    except Invalid as error:
        return _show_units(request, visit, problems_by_field(error, visit.language), error.status)
    return flash(go(request, UNITS), visit.say("Saved."))


def _roles(sent: SentForm) -> list[str]:
    return [str(role) for role in sent.getlist("roles")]


def _invited(request: Request, visit: Visit, link: str | None) -> Response:
    """Say that a mail is on its way, or show the link, this once."""
    return _show(request, visit, link=link) if link else flash(go(request, USERS), visit.say("The invitation is on its way."))


def _show_units(request: Request, visit: Visit, errors: dict[str, tuple[str, ...]] | None = None, status: int = 200) -> Response:
    with visit.read() as view:
        tree = units.tree(view)
    return render(request, "admin_units.html", status=status, tree=tree, choices=units.choices(tree), errors=errors or {})


def _show(
    request: Request, visit: Visit, *, search: str = "", cursor: str = "", link: str | None = None, is_inviting: bool = False,
    errors: dict[str, tuple[str, ...]] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    with visit.read() as view:
        page = people.people(view, search, cursor)
        listed = units.choices(units.tree(view))
    return render(
        request, "admin_users.html", status=status, page=page, units=listed, search=search, link=link, errors=errors or {}, is_inviting=is_inviting
    )
