"""The builder of conditions, rendered anew after each change: filters, rules, roles and segments all use it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.ui.backend import conditions
from tenon.ui.condition_form import read_draft
from tenon.ui.deps import Member, SentForm, text_of
from tenon.ui.render import render

router = APIRouter()


@router.post("/conditions/{entity}")
def build_conditions(request: Request, visit: Member, form: SentForm, entity: str) -> Response:
    """Show the builder of what its form holds, or with ``expression`` that of an expression."""
    expression = form.get("expression")
    with visit.read() as view:
        if isinstance(expression, str):
            builder = conditions.builder_of(view, entity, expression.strip())
        else:
            builder = conditions.builder_from(view, entity, read_draft(form))
    return render(request, "conditions_part.html", builder=builder, target=text_of(form, "for")[:60])
