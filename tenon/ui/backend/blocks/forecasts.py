"""What is forecast for the record: value, interval, method and data date, or that too little is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tenon.engine.scores.forecast_records import find_forecasts
from tenon.metamodel.kinds.page import Block
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.record import Record

METHODS: dict[str, Text] = {
    "logistic": say("from the score and its trend", "依据评分及趋势"), "bgnbd": say("from the purchases (BG/NBD)", "依据购买记录（BG/NBD）"),
    "sbg": say("from who stays (sBG)", "依据留存（sBG）"),
}  # fmt: skip

INTERVALS: dict[str, Text] = {
    "logistic": say("95 % interval of the chance", "概率的 95% 区间"), "bgnbd": say("8 of 10 such customers", "此类客户十之八在此之间"),
    "sbg": say("95 % interval of the mean", "均值的 95% 区间"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ForecastShown:
    """One forecast; ``value`` is None where too little is known."""

    label: str
    is_chance: bool
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    method: str
    interval: str
    day: date
    currency: str | None = None


def make(record: Record, block: Block) -> tuple[ForecastShown, ...] | None:
    """Return the newest forecast of each kind; None when there is none for this reader."""
    view = record.view
    if record.is_deleted or not any(d.body.forecasts is not None and d.body.entity == record.entity.id for d in view.model.all("score")):
        return None
    found = find_forecasts(view.uow, view.ctx, record.id)
    return tuple(_shown(each, view.language) for each in found) or None


def _shown(found: dict[str, Any], language: str) -> ForecastShown:
    name, is_ok = str(found["method"]), found["status"] == "ok"
    told, held = (texts.get(name.partition("-")[0]) for texts in (METHODS, INTERVALS))
    value, low, high = (Decimal(str(found[key])) if is_ok and found[key] is not None else None for key in ("value", "lo", "hi"))
    day, how = date.fromisoformat(str(found["data_as_of"])), told.show(language) if told else name
    return ForecastShown(found["label"], bool(found["is_chance"]), value, low, high, how, held.show(language) if held else "", day, found["currency"])
