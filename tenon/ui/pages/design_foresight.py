"""Does a score foresee? A back-test, the adviser and the calibrations beside its designer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from tenon.metamodel.errors import Invalid
from tenon.ui.backend import foresight
from tenon.ui.deps import Member, SentForm, flash, go, text_of
from tenon.ui.render import render

router = APIRouter()


@router.get("/design/score/{name}/backtest")
def show_backtest(request: Request, visit: Member, name: str) -> Response:
    """Show how well the values of a day foresaw an outcome."""
    with visit.read() as view:
        page = foresight.backtest_page(view, name, request.query_params)
    return render(request, "foresight_backtest.html", page=page, tab="backtest")


@router.get("/design/score/{name}/advice")
def show_advice(request: Request, visit: Member, name: str) -> Response:
    """Show the measures that the adviser proposes."""
    with visit.read() as view:
        page = foresight.advice_page(view, name, request.query_params)
    return render(request, "foresight_advice.html", page=page, tab="advice")


@router.post("/design/score/{name}/advice")
def take_advice(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Put the proposed measures into the draft."""
    with visit.write() as view:
        foresight.take_advice(view, name, {key: text_of(sent, key) for key in ("outcome", "as_of", "days", "is_wanted")})
    return flash(go(request, f"/design/score/{name}"), visit.say("The measures are in the draft."))


@router.get("/design/score/{name}/calibrations")
def show_calibrations(request: Request, visit: Member, name: str) -> Response:
    """Show how well the score foresaw, whenever it was looked at."""
    with visit.read() as view:
        page = foresight.calibrations_page(view, name)
    return render(request, "foresight_calibrations.html", page=page, tab="calibrations")


@router.post("/design/score/{name}/calibrations")
def calibrate(request: Request, visit: Member, sent: SentForm, name: str) -> Response:
    """Look how well the score foresees, or take proposed edges into the draft."""
    taken, here = text_of(sent, "calibration"), f"/design/score/{name}/calibrations"
    if taken:
        with visit.write() as view:
            foresight.accept_proposal(view, name, taken)
        return flash(go(request, f"/design/score/{name}"), visit.say("The edges are in the draft."))
    try:
        with visit.write() as view:
            foresight.calibrate_now(view, name)
    except Invalid as error:
        return flash(go(request, here), error.problems[0].message.show(visit.language))
    return flash(go(request, here), visit.say("It is being looked at; the figures are here in a moment."))
