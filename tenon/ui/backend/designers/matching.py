"""The matching designer: what is compared and how much it counts, and which pairs it would propose now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tenon.engine.duplicates.telling import reasons_told
from tenon.engine.duplicates.trying import try_out
from tenon.engine.notices.telling import titles
from tenon.metamodel.check_matchings import fitting_comparators
from tenon.metamodel.fitting import FITS
from tenon.metamodel.kinds.matching import COMPARATOR_LABELS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.listed import fitting, label_of, with_chosen
from tenon.ui.design_shapes import Control, ControlGroup, PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Choice

LABEL = Text("Matching", "匹配规则")
ICON = "merge"
TOLD = say("When two records mean the same: what is compared, and how alike they have to be.", "何时视为同一条记录：比较哪些字段、相似到什么程度。")


@dataclass(frozen=True, slots=True)
class DrawnPart:
    """A comparison: the field, how it is compared, and what that counts for in words."""

    id: str
    field: str
    by: str
    counts: str


@dataclass(frozen=True, slots=True)
class DrawnPair:
    """A pair that would be proposed: how alike in percent, the two records as addresses with titles, and why in words."""

    percent: int
    records: tuple[Choice, Choice]
    reasons: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The comparisons, from how many percent a pair is proposed, and what it would find now (``records`` None: it cannot be tried yet)."""

    parts: tuple[DrawnPart, ...]
    proposed: int
    merged: int | None
    records: int | None
    pairs: int
    examples: tuple[DrawnPair, ...]
    things: str


def canvas(design: Design) -> Drawn:
    """Return the matching and what it would propose among the newest records."""
    whole = sum((_number(p.get("weight")) for p in design.json.get("compare", ())), Decimal(0))
    parts = tuple(_part(design, part, whole) for part in design.json.get("compare", ()))
    proposed, merged = _percent(design.json.get("propose_from")), design.json.get("merge_from")
    things = design.entity.plural.show(design.language) if design.entity is not None else ""
    view = design.view
    entity = view.model.find_entity(design.entity.id) if design.entity is not None else None
    if entity is None or not view.rights.may(entity, "read"):
        return Drawn(parts, proposed, None if merged is None else _percent(merged), None, 0, (), things)
    tried = try_out(view.uow, view.ctx, entity, design.document)
    names = titles(view.uow, view.ctx, entity, {id for a, b, _ in tried.examples for id in (a, b)})
    here = f"/records/{entity.name}"
    examples = tuple(
        DrawnPair(
            int(found.score * 100), (Choice(f"{here}/{a}", names.get(a, a)), Choice(f"{here}/{b}", names.get(b, b))),
            " · ".join(text.show(design.language) for _, _, text in reasons_told(entity, [r for r in found.reasons if r["likeness"] > 0])),
        )
        for a, b, found in tried.examples
    )  # fmt: skip
    return Drawn(parts, proposed, None if merged is None else _percent(merged), tried.records, tried.pairs, examples, things)


def _part(design: Design, part: Json, whole: Decimal) -> DrawnPart:
    by = COMPARATOR_LABELS.get(str(part.get("by")), Text(str(part.get("by")))).show(design.language)
    share = int(100 * _number(part.get("weight")) / whole) if whole else 0
    counts = say("Decides alone", "直接判定") if part.get("decides") else say("Weight {weight} ({share} %)", "权重 {weight}（{share}%）", weight=part.get("weight"), share=share)
    return DrawnPart(part["id"], label_of(design.model, design.entity, str(part.get("field")), design.language), by, counts.show(design.language))


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value)) if value is not None else Decimal(0)
    except InvalidOperation:
        return Decimal(0)


def _percent(value: Any) -> int:
    return int(_number(value) * 100)


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return the fields that can be compared, each the way that is made for it."""
    used = {str(p.get("field")) for p in design.json.get("compare", ())}
    items = tuple(
        PaletteItem(field.label.show(design.language), field.spec.icon, "compare", _fresh(field), COMPARATOR_LABELS[_best(field)].show(design.language), field.name in used)
        for field in _fields(design.entity)
    )
    return (PaletteGroup(say("Fields", "字段").show(design.language), items),)


def _fields(entity: Entity | None) -> list[Field]:
    takes = FITS["compared"].takes
    return [f for f in entity.fields.values() if f.origin != "system" and takes(f, entity)] if entity is not None else []


def _best(field: Field) -> str:
    return fitting_comparators(field)[0]


def _fresh(field: Field) -> Json:
    return {"field": field.name, "by": _best(field), "weight": 1}


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a comparison, or of the matching."""
    item = design.item(item_id)
    if item is None:
        return None
    return _whole(design) if item is design.json else _of_part(design, item)


def _of_part(design: Design, item: Json) -> Panel:
    controls = Controls(design, item, design.place(item["id"]))
    field = design.entity.find_field(str(item.get("field"))) if design.entity is not None else None
    ways = tuple(Choice(by, COMPARATOR_LABELS[by].show(design.language)) for by in (fitting_comparators(field) if field is not None else COMPARATOR_LABELS))
    made: list[Control] = [
        controls.make("field", "choice", say("Field", "字段"), options=with_chosen(design, fitting(design, "compared"), item.get("field")), required=True),
        controls.make("by", "choice", say("Compared as", "比较方式"), options=ways, required=True),
        controls.make("decides", "switch", say("Decides alone", "直接判定"), help=say("The same is the same record, different is another one.", "相同即为同一条记录，不同即为不同记录。")),
    ]
    if not item.get("decides"):
        counts = say("How much it counts beside the others, where both have it.", "两条记录均有值时，相对其他项的权重。")
        made.append(controls.make("weight", "number", say("Weight", "权重"), numbers=(0, 1000), help=counts))
    return Panel(item["id"], LABEL.show(design.language), ICON, (ControlGroup(None, tuple(made)),), may_remove=len(design.json.get("compare", ())) > 1)


def _whole(design: Design) -> Panel:
    controls, language = Controls(design, design.json, ""), design.language
    first = (
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("propose_from", "number", say("Proposed from", "达到多少时提示"), help=say("0 to 1: 0.75 is three quarters alike.", "0 到 1：0.75 表示四分之三相似。")),
        controls.make("merge_from", "number", say("Merged by itself from", "达到多少时自动合并"), help=say("Empty: nothing is merged by itself.", "留空则从不自动合并。")),
    )
    more = (controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")))
    return Panel("", LABEL.show(language), ICON, (ControlGroup(None, first), ControlGroup(say("More", "更多").show(language), more, True)))


def follow(_before: Json, after: Json, _model: Any) -> list[Json]:
    """Return what goes with a change: what decides has no weight, what does not has one; a field is compared in a way that fits it."""
    found: list[Json] = []
    entity = _model.entities.get(str(after.get("entity")))
    for part in after.get("compare", ()):
        field = entity.fields.get(str(part.get("field"))) if entity is not None else None
        if part.get("decides") and part.get("weight") is not None:
            found.append({"op": "set", "at": f"/compare/{part['id']}/weight", "value": None})
        elif not part.get("decides") and part.get("weight") is None:
            found.append({"op": "set", "at": f"/compare/{part['id']}/weight", "value": 1})
        if field is not None and part.get("by") not in fitting_comparators(field):
            found.append({"op": "set", "at": f"/compare/{part['id']}/by", "value": _best(field)})
    return found


def start(design_label: Json, name: str, entity: Entity, _language: str) -> Json:
    """Return a new matching by the title of an entity."""
    fields = _fields(entity)
    first = next((f for f in fields if f.name == entity.title), fields[0] if fields else None)
    compare = [_fresh(first)] if first is not None else []
    return {"kind": "matching", "name": name, "label": design_label, "entity": entity.name, "compare": compare, "propose_from": 0.75}


def shown_at(design: Design) -> str | None:
    """Return the queue of the entity."""
    return f"/records/{design.entity.name}/duplicates" if design.entity is not None else None
