"""What a template may hold: values, conditions, a few filters and rows of lists; nothing that calls, computes or reaches into an object.

Everything else is refused where it stands. What is left takes time and room in proportion to its length and the rows of lists, which have
a limit, whatever the values are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.names import NAME, TOKEN, suggest

LONGEST = 20_000
MOST_NODES, DEEPEST = 2_000, 40
RECORD = "record"
VALUES: dict[str, Text] = {
    "record": Text("A field of the record", "记录的字段"), "recipient": Text("The name of who gets it", "接收人姓名"),
    "link": Text("The address of the record", "记录的链接"), "today": Text("The day it is sent", "发送日期"),
    "unsubscribe": Text("The address to unsubscribe at, of marketing by mail", "退订链接（仅营销邮件）"),
}  # fmt: skip
"""What a template can name."""
FILTERS: dict[str, tuple[int, int]] = {
    "upper": (0, 0), "lower": (0, 0), "trim": (0, 0), "default": (1, 1), "truncate": (1, 1), "date": (0, 0), "number": (0, 1),
}  # fmt: skip
"""The filters, each with the fewest and the most things it takes."""
MOST_KEPT = 1_000
Row = tuple[str, str]
"""What a row is called in a loop, and the list it is of."""
NO_ROW: Row = ("", "")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.Not, nodes.And, nodes.Or, nodes.Filter, nodes.For,
)  # fmt: skip
_WORDS: dict[type[nodes.Node], Text] = {
    nodes.For: Text("A loop", "循环"), nodes.Call: Text("A call", "函数调用"), nodes.Getitem: Text("Something in square brackets", "方括号取值"),
    nodes.Include: Text("Including another file", "包含其他文件"), nodes.Import: Text("Importing another file", "导入其他文件"),
    nodes.FromImport: Text("Importing another file", "导入其他文件"), nodes.Extends: Text("Extending another file", "继承其他文件"),
    nodes.Assign: Text("Setting a value", "变量赋值"), nodes.AssignBlock: Text("Setting a value", "变量赋值"), nodes.Macro: Text("A macro", "宏"),
    nodes.CallBlock: Text("A call", "函数调用"), nodes.FilterBlock: Text("A block of a filter", "过滤器块"), nodes.Block: Text("A block", "块"),
    nodes.Test: Text("A test with “is”", "“is”判断"), nodes.Concat: Text("Joining with ~", "用 ~ 拼接"), nodes.List: Text("A list", "列表"),
    nodes.Tuple: Text("A list", "列表"), nodes.Dict: Text("A dictionary", "字典"),
}  # fmt: skip
_OPERATORS = frozenset({"eq", "ne", "gt", "gteq", "lt", "lteq"})
HINT = say(
    "A template may hold {{ record.field }}, {% if record.field %} … {% else %} … {% endif %}, {% for each in list %} … {% endfor %} over a list of the message, "
    "comparisons, and the filters {filters}.",
    "模板可包含 {{ record.字段 }}、{% if record.字段 %} … {% else %} … {% endif %}、针对消息列表的 {% for each in 列表 %} … {% endfor %}、比较，以及过滤器 {filters}。", filters=", ".join(FILTERS),
)  # fmt: skip


@dataclass(frozen=True)
class Parsed:
    """A template that is allowed: its tree, the paths of fields it reads of the record (``""`` for its title), each once, what it names, and its lists.

    ``lists`` has the paths read of the rows of each list, in the order in which rows are handed over.
    """

    tree: nodes.Template
    paths: tuple[str, ...]
    names: frozenset[str]
    lists: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Spot:
    """A path where it stands in the text, ``start`` to ``end``, with line and column from 1: of the record, or of a row of ``list``, called ``name`` there."""

    path: str
    start: int
    end: int
    line: int
    column: int
    name: str = RECORD
    list: str = ""


@dataclass
class _Found:
    paths: dict[str, None] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    lists: dict[str, set[str]] = field(default_factory=dict)
    count: int = 0


ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=False, cache_size=0, keep_trailing_newline=True)
ENVIRONMENT.globals.clear()


@lru_cache(maxsize=512)
def parse(text: str) -> Parsed:
    """Read a template; raises Invalid with line and column of what is not allowed."""
    if len(text) > LONGEST and len(TOKEN.sub("_", text)) > LONGEST:  # however long its ids are
        raise _refusal(say("A template has at most {n} characters.", "模板最多 {n} 个字符。", n=LONGEST), 1, 1, code="too_long")
    try:
        tree = ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        message = say("This template cannot be read: {why}", "无法读取该模板：{why}", why=str(error.message)[:200])
        raise _refusal(message, error.lineno, _column(text, error.lineno)) from None
    except RecursionError:
        raise _too_much(1) from None
    found = _Found()
    _check(tree, text, found)
    return Parsed(tree, tuple(found.paths), frozenset(found.names), {name: tuple(sorted(paths)) for name, paths in found.lists.items()})


def _check(tree: nodes.Template, text: str, found: _Found) -> None:
    """Look at every node without recursion; raises Invalid at the first that is not allowed."""
    waiting: list[tuple[nodes.Node, int, Row]] = [(tree, 0, NO_ROW)]
    while waiting:
        node, depth, row = waiting.pop()
        found.count += 1
        if found.count > MOST_NODES or depth > DEEPEST:
            raise _too_much(node.lineno)
        if type(node) not in _ALLOWED:
            what = _WORDS.get(type(node)) or Text(f"“{type(node).__name__.lower()}”", f"“{type(node).__name__.lower()}”")
            raise _refusal(say("{what} is not allowed in a template.", "模板中不允许使用{what}。", what=what), node.lineno, _column(text, node.lineno))
        if isinstance(node, nodes.Getattr | nodes.Name):
            _check_path(node, text, found, row)
            continue
        if isinstance(node, nodes.For):
            inner = _check_loop(node, text, found, row)
            waiting += [(child, depth + 1, row) for child in reversed(node.else_)]
            waiting += [(child, depth + 1, inner) for child in reversed(node.body)]
            continue
        if isinstance(node, nodes.Filter):
            _check_filter(node, text)
        if isinstance(node, nodes.Operand) and node.op not in _OPERATORS:
            raise _refusal(say("“{op}” is not allowed in a template.", "模板中不允许使用“{op}”。", op=node.op), node.lineno, _column(text, node.lineno))
        waiting += [(child, depth + 1, row) for child in reversed(list(node.iter_child_nodes()))]


def _check_loop(node: nodes.For, text: str, found: _Found, row: Row) -> Row:
    """Note a list that is gone over and return its row; raises Invalid for a loop over anything else, and for one inside another."""
    over, each = node.iter, node.target
    is_plain = isinstance(over, nodes.Name) and isinstance(each, nodes.Name) and node.test is None and not node.recursive
    if row != NO_ROW or not is_plain:
        raise _refusal(say("{what} is not allowed in a template.", "模板中不允许使用{what}。", what=_WORDS[nodes.For]), node.lineno, _column(text, node.lineno))
    assert isinstance(over, nodes.Name)
    assert isinstance(each, nodes.Name)
    if over.name in VALUES or each.name in VALUES or each.name == over.name or not (NAME.match(over.name) and NAME.match(each.name)):
        raise _refusal(say("{what} is not allowed in a template.", "模板中不允许使用{what}。", what=_WORDS[nodes.For]), node.lineno, _column(text, node.lineno))
    found.lists.setdefault(over.name, set())
    return each.name, over.name


def _check_path(node: nodes.Getattr | nodes.Name, text: str, found: _Found, row: Row) -> None:
    """Note a path of the record or of a row; raises Invalid for another name, and for an attribute of anything else."""
    steps: list[str] = []
    near: nodes.Node = node
    while isinstance(near, nodes.Getattr):
        steps.append(near.attr)
        near = near.node
    if not isinstance(near, nodes.Name):
        raise _refusal(say("A dot is allowed only after “record”.", "点号只能用于“record”之后。"), node.lineno, _column(text, node.lineno))
    found.count += len(steps)
    is_named = all(NAME.match(step) or TOKEN.fullmatch(step) for step in steps)
    if near.name == row[0] and is_named and row != NO_ROW:
        found.lists[row[1]].add(".".join(reversed(steps)))
        return
    if near.name not in VALUES or (steps and near.name != RECORD) or not is_named:
        name = ".".join([near.name, *reversed(steps)])[:60]
        meant = suggest(near.name, list(VALUES)) if near.name not in VALUES else near.name if near.name != RECORD else None
        hint = say("Did you mean {near}?", "您是否想写 {near}？", near=meant) if meant else HINT
        line, column = _where(text, near.name, node.lineno)
        raise Invalid(Problem("", "unknown_name", say("There is no {name} in a template.", "模板中没有 {name}。", name=name), hint, line, column))
    found.names.add(near.name)
    if near.name == RECORD:
        found.paths[".".join(reversed(steps))] = None


def _check_filter(node: nodes.Filter, text: str) -> None:
    line, column = node.lineno, _column(text, node.lineno)
    if node.name not in FILTERS or node.node is None:
        near = suggest(node.name, list(FILTERS))
        hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("There are: {some}.", "可用的有：{some}。", some=", ".join(FILTERS))
        raise Invalid(Problem("", "unknown_name", say("There is no filter {name}.", "没有过滤器 {name}。", name=node.name[:60]), hint, line, column))
    fewest, most = FILTERS[node.name]
    given = [each.value if isinstance(each, nodes.Const) else None for each in node.args]
    fits = fewest <= len(given) <= most and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
    if node.name in ("truncate", "number"):
        fits = fits and all(type(each) is int and 0 <= each <= (MOST_KEPT if node.name == "truncate" else 6) for each in given)
    if not fits or any(not isinstance(each, str | int) for each in given):
        message = say("The filter {name} cannot be used like this.", "过滤器 {name} 不能这样使用。", name=node.name)
        hint = say("For example: default('-'), truncate(80), number(2).", "例如：default('-')、truncate(80)、number(2)。")
        raise Invalid(Problem("", "bad_expression", message, hint, line, column))


def spots(text: str, environment: Environment = ENVIRONMENT) -> Iterator[Spot]:
    """Yield the paths of the record in the order they stand; nothing for a text that cannot be read."""
    try:
        tokens = list(environment.lex(text))
    except TemplateSyntaxError:
        return
    at, starts, row = 0, [], NO_ROW
    for _, kind, value in tokens:
        start = text.find(value, at)
        if start < 0 or text[at:start].strip():
            return  # what is not met letter by letter is left alone
        at = start + len(value)
        if kind != "whitespace":
            starts.append((start, kind, value))
    for index, (start, kind, value) in enumerate(starts):
        before = starts[index - 1] if index else (0, "", "")
        if before[1] == "block_begin" and value in ("for", "endfor"):
            row = _row_of([each[2] for each in starts[index + 1 : index + 4]]) if value == "for" else NO_ROW
            continue
        is_row = row != NO_ROW and value == row[0] and before[2] != "for"
        if kind != "name" or not (is_row or value == RECORD) or before[2] == ".":
            continue
        steps, end, place = [], start + len(value), index + 1
        while place + 1 < len(starts) and starts[place][2] == "." and starts[place + 1][1] == "name":
            steps.append(starts[place + 1][2])
            end = starts[place + 1][0] + len(steps[-1])
            place += 2
        line = text.count("\n", 0, start) + 1
        name, of = (value, row[1]) if is_row else (RECORD, "")
        yield Spot(".".join(steps), start, end, line, start - (text.rfind("\n", 0, start) + 1) + 1, name, of)


def _row_of(words: list[str]) -> Row:
    return (words[0], words[2]) if len(words) == 3 and words[1] == "in" else NO_ROW


def rewrite(text: str, change: Callable[[str, str], str]) -> str:
    """Return the text with every path replaced by what ``change`` returns for it and the list it is of, ``""`` for the record."""
    for spot in reversed(list(spots(text))):
        if spot.path:
            text = f"{text[: spot.start]}{spot.name}.{change(spot.path, spot.list)}{text[spot.end :]}"
    return text


def _where(text: str, name: str, line: int) -> tuple[int, int]:
    """Return line and column of a name at or after a line."""
    lines = text.splitlines() or [""]
    for number, content in enumerate(lines[line - 1 :], start=line):
        if name in content:
            return number, content.index(name) + 1
    return line, 1


def _column(text: str, line: int | None) -> int:
    """Return the column of the first tag of a line, from 1."""
    lines = text.splitlines()
    content = lines[line - 1] if line is not None and 0 < line <= len(lines) else ""
    found = [at for at in (content.find("{{"), content.find("{%")) if at >= 0]
    return min(found) + 1 if found else 1


def _too_much(line: int | None) -> Invalid:
    return _refusal(say("This template is too deep or too long.", "该模板嵌套过深或过长。"), line, 1, code="over_limit")


def _refusal(message: Text, line: int | None, column: int, *, code: str = "bad_expression") -> Invalid:
    return Invalid(Problem("", code, message, HINT, line or 1, column))


