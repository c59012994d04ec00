"""What a score forecasts, in its designer: the list on the canvas, what can be added, and the properties of one forecast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tenon.engine.scores.forecast_records import NEEDED
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.design_shapes import Control, ControlGroup, Panel
from tenon.ui.shapes import Choice

METHODS = (("logistic", Text("Chance of an outcome", "结果的概率")), ("sbg", Text("Value with a contract", "合同客户价值")), ("bgnbd", Text("Value by purchases", "购买客户价值")))
ICONS = {"logistic": "percent", "sbg": "file-text", "bgnbd": "chart-line"}


@dataclass(frozen=True, slots=True)
class DrawnForecast:
    """A forecast on the canvas: its name, its method, and what it is about."""

    id: str
    label: str
    icon: str
    method: str
    told: str


@dataclass(frozen=True, slots=True)
class ForecastOffer:
    """A forecast that can be added, with the operations that do it."""

    label: str
    icon: str
    operations: list[Json]


@dataclass(frozen=True, slots=True)
class DrawnForecasts:
    """The forecasts of a score; without an entity that can keep another one ``offers`` is empty. ``end`` takes all away."""

    items: tuple[DrawnForecast, ...]
    offers: tuple[ForecastOffer, ...]
    end: list[Json]


def forecasts(design: Design) -> DrawnForecasts:
    """Return what the score forecasts, and what it could."""
    labels, wanted = {name: label.show(design.language) for name, label in METHODS}, design.json.get("forecasts") or {}
    items: list[Json] = wanted.get("items", [])
    drawn = tuple(
        DrawnForecast(i["id"], design.show(i.get("label"), i["name"]), ICONS[i["method"]], labels[i["method"]], str(i.get("outcome") or i.get("amount") or i.get("spent") or i.get("purchases") or ""))
        for i in items
    )  # fmt: skip
    return DrawnForecasts(drawn, tuple(_offers(design, items)), [{"op": "set", "at": "/forecasts", "value": None}] if items else [])


def keepers(design: Design) -> list[Entity]:
    """Return the entities that can keep the forecasts of the score: of its records, with the fields they need."""
    own = design.entity
    return [] if own is None else [
        e for e in design.model.entities.values() if e.fields.keys() >= NEEDED and any(f.type.kind == "reference" and f.type.entity == own.id for f in e.fields.values())
    ]  # fmt: skip


def forecast_group(design: Design, controls: Controls) -> ControlGroup | None:
    """Return where and when the forecasts of a score are kept; None when it has none."""
    if not design.json.get("forecasts"):
        return None
    options = tuple(Choice(e.name, e.label.show(design.language)) for e in keepers(design))
    made = (
        controls.make("forecasts/keep_in", "choice", say("Kept in", "保存到"), options=options, required=True),
        controls.make("forecasts/schedule", "text", say("Made (cron)", "生成时间（cron）"), empty="0 4 1 * *"),
    )
    return ControlGroup(say("Forecasts", "预测").show(design.language), made, True)


def forecast_panel(design: Design, controls: Controls) -> Panel:
    """Return the properties of one forecast."""
    language, item, entity = design.language, controls.item, design.entity.name if design.entity else None
    kinds = [Choice(o.name, o.label) for o in _kinds(design)]
    first = (
        controls.make("label", "label", say("Name", "名称")),
        controls.make("method", "choice", say("Method", "方法"), options=design.choices(METHODS), required=True),
        controls.make("where", "condition", say("For records where", "适用条件"), entity=entity, expect="boolean", help=say("Empty: every record.", "留空则为全部记录。")),
    )
    told = say("An option of the field kind where forecasts are kept.", "须为保存预测的对象中“类型”字段的选项。")
    more = controls.make("name", "text", say("Kind of forecast", "预测类型"), options=tuple(kinds), help=told)
    groups = (
        ControlGroup(None, first), ControlGroup(say("What it goes by", "预测依据").show(language), tuple(_inputs(controls, str(item["method"]), entity))),
        ControlGroup(say("More", "更多").show(language), (more,), True),
    )  # fmt: skip
    return Panel(item["id"], design.show(item.get("label"), item["name"]), ICONS[item["method"]], groups, item["name"], may_remove=len(design.json["forecasts"]["items"]) > 1)


def _inputs(controls: Controls, method: str, entity: str | None) -> Iterator[Control]:
    def number(key: str, label: Text) -> Control:
        return controls.make(key, "expression", label, entity=entity)

    if method == "logistic":
        yield controls.make("outcome", "condition", say("Outcome", "结果"), entity=entity, expect="boolean", help=say("The chance that this holds after the days.", "若干天后此条件成立的概率。"))
        yield controls.make("horizon_days", "number", say("Days later", "观察天数"), empty="90", numbers=(1, 3650))
        return
    if method == "sbg":
        yield number("since", say("Customer since", "成为客户的日期"))
        yield number("until", say("Lost on, empty while there", "流失日期（未流失则为空）"))
        yield number("amount", say("Worth a period", "每期金额"))
        yield controls.make("period_days", "number", say("Days of a period", "每期天数"), empty="365", numbers=(7, 3650))
    else:
        yield number("purchases", say("Number of purchases", "购买次数"))
        yield number("first", say("First purchase", "首次购买日期"))
        yield number("last", say("Last purchase", "最近购买日期"))
        yield number("spent", say("Spent by repeat purchases", "重复购买金额"))
    yield controls.make("months", "number", say("Months ahead", "预测月数"), empty="12", numbers=(1, 120))
    yield controls.make("discount", "number", say("Discount a month", "月折现率"), empty="0.01")


def _kinds(design: Design) -> list[Choice]:
    """Return the kinds that the entity which keeps the forecasts knows."""
    wanted = design.json.get("forecasts") or {}
    entity = design.model.find_entity(wanted["keep_in"]) if wanted.get("keep_in") else next(iter(keepers(design)), None)
    field = entity.fields.get("kind") if entity is not None else None
    return [Choice(o.name, o.title().show(design.language)) for o in field.spec.named] if field is not None else []


def _offers(design: Design, items: list[Json]) -> Iterator[ForecastOffer]:
    kept = keepers(design)
    free = [kind for kind in _kinds(design) if kind.name not in {i["name"] for i in items}]
    if not kept or not free:
        return
    for method, label in METHODS:
        value: Json = {"name": free[0].name, "label": label.to_json(), "method": method, **({"outcome": "False"} if method == "logistic" else {})}
        add: Json = {"op": "insert", "at": "/forecasts/items", "index": len(items), "value": value}
        whole: Json = {"op": "set", "at": "/forecasts", "value": {"keep_in": kept[0].name, "items": [value]}}
        yield ForecastOffer(label.show(design.language), ICONS[method], [add if items else whole])
