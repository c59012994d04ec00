"""Who may administer, and the refusal of names that are not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tenon.engine.context import Context
from tenon.metamodel.errors import Forbidden, Invalid, Problem
from tenon.metamodel.labels import say


def require_admin(ctx: Context) -> None:
    """Raise Forbidden unless an administrator, or the platform itself, acts."""
    if not ctx.is_admin:
        message = say("Only administrators may do this.", "只有管理员可以执行此操作。")
        raise Forbidden(Problem("", "forbidden", message, say("Ask an administrator.", "请联系管理员。")))


def check_names(given: Iterable[str], known: Sequence[str]) -> None:
    """Raise Invalid naming every field that is not there or cannot be written."""
    hint = say("Fields that can be written: {names}.", "可写字段：{names}。", names=", ".join(known))
    problems = []
    for name in (name for name in given if name not in known):
        message = say("There is no field {name} to write here.", "这里没有可写的字段 {name}。", name=name[:60])
        problems.append(Problem(f"/{name}", "unknown_field", message, hint))
    if problems:
        raise Invalid(problems)
