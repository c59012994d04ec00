"""What the schema cannot say of screens: which attribute goes with which type, positions that exist, and what goes together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.fitting import DAYS
from tenon.metamodel.kinds.app import AppKind
from tenon.metamodel.kinds.dashboard import DashboardKind
from tenon.metamodel.kinds.form import FormKind
from tenon.metamodel.kinds.page import PageKind
from tenon.metamodel.kinds.view import ViewKind
from tenon.metamodel.kinds.widget import Query, WidgetKind
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.names import suggest
from tenon.metamodel.naming import find_path, find_to_many
from tenon.metamodel.totals import check_totals

GRID = 12
_OF_VIEW = {"board": "board", "calendar": "calendar", "timeline": "calendar", "gantt": "calendar", "tree": "tree"}
_OF_BLOCK = {"score": "score", "form": "form", "widget": "widget", "related": "relation", "text": "text", "next_action": "actions"}
POINTING = frozenset({"reference", "references"})
"""What strangers are not shown on a public form: a choice of records would tell them what records there are."""


def check_screen(document: Document, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a form, view, page, widget, dashboard or menu as a whole."""
    alone = _CHECKS.get(document.kind)
    if alone is not None:
        yield from alone(document.body)
    beside = _BESIDE.get(document.kind)
    if beside is not None:
        yield from beside(document, model)


def _needs(path: str, key: str, kind: str) -> Problem:
    message = say("The type {kind} needs {key}.", "类型 {kind} 需要 {key}。", kind=kind, key=key)
    return Problem(f"{path}/{key}", "required", message, say("Add it, or choose another type.", "请补上，或改选其他类型。"))


def _check_view(body: ViewKind) -> Iterator[Problem]:
    key = _OF_VIEW.get(body.type)
    if key is not None and getattr(body, key) is None:
        yield _needs("", key, body.type)


def _check_page(body: PageKind) -> Iterator[Problem]:
    for index, tab in enumerate(body.tabs):
        for position, block in enumerate(tab.blocks):
            key = _OF_BLOCK.get(block.type)
            if key is not None and not getattr(block, key):
                yield _needs(f"/tabs/{index}/blocks/{position}", key, block.type)


def _check_widget(body: WidgetKind) -> Iterator[Problem]:
    key = "text" if body.type == "text" else "query"
    if getattr(body, key) is None:
        yield _needs("", key, body.type)


def _check_form(body: FormKind) -> Iterator[Problem]:
    for index, step in enumerate(body.steps or ()):
        for position, section in enumerate(step.sections):
            if not 0 <= section < len(body.sections):
                message = say("There is no section {n}.", "没有第 {n} 个分区。", n=section)
                hint = say("Sections are counted from 0; there are {n}.", "分区从 0 开始计数，共 {n} 个。", n=len(body.sections))
                yield Problem(f"/steps/{index}/sections/{position}", "out_of_range", message, hint)


def _check_dashboard(body: DashboardKind) -> Iterator[Problem]:
    for index, tile in enumerate(body.layout):
        if tile.x + tile.w > GRID:
            message = say("This reaches over the right edge: the grid has {n} columns.", "超出右边界：网格共 {n} 列。", n=GRID)
            yield Problem(f"/layout/{index}/w", "out_of_range", message, say("Make it narrower.", "请调窄。"))


def _check_app(body: AppKind) -> Iterator[Problem]:
    for index, group in enumerate(body.menu):
        for position, item in enumerate(group.items):
            if sum(target is not None for target in (item.view, item.dashboard, item.entity)) != 1:
                message = say("A menu entry leads to one of view, dashboard or entity.", "菜单项应指向 view、dashboard、entity 之一。")
                yield Problem(f"/menu/{index}/items/{position}", "refused", message, say("Name exactly one.", "请只写一个。"))


def _check_blocks(document: Document, model: Model) -> Iterator[Problem]:
    """Refuse blocks that show records of another entity than the page, or the relation, has."""
    body: PageKind = document.body
    entity = model.find_entity(body.entity)
    for index, key in enumerate(body.header.scores if entity is not None else ()):
        yield from _of_entity(model, "score", key, entity, f"/header/scores/{index}")
    for index, tab in enumerate(body.tabs if entity is not None else ()):
        for position, block in enumerate(tab.blocks):
            path = f"/tabs/{index}/blocks/{position}"
            yield from _of_entity(model, "score", block.score, entity, f"{path}/score")
            yield from _of_entity(model, "form", block.form, entity, f"{path}/form")
            relation = find_to_many(model, entity, block.relation) if entity is not None and block.relation else None
            if relation is not None:
                yield from _of_entity(model, "view", block.view, model.find_entity(relation.far_id), f"{path}/view")


def _of_entity(model: Model, kind: str, key: str | None, entity: Entity | None, path: str) -> Iterator[Problem]:
    found = model.find(kind, key) if key is not None else None
    if found is not None and entity is not None and model.find_entity(found.body.entity) is not entity:
        message = say("{name} is about other records than {entity}.", "{name} 不属于{entity}。", name=found.label, entity=entity.label)
        fitting = [d.name for d in model.all(kind) if model.find_entity(d.body.entity) is entity]
        hint = say("There are: {some}.", "可用的有：{some}。", some=", ".join(fitting[:8]) or "-")
        yield Problem(path, "type_mismatch", message, hint)


def _check_public(document: Document, model: Model) -> Iterator[Problem]:
    public = document.body.public
    for other in model.all("form") if public is not None else ():
        if other.id < document.id and other.body.public is not None and other.body.public.slug == public.slug:
            message = say("{other} has the address {slug} already.", "{other} 已使用地址 {slug}。", other=other.label, slug=public.slug)
            yield Problem("/public/slug", "not_unique", message, say("Choose another address.", "请换一个地址。"))
    if public is not None and not public.match_on:
        yield from _check_reach(document, model)


def _check_reach(document: Document, model: Model) -> Iterator[Problem]:
    """Refuse a public form that nobody could send: a field is needed that visitors are not shown, and that has no default."""
    entity = model.find_entity(document.body.entity)
    items = [item for section in document.body.sections for item in section.items if hasattr(item, "field")]
    shown = {field.id for item in items if entity is not None and (field := entity.find_field(item.field)) is not None and field.type.kind not in POINTING}
    for field in entity.fields.values() if entity is not None else ():
        if field.is_written and field.spec.required and field.spec.default is None and field.id not in shown:
            message = say("Visitors cannot send this: {field} is required.", "访客无法提交：{field}为必填字段。", field=field.label)
            refers = say("Visitors see no other records, so give it a default.", "访客看不到其他记录，请为其设置默认值。")
            hint = refers if field.type.kind in POINTING else say("Put it on the form, or give it a default.", "请将其放入表单，或设置默认值。")
            yield Problem("/public", "required", message, hint)


def _check_query(document: Document, model: Model) -> Iterator[Problem]:
    """Refuse what a query could not be asked with: periods of what is no date, measures over one record, orders by nothing."""
    query = document.body.query
    entity = model.find_entity(query.entity) if query is not None else None
    if query is None or entity is None:
        return
    names = []
    for index, group in enumerate(query.group_by):
        fields = find_path(model, entity, group.field)
        names.append(".".join(f.name for f in fields) if fields else group.field)
        is_day = fields is not None and fields[-1].type.kind in DAYS
        if fields and group.by is not None and not is_day:
            message = say("Only dates are put in buckets.", "只有日期可以按周期分组。")
            yield Problem(f"/query/group_by/{index}/by", "type_mismatch", message, say("Leave by out.", "请去掉 by。"))
        if fields and group.by is None and fields[-1].type.kind == "datetime":
            message = say("{field} is a moment: say by which period.", "{field} 是时间点：请指定分组周期。", field=fields[-1].label)
            hint = say("Add \"by\": \"month\", for example.", "例如补上 \"by\": \"month\"。")
            yield Problem(f"/query/group_by/{index}", "type_mismatch", message, hint)
    yield from _check_measures(query, model, entity)
    names += [measure.name for measure in query.measures]
    is_list = not query.group_by and not query.measures
    for index, text in enumerate(query.sort):
        fields = find_path(model, entity, text.removeprefix("-"))
        known = fields is not None if is_list else text.removeprefix("-") in names or (fields is not None and ".".join(f.name for f in fields) in names)
        if not known:
            message = say("There is no group or measure {name}.", "没有名为 {name} 的分组或度量。", name=text[:60])
            hint = say("There are: {some}.", "可用的有：{some}。", some=", ".join(names) or "-")
            yield Problem(f"/query/sort/{index}", "unknown_name", message, hint)


def _check_measures(query: Query, model: Model, entity: Entity) -> Iterator[Problem]:
    for index, measure in enumerate(query.measures):
        try:
            expression = check(measure.expr, Scope(model, entity, use="report"))
        except Invalid:
            continue  # told with all expressions of the document
        if expression.reads and not expression.has_aggregates:
            message = say("A measure sums up many records.", "度量须对多条记录汇总。")
            hint = say("Such as sum(amount) or count().", "例如 sum(amount) 或 count()。")
            yield Problem(f"/query/measures/{index}/expr", "type_mismatch", message, hint)


def _check_filters(document: Document, model: Model) -> Iterator[Problem]:
    """Refuse filters by a field that no widget on the dashboard has; one whose widgets are not there (yet) is let be."""
    body: DashboardKind = document.body
    widgets = [found for tile in body.layout if (found := model.find("widget", tile.widget)) is not None]
    entities = [e for w in widgets if w.body.query is not None and (e := model.find_entity(w.body.query.entity)) is not None]
    for index, item in enumerate(body.filters if len(widgets) == len(body.layout) and entities else ()):
        if not any(entity.find_field(item.field) is not None for entity in entities):
            message = say("No widget here has the field {name}.", "此处的图表都没有字段 {name}。", name=item.field)
            near = suggest(item.field, [name for entity in entities for name in entity.fields])
            hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Name a field of their records.", "请填写其记录的字段。")
            yield Problem(f"/filters/{index}/field", "unknown_name", message, hint)


_BESIDE: dict[str, Callable[[Document, Model], Iterator[Problem]]] = {
    "view": check_totals, "page": _check_blocks, "form": _check_public, "widget": _check_query, "dashboard": _check_filters,
}  # fmt: skip
_CHECKS: dict[str, Callable[[Any], Iterator[Problem]]] = {
    "view": _check_view, "page": _check_page, "widget": _check_widget, "form": _check_form, "dashboard": _check_dashboard, "app": _check_app,
}  # fmt: skip
