"""What the schema cannot say of a message: templates that are allowed, fields they may read, what goes with its channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from email_validator import EmailNotValidError, validate_email

from tenon.metamodel.actions.send_message import SendMessage
from tenon.metamodel.consent import keeps_consent
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.kinds.message import ROBOTS, MessageKind
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.names import suggest
from tenon.metamodel.naming import find_path
from tenon.metamodel.templates.syntax import VALUES, parse, spots

TITLED = ("email", "in_app")
ADDRESSES = {"email": "email", "sms": "phone"}
"""The type of field that holds an address of a channel."""
MOST_STEPS = 4


def check_message(document: Document, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a message as a whole; its templates are checked where they stand."""
    if document.kind != "message":
        return
    body: MessageKind = document.body
    for name, wording, is_needed in (("subject", body.subject, body.channel in TITLED), ("body", body.body, True)):
        if is_needed and (wording is None or not wording.show("en").strip()):
            message = say("{what} is empty.", "{what}为空。", what=say("The subject", "主题") if name == "subject" else say("The text", "正文"))
            yield Problem(f"/{name}", "required", message, say("Write it in English or Chinese, better in both.", "请填写中文或英文，最好两者都写。"))
    if body.channel == "sms" and (body.connector is None or model.find("connector", body.connector) is None):
        message = say("An SMS is sent through a connector, and none is named.", "短信须通过连接器发送，但未指定可用的连接器。")
        yield Problem("/connector", "required", message, say("Name a connector of the type rest.", "请指定一个 rest 类型的连接器。"))
    if body.channel in ROBOTS and body.robot is None:
        message = say("A message to a group goes to the address of its robot, and none is named.", "群消息须发送到机器人地址，但未指定。")
        yield Problem("/robot", "required", message, say("Name the kept secret that holds the address.", "请指定保存该地址的密钥名称。"))
    yield from _check_lists(body, model.find_entity(body.entity))
    if body.sender.reply_to is not None:
        try:
            validate_email(body.sender.reply_to, check_deliverability=False)
        except EmailNotValidError:
            message = say("This is not an e-mail address.", "这不是有效的邮箱地址。")
            yield Problem("/sender/reply_to", "bad_format", message, say("Write name@example.com.", "请填写如 name@example.com 的地址。"))


def _check_lists(body: MessageKind, entity: Entity | None) -> Iterator[Problem]:
    for index, each in enumerate(body.lists):
        if each.name in VALUES:
            hint = say("Give it another name.", "请换一个名称。")
            yield Problem(f"/lists/{index}/name", "not_unique", say("The name {name} is taken.", "名称 {name} 已被使用。", name=each.name), hint)
        if entity is not None and entity.find_relation(each.relation) is None and "." in each.relation:
            message = say("A list goes over records that hang on the record itself.", "列表只能使用与记录直接相关的记录。")
            yield Problem(f"/lists/{index}/relation", "type_mismatch", message, say("Choose one of its own relations.", "请选择其自身的关系。"))


def is_person(field: Field) -> bool:
    """Return whether a field holds a person of the workspace."""
    return field.type.kind == "reference" and field.type.entity == "user"


def check_sending(action: SendMessage, path: str, entity: Entity, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with sending a message about records of an entity: a message of another, nobody named, a field without an address."""
    document = model.find("message", action.message)
    if document is None:
        return  # the reference is the problem, and is named there
    channel = document.body.channel
    if model.find_entity(document.body.entity) is not entity:
        message = say("{name} is about other records than {entity}.", "{name} 不属于{entity}。", name=document.label, entity=entity.label)
        yield Problem(f"{path}/message", "type_mismatch", message, say("Choose a message of this entity.", "请选择该对象的消息。"))
    if channel not in ROBOTS and action.to is None:
        message = say("It is not said who gets the message.", "未指定消息的接收方。")
        yield Problem(f"{path}/to", "required", message, say("Name a field, a role, a unit or a person.", "请指定字段、角色、部门或人员。"))
    fields = find_path(model, entity, action.to.field) if action.to is not None and action.to.field is not None and channel not in ROBOTS else None
    if fields and not has_address(fields[-1], channel, model):
        wanted = {"email": say("an e-mail address", "邮箱"), "sms": say("a phone number", "电话")}.get(channel, say("a person", "人员"))
        message = say("{field} leads to no {wanted}.", "{field} 不含{wanted}。", field=fields[-1].label, wanted=wanted)
        yield Problem(f"{path}/to/field", "type_mismatch", message, say("Choose a person, a contact, or a field that holds one.", "请选择人员、联系人或含有该地址的字段。"))
    elif fields and document.body.category == "marketing" and not is_person(fields[-1]):
        holder = holder_of(fields, entity, model)
        if holder is not None and not keeps_consent(holder, channel):
            message = say("{entity} cannot say that it wants no marketing.", "{entity}无法记录是否接受营销消息。", entity=holder.label)
            hint = say("Give it the choices “consent” with {channel}, or a yes/no field “unsubscribed”.", "请添加含 {channel} 选项的多选字段“consent”，或是否字段“unsubscribed”。", channel=channel)
            yield Problem(f"{path}/to/field", "required", message, hint)


def holder_of(fields: Sequence[Field], entity: Entity, model: Model) -> Entity | None:
    """Return the entity whose records have the address that a field leads to."""
    steps = fields if fields[-1].type.kind == "reference" else fields[:-1]
    return (model.find_entity(steps[-1].type.entity) if steps[-1].type.entity else None) if steps else entity


def has_address(field: Field, channel: str, model: Model) -> bool:
    """Return whether a field leads to an address of a channel: it is one, or refers to a person or record that has one."""
    kind = ADDRESSES.get(channel)
    if is_person(field):
        return channel != "sms"
    far = model.find_entity(field.type.entity) if field.type.kind == "reference" and field.type.entity else None
    return kind is not None and (field.spec.type == kind or (far is not None and any(f.spec.type == kind for f in far.fields.values())))


def check_template(text: str, entity: Entity, model: Model, lists: Mapping[str, Entity | None] | None = None) -> Iterator[Problem]:
    """Yield what is wrong with a template read in an entity: what is not allowed, else every path and list that is unknown."""
    known = lists or {}
    try:
        parsed = parse(text)
    except Invalid as error:
        yield from error.problems
        return
    for name in (each for each in parsed.lists if each not in known):
        near = suggest(name, list(known))
        hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Give the message a list of that name.", "请先为消息添加该名称的列表。")
        at = text.find(name)
        yield Problem("", "unknown_name", say("There is no list {name}.", "没有列表 {name}。", name=name[:60]), hint, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    for spot in spots(text):
        near_entity = known.get(spot.list) if spot.list else entity
        if spot.path and near_entity is not None and (problem := _check_path(spot.path, near_entity, model)) is not None:
            message, hint = problem
            yield Problem("", "unknown_name", message, hint, spot.line, spot.column)


def _check_path(path: str, entity: Entity, model: Model) -> tuple[Text, Text] | None:
    steps = path.split(".")
    if len(steps) > MOST_STEPS + 1:
        return say("A path follows at most {n} references.", "路径最多经过 {n} 个引用。", n=MOST_STEPS), say("Use a shorter path.", "请缩短路径。")
    if find_path(model, entity, path) is not None:
        return None
    near: Entity | None = entity
    for step in steps:
        field = near.find_field(step) if near is not None else None
        if field is None or near is None:
            break
        further = model.find_entity(field.type.entity) if field.type.entity else None
        if further is None:
            return say("{field} has no fields of its own.", "{field} 没有下级字段。", field=field.label), say("Write it without what follows.", "请去掉其后的部分。")
        near = further
    known = list(near.fields) if near is not None else []
    close = suggest(step, known)
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=close) if close else say("There are: {some}.", "可用的有：{some}。", some=", ".join(known[:8]) or "-")
    return say("{entity} has no field {name}.", "{entity} 没有字段 {name}。", entity=(near or entity).label, name=step[:60]), hint
