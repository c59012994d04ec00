"""The score designer: measures by what they are about, ceilings, and bands over the values that records have today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.metamodel.names import propose_name
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.score_bands import DrawnBands, bands
from tenon.ui.backend.designers.score_forecasts import DrawnForecasts, forecasts
from tenon.ui.backend.designers.score_measures import DrawnVariant, is_weighted, variants
from tenon.ui.backend.designers.score_panels import panel
from tenon.ui.design_shapes import PaletteGroup, PaletteItem

__all__ = ("ICON", "LABEL", "SCRIPT", "canvas", "palette", "panel", "shown_at", "start")

LABEL = Text("Score", "评分")
ICON = "gauge"
TOLD = say("How well each record is doing, from 0 to 100.", "每条记录的得分，0 到 100。")
SCRIPT = "design_score"
MOST_SUGGESTED = 24
NUMBERS = frozenset({"integer", "decimal", "money", "percent", "rating", "duration"})


@dataclass(frozen=True, slots=True)
class DrawnCap:
    """A ceiling or a floor on the canvas."""

    id: str
    label: str
    limit: str
    when: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The canvas: variants with their measures, bands on the values of today, ceilings, forecasts."""

    variants: tuple[DrawnVariant, ...]
    new_variant: Json
    bands: DrawnBands
    caps: tuple[DrawnCap, ...]
    forecasts: DrawnForecasts


def canvas(design: Design) -> Drawn:
    """Return everything that makes the score."""
    caps = tuple(
        DrawnCap(cap["id"], design.show(cap.get("label")), _limit(design, cap), str(cap.get("when", ""))) for cap in design.json.get("caps", ())
    )  # fmt: skip
    return Drawn(variants(design), _new_variant(design), bands(design), caps, forecasts(design))


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return the sorts of measures, suggestions from the fields and relations of the entity, and limits."""
    language = design.language
    sorts = (
        _offer(design, say("All or nothing", "是或否"), "check", {"when": "True"}, say("All points while a condition holds.", "条件成立时得全部分值。")),
        _offer(design, say("By degrees", "按程度"), "percent", {"value": "1"}, say("A share of the points, from 0 to 1.", "按 0 到 1 的比例得分。")),
        _offer(design, say("In steps", "分档"), "list-ordered", {"of": "1", "bands": [{"from": 1, "share": 1}, {"share": 0}]}, say("A share for each step of a number.", "按数值所在档位得分。")),
        _offer(design, say("Rated by a person", "人工评分"), "user-check", {"manual": True, "expires_days": 90}, say("Somebody says so; it expires.", "由人员评定，会过期。")),
    )
    taken = {m.get("group") for v in design.json.get("variants", ()) for m in v.get("measures", ())}
    number = next(n for n in range(1, 99) if say("Dimension {n}", "维度 {n}", n=n).show(language) not in taken)
    dimension = {"when": "True", "group": say("Dimension {n}", "维度 {n}", n=number).show(language)}
    others = (
        _offer(design, say("Dimension", "维度"), "layers", dimension, say("Begins with a measure of its own.", "从一个新指标开始。")),
        _limiter(design, say("Ceiling", "封顶"), "arrow-down", {"at_most": 40}, say("While a condition holds the score is at most this.", "条件成立时评分不高于此值。")),
        _limiter(design, say("Floor", "保底"), "arrow-up", {"at_least": 60}, say("While a condition holds the score is at least this.", "条件成立时评分不低于此值。")),
    )  # fmt: skip
    groups = [PaletteGroup(say("Measures", "指标").show(language), sorts), PaletteGroup(say("Structure", "结构").show(language), others)]
    suggested = _suggested(design)
    return (*groups, PaletteGroup(say("From the data", "根据数据").show(language), suggested)) if suggested else tuple(groups)


def start(design_label: Json, name: str, entity: Entity, language: str) -> Json:
    """Return a new score with a measure of each field that has numbers, at most four."""
    found = [f for f in entity.fields.values() if f.type.kind in ("number", "decimal", "integer", "money") and f.origin not in ("system", "score")][:4]
    measures = [
        {"name": f.name, "label": f.label.to_json(), "group": "value", "points": 100 // len(found), "value": f"scale({f.name}, 0, 100)"} for f in found
    ] or [{"name": "first", "label": say("First measure", "第一个指标").to_json(), "group": "value", "points": 100, "when": "True"}]  # fmt: skip
    bands = [
        {"name": "low", "label": say("Low", "低").to_json(), "from": 0, "colour": "red"}, {"name": "fair", "label": say("Fair", "中").to_json(), "from": 50, "colour": "amber"},
        {"name": "good", "label": say("Good", "高").to_json(), "from": 80, "colour": "green"},
    ]  # fmt: skip
    variant = {"name": "default", "label": say("Everybody", "全部").to_json(), "measures": measures}
    return {"kind": "score", "name": name, "label": design_label, "entity": entity.name, "purpose": name, "scale": [0, 100], "variants": [variant], "bands": bands}


def shown_at(design: Design) -> str | None:
    """Return the list of the records that have the score."""
    entity = design.entity
    return f"/records/{entity.name}" if entity is not None else None


def _offer(design: Design, label: Text, icon: str, value: Json, help: Text | None = None) -> PaletteItem:
    """Return a measure to take; its points or weight are of the sort that the variant uses."""
    every = design.json.get("variants", ())
    taken = {str(m.get("name")) for v in every for m in v.get("measures", ())}
    worth = {"weight" if any(is_weighted(v) for v in every) else "points": 10}
    named = {"name": propose_name(label.show("en"), taken), "label": label.to_json(), **worth, **value}
    return PaletteItem(label.show(design.language), icon, "measure", named, help.show(design.language) if help else None)


def _limiter(design: Design, label: Text, icon: str, value: Json, help: Text) -> PaletteItem:
    return PaletteItem(label.show(design.language), icon, "cap", {"when": "False", "label": label.to_json(), **value}, help.show(design.language))


def _suggested(design: Design) -> tuple[PaletteItem, ...]:
    entity = design.entity
    if entity is None:
        return ()
    made = []
    for field in entity.fields.values():
        if field.origin in ("system", "score"):
            continue
        if field.spec.type in NUMBERS:
            made.append(_offer(design, field.label, field.spec.icon, {"value": f"scale({field.name}, 0, {1 if field.spec.type == 'percent' else 100})"}))
        elif field.spec.type == "boolean":
            made.append(_offer(design, field.label, field.spec.icon, {"when": field.name}))
    for relation in entity.relations.values():
        if relation.is_reverse:
            label = say("Has {what}", "有{what}", what=relation.label)
            made.append(_offer(design, label, "link", {"when": f"exists({relation.name})", "missing": "zero"}))
    return tuple(made[:MOST_SUGGESTED])


def _new_variant(design: Design) -> Json:
    """Return the operation that adds a variant before the default, with the same measures."""
    every = design.json.get("variants", ())
    name = propose_name("variant", {str(v.get("name")) for v in every})
    label = say("Only some", "部分记录")
    measures = [_without_ids(m) for m in every[-1].get("measures", ())] if every else []
    value = {"name": name, "label": label.to_json(), "when": "False", "measures": measures}
    return {"op": "insert", "at": "/variants", "index": max(len(every) - 1, 0), "value": value}


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_ids(v) for k, v in value.items() if k != "id"}
    return [_without_ids(v) for v in value] if isinstance(value, list) else value


def _limit(design: Design, cap: Json) -> str:
    told = []
    if cap.get("at_most") is not None:
        told.append(say("at most {n}", "至多 {n}", n=cap["at_most"]).show(design.language))
    if cap.get("at_least") is not None:
        told.append(say("at least {n}", "至少 {n}", n=cap["at_least"]).show(design.language))
    return " · ".join(told)
