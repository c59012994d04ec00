"""Roles in words, seeing with other rights, and tokens."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from tenon.engine.releases.draft import require_builder
from tenon.metamodel.errors import Invalid, NotFound
from tenon.ui.backend import people, reasons, roles, tokens, viewing
from tenon.ui.deps import VIEW_COOKIE, AnyVisit, Member, SentForm, Visit, flash, go, set_cookie, text_of
from tenon.ui.inputs import problems_by_field
from tenon.ui.render import render

router = APIRouter()
HOURS = 8 * 3600


@router.get("/admin")
def administration(request: Request, visit: Member) -> Response:
    """Go to the first page of the administration that is open to this person."""
    user = visit.ctx.user
    require_builder(visit.ctx, "app")
    return RedirectResponse("/admin/users" if user is not None and user.is_admin else "/admin/releases", 303)


@router.get("/admin/roles")
def roles_page(request: Request, visit: Member, may: str = "") -> Response:
    """Show the roles there are, and which of them may do something with which records."""
    with visit.read() as view:
        cards, matrix = roles.cards(view), roles.across(view, may)
    return render(request, "admin_roles.html", cards=cards, matrix=matrix)


@router.get("/admin/roles/{name}")
def role_page(request: Request, visit: Member, name: str) -> Response:
    """Show what a role may do."""
    with visit.read() as view:
        page = roles.role_page(view, name)
    return render(request, "admin_role.html", page=page)


@router.get("/admin/access")
def access_page(request: Request, visit: Member, user: str = "", entity: str = "", record: str = "") -> Response:
    """Explain what somebody may do with records, or one record."""
    error, status = "", 200
    with visit.read() as view:
        try:
            page = reasons.reasons_page(view, user, entity, record.strip())
        except (Invalid, NotFound) as refused:
            page, status = reasons.reasons_page(view, "", "", ""), refused.status
            error = refused.problems[0].message.show(visit.language)
    chosen = {"user": user, "entity": entity, "record": record}
    return render(request, "admin_access.html", status=status, page=page, chosen=chosen, error=error)


@router.post("/admin/view-as")
def view_as(request: Request, visit: Member, sent: SentForm) -> Response:
    """See the workspace with the rights of somebody or of a role, to look only."""
    whose = text_of(sent, "whose")
    with visit.write() as view:
        assert visit.session is not None
        viewing.begin(view, whose, visit.session)
    response = RedirectResponse("/", 303)
    set_cookie(request, response, visit.platform.cookie(VIEW_COOKIE), whose, max_age=HOURS, http_only=True)
    return response


@router.post("/admin/view-as/end")
def end_view_as(request: Request, visit: AnyVisit, sent: SentForm) -> Response:
    """Go back to one's own rights."""
    response = go(request, "/admin/roles")
    if visit.own is not None:
        viewing.end(visit.platform, visit.own.ctx, request.cookies.get(visit.platform.cookie(VIEW_COOKIE), ""))
    response.delete_cookie(visit.platform.cookie(VIEW_COOKIE), path="/", secure=visit.workspace.is_secure, httponly=True, samesite="lax")
    return response


@router.get("/admin/tokens")
def all_tokens(request: Request, visit: Member) -> Response:
    """Show everybody's tokens to administrators."""
    return _show_tokens(request, visit, everybody=True)


@router.get("/settings/tokens")
def own_tokens(request: Request, visit: Member) -> Response:
    """Show one's own tokens."""
    return _show_tokens(request, visit, everybody=False)


@router.post("/settings/tokens")
def make_token(request: Request, visit: Member, sent: SentForm) -> Response:
    """Make a token and show it, this once."""
    roles_wanted = [str(role) for role in sent.getlist("roles")]
    try:
        with visit.write() as view:
            token = tokens.create(view, text_of(sent, "name"), roles_wanted, text_of(sent, "addresses"), text_of(sent, "days"))
    except Invalid as error:
        return _show_tokens(request, visit, everybody=False, errors=problems_by_field(error, visit.language), status=error.status)
    return _show_tokens(request, visit, everybody=False, made=token)


@router.post("/settings/tokens/{id}/revoke")
def revoke_token(request: Request, visit: Member, sent: SentForm, id: str) -> Response:
    """End a token at once."""
    with visit.write() as view:
        tokens.revoke(view, id)
    back = "/admin/tokens" if text_of(sent, "everybody") else "/settings/tokens"
    return flash(go(request, back), visit.say("The token is revoked."))


def _show_tokens(
    request: Request, visit: Visit, *, everybody: bool, made: str = "", errors: dict[str, tuple[str, ...]] | None = None, status: int = 200
) -> Response:
    with visit.read() as view:
        listed = tokens.listed(view, everybody=everybody)
        labels = {role.name: role.label for role in people.role_choices(view)}
    return render(
        request, "admin_tokens.html", status=status, tokens=listed, labels=labels, everybody=everybody, made=made, errors=errors or {},
        lifetimes=tokens.LIFETIMES,
    )  # fmt: skip
