"""Did a score foresee it? The values of a past day against what had happened some days later.

Values and bands come from the history of the score, the outcome is a condition over the records as they were at the later day. Where
that day lies ahead the outcome is what is known today, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.forecasts.auc import Auc, auc
from tenon.engine.forecasts.platt import Curve, brier, fit, table
from tenon.engine.query.pages import read_filter
from tenon.engine.query.paths import find_path
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.outcomes import Asked, Case, find_cases, find_members
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid
from tenon.metamodel.labels import Text, say

FINE = Decimal("0.0001")
NO_BAND = say("Insufficient data", "数据不足")


@dataclass(frozen=True)
class Figures:
    """What is known of some records: how many, how many with the outcome, and how well the values tell them apart."""

    n: int
    came: int
    area: Auc | None
    brier: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as an answer shows them; the area is of the direction in which the values go with the outcome."""
        is_lower = self.area is not None and self.area.value < 0.5
        area = self.area.turned() if self.area is not None and is_lower else self.area
        return {
            "n": self.n, "base_rate": ratio(self.came, self.n), "auc": fine(area.value) if area else None,
            "auc_interval": [fine(area.low), fine(area.high)] if area else None, "brier": fine(self.brier),
            "direction": None if area is None else "lower" if is_lower else "higher",
        }  # fmt: skip


def backtest(uow: UnitOfWork, ctx: Context, name: str, asked: Asked) -> dict[str, Any]:
    """Return how well the values of a day foresaw the outcome, as JSON, over the records that this person may read. Raises NotFound, Invalid."""
    definition = define(uow.model, uow.model.get("score", name))
    return look_back(uow, ctx, definition, asked)[1]


def look_back(uow: UnitOfWork, ctx: Context, definition: Definition, asked: Asked) -> tuple[list[Case], dict[str, Any]]:
    """Return the records of a back-test and its answer. Raises NotFound, Invalid."""
    rights = rights_of(uow.model, ctx)
    rights.require(definition.entity, "read")
    own = next(f for f in definition.entity.fields.values() if f.score == definition.id and f.part == "score")
    find_path(rights, definition.entity, own.name, "score", readable=True)
    asked.check(uow)
    outcome = read_filter(uow, rights, definition.entity, asked.outcome, "/outcome")
    cases = find_cases(uow, rights, definition, outcome, asked)
    curve = fit([(c.value, c.came) for c in cases]) if cases else None
    return cases, {
        "score": definition.document.name, "outcome": asked.outcome, "as_of": asked.as_of.isoformat(), "horizon_days": asked.horizon_days,
        "outcome_on": min(asked.until, uow.today).isoformat(), "is_complete": asked.until <= uow.today,
        **figures(cases, curve).to_json(), "bands": _bands(definition, cases, ctx.language), "calibration": _calibration(cases, curve),
        "segments": _segments(uow, rights, definition, asked.as_of, cases, curve, ctx.language),
    }  # fmt: skip


def figures(cases: Sequence[Case], curve: Curve | None) -> Figures:
    """Return the figures of some records, their chances by a curve."""
    chances = [(curve.at(c.value), c.came) for c in cases] if curve else []
    return Figures(len(cases), sum(c.came for c in cases), auc((c.value, c.came) for c in cases), brier(chances))


def fine(value: float | None) -> Decimal | None:
    """Return a number with four decimals."""
    return None if value is None else Decimal(repr(value)).quantize(FINE)


def ratio(part: int, whole: int) -> Decimal | None:
    """Return a share with four decimals, None of nothing."""
    return (Decimal(part) / whole).quantize(FINE) if whole else None


def _bands(definition: Definition, cases: Sequence[Case], language: str) -> list[dict[str, Any]]:
    """Return for each band how often the outcome came in it, against all, and how many of all outcomes were in it."""
    all_came = sum(c.came for c in cases)
    listed = []
    for name in [*definition.bands, *([None] if any(c.band is None for c in cases) else [])]:
        flags = [c.came for c in cases if c.band == name]
        n, came = len(flags), sum(flags)
        label = definition.band_label(name) or NO_BAND
        lift = (Decimal(came) * len(cases) / (n * all_came)).quantize(FINE) if n and all_came else None
        rate = ratio(came, n)
        listed.append({"band": name, "label": label.show(language), "n": n, "rate": rate, "lift": lift, "precision": rate, "recall": ratio(came, all_came)})
    return listed


def _calibration(cases: Sequence[Case], curve: Curve | None) -> list[dict[str, Any]]:
    """Return, in tenths of the chance that the values stand for, what was said and what came."""
    bins = table([(curve.at(c.value), c.came) for c in cases]) if curve else []
    return [{"from": fine(b.low), "to": fine(b.high), "n": b.n, "predicted": fine(b.predicted), "observed": fine(b.observed)} for b in bins]


def _segments(
    uow: UnitOfWork, rights: Rights, definition: Definition, day: date, cases: Sequence[Case], curve: Curve | None, language: str
) -> list[dict[str, Any]]:
    """Return the figures of each segment of the entity and of each variant, where there are several."""
    listed: list[tuple[str, str, Text, list[Case]]] = []
    filters = {}
    documents: dict[str, Document] = {}
    for each in uow.model.all("segment"):
        if each.body.entity == definition.entity.id and each.body.mode == "dynamic":
            try:
                filters[each.name] = read_filter(uow, rights, definition.entity, each.body.filter)
                documents[each.name] = each
            except Invalid:  # it reads what this person may not see
                continue
    for name, members in find_members(uow, rights, definition.entity, day, filters).items():
        listed.append(("segment", name, documents[name].label, [c for c in cases if c.id in members]))
    variants = definition.body.variants
    if len(variants) > 1:
        listed += [("variant", v.name, v.title(), [c for c in cases if c.variant == v.name]) for v in variants]
    return [{"kind": kind, "name": name, "label": label.show(language), **figures(found, curve).to_json()} for kind, name, label, found in listed if found]
