"""A tree of conditions as one plain sentence, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tenon.metamodel.expressions.conditions.offers import find_offer
from tenon.metamodel.expressions.conditions.subjects import Subject, find_subject, frame_inside, frame_of, say_subject
from tenon.metamodel.expressions.conditions.tree import Condition, Day, Edge, Group, Mine, Moved, Other, Value
from tenon.metamodel.expressions.paths import Frame
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import Text, say

Shown = Callable[[Subject, Value], "Text | None"]
"""How a written value is shown: the title of a record, an amount with its currency; None for the plain way."""
_UNITS = {"minute": ("minutes", "分钟"), "hour": ("hours", "小时"), "day": ("days", "天"), "week": ("weeks", "周"), "month": ("months", "个月"),
          "quarter": ("quarters", "个季度"), "year": ("years", "年")}  # fmt: skip
_PERIODS = {"day": ("day", "日"), "week": ("week", "周"), "month": ("month", "月"), "quarter": ("quarter", "季度"), "year": ("year", "年")}
_MINE = {"id": Text("me", "我"), "unit": Text("my unit", "我的部门"), "email": Text("my e-mail", "我的邮箱"), "roles": Text("my roles", "我的角色")}
_NEAR = {0: Text("today", "今天"), -1: Text("yesterday", "昨天"), 1: Text("tomorrow", "明天")}


def _plain(_subject: Subject, _value: Value) -> Text | None:
    return None


def say_group(group: Group, scope: Scope, shown: Shown = _plain, frame: Frame | None = None) -> Text:
    """Return the sentence of a group; of an empty one, that everything matches."""
    if not group.items:
        return Text("everything", "全部")
    place = frame or frame_of(scope)
    parts = [_in_brackets(say_group(i, scope, shown, place)) if isinstance(i, Group) else say_condition(i, scope, shown, place) for i in group.items]
    en, zh = (" and ", "且") if group.joins == "and" else (" or ", "或")
    return Text(en.join(p.show("en") for p in parts), (" " + zh + " ").join(p.show("zh") for p in parts))


def _in_brackets(text: Text) -> Text:
    return Text(f"({text.show('en')})", f"（{text.show('zh')}）")


def say_asked(item: Condition, scope: Scope, shown: Shown = _plain, frame: Frame | None = None) -> Text:
    """Return what one condition looks at, without what it says about it: "number of orders where (…)"."""
    place = frame or frame_of(scope)
    where = say_group(item.where, scope, shown, frame_inside(scope, place, item)) if item.where is not None else None
    return say_subject(scope, place, item, where)


def say_condition(item: Condition, scope: Scope, shown: Shown = _plain, frame: Frame | None = None) -> Text:
    """Return the sentence of one condition."""
    place = frame or frame_of(scope)
    subject = find_subject(scope, item.path, item.through, place)
    label = say_asked(item, scope, shown, place)
    if item.through == "exists":
        return say("has {x}", "有{x}", x=label) if item.operator == "yes" else say("has no {x}", "没有{x}", x=label)
    if item.path == "user.roles":
        en, zh = ("current user has the role {v}", "当前用户拥有角色{v}") if item.operator == "contains" else ("current user lacks the role {v}", "当前用户没有角色{v}")
        return say(en, zh, v=say_value(item.values[0], subject, scope, shown, place))
    offer = find_offer(subject.type, item.through, item.operator) if subject else None
    operator = offer.label if offer else Text(item.operator.replace("_", " "), item.operator)
    values = [say_value(v, subject, scope, shown, place) for v in item.values]
    if item.operator == "between":
        return say("{x} {op} {a} and {b}", "{x} {op} {a} 至 {b}", x=label, op=operator, a=values[0], b=values[1])
    if not values:
        return say("{x} {op}", "{x} {op}", x=label, op=operator)
    joined = Text(", ".join(v.show("en") for v in values), "、".join(v.show("zh") for v in values))
    return say("{x} {op} {v}", "{x} {op} {v}", x=label, op=operator, v=joined)


def say_value(value: Value, subject: Subject | None, scope: Scope, shown: Shown = _plain, frame: Frame | None = None) -> Text:
    """Return how people write a value of a condition."""
    if isinstance(value, Moved):
        return say_moved(value)
    if isinstance(value, Edge):
        return say_edge(value)
    if isinstance(value, Mine):
        return _MINE[value.part]
    if isinstance(value, Other):
        other = find_subject(scope, value.path, "", frame)
        return other.label if other else Text(value.path, value.path)
    special = shown(subject, value) if subject is not None else None
    if special is not None:
        return special
    if isinstance(value, Day):
        return Text(value.text, value.text)
    if isinstance(value, str):
        return _option(subject, value) or Text(f"“{value}”", f"“{value}”")
    text = format(value, ",f") if isinstance(value, Decimal) else f"{value:,}"
    return Text(text, text)


def _option(subject: Subject | None, name: str) -> Text | None:
    options = subject.field.spec.named if subject is not None and subject.field is not None else ()
    found = next((o for o in options if o.name == name), None)
    return Text(found.title().show("en"), found.title().show("zh")) if found is not None else None


def say_moved(value: Moved) -> Text:
    """Return a moved day or moment in words: "30 days ago", "today"."""
    if value.base == "now" and value.by == 0:
        return Text("now", "现在")
    if value.base == "today" and value.unit == "day" and value.by in _NEAR:
        return _NEAR[value.by]
    many, zh = _UNITS[value.unit]
    unit = Text(many if abs(value.by) != 1 else many[:-1], zh)
    if value.by < 0:
        return say("{n} {unit} ago", "{n} {unit}前", n=-value.by, unit=unit)
    return say("in {n} {unit}", "{n} {unit}后", n=value.by, unit=unit)


def say_edge(value: Edge) -> Text:
    """Return the edge of a period in words: "the start of last month"."""
    en, zh = _PERIODS.get(value.unit, (value.unit, value.unit))
    nearby = {0: (f"this {en}", f"本{zh}"), -1: (f"last {en}", f"上{zh}"), 1: (f"next {en}", f"下{zh}")}
    moved = say_moved(Moved(value.by, value.unit))
    period = Text(*nearby[value.by]) if value.by in nearby else say("the {one} {moved}", "{moved}所在的{one}", one=Text(en, zh), moved=moved)
    if value.side == "start":
        return say("the start of {p}", "{p}第一天", p=period)
    return say("the end of {p}", "{p}最后一天", p=period)
