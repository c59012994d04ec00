"""What Python has and the language has not, each with what to write instead; and the full-width signs of Chinese keyboards."""

from __future__ import annotations

from tenon.metamodel.expressions.wording import Refusal
from tenon.metamodel.labels import Text, say

FULL_WIDTH = {
    "（": "(", "）": ")", "，": ",", "、": ",", "；": ",", "：": ":", "。": ".", "．": ".", "‘": "'", "’": "'", "“": "'", "”": "'",
    "「": "'", "」": "'", "＂": "'", "＇": "'", "＝": "==", "＋": "+", "－": "-", "—": "-", "–": "-", "−": "-", "×": "*", "＊": "*",
    "÷": "/", "／": "/", "％": "%", "＜": "<", "＞": ">", "≤": "<=", "≥": ">=", "≠": "!=", "！": "!=", "【": "[", "】": "]",
    "［": "[", "］": "]", "\u3000": " ", "\u00a0": " ", "＿": "_",
}  # fmt: skip


def _no(en: str, zh: str, hint: Text | None = None) -> Refusal:
    return Refusal("bad_expression", say(en, zh), hint)


REFUSED_SIGNS: tuple[tuple[str, Refusal], ...] = (
    ("#", _no("There are no comments.", "不支持注释。", say("Remove # and what follows.", "请删除 # 及其后的内容。"))),
    ("&&", _no("&& is not part of the language.", "不支持 &&。", say("Write and.", "请写 and。"))),
    ("||", _no("|| is not part of the language.", "不支持 ||。", say("Write or.", "请写 or。"))),
    ("<>", _no("<> is not part of the language.", "不支持 <>。", say("Write !=.", "请写 !=。"))),
    ("===", _no("=== is not part of the language.", "不支持 ===。", say("Write ==.", "请写 ==。"))),
    ("\\", _no("A backslash can only stand inside quotes.", "反斜杠只能出现在引号内。", say("Remove it.", "请将其删除。"))),
)

_LOOPS = _no(
    "Loops and comprehensions are not part of the language.",
    "不支持循环与推导式。",
    say("Use an aggregate with where=, such as count(orders, where=…).", "请使用带 where= 的汇总函数，例如 count(orders, where=…)。"),
)
_LIST = _no(
    "A list of written values can only stand to the right of `in`.",
    "固定值列表只能写在 in 的右侧。",
    say("For example: stage in ['new', 'won'].", "例如：stage in ['new', 'won']。"),
)
_BYTES = _no(
    "Only texts, numbers, True, False and None can be written out.",
    "只能书写文本、数字、True、False 和 None。",
    say("Write 'text', 12.5, True or None.", "请写成 'text'、12.5、True 或 None。"),
)
REFUSED_NODES: dict[str, Refusal] = {
    "Lambda": _no("lambda is not part of the language.", "不支持 lambda。", say("Write the value itself.", "请直接书写该值。")),
    "ListComp": _LOOPS,
    "SetComp": _LOOPS,
    "DictComp": _LOOPS,
    "GeneratorExp": _LOOPS,
    "Await": _LOOPS,
    "Yield": _LOOPS,
    "YieldFrom": _LOOPS,
    "JoinedStr": _no(
        "Text with placeholders is not part of the language.", "不支持 f 字符串。", say("Use concat(a, b).", "请使用 concat(a, b)。")
    ),
    "Subscript": _no(
        "[…] cannot pick a part.",
        "不支持用 […] 取值。",
        say("Use left(t, n), right(t, n), first(…) or last(…).", "请使用 left、right、first 或 last。"),
    ),
    "Starred": _no(
        "* and ** cannot unpack arguments.", "不支持用 * 或 ** 展开参数。", say("Write the arguments one by one.", "请逐个书写参数。")
    ),
    "NamedExpr": _no(":= is not part of the language.", "不支持 :=。", say("Write == to compare.", "比较请写 ==。")),
    "List": _LIST,
    "Tuple": _LIST,
    "Set": _LIST,
    "Dict": _no("{…} is not part of the language.", "不支持 {…}。", say("Use case(c1, v1, …, default).", "请使用 case(c1, v1, …, default)。")),
    "Attribute": _no(
        "A dot can only follow a name.", "点号只能跟在名称之后。", say("For example: customer.owner.name.", "例如：customer.owner.name。")
    ),
    "Method": _no("Values have no methods.", "值没有方法。", say("Call a function by its name: lower(t).", "请按名称调用函数：lower(t)。")),
    "bytes": _BYTES,
    "complex": _BYTES,
    "ellipsis": _BYTES,
}
_BITS = _no(
    "& | ^ ~ << >> @ are not part of the language.",
    "不支持 & | ^ ~ << >> @。",
    say("Write and, or, not; ** is the power.", "请写 and、or、not；乘方用 **。"),
)
REFUSED_OPERATORS: dict[str, Refusal] = {
    "Is": _no("`is` is not part of the language.", "不支持 is。", say("Write ==, for example x == None.", "请写 ==，例如 x == None。")),
    "IsNot": _no(
        "`is not` is not part of the language.", "不支持 is not。", say("Write !=, for example x != None.", "请写 !=，例如 x != None。")
    ),
    **dict.fromkeys(("BitAnd", "BitOr", "BitXor", "Invert", "LShift", "RShift", "MatMult"), _BITS),
}
