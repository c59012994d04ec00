"""What readers of JSON and of values say, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tenon.metamodel.labels import Text, say

_PLACE = re.compile(r"(?P<what>.*): line (?P<line>\d+) column (?P<column>\d+)")
_SYNTAX = {
    "unexpected end of data": "内容不完整", "unexpected character": "出现意外的字符", "unexpected content after document": "JSON 之后还有多余内容",
    "trailing comma": "末尾有多余的逗号", "control character": "字符串中含有控制字符", "invalid escape": "转义字符不正确", "invalid literal": "字面值不正确",
    "leading zero": "数字不能以 0 开头", "number": "数字写法不正确", "depth limit": "嵌套过深", "low surrogate": "Unicode 转义不完整",
    "utf-8": "不是有效的 UTF-8 文本", "zero-length": "内容为空",
}  # fmt: skip
_VALUES = {
    "missing": say("it is missing", "缺少此项"),
    "extra_forbidden": say("it is not known here", "此处不认识此项"),
    "string_type": say("it has to be a text", "应为文本"),
    "int_type": say("it has to be a whole number", "应为整数"),
    "int_parsing": say("it has to be a whole number", "应为整数"),
    "int_from_float": say("it has to be a whole number", "应为整数"),
    "float_type": say("it has to be a number", "应为数字"),
    "float_parsing": say("it has to be a number", "应为数字"),
    "decimal_type": say("it has to be a number", "应为数字"),
    "decimal_parsing": say("it has to be a number", "应为数字"),
    "finite_number": say("it has to be a finite number", "应为有限的数字"),
    "bool_type": say("it has to be true or false", "应为 true 或 false"),
    "bool_parsing": say("it has to be true or false", "应为 true 或 false"),
    "list_type": say("it has to be a list", "应为列表"),
    "dict_type": say("it has to be an object", "应为 JSON 对象"),
    "model_type": say("it has to be an object", "应为 JSON 对象"),
    "model_attributes_type": say("it has to be an object", "应为 JSON 对象"),
    "literal_error": say("it has to be {expected}", "须为 {expected} 之一"),
    "enum": say("it has to be {expected}", "须为 {expected} 之一"),
    "string_too_long": say("it has more than {max_length} characters", "超过 {max_length} 个字符"),
    "string_too_short": say("it has fewer than {min_length} characters", "少于 {min_length} 个字符"),
    "too_long": say("it has more than {max_length} entries", "超过 {max_length} 项"),
    "too_short": say("it has fewer than {min_length} entries", "少于 {min_length} 项"),
    "greater_than": say("it has to be more than {gt}", "须大于 {gt}"),
    "greater_than_equal": say("it has to be at least {ge}", "不得小于 {ge}"),
    "less_than": say("it has to be less than {lt}", "须小于 {lt}"),
    "less_than_equal": say("it has to be at most {le}", "不得大于 {le}"),
    "string_pattern_mismatch": say("it has another form than {pattern}", "格式不符合 {pattern}"),
    "json_invalid": say("it is not JSON", "不是有效的 JSON"),
}  # fmt: skip


def tell_syntax(error: ValueError) -> Text:
    """Return what is wrong with a text that is not JSON, and where."""
    whole = str(error)[:200]
    found = _PLACE.match(whole)
    what = (found["what"] if found else whole).lower()
    zh = next((text for start, text in _SYNTAX.items() if start in what), "语法错误")
    return Text(whole, f"{zh}（第 {found['line']} 行第 {found['column']} 列）" if found else zh)


def tell_value(each: Mapping[str, Any]) -> Text:
    """Return why a value was refused, from an error as pydantic lists it."""
    known = _VALUES.get(each["type"])
    if known is None:
        return Text(each["msg"], "此值不适用")
    facts = {k: str(v) for k, v in each.get("ctx", {}).items()}
    return say(known.show("en"), known.show("zh"), **facts)
