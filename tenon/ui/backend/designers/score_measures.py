"""The measures of a score as its designer draws them: variants, what their measures are about, and each one's share of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenon.engine.scores.groups import GROUPS
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.designers.base import Design, Json

FEWEST, MOST = 3, 5
"""How many dimensions a score should look at."""
WAYS: dict[str, tuple[str, Text]] = {
    "when": ("check", Text("All or nothing", "是或否")), "value": ("percent", Text("By degrees", "按程度")),
    "bands": ("list-ordered", Text("In steps", "分档")), "manual": ("user-check", Text("Rated by a person", "人工评分")),
}  # fmt: skip
MISSING: dict[str, Text] = {
    "exclude": Text("Missing: left out", "缺失：不计入"), "zero": Text("Missing: nothing", "缺失：计 0 分"), "neutral": Text("Missing: half", "缺失：计一半"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawnMeasure:
    """A measure on the canvas; ``share`` is its part of the total in hundredths, None for one that only takes away."""

    id: str
    label: str
    icon: str
    way: str
    text: str
    at: str
    worth: str
    low: str
    high: str
    step: str
    share: int | None
    order: int
    missing: str


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    """The measures of a variant that look at one thing; ``places`` are where each says so."""

    name: str | None
    label: str
    share: int
    measures: tuple[DrawnMeasure, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawnVariant:
    """A variant on the canvas; ``advice`` has a tone and a text, ``convert`` the operations that weigh it the other way."""

    id: str
    label: str
    when: str | None
    is_weighted: bool
    total: str
    told: str
    groups: tuple[DrawnGroup, ...]
    dimensions: int
    advice: tuple[str, str]
    convert: Sequence[Json]


def variants(design: Design) -> tuple[DrawnVariant, ...]:
    """Return every variant, the default last as it stands."""
    return tuple(_variant(design, each) for each in design.json.get("variants", ()))


def is_weighted(variant: Json) -> bool:
    """True when the measures of a variant have weights instead of points."""
    return any(m.get("weight") is not None for m in variant.get("measures", ()))


def way_of(measure: Json) -> str:
    """Return how a measure judges: when, value, bands or manual."""
    return "manual" if measure.get("manual") else next((name for name in ("when", "value", "bands") if measure.get(name) is not None), "when")


def plain(value: Any) -> str:
    """Return a number as people write it."""
    number = exact(value)
    return format(number.to_integral_value() if number == number.to_integral_value() else number.normalize(), "f")


def exact(value: Any) -> Decimal:
    """Return a number of a document, which may be written as a text; 0 for nothing."""
    return Decimal(str(value)) if value is not None else Decimal(0)


def group_label(name: str, language: str) -> str:
    """Return the name of a dimension as it is shown."""
    known = GROUPS.get(name)
    return known.show(language) if known else name


def _variant(design: Design, variant: Json) -> DrawnVariant:
    language, weighted, measures = design.language, is_weighted(variant), variant.get("measures", [])
    key = "weight" if weighted else "points"
    total = sum((max(exact(m.get(key)), Decimal(0)) for m in measures), Decimal(0))
    groups = tuple(_groups(design, variant, key, total))
    dimensions = sum(len(g.measures) if g.name is None else 1 for g in groups)
    return DrawnVariant(
        variant["id"], design.show(variant.get("label"), variant["name"]), variant.get("when"), weighted, plain(total), _told(design, weighted, total).show(language),
        groups, dimensions, _advice(dimensions, language), tuple(_convert(variant, "points" if weighted else "weight", key)),
    )  # fmt: skip


def _told(design: Design, weighted: bool, total: Decimal) -> Text:
    """Return what the sum means: weights are ratios, points are added up to the end of the scale."""
    high = exact((design.json.get("scale") or (0, 100))[1])
    if weighted:
        return say("Weights are ratios: they need not add up to 100.", "权重是比例，不必合计为 100。")
    if total < high:
        return say("Nobody can reach {high}: the points add up to less.", "分值合计不足，无人能达到 {high}。", high=plain(high))
    if total > high:
        return say("Everything above {high} counts as {high}.", "超过 {high} 的部分按 {high} 计。", high=plain(high))
    return say("The points add up to the end of the scale.", "分值合计正好为满分。")


def _advice(dimensions: int, language: str) -> tuple[str, str]:
    if FEWEST <= dimensions <= MOST:
        return "green", say("{n} dimensions: a good number.", "{n} 个维度：数量合适。", n=dimensions).show(language)
    if dimensions < FEWEST:
        return "amber", say("{n} of 3 to 5 dimensions: one of them alone can move the whole score.", "{n} 个维度，建议 3 到 5 个：过少时单一维度会左右整个评分。", n=dimensions).show(language)
    return "amber", say("{n} dimensions, 3 to 5 are better: with many of them each hardly counts.", "{n} 个维度，建议 3 到 5 个：过多时每个都影响甚微。", n=dimensions).show(language)


def _groups(design: Design, variant: Json, key: str, total: Decimal) -> Iterator[DrawnGroup]:
    """Yield the dimensions in the order in which their first measures stand; what has none is last."""
    measures = variant.get("measures", [])
    names = dict.fromkeys(m.get("group") or None for m in measures)
    for name in [*(n for n in names if n is not None), *([None] if None in names or not measures else [])]:
        own = [(i, m) for i, m in enumerate(measures) if (m.get("group") or None) == name]
        drawn = tuple(_measure(design, variant, m, key, total, i) for i, m in own)
        label = group_label(name, design.language) if name else say("No dimension", "未归入维度").show(design.language)
        part = sum((max(exact(m.get(key)), Decimal(0)) for _, m in own), Decimal(0))
        yield DrawnGroup(name, label, _share(part, total) or 0, drawn, tuple(f"/variants/{variant['id']}/measures/{m['id']}/group" for _, m in own))


def _measure(design: Design, variant: Json, measure: Json, key: str, total: Decimal, order: int) -> DrawnMeasure:
    worth, (icon, way) = exact(measure.get(key)), WAYS[way_of(measure)]
    span = exact((design.json.get("scale") or (0, 100))[1]) if key == "points" else _roof([exact(m.get(key)) for m in variant["measures"]])
    high = max(abs(worth), span, Decimal(1))
    text = str(measure.get("when") or measure.get("value") or measure.get("of") or "")
    step = "1" if high > 10 else "0.5" if high > 1 else "0.05"
    at = f"/variants/{variant['id']}/measures/{measure['id']}/{key}"
    missing = MISSING.get(measure.get("missing", "exclude"), MISSING["exclude"]).show(design.language)
    return DrawnMeasure(
        measure["id"], design.show(measure.get("label"), measure["name"]), icon, way.show(design.language), text, at, plain(worth),
        plain(-high) if worth < 0 else "0", plain(high), step, _share(worth, total), order, missing,
    )  # fmt: skip


def _roof(weights: Sequence[Decimal]) -> Decimal:
    """Return the round number up to which the sliders of weights go."""
    return next((roof for roof in (Decimal(1), Decimal(10), Decimal(100)) if max(weights, default=Decimal(0)) <= roof), Decimal(1000))


def _share(worth: Decimal, total: Decimal) -> int | None:
    if worth < 0:
        return None
    return int((worth * 100 / total).quantize(Decimal(1))) if total else 0


def _convert(variant: Json, to: str, since: str) -> Iterator[Json]:
    """Yield the operations that give every measure a weight instead of points, or points instead of a weight."""
    for measure in variant.get("measures", ()):
        at = f"/variants/{variant['id']}/measures/{measure['id']}"
        worth = exact(measure.get(since))
        number = float(max(worth, Decimal(0)) if to == "weight" else worth)
        yield {"op": "set", "at": f"{at}/{to}", "value": int(number) if number.is_integer() else number}
        yield {"op": "set", "at": f"{at}/{since}", "value": None}
