"""The builder of conditions, rendered anew after each change: filters, rules, roles and segments all use it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import conditions, lists
from tenon.ui.condition_form import read_draft
from tenon.ui.deps import Member, SentForm, text_of
from tenon.ui.listing import read_query
from tenon.ui.render import render

router = APIRouter()


@router.post("/conditions/{entity}")
def build_conditions(request: Request, visit: Member, form: SentForm, entity: str) -> Response:
    """Show the builder of what its form holds, or with ``expression`` that of an expression; the address of a list narrows what it counts; ``draft`` is of who designs."""
    expression, of_draft = form.get("expression"), "draft" in form
    with visit.read() as view:
        within = lists.ask_beside_filter(view, entity, read_query(request.query_params)) if request.query_params else None
        if isinstance(expression, str):
            builder = conditions.builder_of(view, entity, expression.strip(), within, of_draft=of_draft)
        else:
            builder = conditions.builder_from(view, entity, read_draft(form), within, of_draft=of_draft)
    return render(request, "conditions_part.html", builder=builder, target=text_of(form, "for")[:60])
