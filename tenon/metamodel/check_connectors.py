"""What the schema cannot say of a connector: what goes with its direction, fields that can be written, columns that can be read."""

from __future__ import annotations

from collections.abc import Iterator

from tenon.metamodel.check_rules import check_acting
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem, pointer_of
from tenon.metamodel.kinds.connector import ConnectorKind, Paging
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.names import suggest
from tenon.metamodel.source_columns import is_column, read_expression
from tenon.metamodel.system_fields import may_be_set

RECORD = "{id}"
"""Where the address of a record has what the other system knows it by."""


def check_connector(document: Document, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a connector as a whole."""
    if document.kind != "connector":
        return
    body: ConnectorKind = document.body
    yield from check_acting(body)
    yield from _check_sides(body)
    if body.source is not None and body.source.page is not None:
        yield from _check_paging(body.source.page)
    entity = model.find_entity(body.entity)
    if entity is None:
        return  # the reference is the problem, and is named there
    if entity.is_system:
        message = say("Records of {entity} are not kept by connectors.", "{entity}不能由连接器维护。", entity=entity.label)
        yield Problem("/entity", "type_mismatch", message, say("Choose an entity of your own.", "请选择自定义对象。"))
        return
    if entity.is_append_only and body.pushes:
        message = say("{entity} are only added, never changed: they can be pulled alone.", "{entity}只能新增：只能拉取。", entity=entity.plural)
        yield Problem("/direction", "refused", message, say("Set direction to pull.", "请将 direction 设为 pull。"))
    yield from _check_mapping(body, entity, model)
    yield from _check_key(body, entity)


def column_of(body: ConnectorKind, entity: Entity) -> dict[str, str]:
    """Return the column that each field is there, by the names of the fields; those that are expressions have none."""
    return {field.name: value for key, value in body.mapping.items() if is_column(value) and (field := entity.find_field(key)) is not None}


def _check_sides(body: ConnectorKind) -> Iterator[Problem]:
    if body.pulls and body.source is None:
        message = say("It is not said what is pulled.", "未说明拉取内容。")
        yield Problem("/source", "required", message, say("Give the path at which records are asked for.", "请填写获取记录的路径。"))
    if body.pushes and body.push is None:
        message = say("It is not said where records are sent.", "未说明推送到哪里。")
        yield Problem("/push", "required", message, say("Give the path at which records are created.", "请填写新建记录的路径。"))
    if not body.mapping and not (body.direction == "push" and body.push is not None and body.push.body):
        message = say("No field is mapped.", "没有映射任何字段。")
        yield Problem("/mapping", "required", message, say('Such as {"name": "Name"}.', '例如 {"name": "Name"}。'))
    if body.push is not None and body.push.record_path is not None and RECORD not in body.push.record_path:
        message = say("The address of a record holds no {place}.", "记录地址中没有 {place}。", place=RECORD)
        yield Problem("/push/record_path", "bad_format", message, say("Such as /orders/{id}.", "例如 /orders/{id}。"))
    if body.conflict == "newest" and body.pulls and (body.source is None or body.source.since is None):
        message = say("Which change is newer can only be told where the other system says when it changed a record.", "只有对方系统提供修改时间，才能判断哪个更新。")
        yield Problem("/conflict", "required", message, say("Give source.since, or choose another policy.", "请填写 source.since，或选择其他策略。"))


def _check_paging(page: Paging) -> Iterator[Problem]:
    if page.by != "link" and page.param is None:
        message = say("It is not said by which parameter the next page is asked for.", "未指定用于翻页的参数。")
        yield Problem("/source/page/param", "required", message, say("Such as cursor, offset or page.", "例如 cursor、offset 或 page。"))
    if page.by in ("offset", "page") and page.size is None:
        message = say("It is not said how many records a page has.", "未指定每页记录数。")
        yield Problem("/source/page/size", "required", message, say("A page with fewer is the last one.", "记录少于此数的一页即为最后一页。"))


def _check_mapping(body: ConnectorKind, entity: Entity, model: Model) -> Iterator[Problem]:
    for key, value in body.mapping.items():
        field = entity.find_field(key)
        path = pointer_of(["mapping", field.name if field is not None else key])
        if field is None:
            near = suggest(key, list(entity.fields))
            hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Use the name of a field.", "请使用字段名称。")
            yield Problem(path, "unknown_field", say("{entity} has no field {name}.", "{entity} 没有字段 {name}。", entity=entity.label, name=key[:60]), hint)
        elif body.pulls and not _may_be_pulled(field):
            yield Problem(path, "read_only", say("{field} cannot be written.", "{field} 不可写入。", field=field.label), say("Leave it out.", "请去掉该字段。"))
        if not is_column(value):
            try:
                read_expression(value, model)
            except Invalid as error:
                yield from (p.at(path) for p in error.problems)


def _may_be_pulled(field: Field) -> bool:
    return may_be_set(field) and field.spec.type not in ("file", "image")


def _check_key(body: ConnectorKind, entity: Entity) -> Iterator[Problem]:
    if not body.match_on:
        return
    fields = [entity.find_field(key) for key in body.match_on]
    names = [f.name for f in fields if f is not None]
    if len(names) < len(fields):
        return  # the field that is not there is the problem, and is named there
    mapped = {f.name for key in body.mapping if (f := entity.find_field(key)) is not None}
    if set(names) not in [set(key) for key in entity.keys]:
        message = say("{names} is not a declared key of {entity}.", "{names} 不是 {entity} 声明的唯一键。", names=", ".join(names), entity=entity.label)
        known = "; ".join(", ".join(key) for key in entity.keys) or "-"
        yield Problem("/match_on", "bad_choice", message, say("Declared: {known}.", "已声明：{known}。", known=known))
    elif missing := [name for name in names if name not in mapped]:
        message = say("{name} is not mapped.", "{name} 未映射。", name=missing[0])
        yield Problem("/match_on", "required", message, say("Records are found by what comes from there.", "须用对方系统的值来查找记录。"))
