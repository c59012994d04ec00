"""The entity designer: fields with their types and options, checks, keys and what records of it can do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.fitting import FITS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.metamodel.names import propose_name
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.blank import preview
from tenon.ui.backend.designers.field_controls import own_controls
from tenon.ui.backend.designers.following import NEW_OPTIONS, follow as follow
from tenon.ui.backend.designers.impact import impact_of
from tenon.ui.backend.designers.stages import DrawnStages, draw_stages, move_panel
from tenon.ui.backend.spreadsheets import waiting
from tenon.ui.design_shapes import Control, ControlGroup, PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Choice
from tenon.ui.work import FormField

LABEL = Text("Entity", "对象")
ICON = "database"
TOLD = say("What you keep records of: partners, machines, contracts.", "需要记录的对象：合作伙伴、设备、合同。")
NEEDS_ENTITY = False
TAKES_ENTITY = False
GROUPS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (Text("Text", "文本"), ("text", "long_text", "rich_text", "email", "phone", "url")),
    (Text("Numbers", "数值"), ("integer", "decimal", "money", "percent", "rating", "duration")),
    (Text("Choices", "选项"), ("choice", "choices", "stage", "boolean", "tags")),
    (Text("Dates", "日期"), ("date", "datetime", "time")),
    (Text("People and files", "人员与文件"), ("user", "unit", "file", "image", "address", "region")),
    (Text("Computed", "自动"), ("formula", "autonumber", "json")),
)
MARKS = (
    ("required", "circle-alert", say("Required", "必填")), ("unique", "key", say("Unique", "唯一")), ("read_only", "lock", say("Read only", "只读")),
    ("personal", "shield-check", say("Personal data", "个人信息")),
)
FEATURES = (
    ("timeline", say("Timeline", "时间线")), ("comments", say("Comments", "评论")), ("files", say("Files", "文件")), ("import", say("Import", "导入")),
    ("append_only", say("Only added, never changed", "只增不改")),
)
CHOICES = frozenset({"choice", "choices", "stage"})


@dataclass(frozen=True, slots=True)
class DrawnOption:
    """An option on the canvas."""

    id: str
    name: str
    label: str
    colour: str | None
    is_retired: bool


@dataclass(frozen=True, slots=True)
class DrawnField:
    """A field on the canvas; ``state`` is that of the field in the draft: added, or as published."""

    id: str
    name: str
    label: str
    icon: str
    type_label: str
    marks: tuple[tuple[str, str], ...]
    is_new: bool
    options: tuple[DrawnOption, ...] | None = None
    stages: DrawnStages | None = None


@dataclass(frozen=True, slots=True)
class DrawnCheck:
    """A check on the canvas."""

    id: str
    message: str
    when: str


@dataclass(frozen=True, slots=True)
class DrawnKey:
    """Fields that together no two records share."""

    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """A document that adds fields to an entity: its address, label, app, and the fields with their icons."""

    url: str
    label: str
    app: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Extended:
    """An entity and what adds to it; ``app`` is the app it belongs to, ``own`` where the workspace's own extension is."""

    entity: str
    label: str
    url: str
    app: str | None
    own: str | None
    extensions: tuple[Extension, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The canvas: fields, checks, keys, and what a key may be of."""

    fields: tuple[DrawnField, ...]
    checks: tuple[DrawnCheck, ...]
    keys: tuple[DrawnKey, ...] = ()
    key_fields: tuple[Choice, ...] = ()
    preview: tuple[FormField, ...] = ()
    waiting: tuple[Choice, ...] = ()
    """Files whose rows wait for the entity."""
    is_published: bool = False
    extended: Extended | None = None


def canvas(design: Design) -> Drawn:
    """Return the fields in their order and the checks."""
    return Drawn(
        draw_fields(design), draw_checks(design), tuple(_key(design, key) for key in design.json.get("keys", ())), _key_fields(design), preview(design),
        waiting(design.view, design.json["id"]), design.json["id"] in design.view.model.entities_by_id, extended(design),
    )  # fmt: skip


def draw_fields(design: Design) -> tuple[DrawnField, ...]:
    """Return the fields of the document in their order."""
    entity = design.entity
    published = design.view.model.find_entity(entity.id) if entity is not None else None
    known = frozenset(published.fields_by_id) if published else frozenset()
    return tuple(_drawn(design, field, is_new=field["id"] not in known) for field in design.json.get("fields", ()))


def draw_checks(design: Design) -> tuple[DrawnCheck, ...]:
    """Return the checks of the document."""
    return tuple(DrawnCheck(c["id"], design.show(c.get("message")), str(c.get("when", ""))) for c in design.json.get("checks", ()))


def extended(design: Design) -> Extended | None:
    """Return what else adds fields to the entity, and where one's own can be added when it belongs to an app."""
    entity, language = design.entity, design.language
    if entity is None:
        return None
    extensions = tuple(
        Extension(
            f"/design/extension/{d.name}", d.label.show(language), d.app or "",
            tuple((f.label.show(language), f.spec.icon) for f in entity.fields.values() if f.declared_in == d.id),
        )
        for d in design.model.extensions_of(entity.id) if d.id != design.json["id"]
    )  # fmt: skip
    own = next((d for d in design.model.extensions_of(entity.id) if not d.app), None)
    return Extended(entity.name, entity.label.show(language), f"/design/entity/{entity.name}", app_of(design), f"/design/extension/{own.name}" if own else None, extensions)


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return the field types by what they are for, links to entities, and checks."""
    language = design.language
    groups = [PaletteGroup(label.show(language), tuple(_typed(design, name) for name in names if name in FIELD_TYPES)) for label, names in GROUPS]
    links = tuple(
        PaletteItem(e.label.show(language), e.icon or "link", "field", _field(design, "reference", e.label, entity=e.name), say("Link to one of these", "关联一条记录").show(language))
        for e in design.model.entities.values() if not e.is_system
    )  # fmt: skip
    rule = PaletteItem(say("Check", "校验规则").show(language), "shield-check", "check", {"when": "False", "message": say("This is not allowed.", "不允许如此填写。").to_json()})
    return (*groups, PaletteGroup(say("Links to", "关联到").show(language), links), PaletteGroup(say("Rules", "规则").show(language), (rule,)))


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a field, an option, a check, or of the entity itself; of an app's with whose it is."""
    found, app = _panel(design, item_id), app_of(design) if design.kind == "entity" else None
    if found is None or app is None:
        return found
    told = say("What you change here is your customisation of it: upgrades of the app keep it.", "此处的修改是您对该应用的定制，应用升级时会保留。")
    whose = Control("", "note", say("Belongs to the app {app}", "属于应用“{app}”", app=app).show(design.language), told.show(design.language))
    return replace(found, groups=(ControlGroup(None, (whose,)), *found.groups))


def app_of(design: Design) -> str | None:
    """Return the label of the app that the entity belongs to, None for one of the workspace."""
    entity = design.entity
    if entity is None or not entity.app:
        return None
    app = design.model.find("app", entity.app)
    return app.label.show(design.language) if app is not None else entity.app


def _panel(design: Design, item_id: str) -> Panel | None:
    item = design.item(item_id)
    if item is None:
        return None
    controls = Controls(design, item, design.place(item_id))
    if item is design.json:
        return _entity_panel(design, controls)
    if "message" in item and "when" in item:
        return _check_panel(design, controls)
    if "from" in item and "to" in item:
        return move_panel(design, controls, next(each for each in design.around(item_id) if "type" in each))
    if "type" not in item:
        return _option_panel(design, controls)
    return _field_panel(design, controls)


def start(design_label: Json, name: str, entity: Entity | None, language: str) -> Json:
    """Return a new entity with a name."""
    title = {"name": "name", "type": "text", "required": True, "label": say("Name", "名称").to_json()}
    return {"kind": "entity", "name": name, "label": design_label, "icon": "table-2", "title": "name", "search": ["name"], "fields": [title]}


def shown_at(design: Design) -> str:
    """Return the list of the entity's records."""
    return f"/records/{design.view.model.documents[design.json['id']].name}"


def _typed(design: Design, name: str) -> PaletteItem:
    spec = FIELD_TYPES[name]
    more: dict[str, Any] = {}
    if name in CHOICES:
        more["options"] = NEW_OPTIONS
    if name == "formula":
        more["expr"] = "1"
    help_text = say("{help} {example}", "{help}{example}", help=spec.type_help, example=spec.example).show(design.language)
    return PaletteItem(spec.type_label.show(design.language), spec.icon, "field", _field(design, name, spec.type_label, **more), help_text.strip())


def _field(design: Design, type: str, label: Text, **more: Any) -> Json:
    taken = {f["name"] for f in design.json.get("fields", ())} | {f.name for f in (design.entity.fields.values() if design.entity else ())}
    app = design.json.get("app")
    if design.kind == "extension" and app and design.entity is not None and app != design.entity.app:
        return {"name": propose_name(f"{app}_{label.show('en') or type}", taken), "type": type, "label": label.to_json(), **more}
    return {"name": propose_name(label.show("en") or type, taken), "type": type, "label": label.to_json(), **more}


def _drawn(design: Design, field: Json, *, is_new: bool) -> DrawnField:
    spec = FIELD_TYPES[field["type"]]
    marks = tuple((icon, text.show(design.language)) for key, icon, text in MARKS if field.get(key))
    options = None
    if field["type"] in CHOICES:
        options = tuple(
            DrawnOption(o["id"], o["name"], design.show(o.get("label"), o["name"]), o.get("colour"), bool(o.get("retired"))) for o in field.get("options", ())
        )
    label = spec.type_label.show(design.language)
    if field["type"] in ("reference", "references"):
        far = design.model.entities.get(str(field.get("entity")))
        label = f"{label} → {far.label.show(design.language) if far else field.get('entity')}"
    stages = draw_stages(design, field) if field["type"] == "stage" else None
    return DrawnField(field["id"], field["name"], design.show(field.get("label"), field["name"]), spec.icon, label, marks, is_new, options, stages)


def _entity_name(design: Design) -> str | None:
    return design.entity.name if design.entity is not None else None


def _key(design: Design, key: list[str]) -> DrawnKey:
    labels = {f["name"]: design.show(f.get("label"), f["name"]) for f in design.json.get("fields", ())}
    return DrawnKey(" + ".join(labels.get(name, name) for name in key), tuple(key))


def _key_fields(design: Design) -> tuple[Choice, ...]:
    entity = design.entity
    if entity is None:
        return ()
    return tuple(Choice(f.name, f.label.show(design.language)) for f in entity.fields.values() if f.origin != "system" and FITS["key"].takes(f, entity))


def _entity_panel(design: Design, controls: Controls) -> Panel:
    language = design.language
    fields = design.json.get("fields", ())
    options = tuple(Choice(f["name"], design.show(f.get("label"), f["name"])) for f in fields)
    texts = tuple(Choice(f["name"], design.show(f.get("label"), f["name"])) for f in fields if f["type"] in ("text", "email", "phone", "autonumber", "long_text", "url"))
    days = tuple(Choice(f["name"], design.show(f.get("label"), f["name"])) for f in fields if f["type"] in ("date", "datetime"))
    features = design.choices(FEATURES)
    first = (
        controls.make("label", "label", say("One of them", "单数名称"), required=True), controls.make("plural", "label", say("Many of them", "复数名称")),
        controls.make("icon", "icon", say("Icon", "图标")),
        controls.make("title", "choice", say("What names a record", "标题字段"), options=options, empty=say("Nothing", "无").show(language)),
        controls.make("search", "many", say("Search looks into", "搜索字段"), options=texts),
    )
    more = (
        controls.make("time_field", "choice", say("When it happened", "发生时间"), options=days, empty=say("When it was made", "创建时间").show(language)),
        controls.make("features", "many", say("What records can do", "功能"), options=features),
        controls.make("name", "name", say("API name", "API 名称"), help=say("Renaming loses nothing: everything refers to it by an id.", "改名不会丢失数据：系统内部以 id 引用。")),
        controls.make("description", "long_label", say("Description", "说明")),
    )
    return Panel("", LABEL.show(language), str(design.json.get("icon") or ICON), (ControlGroup(None, first), ControlGroup(say("More", "更多").show(language), more, True)))


def _check_panel(design: Design, controls: Controls) -> Panel:
    made = (
        controls.make("when", "condition", say("Refuse a record when", "拒绝条件"), entity=_entity_name(design), expect="boolean"),
        controls.make("message", "label", say("What people read", "提示信息")),
    )
    return Panel(controls.item["id"], say("Check", "校验规则").show(design.language), "shield-check", (ControlGroup(None, made),), may_remove=True)


def _option_panel(design: Design, controls: Controls) -> Panel:
    made = (
        controls.make("label", "label", say("Label", "名称")), controls.make("colour", "colour", say("Colour", "颜色")),
        controls.make("retired", "switch", say("Retired", "停用"), help=say("Records keep it, nobody can choose it any more.", "已有记录保留该值，但不能再选择。")),
        controls.make("name", "name", say("Value", "值")),
    )
    return Panel(controls.item["id"], design.show(controls.item.get("label"), controls.item["name"]), "circle-dot", (ControlGroup(None, made),), may_remove=True)


def _field_panel(design: Design, controls: Controls) -> Panel:
    item, language = controls.item, design.language
    spec = FIELD_TYPES[item["type"]]
    first = [controls.make("label", "label", say("Label", "标签")), controls.make("help", "long_label", say("Help text", "帮助文字"))]
    rules = []
    if not spec.is_computed:
        rules += [controls.make("required", "switch", say("Required", "必填")), controls.make("read_only", "switch", say("Read only", "只读"))]
        if spec.may_be_unique:
            rules.append(controls.make("unique", "switch", say("Unique", "唯一"), help=say("No two records may have the same value.", "不允许重复值。")))
        rules.append(controls.make("default", "expression", say("Default", "默认值"), entity=_entity_name(design)))
    own = own_controls(design, controls, spec)
    types = tuple(Choice(name, s.type_label.show(language)) for name, s in FIELD_TYPES.items())
    more = (
        controls.make("type", "choice", say("Type", "类型"), options=types, help=say("What would be lost is shown before publishing.", "发布前会提示可能丢失的内容。")),
        controls.make("name", "name", say("API name", "API 名称"), help=say("Renaming loses nothing: everything refers to it by an id.", "改名不会丢失数据：系统内部以 id 引用。")),
        controls.make("personal", "switch", say("Personal data", "个人信息"), help=say("Masked for most people, exported and erased on request.", "对多数人脱敏显示，可按请求导出与删除。")),
        controls.make("index", "switch", say("Often searched for", "建立索引")),
    )
    groups = [ControlGroup(None, (*first, *own)), ControlGroup(say("Rules", "规则").show(language), tuple(rules)), ControlGroup(say("More", "更多").show(language), more, True)]
    title = design.show(item.get("label"), item["name"])
    note = f"{spec.type_label.show(language)} · {item['name']}"
    return Panel(item["id"], title, spec.icon, tuple(g for g in groups if g.controls), note, may_remove=True, impacts=impact_of(design, item))
