"""The body of a call as events: one, a list, or a list under ``batch`` or ``events``; what cannot be read is refused one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenon.engine.events.sent import Refused, Sent, wrong
from tenon.engine.events.shapes import amplitude, mixpanel, pendo, segment
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say

MOST = 2_000
SHAPES = (amplitude, pendo, mixpanel, segment)
LISTS = ("batch", "events")


def read_events(body: Any, system: str) -> tuple[list[Sent], list[tuple[str, Problem]]]:
    """Return the events of a body, and what is wrong with the others, by their paths. Raises Invalid for too many."""
    path, items = _items(body)
    if len(items) > MOST:
        message = say("At most {n} events a call.", "每次最多 {n} 个事件。", n=MOST)
        raise Invalid(Problem(path, "over_limit", message, say("Send them in parts.", "请分批发送。")))
    found, refused = [], []
    for index, item in enumerate(items):
        place = "" if is_single(body) else f"{path}/{index}"
        try:
            found.append(_read(item, place, system))
        except Refused as error:
            refused.append((place, error.problem.at(place)))
    return found, refused


def is_single(body: Any) -> bool:
    """Return whether a body is one event and no list."""
    return isinstance(body, Mapping) and not any(isinstance(body.get(name), list) for name in LISTS)


def _items(body: Any) -> tuple[str, list[Any]]:
    if isinstance(body, list):
        return "", body
    if isinstance(body, Mapping):
        for name in LISTS:
            if isinstance(body.get(name), list):
                return f"/{name}", body[name]
        return "", [body]
    message = say("Send an event, or a list of them.", "请发送一个事件或事件列表。")
    raise Invalid(Problem("", "wrong_type", message, say('Such as {"type": "track", "event": "login", "groupId": "4711"}.', '例如 {"type": "track", "event": "login", "groupId": "4711"}。')))


def _read(item: Any, path: str, system: str) -> Sent:
    if not isinstance(item, Mapping):
        raise wrong("", "wrong_type", say("An event is an object.", "事件应为 JSON 对象。"))
    shape = next((s for s in SHAPES if s.fits(item)), None)
    if shape is None:
        hint = say("Send type and event, or the shape of Mixpanel, Amplitude or Pendo.", "请提供 type 与 event，或使用 Mixpanel、Amplitude、Pendo 的格式。")
        raise wrong("", "required", say("It is not said what happened.", "未说明发生了什么。"), hint)
    found: Sent = shape.read(item, path, system)
    if found.type == "usage" and found.user is None and found.group is None:
        hint = say("Send userId or groupId.", "请提供 userId 或 groupId。")
        raise wrong("/userId", "required", say("Nobody is named.", "未指明用户或客户。"), hint)
    return found
