"""The page designer: facts and scores of the head, tabs, and blocks that are carried within and between them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson

from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.listed import label_of, own_fields
from tenon.ui.backend.designers.page_blocks import BLOCKS, PLAIN, about, far_of, first_setting, relations, told, widgets
from tenon.ui.backend.designers.page_panels import action_panel, block_panel, page_panel, setting_panel, tab_panel
from tenon.ui.backend.designers.page_sample import NOT_LIVE, Sample, newest, sample
from tenon.ui.design_shapes import PaletteGroup, PaletteItem, Panel
from tenon.ui.record_shapes import BlockView

LABEL = Text("Page", "页面")
ICON = "file-text"
TOLD = say("What one record shows.", "一条记录展示的内容。")
TAB, BLOCK, ACTION = "tab", "block", "action"
FACTS = 4
LONG = frozenset({"long_text", "rich_text", "json", "address", "file", "image", "references"})


@dataclass(frozen=True, slots=True)
class DrawnSetting:
    """A field that a button sets, and the expression of its value."""

    id: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class DrawnAction:
    """Something to do on the canvas."""

    id: str
    label: str
    when: str
    settings: tuple[DrawnSetting, ...] | None
    """What its button sets; None without a button, or when that makes a record."""
    first: Mapping[str, str] | None
    """What one more setting begins with."""


@dataclass(frozen=True, slots=True)
class DrawnBlock:
    """A block on the canvas; ``shown`` is what it shows of the newest record, ``url`` gives that when it comes in sight, ``key`` changes with it."""

    id: str
    type: str
    type_label: str
    icon: str
    label: str
    told: str
    when: str | None
    shown: BlockView | None
    actions: tuple[DrawnAction, ...] | None
    url: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class DrawnTab:
    """A tab on the canvas."""

    id: str
    label: str
    when: str | None
    blocks: tuple[DrawnBlock, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The canvas: the head, the tabs, and those that come by themselves."""

    facts: tuple[str, ...]
    scores: tuple[str, ...]
    tabs: tuple[DrawnTab, ...]
    added: tuple[str, ...]
    sample: Sample


def canvas(design: Design) -> Drawn:
    """Return the page with the newest record, as far as the release in force can show it."""
    header, language = design.json.get("header") or {}, design.language
    facts = tuple(label_of(design.model, design.entity, str(path), language) for path in header.get("facts", ()))
    scores = tuple(told(design, {"type": "score", "score": name}) for name in header.get("scores", ()))
    seen = sample(design)
    tabs = tuple(
        DrawnTab(t["id"], design.show(t.get("label")), t.get("visible"), tuple(_drawn(design, b, seen, is_later=at > 0) for b in t.get("blocks", ())))
        for at, t in enumerate(design.json.get("tabs", ()))
    )
    return Drawn(facts, scores, tabs, _added(design), seen)


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return tabs, blocks, and what of the model has a block of its own."""
    language = design.language
    tab = PaletteItem(say("Tab", "标签页").show(language), "folder", TAB, {"label": say("New tab", "新标签页").to_json(), "blocks": []})
    text = _item(design, "text", {"text": say("Explain something here.", "在此填写说明。").to_json()})
    step = {"label": say("Do this next", "下一步操作").to_json(), "when": "True"}
    action = PaletteItem(say("Something to do", "待办操作").show(language), "circle-check", ACTION, step)
    groups = [
        PaletteGroup(say("Layout", "布局").show(language), (tab, text)),
        PaletteGroup(say("Blocks", "区块").show(language), (*(_item(design, kind) for kind in PLAIN), _item(design, "next_action", {"actions": [step]}), action)),
    ]
    for kind, label, offers in (
        ("score", say("Scores", "评分"), about(design, "score", design.entity)), ("form", say("Forms", "表单"), about(design, "form", design.entity)),
        ("related", say("Related records", "相关记录"), relations(design)), ("widget", say("Charts", "图表"), widgets(design)),
    ):  # fmt: skip
        key = "relation" if kind == "related" else kind
        used = {b.get(key) for t in design.json.get("tabs", ()) for b in t.get("blocks", ()) if b["type"] == kind}
        items = tuple(PaletteItem(text, BLOCKS[kind][1], BLOCK, {"type": kind, key: name}, BLOCKS[kind][0].show(language), name in used) for name, text, _ in offers)
        groups += [PaletteGroup(label.show(language), items)] if items else []
    return tuple(groups)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a tab, a block, something to do, or of the page itself."""
    item = design.item(item_id)
    if item is None:
        return None
    controls = Controls(design, item, design.place(item_id))
    if item is design.json:
        return page_panel(design, controls, LABEL, ICON)
    if "type" in item:
        return block_panel(design, controls)
    if "value" in item and "/create/" in controls.place:  # a value of a new record is among the properties of what makes it
        action = next(each for each in design.around(item_id) if "when" in each)
        return action_panel(design, Controls(design, action, design.place(action["id"])))
    if "value" in item:
        return setting_panel(design, controls)
    return tab_panel(design, controls) if "when" not in item else action_panel(design, controls)


def start(design_label: Json, name: str, entity: Entity, language: str) -> Json:
    """Return a new page with facts at the top, all fields, and what refers to the record."""
    own = [f.name for f in own_fields(entity) if f.origin != "system" and f.name != entity.title and f.spec.type not in LONG and f.part is None]
    related: list[Json] = [{"type": "related", "relation": r.name} for r in entity.relations.values() if r.is_reverse and not r.is_any]
    overview = {"label": say("Overview", "总览").to_json(), "blocks": [{"type": "fields"}, *related]}
    history = {"label": say("History", "历史").to_json(), "blocks": [{"type": "history"}]}
    return {"kind": "page", "name": name, "label": design_label, "entity": entity.name, "header": {"facts": own[:FACTS]}, "tabs": [overview, history]}


def shown_at(design: Design) -> str | None:
    """Return the page of the newest record; None without one."""
    record = newest(design)
    return record.url if record is not None else None


def _item(design: Design, kind: str, more: Json | None = None) -> PaletteItem:
    label, icon = BLOCKS[kind]
    return PaletteItem(label.show(design.language), icon, BLOCK, {"type": kind, **(more or {})})


def _drawn(design: Design, block: Json, seen: Sample, *, is_later: bool) -> DrawnBlock:
    """Return a block; what those of later tabs show comes when somebody looks at it."""
    label, icon = BLOCKS[block["type"]]
    actions = None
    if block["type"] == "next_action":
        actions = tuple(_action(design, each) for each in block.get("actions", ()))
    drawn = DrawnBlock(
        block["id"], block["type"], label.show(design.language), icon, design.show(block.get("label")), told(design, block), block.get("visible"),
        seen.blocks.get(block["id"]), actions,
    )  # fmt: skip
    if not is_later or seen.head is None or block["type"] in NOT_LIVE:
        return drawn
    key = hashlib.sha256(orjson.dumps([seen.head.id, seen.head.version, block])).hexdigest()[:12]
    return replace(drawn, url=f"/design/page/{design.json['name']}/blocks/{block['id']}", key=key)


def _action(design: Design, action: Json) -> DrawnAction:
    button, about_entity = action.get("button"), far_of(design, action.get("relation")) or design.entity
    settings = None
    if button and not button.get("create"):
        settings = tuple(DrawnSetting(s["id"], label_of(design.model, about_entity, str(s["field"]), design.language), str(s["value"])) for s in button.get("set", ()))
    return DrawnAction(action["id"], design.show(action.get("label")), str(action.get("when", "")), settings, first_setting(about_entity))


def _added(design: Design) -> tuple[str, ...]:
    """Return the tabs that every page gets that has nothing of theirs."""
    kinds = {b["type"] for t in design.json.get("tabs", ()) for b in t.get("blocks", ())}
    found = [] if kinds & {"fields", "form"} else [say("Details", "详细信息")]
    if not kinds & {"history", "timeline"}:
        is_told = design.entity is not None and "timeline" in design.entity.features
        found.append(say("Timeline", "时间线") if is_told else say("History", "历史"))
    return tuple(each.show(design.language) for each in found)
