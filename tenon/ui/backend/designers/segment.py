"""The segment designer: the condition in words, how many records it holds now and the first of them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from tenon.engine.query.pages import Ask, count, page
from tenon.metamodel.errors import Invalid
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.rule_words import said_condition
from tenon.ui.design_shapes import ControlGroup, PaletteGroup, Panel
from tenon.ui.shapes import Choice

LABEL = Text("Segment", "分群")
ICON = "users"
TOLD = say("The records for which a condition holds, for rules, journeys and lists.", "满足条件的一组记录，供规则、旅程与列表使用。")
MODES = (("dynamic", say("As the data is", "随数据变化")), ("fixed", say("Fixed", "固定")))
FIXED = say("A fixed one keeps the members it had when it was made.", "固定分群保留创建时的成员。")
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Drawn:
    """The condition in words and as it is written; how many records it holds now (None: it cannot be asked), the first of them, their list."""

    told: str
    filter: str
    things: str
    count: int | None
    first: tuple[Choice, ...]
    url: str


def canvas(design: Design) -> Drawn:
    """Return what the segment holds. A condition over what is not published yet has no count."""
    text, entity = str(design.json.get("filter") or "True"), design.entity
    view, known = design.view, design.view.model.find_entity(entity.id) if entity is not None else None
    things = entity.plural.show(design.language) if entity is not None else ""
    told = said_condition(design, text) if text != "True" else say("All {things}", "全部{things}", things=things).show(design.language)
    if known is None or not view.rights.may(known, "read"):
        return Drawn(told, text, things, None, (), "")
    title = known.fields.get(known.title) if known.title else None
    ask = Ask(filters=[text], fields=["id", title.name] if title is not None else ["id"], limit=SHOWN)
    try:
        number, found = count(view.uow, view.ctx, known, ask), page(view.uow, view.ctx, known, ask).records
    except Invalid:
        return Drawn(told, text, things, None, (), "")
    here = f"/records/{known.name}"
    first = tuple(Choice(f"{here}/{each['id']}", str(each.get(title.name) or "–") if title is not None else str(n)) for n, each in enumerate(found, 1))
    return Drawn(told, text, things, number, first, f"{here}?{urlencode({'filter': text})}")


def palette(_design: Design) -> tuple[PaletteGroup, ...]:
    """Return nothing: a segment is one condition."""
    return ()


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of the segment."""
    if item_id:
        return None
    controls, entity = Controls(design, design.json, ""), design.entity.name if design.entity else None
    first = (
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("filter", "condition", say("Condition", "条件"), entity=entity, expect="boolean"),
        controls.make("mode", "segments", say("Members", "成员"), options=design.choices(MODES), empty="dynamic", help=FIXED),
    )
    more = (controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")))
    return Panel("", LABEL.show(design.language), ICON, (ControlGroup(None, first), ControlGroup(say("More", "更多").show(design.language), more, True)))


def start(design_label: Json, name: str, entity: Entity, _language: str) -> Json:
    """Return a new segment of all records of an entity."""
    return {"kind": "segment", "name": name, "label": design_label, "entity": entity.name, "filter": "True"}


def shown_at(design: Design) -> str | None:
    """Return the list of the records."""
    return canvas(design).url or None
