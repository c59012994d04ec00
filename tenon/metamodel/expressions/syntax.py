"""From text to Python's tree: only the parts of the grammar that the language has, and never past its limits."""

from __future__ import annotations

import ast
import re
import threading
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.refusals import FULL_WIDTH, REFUSED_NODES, REFUSED_OPERATORS, REFUSED_SIGNS
from tenon.metamodel.expressions.wording import Refusal
from tenon.metamodel.labels import Text, say
from tenon.metamodel.names import TOKEN

MAX_CHARACTERS, MAX_NODES, MAX_DEPTH, MAX_DIGITS, MAX_SCALE, MAX_PROBLEMS = 4_000, 400, 40, 15, 8, 20
_NUMBER = re.compile(r"(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?\Z")
_BLANKS = re.compile(r"[\t\n\r\f]")
_NOTABLE = re.compile(rf"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff'\"\\\\{''.join(FULL_WIDTH)}]|{'|'.join(re.escape(sign) for sign, _ in REFUSED_SIGNS)}")
_WORD_END = re.compile(r"\w+\Z")
_PARSING = threading.Lock()
KNOWN = 4_096
_ALLOWED = (
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.List,
    ast.Tuple,
)
_OPERATORS = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
)  # fmt: skip


@dataclass
class Source:
    """A text that could be parsed: its tree, and where each node stands in it."""

    typed: str
    text: str = ""
    tree: ast.expr = field(default_factory=lambda: ast.Constant(None))
    _bytes: bytes | None = None

    def index(self, column: int) -> int:
        """Return the character at which a column of Python's tree (it counts bytes) lies."""
        return column if self._bytes is None else len(self._bytes[:column].decode("utf-8", "replace"))

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Return where a node begins and ends in ``text``."""
        return self.index(node.col_offset), self.index(node.end_col_offset or node.col_offset)

    def word(self, node: ast.Name | ast.Attribute) -> tuple[int, int]:
        """Return where the identifier of a name, or the last one of a dotted path, begins and ends."""
        start, end = self.span(node)
        found = _WORD_END.search(self.text, start, end)
        return (found.start() if found else start), end

    def segment(self, node: ast.expr) -> str:
        """Return the text of a node as typed."""
        start, end = self.span(node)
        return self.text[start:end]

    def problem(self, at: int | ast.expr, refusal: Refusal) -> Problem:
        """Return a problem with line and column, in characters of what was typed."""
        index = at if isinstance(at, int) else self.word(at)[0] if isinstance(at, ast.Attribute) else self.span(at)[0]
        before = self.typed[: len(self.typed) - len(self.typed.lstrip()) + index]
        lines = re.split(r"\r\n|\r|\n", before)
        return Problem("", refusal.code, refusal.message, refusal.hint, line=len(lines), column=len(lines[-1]) + 1)


def parse(typed: str) -> Source:
    """Return the tree of a text, checked against the grammar and the limits; raises `Invalid`."""
    _refuse_wrong(typed)
    return _sourced(typed)


def _sourced(typed: str) -> Source:
    """Return a text with a tree of its own: whoever checks it notes what it found on the nodes."""
    source = Source(typed)
    source.text = typed.strip()
    line = _BLANKS.sub(" ", source.text)
    source._bytes = None if line.isascii() else line.encode()
    source.tree = _read(source, line)
    return source


@lru_cache(maxsize=KNOWN)
def _refuse_wrong(typed: str) -> None:
    """Refuse a text that is not of the language; what was right once is not looked at again."""
    source = Source(typed, typed.strip())
    if len(TOKEN.sub("_", typed)) > MAX_CHARACTERS:
        raise Invalid(source.problem(0, over_limit("characters", "字符", MAX_CHARACTERS)))
    if not source.text:
        raise Invalid(source.problem(0, refuse(say("The expression is empty.", "表达式为空。"), say("For example arr > 0.", "例如 arr > 0。"))))
    problems = [source.problem(index, refusal) for index, refusal in _scan(source.text)]
    if problems:
        raise Invalid(problems[:MAX_PROBLEMS])
    source = _sourced(typed)
    _check_size(source)
    problems = [source.problem(node, refusal) for node, refusal in _refusals(source)]
    if problems:
        raise Invalid(problems[:MAX_PROBLEMS])


def refuse(message: Text, hint: Text | None = None) -> Refusal:
    """Return the refusal of something that is not part of the language."""
    return Refusal("bad_expression", message, hint)


def over_limit(what_en: str, what_zh: str, limit: int) -> Refusal:
    """Return the refusal of an expression that is too large."""
    message = say(
        "The expression is too large: at most {limit} {what}.",
        "表达式过大：最多 {limit} 个{what}。",
        limit=f"{limit:,}",
        what=Text(what_en, what_zh),
    )
    return Refusal("over_limit", message, say("Split it into several formula fields.", "请拆分为多个公式字段。"))


def _scan(text: str) -> Iterator[tuple[int, Refusal]]:
    """Yield characters that cannot stand where they are, outside and inside of quotes."""
    quote, index = "", 0
    while found := _NOTABLE.search(text, index):
        index = found.start()
        character = text[index]
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n\r\f":
            yield (
                index,
                refuse(
                    say("This character is not text (U+{code}).", "此字符不是有效文字 (U+{code})。", code=f"{ord(character):04X}"),
                    say("Remove it.", "请将其删除。"),
                ),
            )
        elif quote:
            if character == "\\":
                index += 1
            elif text.startswith(quote, index):
                index += len(quote) - 1
                quote = ""
        elif character in "'\"":
            quote = character * 3 if text.startswith(character * 3, index) else character
            index += len(quote) - 1
        elif character in FULL_WIDTH:
            yield index, _full_width(character)
        else:
            yield from ((index, refusal) for sign, refusal in REFUSED_SIGNS if text.startswith(sign, index))
        index += 1
    if quote:
        yield (
            max(len(text) - 1, 0),
            refuse(say("A quote is not closed.", "引号没有闭合。"), say("Add {quote}.", "请补上 {quote}。", quote=quote)),
        )


def _full_width(character: str) -> Refusal:
    """Return the refusal of a sign that has a plain one beside it on the keyboard; blanks are named by their code."""
    if not character.strip():
        message = say("This blank is not a plain one (U+{code}).", "此空格不是普通空格 (U+{code})。", code=f"{ord(character):04X}")
        return refuse(message, say("Write a plain blank instead.", "请改为普通空格。"))
    hint = say("Write {sign} instead.", "请改为半角 {sign}。", sign=FULL_WIDTH[character])
    return refuse(say("{sign} is a full-width character.", "{sign} 是全角字符。", sign=character), hint)


def _read(source: Source, line: str) -> ast.expr:
    """Return Python's tree; whatever the parser raises becomes a clear refusal."""
    try:
        with _PARSING, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(line, mode="eval").body
    except SyntaxError as error:
        index = min((error.offset or len(line)) - 1, len(line) - 1)
        raise Invalid(source.problem(index, _explain(error, line))) from None
    except (RecursionError, MemoryError):
        raise Invalid(source.problem(0, over_limit("levels", "层", MAX_DEPTH))) from None
    except ValueError:
        raise Invalid(source.problem(0, refuse(say("This cannot be read.", "无法解析。"), say("Write it anew.", "请重新书写。")))) from None


def _explain(error: SyntaxError, line: str) -> Refusal:
    """Return what is wrong with a text that Python cannot read, in our words."""
    said = error.msg or ""
    if "too many nested" in said:
        return over_limit("levels", "层", MAX_DEPTH)
    if "was never closed" in said or "unexpected EOF" in said:
        return refuse(say("A bracket is not closed.", "括号没有闭合。"), say("Add the missing ).", "请补上缺少的 )。"))
    if "unmatched" in said or "does not match" in said:
        return refuse(
            say("This bracket closes nothing.", "此括号没有对应的左括号。"),
            say("Remove it, or open one before.", "请删除它，或在前面补上左括号。"),
        )
    if re.search(r"(?<![=<>!])=(?!=)", re.sub(r"'[^']*'|\"[^\"]*\"", "", line)) and "where" not in line:
        return refuse(say("A single = compares nothing.", "单个 = 不能用于比较。"), say("Write == to compare.", "比较请写 ==。"))
    return refuse(
        say("This cannot be read here.", "此处无法解析。"),
        say("Check operators, commas and quotes around it.", "请检查附近的运算符、逗号与引号。"),
    )


def _check_size(source: Source) -> None:
    """Refuse too many nodes and too many levels; chains and ladders are one level."""
    count, deepest = 0, 0
    waiting: list[tuple[ast.AST, int]] = [(source.tree, 1)]
    while waiting:
        node, level = waiting.pop()
        count += isinstance(node, ast.expr)
        deepest = max(deepest, level)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr | ast.keyword | ast.comprehension):
                waiting.append((child, level if continues(node, child) else level + 1))
    if count > MAX_NODES:
        raise Invalid(source.problem(0, over_limit("parts", "部分", MAX_NODES)))
    if deepest > MAX_DEPTH:
        raise Invalid(source.problem(0, over_limit("levels", "层", MAX_DEPTH)))


def continues(node: ast.AST, child: ast.AST) -> bool:
    """Return whether a child goes on with the chain of its parent: one operator, and/or, an else-if ladder, a path."""
    if isinstance(node, ast.keyword | ast.Attribute):
        return True
    if isinstance(node, ast.BinOp) and isinstance(child, ast.BinOp):
        sums = (ast.Add, ast.Sub)
        return node.left is child and (type(node.op) is type(child.op) or (isinstance(node.op, sums) and isinstance(child.op, sums)))
    return isinstance(node, ast.IfExp) and isinstance(child, ast.IfExp) and node.orelse is child


def _refusals(source: Source) -> Iterator[tuple[ast.expr, Refusal]]:
    """Yield the nodes that the language does not have, from the outside in; what is below a refused node is left out."""
    waiting: list[tuple[ast.expr, bool]] = [(source.tree, False)]
    while waiting:
        node, may_be_list = waiting.pop()
        refusal = _refuse_node(source, node, may_be_list)
        if refusal is not None:
            yield node, refusal
            continue
        pairs = zip(node.comparators, node.ops, strict=True) if isinstance(node, ast.Compare) else ()
        lists = {id(right) for right, op in pairs if isinstance(op, ast.In | ast.NotIn)}
        children = [c.value if isinstance(c, ast.keyword) else c for c in ast.iter_child_nodes(node)]
        waiting += [(c, id(c) in lists) for c in reversed(children) if isinstance(c, ast.expr)]


def _refuse_node(source: Source, node: ast.expr, may_be_list: bool) -> Refusal | None:
    """Return why a node is not part of the language, or None."""
    if not isinstance(node, _ALLOWED):
        return REFUSED_NODES.get(type(node).__name__) or refuse(
            say("This is not part of the language.", "此写法不属于本语言。"), say("See the reference of expressions.", "请参阅表达式说明。")
        )
    if isinstance(node, ast.Constant):
        return _refuse_literal(source, node)
    if isinstance(node, ast.List | ast.Tuple):
        return None if may_be_list and all(map(_is_literal, node.elts)) else REFUSED_NODES["List"]
    if isinstance(node, ast.Call):
        return _refuse_call(node)
    if isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name | ast.Attribute):
        return REFUSED_NODES["Attribute"]
    operators = node.ops if isinstance(node, ast.Compare) else [node.op] if isinstance(node, ast.BinOp | ast.UnaryOp | ast.BoolOp) else []
    wrong = next((op for op in operators if not isinstance(op, _OPERATORS)), None)
    return None if wrong is None else REFUSED_OPERATORS[type(wrong).__name__]


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd) and isinstance(node.operand, ast.Constant):
        return isinstance(node.operand.value, int | float) and not isinstance(node.operand.value, bool)
    return isinstance(node, ast.Constant)


def _refuse_call(node: ast.Call) -> Refusal | None:
    if not isinstance(node.func, ast.Name):
        return REFUSED_NODES["Method"]
    if any(k.arg is None for k in node.keywords) or any(isinstance(a, ast.Starred) for a in node.args):
        return REFUSED_NODES["Starred"]
    wrong = next((k.arg for k in node.keywords if k.arg != "where"), None)
    if wrong is not None or len(node.keywords) > 1:
        message = say("Only where= can be given by name.", "只有 where= 可以按名称传入。")
        return refuse(message, say("Give the other arguments by position.", "其他参数请按位置书写。"))
    return None


def _refuse_literal(source: Source, node: ast.Constant) -> Refusal | None:
    """Refuse bytes, complex numbers, odd notations, too many digits, and text that no database holds."""
    value = node.value
    if isinstance(value, str):
        bad = next((c for c in value if c == "\0" or unicodedata.category(c) == "Cs"), None)
        if bad is None:
            return None
        return refuse(say("This text has a character that is not text.", "文本中含有无效字符。"), say("Remove it.", "请将其删除。"))
    if value is None or isinstance(value, bool):
        return None
    if not isinstance(value, int | float):
        return REFUSED_NODES.get(type(value).__name__) or REFUSED_NODES["List"]
    found = _NUMBER.match(source.segment(node))
    if found is None:
        hint = say("Write digits with a point, such as 1250.5.", "请用数字和小数点书写，例如 1250.5。")
        return refuse(say("A number is written with digits only.", "数字只能用数字书写。"), hint)
    whole, part = found["whole"].lstrip("0"), found["part"] or ""
    if len(whole) + len(part) > MAX_DIGITS or len(part) > MAX_SCALE:
        message = say("A number has at most 15 digits, of them at most 8 decimals.", "数字最多 15 位，其中小数最多 8 位。")
        return Refusal("over_limit", message, say("Write fewer digits.", "请减少位数。"))
    return None


def literal_number(source: Source, node: ast.Constant) -> int | Decimal:
    """Return the exact value of a number as it is written."""
    written = source.segment(node)
    return Decimal(written) if "." in written else int(written)
