"""The blocks of a page: what each is called, what of the model it can show, and what it says it shows."""

from __future__ import annotations

from typing import Any

from tenon.metamodel.labels import Text, listed, say
from tenon.metamodel.model import Entity, Relation
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.listed import Offer, fitting, label_of, own_fields
from tenon.ui.backend.designers.setting import settable

BLOCKS: dict[str, tuple[Text, str]] = {
    "fields": (say("Fields", "字段"), "list"), "next_action": (say("Next step", "下一步"), "zap"),
    "forecasts": (say("Forecasts", "预测"), "chart-line"), "timeline": (say("Timeline", "时间线"), "activity"),
    "tasks": (say("Tasks", "任务"), "list-checks"), "comments": (say("Comments", "评论"), "message-square"), "files": (say("Files", "文件"), "paperclip"),
    "history": (say("History", "历史"), "history"), "text": (say("Text", "说明文字"), "text"), "score": (say("Score", "评分"), "gauge"),
    "form": (say("Form", "表单"), "pencil"), "related": (say("Related records", "相关记录"), "rows-3"), "widget": (say("Chart", "图表"), "chart-column"),
    "alert": (say("Alert", "预警"), "triangle-alert"), "playbook": (say("Playbooks", "行动手册"), "list-ordered"),
}  # fmt: skip
PLAIN = ("fields", "timeline", "tasks", "comments", "files", "history", "playbook", "forecasts")
"""Blocks that need nothing said to begin with."""


def about(design: Design, kind: str, entity: Entity | None) -> list[Offer]:
    """Return the documents of a kind that are about an entity."""
    found = [d for d in design.model.all(kind) if entity is not None and design.model.find_entity(d.body.entity) is entity]
    return [(d.name, d.label.show(design.language), None) for d in found]


def buttons(design: Design) -> list[Offer]:
    """Return the rules of the entity that people wake by a button."""
    return [offer for offer in about(design, "rule", design.entity) if design.model.get("rule", offer[0]).body.trigger.type == "button"]


def widgets(design: Design) -> list[Offer]:
    """Return the widgets of the workspace."""
    return [(d.name, d.label.show(design.language), None) for d in design.model.all("widget")]


def relations(design: Design) -> list[Offer]:
    """Return the relations that lead to records of people's entities."""
    return [(r.name, relation_label(design, r), None) for r in (design.entity.relations.values() if design.entity else ()) if _far(design, r) is not None]


def relation_label(design: Design, relation: Relation) -> str:
    """Return what a relation is called; without a label of its own the plural of what it leads to."""
    far = design.model.find_entity(relation.far_id)
    is_named = relation.label.show("en") != relation.name or far is None
    return (relation.label if is_named or far is None else far.plural).show(design.language)


def far_of(design: Design, name: Any) -> Entity | None:
    """Return the entity at the other end of a relation by name."""
    relation = design.entity.find_relation(str(name)) if design.entity is not None and name else None
    return _far(design, relation) if relation is not None else None


def offers_to_set(design: Design, entity: Entity | None) -> list[Offer]:
    """Return the fields that a button can set."""
    return [(f.name, f.label.show(design.language), f.spec.icon) for f in settable(entity)]


def first_setting(entity: Entity | None) -> Json | None:
    """Return what a new setting of a button begins with: the last option of a stage or choice, a tick, a text; None without such a field."""
    fields = [f for f in own_fields(entity) if f.is_written and f.origin != "system"]
    for field in sorted(fields, key=lambda f: f.spec.type != "stage"):
        options = getattr(field.spec, "options", ())
        if field.type.kind == "choice" and options:
            return {"field": field.name, "value": f"'{options[-1].name}'"}
    for kind, value in (("boolean", "True"), ("date", "today()"), ("text", "''")):
        found = next((f for f in fields if f.type.kind == kind), None)
        if found is not None:
            return {"field": found.name, "value": value}
    return None


def facts(design: Design) -> list[Offer]:
    """Return the fields that can stand as facts: own ones and those one step over references."""
    entity, language = design.entity, design.language
    found = fitting(design, None)
    for link in own_fields(entity):
        far = design.model.find_entity(link.type.entity) if link.type.kind == "reference" and link.type.entity else None
        if far is not None and link.origin != "system":
            found += [(f"{link.name}.{name}", f"{link.label.show(language)} · {label}", icon) for name, label, icon in fitting(design, None, entity=far)]
    return found


def told(design: Design, block: Json) -> str:
    """Return in words what a block shows."""
    kind, language = str(block["type"]), design.language
    if kind in ("score", "form", "widget", "view"):
        document = design.model.find(kind, str(block.get(kind)))
        return document.label.show(language) if document is not None else str(block.get(kind) or "")
    if kind == "related":
        relation = design.entity.find_relation(str(block.get("relation"))) if design.entity is not None else None
        view = design.model.find("view", block["view"]) if block.get("view") else None
        name = relation_label(design, relation) if relation is not None else str(block.get("relation") or "")
        return f"{name} · {view.label.show(language)}" if view is not None else name
    if kind == "fields":
        names = [label_of(design.model, design.entity, str(path), language) for path in block.get("fields", ())]
        return listed(names, language) if names else say("All fields", "全部字段").show(language)
    if kind == "next_action":
        return listed((design.show(a.get("label")) for a in block.get("actions", ())), language)
    return design.show(block.get("text"))[:120] if kind == "text" else ""


def _far(design: Design, relation: Relation) -> Entity | None:
    far = design.model.find_entity(relation.far_id)
    return far if far is not None and relation.is_reverse and not far.is_system else None
