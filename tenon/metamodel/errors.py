"""Everything Tenon raises on purpose.

    TenonError              a problem document with a status
    ├── Malformed      400  not JSON, a bad cursor, an unknown query parameter
    ├── Unauthenticated 401 no or dead credentials
    ├── Forbidden      403  an action this person lacks on something visible
    ├── NotFound       404  does not exist, or is not visible (same body)
    ├── Conflict       409  duplicate key, changed draft, wrong expect, step not accepted
    ├── Stale          412  If-Match does not hold
    ├── TooLarge       413
    ├── Unsupported    415
    ├── Invalid        422  wrong values, expressions, unknown or hidden fields
    ├── TooMany        429
    ├── Broken         500  something stored cannot be read
    └── Unavailable    503  not ready, or a database that is locked or newer than the code

Codes: required unknown_field read_only wrong_type out_of_range too_long bad_format bad_choice not_unique
no_such_record refused bad_expression unknown_name type_mismatch over_limit stale conflict forbidden bad_cursor
unknown_parameter would_break needs_acceptance blocked mixed_model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from tenon.metamodel.labels import Text, say, sentences


def pointer_of(path: Iterable[str | int]) -> str:
    """Return the JSON Pointer of keys and positions."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


HINTS: dict[str, Text] = {
    "required": say("Add it.", "请补上。"),
    "unknown_field": say("Leave it out.", "请去掉它。"),
    "read_only": say("Leave it out.", "请去掉它。"),
    "wrong_type": say("Send a value of the type that is asked for.", "请提交所要求类型的值。"),
    "out_of_range": say("Choose a value inside the bounds.", "请选择范围内的值。"),
    "too_long": say("Shorten it.", "请缩短。"),
    "bad_format": say("Correct how it is written.", "请更正其写法。"),
    "bad_choice": say("Choose one of them.", "请从中选择。"),
    "not_unique": say("Choose another value.", "请换一个值。"),
    "no_such_record": say("Check the address, or ask for access.", "请检查地址，或申请访问权限。"),
    "refused": say("Change what is named, and try again.", "请修改所指出的内容后重试。"),
    "bad_expression": say("See the reference of expressions.", "请参阅表达式说明。"),
    "unknown_name": say("Use a name that exists.", "请使用已有的名称。"),
    "type_mismatch": say("Use a value of the type that is needed.", "请使用所需类型的值。"),
    "over_limit": say("Use less of it.", "请减少其数量。"),
    "stale": say("Load it again, and save your change once more.", "请重新加载后再次保存。"),
    "conflict": say("Load it again, and decide anew.", "请重新加载后再做决定。"),
    "forbidden": say("Ask an administrator.", "请联系管理员。"),
    "bad_cursor": say("Begin at the first page.", "请从第一页开始。"),
    "unknown_parameter": say("Leave it out.", "请去掉它。"),
    "would_break": say("Change what uses it first.", "请先修改引用它的内容。"),
    "needs_acceptance": say("Accept the step, or change the draft.", "请接受该步骤，或修改草稿。"),
    "blocked": say("Change the records that are named first.", "请先修改所指出的记录。"),
    "mixed_model": say("Use points or weights throughout.", "请统一使用分值或权重。"),
}
"""What to do about a code where its place says nothing nearer: no problem is told without a hint."""
ELSE = say("Try again, or ask an administrator.", "请重试，或联系管理员。")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (JSON Pointer), which code, what to do; expressions add line and column (from 1)."""

    path: str
    code: str
    message: Text
    hint: Text | None = None
    line: int | None = None
    column: int | None = None

    def at(self, prefix: str) -> Problem:
        """Return the same problem with a JSON Pointer put before its path."""
        return replace(self, path=prefix + self.path)

    def said(self, language: str) -> str:
        """Return the message, with line and column where they are known."""
        if self.line is None:
            return self.message.show(language)
        place = say("Line {line}, column {column}: ", "第 {line} 行第 {column} 列：", line=self.line, column=self.column)
        return place.show(language) + self.message.show(language)

    def told(self, language: str) -> str:
        """Return the message and what to do, as one text."""
        return sentences(language, [self.message.show(language), self.hint.show(language) if self.hint else ""])

    def to_json(self, language: str) -> dict[str, Any]:
        """Return the entry of a problem document in one language."""
        entry: dict[str, Any] = {"path": self.path, "code": self.code, "message": self.message.show(language)}
        entry["hint"] = (self.hint or HINTS.get(self.code, ELSE)).show(language)
        if self.line is not None:
            entry["line"], entry["column"] = self.line, self.column
        return entry


class TenonError(Exception):
    """A refusal with a status, at least one problem, and extra members for the answer."""

    status: ClassVar[int] = 400
    title: ClassVar[Text] = say("The request failed", "请求失败")

    def __init__(self, problems: Problem | Iterable[Problem], *, extra: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.extra = extra or {}
        self.headers = headers or {}
        super().__init__("; ".join(f"{p.path or '/'} {p.code}: {p.message.show('en')}" for p in self.problems))

    def said(self, language: str) -> str:
        """Return the messages of all problems as one text."""
        return sentences(language, [problem.message.show(language) for problem in self.problems])

    def at(self, prefix: str) -> TenonError:
        """Return the same error with a JSON Pointer put before every path."""
        return type(self)([p.at(prefix) for p in self.problems], extra=self.extra, headers=self.headers)

    def to_json(self, language: str) -> dict[str, Any]:
        """Return the RFC 9457 problem document in one language."""
        first = self.problems[0] if self.problems else None
        return {
            "type": f"urn:tenon:problem:{first.code if first else 'failed'}",
            "title": self.title.show(language),
            "status": self.status,
            "detail": first.message.show(language) if first else self.title.show(language),
            "errors": [p.to_json(language) for p in self.problems],
            **self.extra,
        }


class Malformed(TenonError):
    """The request cannot be read."""

    status = 400
    title = say("The request cannot be read", "无法读取该请求")


class Unauthenticated(TenonError):
    """No credentials, or dead ones."""

    status = 401
    title = say("Please sign in", "请先登录")


class Forbidden(TenonError):
    """An action this person lacks on something visible."""

    status = 403
    title = say("You may not do this", "您没有此操作的权限")


class NotFound(TenonError):
    """Does not exist or is not visible."""

    status = 404
    title = say("Not found", "未找到")


class Conflict(TenonError):
    """The state of things does not allow it."""

    status = 409
    title = say("This conflicts with what is there", "与现有内容冲突")


class Stale(TenonError):
    """Somebody else changed it first."""

    status = 412
    title = say("Somebody else changed this", "内容已被他人修改")


class TooLarge(TenonError):
    """The body is larger than allowed."""

    status = 413
    title = say("Too large", "内容过大")


class Unsupported(TenonError):
    """A media type that is not read here."""

    status = 415
    title = say("This content type is not supported", "不支持该内容类型")


class Invalid(TenonError):
    """Values, expressions or fields are wrong."""

    status = 422
    title = say("Some values are not right", "部分内容不正确")


class TooMany(TenonError):
    """A limit on calls or attempts is reached."""

    status = 429
    title = say("Too many attempts", "操作过于频繁")


class Broken(TenonError):
    """Something stored cannot be read."""

    status = 500
    title = say("Something stored is damaged", "存储的内容已损坏")


class Unavailable(TenonError):
    """Not ready for work now."""

    status = 503
    title = say("Not available now", "暂时不可用")


def not_found(path: str = "") -> NotFound:
    """Return the one 404: the same for what does not exist and what may not be seen."""
    message = say("There is nothing here under that name or id.", "没有找到该名称或编号对应的内容。")
    return NotFound(Problem(path, "no_such_record", message, say("Check the address, or ask for access.", "请检查地址，或申请访问权限。")))
