"""The form designer: fields from the palette into sections, with what each says and when it is there."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.engine.query.shaping import Titles
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.blank import Blank
from tenon.ui.backend.designers.form_steps import DrawnStep, draw_steps, follow as follow, step_item, step_numbers, step_panel
from tenon.ui.backend.drafts import COMPUTED, WIDE, Item
from tenon.ui.backend.forms import input_of
from tenon.ui.design_shapes import Control, ControlGroup, PaletteGroup, PaletteItem, Panel
from tenon.ui.shapes import Choice
from tenon.ui.work import FormField

LABEL = Text("Form", "表单")
ICON = "pencil"
TOLD = say("How a record is filled in.", "如何填写一条记录。")
FIELD, SECTION = "field", "section"
USED = say("Without a condition it fits every record; the first form that fits is used.", "无条件时适用于所有记录；使用第一个符合条件的表单。")
PUBLIC = say("Anybody with /f/… can fill it in. Empty: only people who are signed in.", "任何人都可通过 /f/… 填写。留空则仅限登录用户。")


@dataclass(frozen=True, slots=True)
class Drawn:
    """An item on the canvas: an input as the form shows it, a text, or a table of rows."""

    id: str
    type: str
    label: str
    icon: str
    width: int
    field: FormField | None = None
    text: str | None = None
    columns: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    """Icon and word of what it says about when it is there."""


@dataclass(frozen=True, slots=True)
class DrawnSection:
    """A section on the canvas."""

    id: str
    label: str
    columns: int
    items: tuple[Drawn, ...]
    marks: tuple[tuple[str, str], ...] = ()
    step: int | None = None
    """The number of the step that shows it."""


@dataclass(frozen=True, slots=True)
class DrawnForm:
    """The canvas: steps, and the sections they show."""

    steps: tuple[DrawnStep, ...]
    sections: tuple[DrawnSection, ...]


def canvas(design: Design) -> DrawnForm:
    """Return the steps, and the sections with every item, whatever their conditions say."""
    entity = design.entity
    if entity is None:
        return DrawnForm((), ())
    blank = Blank(design.sketch, entity, None, {}, {}, document=design.document)
    titles = Titles(design.sketch.uow, design.sketch.rights)
    numbers = step_numbers(design)
    sections = tuple(
        DrawnSection(
            section["id"], design.show(section.get("label")), section.get("columns", 2),
            tuple(_drawn(design, blank, titles, item) for item in section.get("items", ())), _marks(design, section), numbers.get(section["id"]),
        )
        for section in design.json.get("sections", ())
    )  # fmt: skip
    return DrawnForm(draw_steps(design), sections)


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return the fields of the entity, relations as tables, texts and sections."""
    entity, language = design.entity, design.language
    if entity is None:
        return ()
    used = {item.get("field") for section in design.json.get("sections", ()) for item in section.get("items", ())}
    own = [f for f in entity.fields.values() if (f.is_written and f.origin != "system") or f.name in ("owner", "unit") or f.is_formula]
    fields = tuple(
        PaletteItem(f.label.show(language), f.spec.icon, FIELD, {"field": f.name, "width": 2 if f.spec.type in WIDE else 1}, f.spec.type_label.show(language), f.name in used)
        for f in own
    )  # fmt: skip
    tables = tuple(
        PaletteItem(r.label.show(language), "rows-3", FIELD, {"table": r.name, "columns": columns})
        for r in entity.relations.values() if r.is_reverse and (columns := _columns_of(design, r.far_id, r.field_id))
    )  # fmt: skip
    others = (
        PaletteItem(say("Section", "分组").show(language), "layers", SECTION, {"label": say("New section", "新分组").to_json(), "columns": 2, "items": []}),
        PaletteItem(say("Text", "说明文字").show(language), "text", FIELD, {"text": say("Explain something here.", "在此填写说明。").to_json(), "width": 2}),
    )  # fmt: skip
    step = step_item(design)
    groups = [PaletteGroup(say("Layout", "布局").show(language), others if step is None else (*others, step)), PaletteGroup(say("Fields", "字段").show(language), fields)]
    if tables:
        groups.append(PaletteGroup(say("Tables of rows", "子表").show(language), tables))
    return tuple(groups)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of a field, a text, a table, a section, or of the form itself."""
    item = design.item(item_id)
    if item is None:
        return None
    controls = Controls(design, item, design.place(item_id))
    if item is design.json:
        return _form_panel(design, controls)
    if "sections" in item:
        return step_panel(design, controls)
    if "items" in item or ("columns" in item and "table" not in item):
        return _section_panel(design, controls)
    if "text" in item:
        made = (controls.make("text", "long_label", say("Text", "文字")), _width(design, controls), _visible(design, controls))
        return Panel(item["id"], say("Text", "说明文字").show(design.language), "text", (ControlGroup(None, made),), may_remove=True)
    if "table" in item:
        return _table_panel(design, controls)
    return _field_panel(design, controls)


def start(design_label: Json, name: str, entity: Entity, language: str) -> Json:
    """Return a new form with the fields that people write."""
    items = [
        {"field": f.name, "width": 2 if f.spec.type in WIDE or f.name == entity.title else 1}
        for f in entity.fields.values() if f.is_written and f.origin != "system" and f.spec.input not in COMPUTED
    ]  # fmt: skip
    section = {"label": say("Basic information", "基本信息").to_json(), "columns": 2, "items": items}
    return {"kind": "form", "name": name, "label": design_label, "entity": entity.name, "sections": [section]}


def preview_at(design: Design) -> str:
    """Return where the form can be tried."""
    return f"/design/form/{design.json['name']}/preview"


def _drawn(design: Design, blank: Blank, titles: Titles, item: Json) -> Drawn:
    entity, language = design.entity, design.language
    assert entity is not None
    width = int(item.get("width", 1))
    if "text" in item:
        text = design.show(item["text"])
        return Drawn(item["id"], "text", text[:60], "text", width, text=text, marks=_marks(design, item))
    if "table" in item:
        relation = entity.relations.get(item["table"])
        far = design.model.find_entity(relation.far_id) if relation else None
        columns = tuple(_path_label(far, path, language) for path in item.get("columns", ()))
        label = relation.label.show(language) if relation else str(item["table"])
        return Drawn(item["id"], "table", label, "rows-3", 4, columns=columns, marks=_marks(design, item))
    field = entity.fields.get(str(item.get("field")))
    label = design.show(item.get("label")) or (field.label.show(language) if field else str(item.get("field")))
    if field is None:
        return Drawn(item["id"], "field", label, "triangle-alert", width, marks=_marks(design, item))
    required, read_only = item.get("required") is True, item.get("read_only") is True
    shown = input_of(blank, Item(field, width, label, design.show(item.get("help")) or None, required, read_only), titles, "canvas-")
    return Drawn(item["id"], "field", label, field.spec.icon, width, shown, marks=_marks(design, item))


def _marks(design: Design, item: Json) -> tuple[tuple[str, str], ...]:
    told = {
        "visible": ("eye", say("Shown on a condition", "满足条件时显示")), "required": ("circle-alert", say("Required on a condition", "满足条件时必填")),
        "read_only": ("lock", say("Read only on a condition", "满足条件时只读")), "choices_where": ("filter", say("Choices are narrowed", "选项受限")),
        "default": ("sparkles", say("Filled in beforehand", "自动填入")),
    }
    return tuple((icon, text.show(design.language)) for key, (icon, text) in told.items() if isinstance(item.get(key), str))


def _path_label(entity: Entity | None, path: str, language: str) -> str:
    field = entity.find_field(path.partition(".")[0]) if entity else None
    return field.label.show(language) if field else path


def _columns_of(design: Design, far_id: str, link: str) -> list[str]:
    far = design.model.find_entity(far_id)
    fields: list[Field] = [f for f in far.fields.values() if f.is_written and f.origin != "system" and f.id != link] if far and not far.is_system else []
    return [f.name for f in fields[:4]]


def _form_panel(design: Design, controls: Controls) -> Panel:
    entity = design.entity.name if design.entity else None
    first = (
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("use_when", "condition", say("Used when", "使用条件"), entity=entity, expect="boolean", help=USED),
    )
    public = (
        controls.make("public/slug", "text", say("Public address", "公开地址"), help=PUBLIC),
        controls.make("public/thanks", "label", say("Thanks", "提交后的致谢语")),
    )
    more = (controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")))
    groups = (ControlGroup(None, first), ControlGroup(say("For outsiders", "对外公开").show(design.language), public, True), ControlGroup(say("More", "更多").show(design.language), more, True))
    return Panel("", LABEL.show(design.language), ICON, groups)


def _section_panel(design: Design, controls: Controls) -> Panel:
    columns = tuple(Choice(str(n), str(n)) for n in (1, 2, 3, 4))
    made = (
        controls.make("label", "label", say("Heading", "标题")),
        controls.make("columns", "segments", say("Columns", "列数"), options=columns, empty="2", numbers=(1, 4)),
        _visible(design, controls),
    )
    return Panel(controls.item["id"], say("Section", "分组").show(design.language), "layers", (ControlGroup(None, made),), may_remove=True)


def _table_panel(design: Design, controls: Controls) -> Panel:
    entity, language = design.entity, design.language
    relation = entity.relations.get(controls.item["table"]) if entity else None
    far = design.model.find_entity(relation.far_id) if relation else None
    options = tuple(Choice(f.name, f.label.show(language)) for f in far.fields.values() if f.origin != "system") if far else ()
    made = (controls.make("columns", "many", say("Columns", "列"), options=options), _visible(design, controls))
    title = relation.label.show(language) if relation else say("Table", "子表").show(language)
    return Panel(controls.item["id"], title, "rows-3", (ControlGroup(None, made),), may_remove=True)


def _field_panel(design: Design, controls: Controls) -> Panel:
    entity, language = design.entity, design.language
    field = entity.fields.get(str(controls.item.get("field"))) if entity else None
    name = entity.name if entity else None
    first = (
        controls.make("label", "label", say("Label", "标签"), help=say("Empty: the label of the field.", "留空则使用字段的标签。")),
        controls.make("help", "long_label", say("Help text", "帮助文字")), _width(design, controls),
    )
    when = (
        _visible(design, controls),
        *_either(controls, "required", say("Required", "必填"), name),
        *_either(controls, "read_only", say("Read only", "只读"), name),
    )
    more = [controls.make("default", "expression", say("Fill in beforehand", "默认值"), entity=name)]
    if field is not None and field.type.kind in ("reference", "references", "choice", "choices"):
        more.append(controls.make("choices_where", "expression", say("Offer only choices where", "仅提供符合条件的选项"), entity=name))
    title = design.show(controls.item.get("label")) or (field.label.show(language) if field else str(controls.item.get("field")))
    groups = (ControlGroup(None, first), ControlGroup(say("When", "条件").show(language), when), ControlGroup(say("Values", "取值").show(language), tuple(more), True))
    note = f"{field.spec.type_label.show(language)} · {field.name}" if field else None
    return Panel(controls.item["id"], title, field.spec.icon if field else "triangle-alert", groups, note, may_remove=True)


def _either(controls: Controls, key: str, label: Text, entity: str | None) -> tuple[Control, ...]:
    """Return a switch, and beside it the condition under which it is on."""
    value = controls.item.get(key)
    made = [controls.make(key, "switch", label)] if not isinstance(value, str) else []
    if value is not True:
        made.append(controls.make(key, "condition", say("{what} when", "{what}条件", what=label), entity=entity, expect="boolean"))
    return tuple(made)


def _visible(design: Design, controls: Controls) -> Control:
    return controls.make("visible", "condition", say("Shown when", "显示条件"), entity=design.entity.name if design.entity else None, expect="boolean")


def _width(design: Design, controls: Controls) -> Control:
    section = next((each for each in design.around(controls.item["id"]) if "items" in each), {})
    columns = int(section.get("columns", 2))
    options = tuple(Choice(str(n), say("Whole", "整行").show(design.language) if n == columns else f"{n}/{columns}") for n in range(1, columns + 1))
    return controls.make("width", "segments", say("Width", "宽度"), options=options, empty="1", numbers=(1, 4))
