"""A score as it is computed: expressions checked, points as whole numbers, read from its document once a release."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import Any

import orjson

from tenon.engine.scores.missing import moments
from tenon.metamodel.document import Document
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.kinds.score import Measure, Movement, ScoreKind, Variant
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Model

WHOLE = 10_000
"""Shares, scores and coverages are counted in ten-thousandths."""


@dataclass(frozen=True, eq=False)
class MeasurePlan:
    """One measure of one variant: what it reads and what it is worth."""

    body: Measure
    expression: Expression | None
    needs: Expression | None
    as_of: Expression | None = None

    @property
    def id(self) -> str:
        """The stable id of the measure."""
        return self.body.id or self.body.name

    @property
    def worth(self) -> Decimal:
        """Its points or its weight."""
        found = self.body.points if self.body.points is not None else self.body.weight
        return found if found is not None else Decimal(0)

    @property
    def is_negative(self) -> bool:
        """True for points that are taken away: no maximum, no weight in coverage."""
        return self.worth < 0

    @property
    def expressions(self) -> list[Expression]:
        """Its checked expressions."""
        return [e for e in (self.expression, self.needs, self.as_of) if e is not None]


@dataclass(frozen=True, eq=False)
class VariantPlan:
    """The measures of the records of one condition.

    The score in ten-thousandths is ``offset + factor * (positive * total / present + negative)`` of the sums of share times units
    (weighted: without ``total``), where ``present`` are the units that count and ``total`` all of them.
    """

    body: Variant
    when: Expression | None
    measures: tuple[MeasurePlan, ...]
    units: tuple[int, ...]
    offset: int
    factor: Fraction

    @property
    def is_weighted(self) -> bool:
        """True for weights, False for points."""
        return any(m.body.weight is not None for m in self.measures)

    @property
    def total(self) -> int:
        """The units of all measures that have a maximum."""
        return sum(u for u in self.units if u > 0)


@dataclass(frozen=True, eq=False)
class Definition:
    """One score of one release."""

    document: Document
    entity: Entity
    release: int
    variants: tuple[VariantPlan, ...]
    caps: tuple[Expression, ...]
    keeps: dict[str, Expression]
    where: Expression | None

    @property
    def id(self) -> str:
        """The id of the score."""
        return self.document.id

    @property
    def body(self) -> ScoreKind:
        """The document's body."""
        body: ScoreKind = self.document.body
        return body

    @property
    def movement(self) -> Movement:
        """When a band may change."""
        return self.body.movement

    @cached_property
    def bands(self) -> tuple[str, ...]:
        """The names of the bands, lowest first."""
        return tuple(b.name for b in self.body.bands)

    @cached_property
    def edges(self) -> tuple[int, ...]:
        """The lower edges of the bands."""
        return tuple(ten_thousandths(b.lower) for b in self.body.bands)

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the score."""
        own = [e for v in self.variants for m in v.measures for e in m.expressions]
        own += [v.when for v in self.variants if v.when is not None]
        return (*own, *self.caps, *self.keeps.values(), *([self.where] if self.where else ()))

    @cached_property
    def has_population(self) -> bool:
        """True when a measure ranks the record among all."""
        return any(e.uses_population for e in self.expressions)

    @cached_property
    def follows_the_moment(self) -> bool:
        """True when an expression reads now(): then a statement lives for one moment only, else for a day."""
        return any(moments(e) for e in self.expressions)

    @cached_property
    def form_json(self) -> dict[str, Any]:
        """What a reader of stored shares has to know: measures and their worth, scale and caps."""
        variants = [
            {
                "name": v.body.name,
                "weighted": v.is_weighted,
                "measures": [
                    {"id": m.id, "name": m.body.name, "group": m.body.group, "worth": str(m.worth), "missing": m.body.missing}
                    for m in v.measures
                ],
            }
            for v in self.variants
        ]
        caps = [{"at_most": _text(c.at_most), "at_least": _text(c.at_least)} for c in self.body.caps]
        return {"score": self.id, "scale": [str(s) for s in self.body.scale], "variants": variants, "caps": caps}

    @cached_property
    def form(self) -> str:
        """The hash of the form."""
        return hashlib.sha256(orjson.dumps(self.form_json, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    def measure(self, measure_id: str) -> MeasurePlan | None:
        """Return a measure by id or name, or None."""
        plans = (m for v in self.variants for m in v.measures)
        return next((m for m in plans if measure_id in (m.id, m.body.name)), None)

    def band_label(self, name: str | None) -> Text | None:
        """Return the label of a band, None for no band."""
        return next((b.title() for b in self.body.bands if b.name == name), Text.of(name) if name else None)


def ten_thousandths(value: Decimal) -> int:
    """Return a number in ten-thousandths, rounded half away from zero."""
    return int((value * WHOLE).quantize(Decimal(1), rounding="ROUND_HALF_UP"))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def define(model: Model, score: Document) -> Definition:
    """Return the score as a plan, made once a release; raises Invalid when one of its expressions does not read."""
    key = ("score", score.id, id(score))
    if key not in model.cache:
        model.cache[key] = _define(model, score)
    found: Definition = model.cache[key]
    return found


def _define(model: Model, score: Document) -> Definition:
    body: ScoreKind = score.body
    entity = model.get_entity(body.entity)
    scope = Scope(model, entity, use="score")

    def condition(text: str | None) -> Expression | None:
        return check(text, scope, "boolean") if text else None

    def number(text: str | None) -> Expression | None:
        return check(text, scope, "number") if text else None

    def measure(m: Measure) -> MeasurePlan:
        return MeasurePlan(m, condition(m.when) or number(m.value) or number(m.of), condition(m.needs), check(m.as_of, scope, "date") if m.as_of else None)

    variants = tuple(_variant(body, v, condition(v.when), tuple(measure(m) for m in v.measures)) for v in body.variants)
    caps = tuple(check(c.when, scope, "boolean") for c in body.caps)
    keeps = {name: check(keep.when, scope, "boolean") for name, keep in body.movement.keep.items() if keep.when}
    return Definition(score, entity, model.release, variants, caps, keeps, condition(body.where))


def _variant(body: ScoreKind, variant: Variant, when: Expression | None, measures: tuple[MeasurePlan, ...]) -> VariantPlan:
    """Bring points or weights to the smallest whole numbers, so that sums stay exact and small."""
    worths = [Fraction(m.worth) for m in measures]
    scale = lcm(*(w.denominator for w in worths)) if worths else 1
    units = [int(w * scale) for w in worths]
    common = gcd(*units) if any(units) else 1
    units = [u // common for u in units]
    low, high = (ten_thousandths(s) for s in body.scale)
    is_weighted = any(m.body.weight is not None for m in measures)
    factor = Fraction(high - low, WHOLE) if is_weighted else Fraction(common, scale)
    return VariantPlan(variant, when, measures, tuple(units), low if is_weighted else 0, factor)
