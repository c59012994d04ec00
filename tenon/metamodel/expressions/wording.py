"""The words of the expression checker: names of types, and the refusals that several places share."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.metamodel.labels import Text, say
from tenon.metamodel.names import suggest
from tenon.metamodel.types import Type

KIND_NAMES: dict[str, Text] = {
    "text": Text("text", "文本"),
    "number": Text("a number", "数字"),
    "boolean": Text("yes or no", "是或否"),
    "date": Text("a date", "日期"),
    "datetime": Text("a date with time", "日期时间"),
    "time": Text("a time of day", "时间"),
    "duration": Text("a duration", "时长"),
    "choice": Text("a choice", "单选项"),
    "choices": Text("a list of choices", "多选项"),
    "reference": Text("a reference", "引用"),
    "references": Text("references", "多个引用"),
    "file": Text("a file", "文件"),
    "json": Text("JSON", "JSON"),
    "list": Text("a list", "列表"),
    "empty": Text("nothing", "空值"),
}
_CONVERT: dict[tuple[str, str], Text] = {
    ("number", "text"): say("Turn the text into a number with number(…).", "请用 number(…) 把文本转换为数字。"),
    ("number", "boolean"): say("Write if_else(…, 1, 0).", "请写 if_else(…, 1, 0)。"),
    ("number", "date"): say("Count days with days_between(a, b) or days_since(d).", "请用 days_between(a, b) 或 days_since(d) 计算天数。"),
    ("number", "datetime"): say(
        "Count days with days_between(a, b) or days_since(d).", "请用 days_between(a, b) 或 days_since(d) 计算天数。"
    ),
    ("text", "number"): say("Turn the number into text with text(…).", "请用 text(…) 把数字转换为文本。"),
    ("text", "date"): say("Turn the date into text with text(…).", "请用 text(…) 把日期转换为文本。"),
    ("text", "datetime"): say("Write text(date(…)).", "请写 text(date(…))。"),
    ("text", "choice"): say("Turn the choice into text with text(…).", "请用 text(…) 把选项转换为文本。"),
    ("text", "reference"): say("Name a field of the record, such as owner.name.", "请写出该记录的字段，例如 owner.name。"),
    ("reference", "text"): say("Compare a field of the record, such as owner.name.", "请比较该记录的字段，例如 owner.name。"),
    ("choice", "text"): say("Turn the choice into text with text(…).", "请用 text(…) 把选项转换为文本。"),
    ("date", "text"): say("Write a date as date('2026-01-31').", "日期请写成 date('2026-01-31')。"),
    ("datetime", "text"): say("Write a date as date('2026-01-31').", "日期请写成 date('2026-01-31')。"),
    ("date", "datetime"): say("Take the day of it with date(…).", "请用 date(…) 取其日期。"),
    ("datetime", "date"): say("Compare days: put the other side into date(…).", "请按日期比较：把另一侧写成 date(…)。"),
    ("date", "number"): say("Move a date with date_add(d, n, 'day').", "请用 date_add(d, n, 'day') 移动日期。"),
    ("datetime", "number"): say("Move a date with date_add(d, n, 'day').", "请用 date_add(d, n, 'day') 移动日期。"),
    ("boolean", "number"): say("Compare it, for example x > 0.", "请写成比较，例如 x > 0。"),
    ("boolean", "text"): say("Compare it, for example x == 'a'.", "请写成比较，例如 x == 'a'。"),
    ("boolean", "choice"): say("Compare it, for example stage == 'won'.", "请写成比较，例如 stage == 'won'。"),
    ("boolean", "reference"): say("Test it with x != None.", "请写成 x != None。"),
    ("list", "text"): say("Use an aggregate: count, sum, exists …", "请使用汇总函数：count、sum、exists 等。"),
}


@dataclass
class Refusal(Exception):
    """What a rule of a function or operator has against its operands; the checker adds the place.

    ``operand`` is the facts of the one operand of several that is refused, found again by identity; None for the whole.
    """

    code: str
    message: Text
    hint: Text | None = None
    operand: object = None


def kind_name(type_: Type) -> Text:
    """Return what people call a type."""
    return KIND_NAMES[type_.kind]


def conversion(wanted: str, got: str) -> Text | None:
    """Return the function to use where one kind stands in the place of another, or None."""
    return _CONVERT.get((wanted, got))


def mismatch(wanted: str, got: Type, hint: Text | None = None, operand: object = None) -> Refusal:
    """Return the refusal of a value of another type."""
    message = say(
        "This should be {wanted}, but it is {got}.", "此处应为{wanted}，实际是{got}。", wanted=KIND_NAMES[wanted], got=kind_name(got)
    )
    put = say("Put {wanted} here.", "请在此处填写{wanted}。", wanted=KIND_NAMES[wanted])
    return Refusal("type_mismatch", message, hint or conversion(wanted, got.kind) or put, operand)


def unknown(what_en: str, what_zh: str, name: str, known: list[str]) -> Refusal:
    """Return the refusal of a name, with the name most likely meant."""
    close = suggest(name, known)
    message = say("Unknown {what} `{name}`.", "没有名为 `{name}` 的{what}。", what=Text(what_en, what_zh), name=name[:60])
    if close:
        return Refusal("unknown_name", message, say("Did you mean `{name}`?", "您是否想写 `{name}`？", name=close))
    some = ", ".join(known[:8])
    nothing = say("There is none to choose from.", "没有可以使用的名称。")
    return Refusal("unknown_name", message, say("Possible: {some}.", "可以使用：{some}。", some=some) if some else nothing)


def too_large() -> Refusal:
    """Return the refusal of a number that could leave the range of the databases."""
    message = say("The result could pass 10^290 or fall under 10^-290.", "结果可能超过 10^290 或小于 10^-290。")
    return Refusal("over_limit", message, say("Limit the operands with clamp(x, lo, hi).", "请用 clamp(x, lo, hi) 限制参与计算的数。"))


def too_long() -> Refusal:
    """Return the refusal of a text that could become too long."""
    message = say("The result could be longer than 100,000 characters.", "结果可能超过 100,000 个字符。")
    return Refusal("over_limit", message, say("Shorten the parts with left(t, n).", "请用 left(t, n) 截短各部分。"))
