"""The one table of functions: names, parameters, result, Python body, help and example; everything else is made from it.

A body takes canonical Python values. With ``empties`` "strict" it is only called when no argument is None (the result is
None otherwise); with "own" it takes None itself. ``needs`` names what it takes by keyword beside its arguments: ``zone``
(the workspace's ZoneInfo), ``today``, ``now``, ``user``. A real number is a float, an exact one int or Decimal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from tenon.metamodel.expressions import dates, numbers, results, texts
from tenon.metamodel.labels import Text

Group = Literal["choice", "number", "text", "date", "aggregate", "population", "history", "people"]
ANY: tuple[str, ...] = ()
NUMBER = ("number", "duration")
WORDS = ("text", "choice")
DAYS = ("date", "datetime")
ORDERED = ("number", "duration", "date", "datetime", "time")


@dataclass(frozen=True)
class Parameter:
    """A parameter: the kinds it takes (none: any), and whether it has to be written out as a literal."""

    name: str
    kinds: tuple[str, ...] = ANY
    default: Any = None
    is_optional: bool = False
    is_literal: bool = False
    options: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Function:
    """A function of the expression language; ``rest`` repeats the last parameter up to any number.

    ``is_aggregate``: also (or only, when ``body`` is None) an aggregate over a to-many path. ``uses``: where it may stand
    (empty: everywhere). ``gives``: what the example shows.
    """

    name: str
    alias: str
    group: Group
    parameters: tuple[Parameter, ...]
    result: results.Rule
    body: Callable[..., Any] | None
    help: Text
    example: str
    gives: str = ""
    empties: Literal["strict", "own"] = "strict"
    needs: tuple[str, ...] = ()
    rest: bool = False
    is_aggregate: bool = False
    is_clocked: bool = False
    is_moment: bool = False
    uses_user: bool = False
    uses: frozenset[str] = field(default=frozenset())

    @property
    def fewest(self) -> int:
        """The smallest number of arguments."""
        return sum(not p.is_optional for p in self.parameters)

    def signature(self) -> str:
        """Return the call as the reference page and completion show it."""
        parts = [f"{p.name}={p.default!r}" if p.is_optional and p.default is not None else p.name for p in self.parameters]
        more = ["…"] if self.rest else ["where=…"] if self.body is None and self.is_aggregate else []
        return f"{self.name}({', '.join(parts + more)})"


def _p(name: str, kinds: tuple[str, ...] = ANY, **more: Any) -> Parameter:
    return Parameter(name, kinds, **more)


X, T, D = _p("x", NUMBER), _p("t", WORDS), _p("d", DAYS)
A, B = _p("a", DAYS), _p("b", DAYS)
SPAN = _p("unit", ("text",), is_literal=True, options=dates.SPAN_UNITS)
MOVE = _p("unit", ("text",), default="day", is_optional=True, is_literal=True, options=dates.ADD_UNITS)
DECIMALS = _p("n", ("number",), default=0, is_optional=True, is_literal=True, low=-15, high=8)
# fmt: off
SETS = frozenset({"score", "report"})
ASKED = frozenset({"value", "report"})
_BIG = 4_000_000


def _choice() -> list[Function]:
    return [
        Function("coalesce", "首个非空", "choice", (_p("a"), _p("b")), results.unify, texts.coalesce,
                 Text("The first value that is not empty.", "第一个非空的值。"), "coalesce(None, 5)", "5", "own", rest=True),
        Function("is_empty", "为空", "choice", (_p("x"),), results.yes_no, texts.is_empty,
                 Text("Whether the value is empty.", "值是否为空。"), "is_empty('')", "True", "own"),
        Function("if_else", "如果", "choice", (_p("c", ("boolean",)), _p("a"), _p("b")), results.chosen, texts.if_else,
                 Text("a when the condition is true, else b.", "条件为真时取 a，否则取 b。"),
                 "if_else(2 > 1, 'yes', 'no')", "'yes'", "own"),
        Function("case", "分支", "choice", (_p("c1"), _p("v1"), _p("default")), results.cased, texts.case,
                 Text("The value after the first true condition, else the default at the end: case(c1, v1, c2, v2, default).",
                      "第一个为真的条件之后的值；都不成立时取最后的默认值：case(c1, v1, c2, v2, default)。"),
                 "case(5 > 9, 'A', 5 > 4, 'B', 'C')", "'B'", "own", rest=True),
    ]


def _number() -> list[Function]:
    return [
        Function("abs", "绝对值", "number", (X,), results.absolute, numbers.absolute,
                 Text("The distance from zero.", "绝对值。"), "abs(-3.5)", "3.5"),
        Function("round", "四舍五入", "number", (X, DECIMALS), results.rounded, numbers.round_to,
                 Text("x with n decimals (−15 to 8), half away from zero; a real number is first taken to 15 digits.",
                      "保留 n 位小数（−15 至 8），四舍五入；实数先取 15 位有效数字。"), "round(1.005, 2)", "1.01"),
        Function("floor", "向下取整", "number", (X,), results.to_whole, numbers.floor,
                 Text("The largest whole number not above x.", "不大于 x 的最大整数。"), "floor(-1.5)", "-2"),
        Function("ceil", "向上取整", "number", (X,), results.to_whole, numbers.ceil,
                 Text("The smallest whole number not below x.", "不小于 x 的最小整数。"), "ceil(1.2)", "2"),
        Function("min", "最小", "number", (_p("a", ORDERED), _p("b", ORDERED)), results.unify, texts.least,
                 Text("The smallest of the values, empties skipped; over a to-many path: the smallest of its records.",
                      "各值中最小的，忽略空值；用于一对多路径时取其记录的最小值。"), "min(3, None, 2)", "2",
                 "own", rest=True, is_aggregate=True),
        Function("max", "最大", "number", (_p("a", ORDERED), _p("b", ORDERED)), results.unify, texts.greatest,
                 Text("The largest of the values, empties skipped; over a to-many path: the largest of its records.",
                      "各值中最大的，忽略空值；用于一对多路径时取其记录的最大值。"), "max(3, None, 2)", "3",
                 "own", rest=True, is_aggregate=True),
        Function("clamp", "限制", "number", (X, _p("lo", NUMBER), _p("hi", NUMBER)), results.clamped, numbers.clamp,
                 Text("x, at most hi and then at least lo.", "把 x 限制在 lo 与 hi 之间。"), "clamp(12, 0, 10)", "10"),
        Function("scale", "归一化", "number", (X, _p("lo", NUMBER), _p("hi", NUMBER)), results.shares, numbers.scale,
                 Text("Where x lies between lo and hi, as 0 to 1, clamped; lo may exceed hi; empty when they are equal.",
                      "x 在 lo 与 hi 之间的位置，0 至 1，超出则截断；lo 可大于 hi；两者相等时为空。"), "scale(15, 0, 30)", "0.5"),
        Function("sqrt", "平方根", "number", (X,), results.root, numbers.sqrt,
                 Text("The square root; empty of a negative.", "平方根；负数为空。"), "sqrt(9)", "3.0"),
        Function("ln", "自然对数", "number", (X,), results.logarithm, numbers.ln,
                 Text("The natural logarithm; empty of 0 or less.", "自然对数；0 或负数为空。"), "ln(1)", "0.0"),
        Function("number", "转数字", "number", (_p("t", WORDS),), results.parsed_number, numbers.read_number,
                 Text("The number a text holds: spaces around, one sign, 1 to 15 digits, at most 6 decimals; else empty.",
                      "文本中的数字：允许两端空格、一个正负号、1 至 15 位数字、至多 6 位小数；否则为空。"), "number(' 12.5 ')", "12.5"),
    ]


def _text() -> list[Function]:
    part = _p("part", WORDS)
    return [
        Function("len", "长度", "text", (_p("x", ("text", "choice", "choices")),), results.whole(0, texts.LONGEST), texts.length,
                 Text("The number of characters, or of entries of a list; 0 of empty.", "字符数，或列表的项数；空值为 0。"),
                 "len('客户')", "2", "own"),
        Function("lower", "小写", "text", (T,), results.same_text, texts.lower,
                 Text("A-Z made small, nothing else.", "把 A-Z 变为小写，其余不变。"), "lower('ABC')", "'abc'"),
        Function("upper", "大写", "text", (T,), results.same_text, texts.upper,
                 Text("a-z made large, nothing else.", "把 a-z 变为大写，其余不变。"), "upper('abc')", "'ABC'"),
        Function("trim", "去空格", "text", (T,), results.same_text, texts.trim,
                 Text("Without spaces at the ends.", "去掉两端空格。"), "trim('  a b ')", "'a b'"),
        Function("contains", "包含", "text", (_p("t", ("text", "choice", "choices")), part), results.yes_no, texts.contains,
                 Text("Whether a text holds the part, or a list has it as an entry.", "文本是否包含该部分，或列表是否含有该项。"),
                 "contains('health', 'eal')", "True", "own"),
        Function("starts_with", "开头是", "text", (T, part), results.yes_no, texts.starts_with,
                 Text("Whether a text begins with the part.", "文本是否以该部分开头。"), "starts_with('health', 'he')", "True", "own"),
        Function("ends_with", "结尾是", "text", (T, part), results.yes_no, texts.ends_with,
                 Text("Whether a text ends with the part.", "文本是否以该部分结尾。"), "ends_with('health', 'th')", "True", "own"),
        Function("replace", "替换", "text", (T, _p("a", WORDS), _p("b", WORDS)), results.replaced, texts.replace,
                 Text("t with every a made b; an empty b takes it away, an empty a or t gives empty.",
                      "把 t 中的每个 a 换成 b；b 为空则删去，a 或 t 为空则结果为空。"), "replace('1-2-3', '-', '')", "'123'", "own"),
        Function("left", "左侧", "text", (T, _p("n", NUMBER)), results.cut, texts.left,
                 Text("The first n characters.", "最前面的 n 个字符。"), "left('health', 2)", "'he'"),
        Function("right", "右侧", "text", (T, _p("n", NUMBER)), results.cut, texts.right,
                 Text("The last n characters.", "最后面的 n 个字符。"), "right('health', 2)", "'th'"),
        Function("concat", "连接", "text", (_p("a", WORDS),), results.joined, texts.concat,
                 Text("The texts one after the other, empties skipped.", "依次连接各文本，忽略空值。"),
                 "concat('a', None, 'b')", "'ab'", "own", rest=True),
        Function("text", "转文本", "text", (_p("x", ("text", "choice", "date", "number", "duration")),), results.shown, texts.as_text,
                 Text("As text: dates as 2026-01-31, exact numbers with their decimals; round a real number first.",
                      "转为文本：日期如 2026-01-31，精确数字按其小数位；实数须先 round。"), "text(round(2 / 3, 2))", "'0.67'"),
    ]


def _date() -> list[Function]:
    zone, clock = ("zone",), ("zone", "today")
    return [
        Function("today", "今天", "date", (), results.gives_date, lambda *, today: today,
                 Text("The date today, in the workspace's zone.", "今天的日期（工作区时区）。"), "today()",
                 needs=("today",), is_clocked=True),
        Function("now", "现在", "date", (), results.gives_datetime, lambda *, now: now,
                 Text("The present moment.", "当前时刻。"), "now()", needs=("now",), is_clocked=True, is_moment=True),
        Function("days_ago", "几天前", "date", (_p("n", NUMBER),), results.gives_date, dates.days_ago,
                 Text("The date n days before today.", "今天之前 n 天的日期。"), "days_ago(30)", needs=("today",), is_clocked=True),
        Function("days_since", "距今天数", "date", (D,), results.whole(-_BIG, _BIG), dates.days_since,
                 Text("The calendar days from d to today.", "从 d 到今天的天数。"), "days_since(created_at)", needs=clock, is_clocked=True),
        Function("days_between", "相差天数", "date", (A, B), results.whole(-_BIG, _BIG), dates.days_between,
                 Text("The calendar days from a to b.", "从 a 到 b 的天数。"),
                 "days_between(date('2026-01-01'), date('2026-02-01'))", "31", needs=zone),
        Function("months_between", "相差月数", "date", (A, B), results.whole(-_BIG, _BIG), dates.months_between,
                 Text("The full months from a to b; moments count as their days.", "从 a 到 b 的整月数；时刻按其日期计算。"),
                 "months_between(date('2026-01-31'), date('2026-02-28'))", "1", needs=zone),
        Function("date_add", "日期加", "date", (D, _p("n", NUMBER), MOVE), results.moved, dates.date_add,
                 Text("d moved by n units: day, week, month, quarter, year, hour, minute; month ends clamp.",
                      "把 d 移动 n 个单位：day、week、month、quarter、year、hour、minute；月末自动对齐。"),
                 "date_add(date('2026-01-31'), 1, 'month')", "2026-02-28", needs=zone),
        *(Function(name, alias, "date", (D,), results.whole(low, high), body, text, f"{name}(date('2026-08-19'))", gives, needs=zone)
          for name, alias, low, high, body, text, gives in (
              ("year", "年", 1, 9999, dates.year, Text("The year.", "年份。"), "2026"),
              ("month", "月", 1, 12, dates.month, Text("The month, 1 to 12.", "月份，1 至 12。"), "8"),
              ("day", "日", 1, 31, dates.day, Text("The day of the month.", "几号。"), "19"),
              ("quarter", "季度", 1, 4, dates.quarter, Text("The quarter, 1 to 4.", "季度，1 至 4。"), "3"),
              ("weekday", "星期", 1, 7, dates.weekday,
               Text("The day of the week, Monday 1 to Sunday 7.", "星期几，周一为 1，周日为 7。"), "3"),
          )),
        Function("hour", "小时", "date", (_p("d", ("datetime", "time")),), results.whole(0, 23), dates.hour,
                 Text("The hour 0 to 23, in the workspace's zone.", "小时，0 至 23（工作区时区）。"), "hour(created_at)", needs=zone),
        Function("start_of", "期初", "date", (D, SPAN), results.gives_date, dates.start_of,
                 Text("The first day of its day, week, month, quarter or year; weeks begin on Monday.",
                      "所在 day、week、month、quarter、year 的第一天；每周从周一开始。"),
                 "start_of(date('2026-08-19'), 'quarter')", "2026-07-01", needs=zone),
        Function("end_of", "期末", "date", (D, SPAN), results.gives_date, dates.end_of,
                 Text("The last day of its day, week, month, quarter or year.", "所在 day、week、month、quarter、year 的最后一天。"),
                 "end_of(date('2026-02-03'), 'month')", "2026-02-28", needs=zone),
        Function("date", "转日期", "date", (_p("x", ("date", "datetime", "text")),), results.to_day, dates.read_day,
                 Text("The day of a moment in the workspace's zone, or a written date.", "时刻在工作区时区的日期，或写出的日期。"),
                 "date('2026-01-31')", "2026-01-31", needs=zone),
    ]


def _aggregates() -> list[Function]:
    rows = (
        ("count", "计数", "The number of records.", "记录数。", "count(orders)"),
        ("sum", "求和", "The sum; 0 of nothing.", "合计；没有记录时为 0。", "sum(orders.amount, where=status == 'paid')"),
        ("avg", "平均", "The average; empties skipped, empty of nothing.", "平均值；忽略空值，没有记录时为空。", "avg(orders.amount)"),
        ("distinct", "去重计数", "The number of different values.", "不同值的个数。", "distinct(orders.status)"),
        ("first", "最先", "The value of the first record by the entity's time field.",
         "按对象的时间字段，第一条记录的值。", "first(orders.amount)"),
        ("last", "最后", "The value of the last record by the entity's time field.",
         "按对象的时间字段，最后一条记录的值。", "last(orders.ordered_at)"),
        ("exists", "存在", "Whether there is such a record.", "是否存在这样的记录。", "exists(orders, where=amount > this.arr)"),
    )
    return [
        Function(name, alias, "aggregate", (_p("path"),), results.yes_no, None, Text(en, zh), example, is_aggregate=True)
        for name, alias, en, zh, example in rows
    ]


def _sets_and_people() -> list[Function]:
    buckets = _p("n", ("number",), is_literal=True, low=1, high=1000)
    return [
        Function("percent_rank", "百分位", "population", (X,), results.shares, None,
                 Text("The share of all records with a value at or below this one.", "值不高于本记录的记录占比。"),
                 "percent_rank(arr)", uses=SETS),
        Function("quintile", "五分位", "population", (X,), results.whole(1, 5), None,
                 Text("Which fifth of all records it lies in; the highest values are 5.", "位于全部记录的第几个五分位，最高为 5。"),
                 "quintile(arr)", uses=SETS),
        Function("ntile", "分位", "population", (X, buckets), results.whole(1, 1000), None,
                 Text("Which of n parts of all records it lies in; equal values share a part, the highest values are n.",
                      "位于全部记录的 n 等分中的第几份；相同的值同份，最高为 n。"), "ntile(arr, 10)", uses=SETS),
        Function("was", "当时", "history", (_p("x", ("choice", "number")), _p("d", ("date",))), results.past, None,
                 Text("What a choice, a stage or a score was at the end of a day; empty before the record or the score existed.",
                      "某个单选、阶段或评分在某天结束时的值；记录或评分尚不存在时为空。"), "was(stage, date('2026-03-31')) == 'trial'", uses=ASKED),
        Function("has_role", "有角色", "people", (_p("role", ("text",), is_literal=True),), results.yes_no,
                 lambda role, *, user: user is not None and role in user.roles,
                 Text("Whether who acts has the role.", "操作人是否具有该角色。"), "has_role('sales')", needs=("user",), uses_user=True),
        Function("in_unit", "在部门", "people", (_p("unit", ("reference", "text")),), results.yes_no,
                 lambda unit, *, user: user is not None and unit is not None and unit in user.units,
                 Text("Whether a unit is that of who acts, or one below it.", "该部门是否为操作人所在部门或其下级部门。"),
                 "in_unit(unit)", empties="own", needs=("user",), uses_user=True),
    ]


# fmt: on
FUNCTIONS: dict[str, Function] = {f.name: f for f in (*_choice(), *_number(), *_text(), *_date(), *_aggregates(), *_sets_and_people())}
ALIASES: dict[str, str] = {f.alias: f.name for f in FUNCTIONS.values()}
AGGREGATE_NAMES = frozenset(f.name for f in FUNCTIONS.values() if f.is_aggregate)


def find_function(name: str) -> Function | None:
    """Return a function by its name or its Chinese alias, or None."""
    return FUNCTIONS.get(ALIASES.get(name, name))
