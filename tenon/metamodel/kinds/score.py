"""The kind score: measures, weights, bands and how a band may move."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Colour, Exact, Item, Label, NamedItem, OptionName
from tenon.metamodel.marks import Condition, Expr, Ref

ScoreCondition = Annotated[str, Expr("boolean", use="score")]
ScoreNumber = Annotated[str, Expr("number", use="score")]
ScoreDay = Annotated[str, Expr("date", use="score")]
ForecastNumber = Annotated[str, Expr("number")]
ForecastDay = Annotated[str, Expr("date")]
Timing = Literal["immediate", "period", "never"]


class ShareBand(Item):
    """A share of the points from an edge on; the one without an edge is the rest."""

    lower: Exact | None = Field(default=None, alias="from")
    share: Exact = Field(ge=0, le=1)


class Measure(NamedItem):
    """One measure: all or nothing (``when``), a share (``value``), bands over ``of``, or a person's rating (``manual``)."""

    group: str | None = Field(default=None, max_length=60)
    points: Exact | None = Field(default=None, ge=-1_000_000, le=1_000_000)
    weight: Exact | None = Field(default=None, ge=0, le=1_000_000)
    when: ScoreCondition | None = None
    value: ScoreNumber | None = None
    bands: list[ShareBand] | None = Field(default=None, min_length=1, max_length=40)
    of: ScoreNumber | None = None
    manual: bool = False
    expires_days: int | None = Field(default=None, ge=1, le=3650)
    missing: Literal["exclude", "zero", "neutral"] = "exclude"
    needs: ScoreCondition | None = None
    max_age_days: int | None = Field(default=None, ge=1, le=3650)
    as_of: ScoreDay | None = None
    """The day of its newest data, for ``max_age_days``; left out, the newest of the rows it reads. Without a day it is not stale."""


class Variant(NamedItem):
    """The measures for the records of one condition; the last one without a condition is the default."""

    when: ScoreCondition | None = None
    measures: list[Measure] = Field(default=[], max_length=60)


class Cap(Item):
    """A ceiling (or a floor) while a condition holds."""

    when: ScoreCondition
    at_most: Exact | None = None
    at_least: Exact | None = None
    label: Label | None = None


class Band(NamedItem):
    """A band from an edge on; the edge belongs to it."""

    name: OptionName
    lower: Exact = Field(alias="from")
    colour: Colour | None = None


class Keep(Item):
    """What it takes to stay in a band."""

    lower: Exact | None = Field(default=None, alias="from")
    when: ScoreCondition | None = None


class Movement(Item):
    """When a band may change."""

    up: Timing = "immediate"
    down: Timing = "immediate"
    period: Literal["month", "quarter", "year"] = "month"
    keep: dict[OptionName, Keep] = {}
    grace_days: int = Field(default=0, ge=0, le=3650)
    margin: Exact = Field(default=Decimal(0), ge=0)
    min_dwell_days: int = Field(default=0, ge=0, le=3650)
    max_step: int | None = Field(default=None, ge=1, le=40)
    on_stale: Literal["hold", "move"] = "hold"


class Foresight(Item):
    """What a score is to foresee: a condition over the records some days later; how well it does is looked at on a schedule."""

    outcome: Condition
    horizon_days: int = Field(default=90, ge=1, le=3650)
    is_wanted: bool = False
    schedule: str = Field(default="0 3 1 1,4,7,10 *", max_length=100)


class Forecast(NamedItem):
    """A number about what is to come: a chance from the score and its trend, or what a customer is worth without or with a contract.

    ``logistic`` takes ``outcome`` and ``horizon_days``; ``bgnbd`` (without a contract) ``purchases``, ``first``, ``last``, and ``spent`` by
    the repeat purchases; ``sbg`` (with a contract) ``since``, ``until`` (empty while there), ``amount`` a period of ``period_days``.
    """

    method: Literal["logistic", "bgnbd", "sbg"]
    where: Condition | None = None
    outcome: Condition | None = None
    horizon_days: int = Field(default=90, ge=1, le=3650)
    purchases: ForecastNumber | None = None
    first: ForecastDay | None = None
    last: ForecastDay | None = None
    spent: ForecastNumber | None = None
    since: ForecastDay | None = None
    until: ForecastDay | None = None
    amount: ForecastNumber | None = None
    period_days: int = Field(default=365, ge=7, le=3650)
    months: int = Field(default=12, ge=1, le=120)
    discount: Exact = Field(default=Decimal("0.01"), ge=0, le=1)


class Forecasts(Item):
    """What is forecast for the records of a score, when, and the entity that keeps it.

    The entity has a reference to the scored entity and the fields kind, value, lo, hi, method, params, data_as_of and status.
    """

    keep_in: Annotated[str, Ref("entity")]
    schedule: str = Field(default="0 4 1 * *", max_length=100)
    items: list[Forecast] = Field(min_length=1, max_length=20)


class ScoreKind(Kind):
    """A score of the records of an entity."""

    kind: Literal["score"] = "score"
    entity: Annotated[str, Ref("entity")]
    purpose: str = Field(default="health", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    where: Annotated[str, Expr("boolean", use="score")] | None = None
    scale: tuple[Exact, Exact] = (Decimal(0), Decimal(100))
    trend_days: int = Field(default=14, ge=1, le=3650)
    min_coverage: Exact = Field(default=Decimal("0.6"), ge=0, le=1)
    schedule: str = Field(default="0 2 * * *", max_length=100)
    realtime: bool = True
    shadow: bool = False
    variants: list[Variant] = Field(min_length=1, max_length=20)
    caps: list[Cap] = Field(default=[], max_length=40)
    bands: list[Band] = Field(min_length=1, max_length=20)
    movement: Movement = Movement()
    foresees: Foresight | None = None
    forecasts: Forecasts | None = None
