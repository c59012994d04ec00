"""One event as it was sent, in the one form that every shape is read into, and what reads its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import orjson

from tenon.engine.moments import read_moment
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import Text, say

Type = Literal["usage", "identify", "group", "ignored"]
LONGEST_NAME, LONGEST_KEY, LONGEST_MESSAGE, LONGEST_SYSTEM = 100, 200, 100, 60
MOST_PROPERTIES = 8_000


class Refused(Exception):
    """An event that cannot be read: what is wrong with it, the path within the event."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message.show("en"))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Sent:
    """An event: who did what when. ``user`` and ``group`` are keys of a contact and a customer; ``traits`` what was said of either."""

    type: Type
    path: str = ""
    event: str = ""
    user: str | None = None
    group: str | None = None
    at: str | None = None
    message: str | None = None
    feature: str | None = None
    quantity: float | int | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    system: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the event as the queue keeps it."""
        return asdict(self)


def mapping(item: Mapping[str, Any], name: str, path: str = "") -> Mapping[str, Any]:
    """Return a member that is an object; an empty one when it is not there. Raises Refused."""
    value = item.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise wrong(f"{path}/{name}", "wrong_type", say("{name} is an object.", "{name} 应为 JSON 对象。", name=name))
    return value


def key(item: Mapping[str, Any], *names: str, path: str = "", most: int = LONGEST_KEY) -> str | None:
    """Return the first member of these names that is there, a text or a whole number, as text. Raises Refused."""
    for name in names:
        value = item.get(name)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise wrong(f"{path}/{name}", "wrong_type", say("{name} is a text.", "{name} 应为文本。", name=name))
        text = str(value).strip()
        if len(text) > most:
            raise wrong(f"{path}/{name}", "too_long", say("At most {n} characters.", "最多 {n} 个字符。", n=most))
        if not text.isprintable():
            raise wrong(f"{path}/{name}", "bad_format", say("This holds a character that cannot be kept.", "包含无法保存的字符。"))
        if text:
            return text
    return None


def name_of(item: Mapping[str, Any], name: str) -> str:
    """Return the name of what happened. Raises Refused."""
    found = key(item, name, most=LONGEST_NAME)
    if found is None:
        raise wrong(f"/{name}", "required", say("{name} is missing.", "缺少 {name}。", name=name), say("Name what happened, such as login.", "请说明发生的事件，例如 login。"))
    return found


def moment(item: Mapping[str, Any], *names: str, path: str = "") -> str | None:
    """Return when it happened, in UTC: from a text with a date and a time, or from seconds or milliseconds since 1970. Raises Refused."""
    for name in names:
        value = item.get(name)
        if value is None or value == "":
            continue
        found = read_moment(value)
        if found is None:
            hint = say("Write 2026-01-31T09:00:00Z, or milliseconds since 1970.", "请写成 2026-01-31T09:00:00Z，或自 1970 年起的毫秒数。")
            raise wrong(f"{path}/{name}", "bad_format", say("This is no moment.", "这不是有效的时间。"), hint)
        return found.isoformat()
    return None


def quantity(properties: Mapping[str, Any]) -> float | int | None:
    """Return how much was used, when the properties say so with a number."""
    value = properties.get("qty", properties.get("quantity"))
    return value if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12 else None


def feature(properties: Mapping[str, Any]) -> str | None:
    """Return the feature that the source itself names."""
    value = properties.get("feature")
    return value.strip()[:LONGEST_NAME] or None if isinstance(value, str) and value.isprintable() else None


def small(properties: Mapping[str, Any], path: str = "/properties") -> Mapping[str, Any]:
    """Return properties that can be kept: not too large, and without what no database has inside a text. Raises Refused."""
    written = orjson.dumps(properties) if properties else b""
    if b"\\u0000" in written:
        raise wrong(path, "bad_format", say("This holds a character that cannot be kept.", "包含无法保存的字符。"))
    if len(written) > MOST_PROPERTIES:
        raise wrong(path, "too_long", say("At most {n} bytes.", "最多 {n} 字节。", n=MOST_PROPERTIES), say("Send fewer properties.", "请减少属性。"))
    return properties


def wrong(path: str, code: str, message: Text, hint: Text | None = None) -> Refused:
    """Return the refusal of a part of an event."""
    return Refused(Problem(path, code, message, hint or say("Check the value.", "请检查该值。")))
