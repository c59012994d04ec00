"""Members of a body, each read with its type: wrong ones are refused with their path, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import Text, say
from tenon.platform.api.calls import Call

LONGEST = 4_000


class Members:
    """Reads the members of a body; `check` raises what was wrong with any of them."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body
        self.problems: list[Problem] = []

    def text(self, name: str, *, nullable: bool = False, limit: int = LONGEST) -> str | None:
        """Note that a member, when it is there, is a text; return it."""
        value = self.body.get(name)
        if name in self.body and not (value is None and nullable):
            if not isinstance(value, str):
                self._refuse(f"/{name}", "wrong_type", say("{name} is a text.", "{name} 应为文本。", name=name))
                return None
            self._check_text(f"/{name}", value, limit)
        return value

    def texts(self, name: str, *, nullable: bool = False) -> list[str] | None:
        """Note that a member, when it is there, is a list of texts; return it."""
        value = self.body.get(name)
        if name in self.body and not (value is None and nullable):
            if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
                self._refuse(f"/{name}", "wrong_type", say("{name} is a list of texts.", "{name} 应为文本列表。", name=name))
                return None
            for index, each in enumerate(value):
                self._check_text(f"/{name}/{index}", each, LONGEST)
        return value

    def truth(self, name: str, default: bool = False) -> bool:
        """Note that a member, when it is there, is true or false; return it."""
        value = self.body.get(name, default)
        if not isinstance(value, bool):
            self._refuse(f"/{name}", "wrong_type", say("{name} is true or false.", "{name} 应为 true 或 false。", name=name))
            return default
        return value

    def require(self, *names: str) -> None:
        """Note the members that are missing."""
        for name in names:
            if self.body.get(name) is None:
                self._refuse(f"/{name}", "required", say("{name} is missing.", "缺少 {name}。", name=name))

    def check(self) -> None:
        """Raise Invalid with everything that was wrong."""
        if self.problems:
            raise Invalid(self.problems)

    def _check_text(self, path: str, value: str, limit: int) -> None:
        if len(value) > limit:
            self._refuse(path, "too_long", say("At most {n} characters.", "最多 {n} 个字符。", n=limit))
        elif "\x00" in value:
            self._refuse(path, "bad_format", say("This holds a character that cannot be kept.", "包含无法保存的字符。"))

    def _refuse(self, path: str, code: str, message: Text) -> None:
        self.problems.append(Problem(path, code, message, say("Check the value.", "请检查该值。")))


def moment_of(call: Call, text: str | None, path: str) -> datetime | None:
    """Return a moment; one without an offset is in the workspace's zone. Raises Invalid."""
    if text is None:
        return None
    try:
        value = datetime.fromisoformat(text)
        return (value.replace(tzinfo=call.platform.settings.timezone) if value.tzinfo is None else value).astimezone(call.platform.outside.clock.now().tzinfo)
    except (TypeError, ValueError, OverflowError):
        hint = say("Write it as 2026-01-31T09:00:00Z.", "请写成 2026-01-31T09:00:00Z。")
        raise Invalid(Problem(path, "bad_format", say("This is no moment.", "这不是有效的时间。"), hint)) from None


def id_of(text: str) -> str:
    """Return an id of an address as it is stored; what cannot be one is not there."""
    if len(text) != 36 or not text.isascii() or not text.isprintable():
        raise not_found()
    return text.lower()


def one_of(value: str | None, name: str, choices: Sequence[str]) -> str | None:
    """Return a parameter that is one of some words. Raises Invalid."""
    if value is not None and value not in choices:
        message = say("{name} is one of: {all}.", "{name} 可选：{all}。", name=name, all=", ".join(choices))
        raise Invalid(Problem(f"/{name}", "bad_choice", message, say("Choose one of them.", "请选择其中之一。")))
    return value
