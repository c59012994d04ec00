"""Forecasts of the records of a score: chances from the score and its trend, and what a customer is worth; kept as records by a job.

With too little known a forecast says so ("insufficient") and has no value. A method's version stands in its name, so that numbers of two
days are compared by the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zlib import crc32

from sqlalchemy import select

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import system_context
from tenon.engine.forecasts import bgnbd, gamma_gamma, sbg
from tenon.engine.forecasts.logistic import Logistic, Row, fit
from tenon.engine.query.pages import read_filter
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.outcomes import Asked, at_end_of, find_cases, find_members, seen
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.kinds.score import Forecast

FORECAST = "score_forecast"
FEWEST, FEWEST_CAME = 100, 10
WINDOWS = 4
"""So many spans of the horizon, one before the other, teach a chance."""
VERSIONS = {"logistic": "logistic-1", "bgnbd": "bgnbd-1", "sbg": "sbg-1"}
MOST_CORRELATED = gamma_gamma.MOST_CORRELATED
Numbers = dict[str, tuple[float, float, float]]
"""Value, and from where to where, by record."""


@dataclass(frozen=True)
class Made:
    """The forecasts of one kind: by record, of whom there is none for want of data, and what the method found."""

    forecast: Forecast
    numbers: Numbers
    records: list[str]
    params: dict[str, Any]


@dataclass(frozen=True)
class Place:
    """What a method works with: the score, as whom, and the day as of which everything is known."""

    uow: UnitOfWork
    rights: Rights
    definition: Definition
    day: date


def forecast(uow: UnitOfWork, score: str, day: date | None = None) -> list[Made]:
    """Return every forecast of a score as of the end of a day, today when left out."""
    definition = define(uow.model, uow.model.get("score", score))
    wanted = definition.body.forecasts
    place = Place(uow, rights_of(uow.model, system_context()), definition, day or uow.today)
    return [METHODS[each.method](place, each) for each in wanted.items] if wanted is not None else []


def _chances(place: Place, wanted: Forecast) -> Made:
    """Return the chance of an outcome by a logistic regression on the score and its trend, taught by spans that are over."""
    records = _whom(place, wanted, place.day)
    if wanted.outcome is None:
        return Made(wanted, {}, sorted(records), {"why": "no outcome"})
    outcome = read_filter(place.uow, place.rights, place.definition.entity, wanted.outcome)
    rows: list[Row] = []
    came: list[bool] = []
    for window in range(1, WINDOWS + 1):
        asked = Asked(wanted.outcome, place.day - timedelta(days=window * wanted.horizon_days), wanted.horizon_days)
        inputs, whom = _inputs(place, asked.as_of), _whom(place, wanted, asked.as_of)
        for each in find_cases(place.uow, place.rights, place.definition, outcome, asked):
            if each.id in whom and each.id in inputs:
                rows.append(inputs[each.id])
                came.append(each.came)
    params: dict[str, Any] = {"n": len(rows), "came": sum(came), "horizon_days": wanted.horizon_days}
    if len(rows) < FEWEST or min(sum(came), len(came) - sum(came)) < FEWEST_CAME:
        return Made(wanted, {}, sorted(records), params)
    model: Logistic = fit(rows, came)
    params["coefficients"] = [round(c, 6) for c in model.coefficients]
    now = _inputs(place, place.day)
    numbers = {record: (model.at(now[record]), *model.range(now[record])) for record in records if record in now}
    return Made(wanted, numbers, sorted(records), params)


def _inputs(place: Place, day: date) -> dict[str, Row]:
    """Return the score of each record on a day and how it moved in the days of its trend, both in tenths of the scale."""
    low, high = (float(end) for end in place.definition.body.scale)
    tenth = (high - low) / 10 or 1.0
    entity = place.definition.entity
    own = next(f for f in entity.fields.values() if f.score == place.definition.id and f.part == "score")
    days = place.definition.body.trend_days
    texts = {"now": f"was({own.name}, date('{day.isoformat()}'))", "then": f"was({own.name}, date('{(day - timedelta(days=days)).isoformat()}'))"}
    found = _values(place, place.day, {key: ("number", text) for key, text in texts.items()})
    # Levels between two days count alike: a value nobody had before counts as unmoved.
    return {
        record: ((float(v["now"]) - low) / tenth, (float(v["now"]) - float(v["then"] if v["then"] is not None else v["now"])) / tenth)
        for record, v in found.items() if v["now"] is not None
    }  # fmt: skip


def _purchases(place: Place, wanted: Forecast) -> Made:
    """Return what customers without a contract will spend in the months to come, by BG/NBD and Gamma-Gamma."""
    records = _whom(place, wanted, place.day)
    texts = {"purchases": ("number", wanted.purchases), "first": ("date", wanted.first), "last": ("date", wanted.last), "spent": ("number", wanted.spent)}
    if any(text is None for _, text in texts.values()):
        return Made(wanted, {}, sorted(records), {"why": "purchases, first, last and spent are needed"})
    known = {}
    for record, v in _values(place, place.day, {k: (kind, str(text)) for k, (kind, text) in texts.items()}).items():
        if v["purchases"] and v["first"] is not None and v["first"] <= place.day:
            times, first, last = int(v["purchases"]) - 1, v["first"], min(v["last"] or v["first"], place.day)
            history = bgnbd.History(times, (last - first).days / 7 if times else 0.0, (place.day - first).days / 7)
            known[record] = (history, float(v["spent"] or 0) / times if times else 0.0)
    model, spend = bgnbd.fit([h for h, _ in known.values()]), gamma_gamma.fit([(h.frequency, m) for h, m in known.values()])
    params: dict[str, Any] = {"n": len(known), "repeat": sum(h.frequency > 0 for h, _ in known.values()), "months": wanted.months}
    if model is None or spend is None:
        return Made(wanted, {}, sorted(records), params)
    params |= {name: round(getattr(model, name), 6) for name in ("r", "alpha", "a", "b")} | {name: round(getattr(spend, name), 6) for name in ("p", "q", "v")}
    params |= {"correlation": round(spend.correlation, 4), "is_correlated": abs(spend.correlation) > MOST_CORRELATED}
    weeks, numbers = wanted.months * gamma_gamma.WEEKS_OF_A_MONTH, {}
    for record in records & known.keys():
        history, mean = known[record]
        each = spend.expected(history.frequency, mean)
        low, high = model.range(history, weeks, crc32(record.encode()))
        numbers[record] = _around(gamma_gamma.worth(model, history, each, wanted.months, float(wanted.discount)), low * each, high * each)
    return Made(wanted, numbers, sorted(records), params)


def _contracts(place: Place, wanted: Forecast) -> Made:
    """Return what customers with a contract will bring in the months to come, by the shifted beta-geometric model of who stays."""
    records = _whom(place, wanted, place.day)
    texts = {"since": ("date", wanted.since), "until": ("date", wanted.until), "amount": ("number", wanted.amount)}
    if any(text is None for _, text in texts.values()):
        return Made(wanted, {}, sorted(records), {"why": "since, until and amount are needed"})
    lost, still, tenure, amounts = [0.0] * sbg.LONGEST, [0.0] * sbg.LONGEST, {}, {}
    for record, v in _values(place, place.day, {k: (kind, str(text)) for k, (kind, text) in texts.items()}).items():
        if v["since"] is None or v["since"] > place.day:
            continue
        left = v["until"] is not None and v["until"] <= place.day
        periods = min(((v["until"] if left else place.day) - v["since"]).days // wanted.period_days, sbg.LONGEST - 1)
        (lost if left else still)[max(periods, 0)] += 1
        if not left:
            tenure[record], amounts[record] = periods, float(v["amount"] or 0)
    model = sbg.fit(lost, still)
    params: dict[str, Any] = {"n": int(sum(lost) + sum(still)), "lost": int(sum(lost)), "period_days": wanted.period_days, "months": wanted.months}
    if model is None:
        return Made(wanted, {}, sorted(records), params)
    params |= {"alpha": round(model.alpha, 6), "beta": round(model.beta, 6), "periods": list(model.range(1))}
    whole, kept = _kept(wanted)
    shares = {periods: (kept(periods, model), *model.between(partial(kept, periods))) for periods in set(tenure.values())}
    numbers = {}
    for record in records & tenure.keys():
        mean, low, high = (share * whole * amounts[record] for share in shares[tenure[record]])
        numbers[record] = (mean, low, high)
    return Made(wanted, numbers, sorted(records), params)


def _kept(wanted: Forecast) -> tuple[float, Callable[[int, sbg.Sbg], float]]:
    """Return how many amounts a customer who certainly stays brings in the months to come, and the share of them one of some periods is expected to bring."""
    rate = (1 + float(wanted.discount)) ** (wanted.period_days / 30.4375) - 1
    ahead = range(1, max(round(wanted.months * 30.4375 / wanted.period_days), 1) + 1)
    whole: float = sum((1 + rate) ** -k for k in ahead)

    def share(periods: int, model: sbg.Sbg) -> float:
        kept: float = sum(model.survival(periods + k) / (1 + rate) ** k for k in ahead)
        return kept / model.survival(periods) / whole

    return whole, share


def _around(value: float, low: float, high: float) -> tuple[float, float, float]:
    """Return a mean with its interval, which holds the mean too: where few buy much, that lies above what most of them bring."""
    return value, min(low, value), max(high, value)


METHODS: dict[str, Callable[[Place, Forecast], Made]] = {"logistic": _chances, "bgnbd": _purchases, "sbg": _contracts}


def _whom(place: Place, wanted: Forecast, day: date) -> frozenset[str]:
    """Return the records that a forecast is for, as they were on a day."""
    entity = place.definition.entity
    conditions = {"where": read_filter(place.uow, place.rights, entity, wanted.where or "True")}
    if place.definition.where is not None:
        conditions["scored"] = place.definition.where
    found = find_members(place.uow, place.rights, entity, day, conditions)
    return frozenset.intersection(*found.values())


def _values(place: Place, day: date, texts: dict[str, tuple[Any, str]]) -> dict[str, dict[str, Any]]:
    """Return what expressions give for every record at the end of a day, by name."""
    entity, scope = place.definition.entity, Scope(place.uow.model, place.definition.entity)
    source = Source(at_end_of(place.uow, place.rights, day), entity)
    expressions = {name: check(text, scope, kind) for name, (kind, text) in texts.items()}
    columns = [compile_value(source, each) for each in expressions.values()]
    statement = select(source.alias.c.id, *columns).select_from(source.from_clause).where(*seen(place.uow, place.rights, source))
    kinds: Sequence[Any] = [each.type for each in expressions.values()]
    return {
        row[0]: {name: from_db(kind, value) for name, kind, value in zip(expressions, kinds, row[1:], strict=True)}
        for row in place.uow.connection.execute(statement)
    }  # fmt: skip


def as_records(made: Made, day: date, scored: str) -> list[dict[str, Any]]:
    """Return forecasts as the values of records; ``scored`` is the field that points at the scored record."""
    base = {"kind": made.forecast.name, "method": VERSIONS[made.forecast.method], "data_as_of": day.isoformat(), "params": made.params}
    listed = []
    for record in made.records:
        found = made.numbers.get(record)
        value, low, high = (Decimal(repr(n)).quantize(Decimal("0.0001")) for n in found) if found else (None, None, None)
        listed.append({scored: record, **base, "status": "ok" if found else "insufficient", "value": value, "lo": low, "hi": high})
    return listed
