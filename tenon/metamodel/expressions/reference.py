"""The reference page of the expression language, made from the table of functions."""

from __future__ import annotations

from tenon.metamodel.expressions.functions import FUNCTIONS, Function
from tenon.metamodel.labels import Text

GROUPS: dict[str, Text] = {
    "choice": Text("Choosing and emptiness", "选择与空值"),
    "number": Text("Numbers", "数字"),
    "text": Text("Texts", "文本"),
    "date": Text("Dates", "日期"),
    "aggregate": Text("Aggregates over many records", "汇总多条记录"),
    "population": Text("Ranking among all records", "在全部记录中的排名"),
    "history": Text("What was", "过去的值"),
    "people": Text("People", "人员"),
}
_INTRODUCTION = Text(
    """# Expressions

Formulas, conditions, filters, rights, defaults, score measures and report measures are written in one language.
It looks like Python; everything is checked when it is saved, and counts the same in lists, in reports and on a record.

## Writing

| write | for |
|---|---|
| `arr`, `customer.owner.name` | a field; a field along references (at most 4) |
| `sum(orders.amount, where=status == 'paid')` | an aggregate over a to-many relation, with a condition on its records |
| `this.arr` | inside `where=`: the record at hand, plain names are those of the many |
| `old.arr` | in rules and checks: the value before the change |
| `user.id`, `user.email`, `user.roles`, `user.unit` | who acts |
| `record.created_at` | a system field: id, created_at, created_by, updated_at, updated_by, owner, unit, source, version, deleted_at |
| `'text'`, `12.5`, `True`, `False`, `None` | written values; `None` and `''` are empty; a date is `date('2026-01-31')` |
| `+ - * / // % **` | arithmetic; `/` is true division, the exponent of `**` is a whole number from -20 to 20 |
| `== != < <= > >=`, `1 < x < 5` | comparison |
| `x in ['a', 'b']`, `'a' in tags`, `'a' in text` | membership; also `not in` |
| `and`, `or`, `not`, `a if c else b` | logic and choice |

## Rules

- Empty: arithmetic and functions with an empty argument give empty unless their line says otherwise. Two empty sides are equal, one is not.
  `<`, `<=`, `>`, `>=` with an empty side are false, so a condition is always true or false.
- Numbers: whole numbers, money, decimals and percentages are exact: `0.1 + 0.2 == 0.3`. Division, powers and averages are real numbers.
  Division by zero is empty. Rounding is half away from zero. A number has at most 15 digits, of them at most 8 decimals.
- Choices are compared with `==`, `!=` and `in`, by the names of their options.
- A date beside a moment stands for the first moment of that day, in the workspace's time zone; it has to be the same for all records,
  otherwise write `date(x)`.
- Limits: 4,000 characters, 400 parts, 40 levels. Sums, chains of one operator and else-if ladders count as one level.
""",
    """# 表达式

公式、条件、筛选、权限、默认值、评分指标与报表指标都用同一种语言书写。
写法与 Python 相似；保存时会检查全部内容，在列表、报表和单条记录中的结果一致。

## 写法

| 写法 | 含义 |
|---|---|
| `arr`、`customer.owner.name` | 字段；沿引用取字段（最多 4 级） |
| `sum(orders.amount, where=status == 'paid')` | 对一对多关系汇总，并给出条件 |
| `this.arr` | 在 `where=` 内指当前记录；不带前缀的名称属于多的一方 |
| `old.arr` | 在规则与校验中指变更前的值 |
| `user.id`、`user.email`、`user.roles`、`user.unit` | 操作人 |
| `record.created_at` | 系统字段：id、created_at、created_by、updated_at、updated_by、owner、unit、source、version、deleted_at |
| `'文本'`、`12.5`、`True`、`False`、`None` | 固定值；`None` 与 `''` 为空值；日期写成 `date('2026-01-31')` |
| `+ - * / // % **` | 四则运算；`/` 为真除法，`**` 的指数为 -20 到 20 的整数 |
| `== != < <= > >=`、`1 < x < 5` | 比较 |
| `x in ['a', 'b']`、`'a' in tags`、`'a' in text` | 属于；也可写 `not in` |
| `and`、`or`、`not`、`a if c else b` | 逻辑与选择 |

函数可以用中文名称书写，保存时统一为英文名称。

## 规则

- 空值：除另有说明外，运算或函数的参数为空时结果为空。两侧都为空视为相等，仅一侧为空则不相等。
  `<`、`<=`、`>`、`>=` 有一侧为空时为假，因此条件总是真或假。
- 数字：整数、金额、小数与百分比是精确的：`0.1 + 0.2 == 0.3`。除法、乘方与平均值是实数。
  除以零为空。取整采用四舍五入（远离零）。数字最多 15 位，其中小数最多 8 位。
- 单选项用 `==`、`!=` 和 `in` 按选项名称比较。
- 日期与时刻相比时，日期代表工作区时区内当天的第一时刻，且必须对所有记录相同，否则请写 `date(x)`。
- 限制：4,000 个字符，400 个部分，40 层。加减、同一运算符的连续运算以及 else-if 阶梯只算一层。
""",
)
_HEADINGS = Text(
    "| function | what it gives | example | gives |\n|---|---|---|---|",
    "| 函数 | 中文名称 | 结果 | 示例 | 得到 |\n|---|---|---|---|---|",
)
_FUNCTIONS = Text("## Functions", "## 函数")


def page(language: str) -> str:
    """Return the whole page as Markdown in one language."""
    parts = [_INTRODUCTION.show(language), _FUNCTIONS.show(language)]
    for group, title in GROUPS.items():
        rows = [_row(f, language) for f in FUNCTIONS.values() if f.group == group]
        parts.append("\n".join([f"### {title.show(language)}", "", _HEADINGS.show(language), *rows]))
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _row(function: Function, language: str) -> str:
    alias = f" `{function.alias}` |" if language.startswith("zh") else ""
    gives = f" `{function.gives}` |" if function.gives else " |"
    return f"| `{function.signature()}` |{alias} {function.help.show(language)} | `{function.example}` |{gives}"
