"""Which measures would tell who stays from who leaves, and how many points each: proposed from what came of the records, never taken by itself.

Three of four records teach, the fourth part is kept to see how well the proposal does on records it has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.forecasts.auc import Auc, auc
from tenon.engine.forecasts.logistic import Row, fit
from tenon.engine.query.pages import read_filter
from tenon.engine.scores.backtest import fine, ratio
from tenon.engine.scores.candidates import Candidate, Sample, candidate, find_sample
from tenon.engine.scores.definition import define
from tenon.engine.scores.outcomes import Asked
from tenon.engine.unit_of_work import UnitOfWork

FEWEST = 30
"""With fewer records of either sort among those that teach nothing is proposed."""
MOST_TRIED, MOST_TAKEN = 16, 6
SAYS_NOTHING, TOO_GOOD = 0.53, 0.97
STEP = 5


@dataclass(frozen=True)
class Weighed:
    """A candidate with its shares on the records that teach and on the others, and how well it does alone."""

    what: Candidate
    taught: list[float]
    tried: list[float]
    alone: float


def advise(uow: UnitOfWork, ctx: Context, name: str, asked: Asked, *, is_wanted: bool = False) -> dict[str, Any]:
    """Return measures with points for a score as JSON, and how well they do on records they were not made from. Raises NotFound, Invalid.

    ``is_wanted``: the outcome is what the score should be high for, not what it should warn of.
    """
    definition = define(uow.model, uow.model.get("score", name))
    rights = rights_of(uow.model, ctx)
    rights.require(definition.entity, "read")
    asked.check(uow)
    outcome = read_filter(uow, rights, definition.entity, asked.outcome, "/outcome")
    sample = find_sample(uow, rights, definition.entity, outcome, definition.where, asked)
    return propose(sample, float(definition.body.scale[1]), ctx.language, is_wanted=is_wanted)


def propose(sample: Sample, top: float, language: str, *, is_wanted: bool) -> dict[str, Any]:
    """Return the proposal for a sample; ``top`` is the highest score."""
    in_order = sorted(range(len(sample.ids)), key=lambda i: sample.ids[i])  # by when they were made: the same records are parted the same way, whatever their ids
    taught, tried = sorted(i for place, i in enumerate(in_order) if place % 4), sorted(in_order[::4])
    good, later = [sample.came[i] == is_wanted for i in taught], [sample.came[i] == is_wanted for i in tried]
    base = {"n": len(sample.ids), "base_rate": ratio(sum(sample.came), len(sample.came)), "taught": len(taught), "tried": len(tried)}
    nothing: dict[str, Any] = {"status": "insufficient", **base, "auc": None, "auc_interval": None, "measures": [], "left_out": []}
    if min(sum(good), len(good) - sum(good)) < FEWEST or len(set(later)) < 2:
        return nothing
    weighed = _weigh(sample, taught, tried, good, is_wanted=is_wanted)
    left_out = [w.what.label.show(language) for w in weighed if w.alone >= TOO_GOOD]
    found = sorted((w for w in weighed if SAYS_NOTHING <= w.alone < TOO_GOOD), key=lambda w: -w.alone)[:MOST_TRIED]
    ranked = _choose(found, good)
    if not ranked:
        return nothing | {"left_out": left_out}
    points = round_points([worth for _, worth, _ in ranked], top)
    scores = [sum(p * w.tried[i] for (w, _, _), p in zip(ranked, points, strict=True)) for i in range(len(tried))]
    area = auc(zip(scores, later, strict=True))
    measures = [_measure(w, p, strength, language) for (w, _, strength), p in zip(ranked, points, strict=True) if p]
    return {"status": "ok", **base, **_area(area), "measures": measures, "left_out": left_out}


def _weigh(sample: Sample, taught: Sequence[int], tried: Sequence[int], good: Sequence[bool], *, is_wanted: bool) -> list[Weighed]:
    listed = []
    for column in sample.columns:
        what = candidate(column, sample.came, taught, is_wanted=is_wanted)
        if what is None:
            continue
        shares = [what.share(column.values[i]) for i in taught]
        known = [s for s in shares if s is not None]
        middle = sum(known) / len(known) if known else 0.0  # what is missing says nothing
        first = [middle if s is None else s for s in shares]
        second = [middle if (s := what.share(column.values[i])) is None else s for i in tried]
        alone = auc(zip(first, good, strict=True))
        listed.append(Weighed(what, first, second, alone.value if alone else 0.5))
    return listed


def _choose(found: Sequence[Weighed], good: Sequence[bool]) -> list[tuple[Weighed, float, float]]:
    """Return the candidates that hold beside each other, the strongest first: what full points are worth, and how much they move the records.

    One that beside the others would count the other way goes; of the rest the strongest are kept.
    """
    kept, most = list(found), MOST_TRIED
    while kept:
        model = fit(_rows(kept), good)
        weighed = [(w, c, c * _spread(w.taught)) for w, c in zip(kept, model.coefficients[1:], strict=True)]
        holding = sorted((each for each in weighed if each[1] > 0), key=lambda each: -each[2])[:most]
        if len(holding) == len(kept):
            if len(kept) <= MOST_TAKEN:
                return holding
            holding, most = holding[:MOST_TAKEN], MOST_TAKEN
        kept = [w for w, _, _ in holding]
    return []


def _rows(kept: Sequence[Weighed]) -> list[Row]:
    return list(zip(*(w.taught for w in kept), strict=True))


def _spread(values: Sequence[float]) -> float:
    middle = sum(values) / len(values)
    return float((sum((v - middle) ** 2 for v in values) / len(values)) ** 0.5)


def round_points(worths: Sequence[float], top: float) -> list[int]:
    """Return points in fives that together make the top of the scale."""
    step = STEP if top >= STEP * len(worths) * 2 else 1
    points = [max(round(w / sum(worths) * top / step) * step, step) for w in worths]
    points[points.index(max(points))] += round(top) - sum(points)
    return points


def _area(area: Auc | None) -> dict[str, Any]:
    return {"auc": fine(area.value) if area else None, "auc_interval": [fine(area.low), fine(area.high)] if area else None}


def _measure(weighed: Weighed, points: int, strength: float, language: str) -> dict[str, Any]:
    what = weighed.what
    return {
        "name": what.name, "label": what.label.show(language), "labels": what.label.to_json(), what.key: what.text, "points": points,
        "auc_alone": fine(weighed.alone), "strength": Decimal(repr(strength)).quantize(Decimal("0.001")),
    }  # fmt: skip
