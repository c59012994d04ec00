"""What the schema cannot say of a rule: what goes with its timing, fields that can be written, bands that exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tenon.metamodel.actions.assign import Assign
from tenon.metamodel.actions.base import Action
from tenon.metamodel.actions.call_webhook import CallWebhook
from tenon.metamodel.actions.create_record import CreateRecord
from tenon.metamodel.actions.refuse import Refuse
from tenon.metamodel.actions.send_message import SendMessage
from tenon.metamodel.belonging import reference_to
from tenon.metamodel.check_messages import check_sending, is_person
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.item import Item, Part
from tenon.metamodel.kinds.connector import ConnectorKind
from tenon.metamodel.kinds.rule import Limits, RuleKind
from tenon.metamodel.kinds.workflow import WorkflowKind
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.names import suggest
from tenon.metamodel.naming import find_path
from tenon.metamodel.triggers.base import Trigger
from tenon.metamodel.triggers.event import USAGE
from tenon.metamodel.triggers.message_received import COMMENT
from tenon.metamodel.triggers.webhook import Webhook
from tenon.metamodel.whom import Addressee, Whom

PEOPLE = ("field", "role", "unit", "user", "manager_of", "expression")
LISTED = ("choices", "list")
OURS = ("host", "content-length", "content-type", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect", "user-agent", "proxy-authorization")
"""Headers that say how a call is made, which a rule does not."""
CHOSEN = {
    "raise_alert": {"alert": ("alert", "type")}, "close_alert": {"alert": ("alert", "type"), "outcome": ("alert", "outcome"), "cause": ("alert", "cause")},
    "create_task": {"priority": ("task", "priority")},
}
"""What actions choose by name, and the entity and field whose options these are."""
ABOUT = {"raise_alert": ("alert", "record"), "create_task": ("task", "origin")}
"""What actions make, and the field of it that refers to the record."""


def check_rule(document: Document, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a rule as a whole."""
    if document.kind != "rule":
        return
    body: RuleKind = document.body
    entity = model.find_entity(body.entity)
    if entity is None:
        return  # the reference is the problem, and is named there
    yield from check_acting(body)
    if body.timing == "before" and body.run_as == "role":
        message = say("What is done before a record is stored is part of the write, and has its rights.", "保存之前执行的操作属于该次写入，使用其权限。")
        yield Problem("/run_as", "mixed_timing", message, say("Let the rule run after.", "请将规则改为保存后执行。"))
    if body.timing == "before" and body.limits != Limits():
        message = say("What is done before a record is stored belongs to every write: it has no limits.", "保存之前执行的操作属于每一次写入，不受次数或时间限制。")
        yield Problem("/limits", "mixed_timing", message, say("Leave them out, or let the rule run after.", "请去掉限制，或将规则改为保存后执行。"))
    quiet = body.limits.quiet_hours
    if quiet is not None and quiet.start == quiet.end:
        message = say("These quiet hours begin and end at {at}.", "静默时段的开始与结束均为 {at}。", at=quiet.start)
        yield Problem("/limits/quiet_hours/to", "out_of_range", message, say("Such as from 22:00 to 08:00.", "例如 22:00 至 08:00。"))
    yield from check_trigger(body.trigger, body.timing, entity, model, "/trigger")
    for index, action in enumerate(body.actions):
        path = f"/actions/{index}"
        if body.timing == "before" and not action.BEFORE:
            message = say("“{what}” cannot be done before a record is stored.", "“{what}”不能在保存之前执行。", what=action.LABEL)
            yield Problem(f"{path}/type", "mixed_timing", message, say("Let the rule run after.", "请将规则改为保存后执行。"))
        if body.timing == "after" and not action.AFTER:
            message = say("“{what}” is possible only before a record is stored.", "“{what}”只能在保存之前执行。", what=action.LABEL)
            yield Problem(f"{path}/type", "mixed_timing", message, say("Let the rule run before.", "请将规则改为保存前执行。"))
        yield from check_action(action, path, entity, model)


def check_acting(body: RuleKind | WorkflowKind | ConnectorKind) -> Iterator[Problem]:
    """Yield what is wrong with who acts: a role is named where one acts, and only there."""
    if body.run_as == "role" and body.role is None:
        hint = say("It then has the rights of this role alone.", "执行时仅拥有该角色的权限。")
        yield Problem("/role", "required", say("Name the role that it acts as.", "请指定执行身份所用的角色。"), hint)
    if body.run_as != "role" and body.role is not None:
        message = say("A role is named, but it does not act as one.", "已指定角色，但执行身份不是角色。")
        yield Problem("/role", "conflict", message, say("Set run_as to role, or leave the role out.", "请将 run_as 设为 role，或去掉角色。"))


def check_trigger(trigger: Trigger, timing: str, entity: Entity, model: Model, path: str) -> Iterator[Problem]:
    """Yield what is wrong with what wakes a rule or starts a workflow."""
    if timing == "before" and not trigger.MAY_BE_BEFORE:
        message = say("Nothing can be done before “{what}”.", "“{what}”之前无法执行操作。", what=trigger.LABEL)
        yield Problem("/timing", "mixed_timing", message, say("Let the rule run after.", "请将规则改为保存后执行。"))
    if trigger.type == "value_fell":
        yield from _exactly_one(trigger, ("score", "field"), path)
        yield from _exactly_one(trigger, ("by", "by_percent"), path)
        for name in ("by", "by_percent"):
            if (much := getattr(trigger, name)) is not None and much <= 0:
                message = say("A value that falls falls by more than nothing.", "下降幅度应大于 0。")
                yield Problem(f"{path}/{name}", "out_of_range", message, say("Write a number above 0.", "请填写大于 0 的数。"))
        key = getattr(trigger, "field", None)
        field = entity.find_field(key) if key else None
        if field is not None and (field.type.kind != "number" or not (field.is_written or field.is_formula)):
            yield _wrong_type(f"{path}/field", field, say("Choose a number, or a score.", "请选择数值字段或评分。"))
    watched = getattr(trigger, "when", None) if trigger.IS_ENTRY else None
    if watched is not None and _asks_who_acts(watched, entity, model):
        message = say("Whether records come in or go out is the same for everybody: who acts is not known here.", "条件成立与否对所有人相同：此处不能使用操作人。")
        yield Problem(f"{path}/when", "bad_expression", message, say("Use it in the condition of the rule.", "请将其写入规则的条件。"))
    if trigger.type == "no_activity":
        yield from _exactly_one(trigger, ("relation", "event"), path)
    if isinstance(trigger, Webhook) and trigger.match is None and not trigger.make_new:
        message = say("Say which record it is about: one that is found, or a new one.", "请指定针对的记录：查找已有记录或新建记录。")
        yield Problem(f"{path}/match", "required", message, say("Give match, or make_new.", "请填写 match，或启用 make_new。"))
    is_usage = trigger.type == "event" or getattr(trigger, "event", None) is not None
    if is_usage or trigger.HEARS:
        yield from _check_heard(trigger, path, (USAGE,) if is_usage else trigger.HEARS, entity, model)
    score = model.find("score", key) if (key := getattr(trigger, "score", None)) else None
    if score is None:
        return
    if model.find_entity(score.body.entity) is not entity:
        message = say("{name} is about other records than {entity}.", "{name} 不属于{entity}。", name=score.label, entity=entity.label)
        yield Problem(f"{path}/score", "type_mismatch", message, say("Choose a score of this entity.", "请选择该对象的评分。"))
    bands = [band.name for band in score.body.bands]
    for side, names in (("from", getattr(trigger, "from_", [])), ("to", getattr(trigger, "to", []))):
        for index, name in enumerate(names):
            if name not in bands:
                message = say("{score} has no band {name}.", "{score} 没有等级 {name}。", score=score.label, name=name)
                yield Problem(f"{path}/{side}/{index}", "unknown_name", message, near(name, bands))


def _asks_who_acts(text: str, entity: Entity, model: Model) -> bool:
    try:
        return check(text, Scope(model, entity), "boolean").uses_user
    except Invalid:
        return False  # the expression is the problem, and is named there


def _check_heard(trigger: Trigger, path: str, names: tuple[str, ...], entity: Entity, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a trigger that other records wake: none of them belongs to the entity, or none comes by that channel."""
    heard = [found for name in names if (found := model.entities.get(name)) is not None]
    if not any(each is entity or reference_to(each, entity) is not None for each in heard):
        message = say("“{what}” says nothing about {entity}.", "“{what}”与{entity}无关。", what=trigger.LABEL, entity=entity.label)
        yield Problem(f"{path}/type", "type_mismatch", message, say("Choose an entity to which such records belong.", "请选择此类记录所属的对象。"))
    channel = getattr(trigger, "channel", None)
    field = next((f for each in heard if (f := each.fields.get("channel")) is not None), None)
    known = [*(o.name for o in getattr(field.spec, "options", ())), COMMENT] if field is not None else [COMMENT]
    if channel is not None and channel not in known:
        message = say("There is no channel {name}.", "没有渠道 {name}。", name=channel)
        yield Problem(f"{path}/channel", "unknown_name", message, near(channel, known))


def check_action(action: Action, path: str, entity: Entity, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with an action of a rule, or a step of a workflow, about records of an entity."""
    for place, whom in _people(action):
        yield from check_whom(whom, f"{path}/{place}", entity, model)
    playbook = model.find("playbook", name) if (name := getattr(action, "playbook", None)) else None
    if playbook is not None and model.find_entity(playbook.body.entity) is not entity:
        message = say("{name} is about other records than {entity}.", "{name} 不属于{entity}。", name=playbook.label, entity=entity.label)
        yield Problem(f"{path}/playbook", "type_mismatch", message, say("Choose a playbook of this entity.", "请选择该对象的行动手册。"))
    if getattr(action, "due", None) is not None and getattr(action, "due_hours", None) is not None:
        message = say("A task is due at a time or after hours, not both.", "任务的截止时间与截止小时数只能填写一项。")
        yield Problem(f"{path}/due_hours", "conflict", message, say("Leave one of them out.", "请去掉其中一项。"))
    yield from _check_about(action, path, entity, model)
    if isinstance(action, Assign):
        field = entity.find_field(action.field)
        if field is not None and not is_person(field):
            yield _wrong_type(f"{path}/field", field, say("Choose a field that holds a person.", "请选择人员字段。"))
    if isinstance(action, Refuse):
        yield from _check_held(action, path, entity)
    if isinstance(action, SendMessage):
        yield from check_sending(action, path, entity, model)
    if isinstance(action, CreateRecord):
        yield from _check_figures(action, path, model)
    if isinstance(action, CallWebhook):
        yield from _exactly_one(action, ("url", "webhook"), path)
        for place, name in [*(("headers", n) for n in action.headers), *(("secrets", n) for n in action.secrets)]:
            if name.lower() in OURS or name.lower().startswith("webhook-"):
                message = say("Tenon writes the header {name} itself.", "请求头 {name} 由 Tenon 写入。", name=name)
                yield Problem(f"{path}/{place}/{name}", "read_only", message, say("Leave it out.", "请去掉。"))
    if action.type in ("add_tag", "remove_tag"):
        field = entity.find_field(getattr(action, "field", ""))
        if field is not None and field.type.kind not in LISTED:
            yield _wrong_type(f"{path}/field", field, say("Choose a field of tags or of several choices.", "请选择标签或多选字段。"))
        elif field is not None and action.type == "add_tag" and getattr(field.spec, "options", None):
            yield from check_options(getattr(action, "tags", ()), field, f"{path}/tags")


def _check_about(action: Action, path: str, entity: Entity, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with an alert or a task: options that are not there, records that it cannot be about."""
    for name, (made, by_name) in CHOSEN.get(action.type, {}).items():
        target = model.entities.get(made)
        field = target.fields.get(by_name) if target is not None else None
        chosen = getattr(action, name)
        if field is not None and chosen is not None:
            yield from (replace(p, path=f"{path}/{name}") for p in check_options([chosen], field, ""))
    made, by_name = ABOUT.get(action.type, ("", ""))
    target = model.entities.get(made)
    field = target.fields.get(by_name) if target is not None else None
    if getattr(action, "about", None) is None and field is not None and field.targets and not any(model.find_entity(t) is entity for t in field.targets):
        message = say("{made} cannot be about {entity}.", "{made}不能关联{entity}。", made=target.plural if target is not None else made, entity=entity.plural)
        yield Problem(f"{path}/type", "type_mismatch", message, say("Add it to what their field {field} may name.", "请先把它加入字段“{field}”可关联的对象。", field=field.label))


def check_options(names: Sequence[str], field: Field, path: str) -> Iterator[Problem]:
    """Yield the names that are no options of a field."""
    known = [option.name for option in getattr(field.spec, "options", ())]
    for index, name in enumerate(names):
        if name not in known:
            message = say("{field} has no option {name}.", "{field} 没有选项 {name}。", field=field.label, name=name)
            yield Problem(f"{path}/{index}", "bad_choice", message, near(name, known))


def _check_held(action: Refuse, path: str, entity: Entity) -> Iterator[Problem]:
    """Yield what is wrong with how many somebody may have: whose they are is a field with a person, and both are given or neither."""
    field = entity.find_field(action.held_by) if action.held_by else None
    if (action.capacity is None) != (action.held_by is None):
        missing = "capacity" if action.capacity is None else "held_by"
        message = say("How many somebody may have needs both capacity and held_by.", "限制每人数量须同时填写 capacity 与 held_by。")
        yield Problem(f"{path}/{missing}", "required", message, say("Such as 20 in the field owner.", "例如字段 owner 至多 20 个。"))
    if field is not None and not is_person(field):
        yield _wrong_type(f"{path}/held_by", field, say("Choose a field that holds a person.", "请选择人员字段。"))


def _check_figures(action: CreateRecord, path: str, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with the figures that a new record keeps: a field that is no number, or a widget that shows none."""
    made = model.find_entity(action.entity)
    for index, figure in enumerate(action.figures):
        field, widget = made.find_field(figure.field) if made is not None else None, model.find("widget", figure.widget)
        if field is not None and (field.type.kind != "number" or not field.is_written):
            yield _wrong_type(f"{path}/figures/{index}/field", field, say("Choose a number that people write.", "请选择可填写的数值字段。"))
        if widget is not None and (widget.body.type != "number" or widget.body.query is None or not widget.body.query.measures):
            message = say("{widget} does not show a number.", "“{widget}”不是数字组件。", widget=widget.label)
            yield Problem(f"{path}/figures/{index}/widget", "type_mismatch", message, say("Choose a widget of the type number.", "请选择数字类型的组件。"))


def _people(action: Part) -> Iterator[tuple[str, Whom]]:
    for name in type(action).model_fields:
        value = getattr(action, name)
        if isinstance(value, Whom):
            yield name, value
        elif isinstance(value, Part):
            yield from ((f"{name}/{inner}", whom) for inner, whom in _people(value))
        elif isinstance(value, list):
            yield from ((f"{name}/{index}", each) for index, each in enumerate(value) if isinstance(each, Whom))
            yield from ((f"{name}/{index}/{place}", whom) for index, each in enumerate(value) if isinstance(each, Item) for place, whom in _people(each))


def check_whom(whom: Whom, path: str, entity: Entity, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with whom something is for."""
    yield from _exactly_one(whom, PEOPLE, path)
    for key in ("field", "manager_of"):
        text = getattr(whom, key)
        fields = find_path(model, entity, text) if text else None
        if isinstance(whom, Addressee) and key == "field":
            continue  # what fits depends on the channel of the message
        if fields and not is_person(fields[-1]):
            yield _wrong_type(f"{path}/{key}", fields[-1], say("Choose a field that holds a person.", "请选择人员字段。"))
    if whom.expression is not None:
        try:
            found = check(whom.expression, Scope(model, entity, use="rule"))
        except Invalid:
            return  # the expression is the problem, and is named there
        if found.type.kind != "reference" or found.type.entity != "user":
            message = say("This does not name a person.", "该表达式不表示人员。")
            yield Problem(f"{path}/expression", "type_mismatch", message, say("Choose fields that hold people.", "请使用人员字段。"))


def _exactly_one(part: Part, names: tuple[str, ...], path: str) -> Iterator[Problem]:
    if sum(getattr(part, name) is not None for name in names) != 1:
        listed = ", ".join(names)
        yield Problem(path, "required", say("Say exactly one of {names}.", "{names} 中应填写且仅填写一项。", names=listed), say("Leave the others out.", "请去掉其他项。"))


def _wrong_type(path: str, field: Field, hint: Text) -> Problem:
    message = say("{field} does not fit here.", "{field} 不适用于此处。", field=field.label)
    return Problem(path, "type_mismatch", message, hint)


def near(name: str, known: list[str]) -> Text:
    """Return what may have been meant, or what there is."""
    near = suggest(name, known)
    if near:
        return say("Did you mean {near}?", "您是否想写 {near}？", near=near)
    return say("There are: {some}.", "可用的有：{some}。", some=", ".join(known[:8]) or "-")
