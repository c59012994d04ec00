"""How well a score foresees: a back-test, what the adviser proposes, and the calibrations that were kept, for the pages of its designer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from tenon.engine.releases import steps
from tenon.engine.releases.draft import require_builder
from tenon.engine.scores.adviser import advise
from tenon.engine.scores.backtest import backtest
from tenon.engine.scores.calibration import accept, find_calibrations, put_calibration
from tenon.engine.scores.outcomes import Asked
from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Invalid, not_found
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.conditions.reading import read_checked
from tenon.metamodel.expressions.conditions.wording import say_group
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import Text
from tenon.metamodel.names import propose_name
from tenon.metamodel.naming import to_shown
from tenon.platform import audit
from tenon.ui.backend import designing
from tenon.ui.backend.alert_outcomes import ended_alerts
from tenon.ui.backend.base import View
from tenon.ui.inputs import problems_by_field

USUAL_DAYS = 90
SIDE = 100.0
"""The chart of calibration is so many units high and wide."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: the outcome, the day of the values, the days after it, and whether the outcome is wanted."""

    outcome: str
    as_of: date
    days: int
    is_wanted: bool
    is_sent: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """A tenth of the calibration on the chart."""

    x: float
    y: float
    radius: float
    told: str


@dataclass(frozen=True, slots=True)
class Foresight:
    """A page: the score, what is asked, what was found, and what is wrong with what was asked."""

    name: str
    label: str
    entity: str
    is_published: bool
    has_outcome: bool
    typed: Typed
    found: Mapping[str, Any] | None = None
    dots: tuple[Dot, ...] = ()
    errors: Mapping[str, Sequence[str]] | None = None
    tones: Mapping[str, str] | None = None
    bands: Mapping[str, str] | None = None
    told: str | None = None


def read_typed(view: View, name: str, sent: Mapping[str, str]) -> Typed:
    """Return what a form asks; what it leaves out is what the score is to foresee."""
    score = view.model.find("score", name)
    own = score.body.foresees if score is not None else None
    days = sent.get("days", "")
    horizon = wanted if (wanted := read_whole(days[:6])) is not None else own.horizon_days if own else USUAL_DAYS
    try:
        day = date.fromisoformat(sent.get("as_of", ""))
    except ValueError:
        day = view.uow.today - timedelta(days=horizon)
    is_sent = "outcome" in sent
    is_wanted = sent.get("is_wanted") == "on" if is_sent else bool(own and own.is_wanted)
    outcome = str(to_shown(score, view.model)["foresees"]["outcome"]) if score is not None and own else ""
    return Typed(sent.get("outcome", outcome).strip(), day, horizon, is_wanted, is_sent)


def backtest_page(view: View, name: str, sent: Mapping[str, str]) -> Foresight:
    """Return how well the values of a day foresaw an outcome. Raises NotFound, Forbidden."""
    page = _page(view, name, sent)
    if not page.is_published or not page.typed.outcome:
        return page
    try:
        found = backtest(view.uow, view.ctx, name, Asked(page.typed.outcome, page.typed.as_of, page.typed.days))
    except Invalid as error:
        return replace(page, errors=problems_by_field(error, view.language))
    return replace(page, found=found, dots=_dots(found))


def advice_page(view: View, name: str, sent: Mapping[str, str]) -> Foresight:
    """Return the measures that the adviser proposes. Raises NotFound, Forbidden."""
    page = _page(view, name, sent)
    if not page.is_published or not page.typed.outcome:
        return page
    try:
        asked = Asked(page.typed.outcome, page.typed.as_of, page.typed.days)
        found = advise(view.uow, view.ctx, name, asked, is_wanted=page.typed.is_wanted)
    except Invalid as error:
        return replace(page, errors=problems_by_field(error, view.language))
    return replace(page, found=found)


def take_advice(view: View, name: str, sent: Mapping[str, str]) -> None:
    """Put the proposed measures into the draft, in the place of those of the default variant. Raises NotFound, Forbidden, Invalid."""
    page = advice_page(view, name, {**sent, "outcome": sent.get("outcome", "")})
    if page.found is None or page.found["status"] != "ok":
        raise not_found()
    draft = steps.look(view.uow.connection, view.ctx, view.model, "score", name).document
    measures: list[Json] = []
    for each in page.found["measures"]:
        key = "when" if "when" in each else "value"
        taken = propose_name(Text.of(each["labels"]).show("en"), {m["name"] for m in measures})
        measures.append({"name": taken, "label": each["labels"], "points": each["points"], key: each[key]})
    place = f"/variants/{draft['variants'][-1]['id']}/measures"
    designing.operate(view, "score", name, [{"op": "set", "at": place, "value": measures}], revision=None)


def calibrations_page(view: View, name: str) -> Foresight:
    """Return the calibrations of a score, the newest first. Raises NotFound, Forbidden."""
    page = _page(view, name, {})
    score = view.model.find("score", name)
    if score is None:
        return page
    scope = Scope(view.model, view.model.get_entity(score.body.entity))
    group = read_checked(check(page.typed.outcome, scope, "boolean")) if page.typed.outcome else None
    told = say_group(group, scope).show(view.language) if group is not None else None
    return replace(page, found={"listed": find_calibrations(view.uow, score.id), "ended": ended_alerts(view, name)}, told=told)


def calibrate_now(view: View, name: str) -> None:
    """Have a job look how well the score foresees. Raises NotFound, Forbidden, Invalid."""
    require_builder(view.ctx, "score")
    job = put_calibration(view.uow, view.ctx, name)
    audit.write(view.uow.connection, view.ctx, "score.calibrate", "score", view.model.get("score", name).id, {"job": job})


def accept_proposal(view: View, name: str, id: str) -> None:
    """Bring the proposed edges of the bands into the draft. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "score")
    score = view.model.get("score", name)
    operations = accept(view.uow, view.ctx, score.id, id)
    designing.operate(view, "score", name, operations, revision=None)
    audit.write(view.uow.connection, view.ctx, "score.calibration_accept", "score", score.id, {"calibration": id})


def _page(view: View, name: str, sent: Mapping[str, str]) -> Foresight:
    require_builder(view.ctx, "score")
    document = steps.look(view.uow.connection, view.ctx, view.model, "score", name).document
    published = view.model.find("score", name)
    tones = {b["name"]: b.get("colour") or "grey" for b in document.get("bands", ())}
    bands = {b["name"]: Text.of(b.get("label") or b["name"]).show(view.language) for b in document.get("bands", ())}
    label = Text.of(document.get("label") or name).show(view.language)
    has_outcome = published is not None and published.body.foresees is not None
    return Foresight(name, label, str(document.get("entity", "")), published is not None, has_outcome, read_typed(view, name, sent), tones=tones, bands=bands)


def _dots(found: Mapping[str, Any]) -> tuple[Dot, ...]:
    """Return the tenths of the calibration: to the right what was said, upwards what came, the size by how many records."""
    total = found["n"] or 1
    return tuple(
        Dot(
            round(float(b["predicted"]) * SIDE, 2), round(SIDE - float(b["observed"]) * SIDE, 2), round(1.4 + 4.6 * (b["n"] / total) ** 0.5, 2),
            f"{float(b['predicted']):.1%} → {float(b['observed']):.1%} ({b['n']})",
        )
        for b in found["calibration"]
    )  # fmt: skip
