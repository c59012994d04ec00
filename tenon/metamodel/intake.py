"""What no document may hold, whatever its kind: too much, too deep, or what no database keeps; looked at before anything else."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

from tenon.metamodel.errors import Problem, pointer_of
from tenon.metamodel.labels import say
from tenon.metamodel.names import find_no_text

MAX_BYTES = 2_000_000
MAX_DEPTH = 60
MAX_NUMBER = 10**18
_PUNCTUATION = 3


def check_json(raw: Any) -> list[Problem]:
    """Return what is wrong with raw JSON: size, depth, numbers, and texts; nothing of it is shown before this has passed."""
    waiting: list[tuple[Any, str, int]] = [(raw, "", 0)]
    room = MAX_BYTES
    while waiting:
        value, path, depth = waiting.pop()
        problem = _refuse(value, path, depth)
        if problem is not None:
            return [problem]
        room -= _weigh(value)
        if room < 0:
            message = say("The document is larger than {n} MB.", "文档超过 {n} MB。", n=MAX_BYTES // 1_000_000)
            return [Problem("", "over_limit", message, say("Split it into several.", "请拆分为多个文档。"))]
        if isinstance(value, dict):
            waiting += [(inner, path + pointer_of([key]), depth + 1) for key, inner in value.items() if isinstance(key, str)]
        elif isinstance(value, list):
            waiting += [(inner, f"{path}/{index}", depth + 1) for index, inner in enumerate(value)]
    return []


class _Doubled(dict[str, Any]):
    """An object of JSON in which a key stands twice."""

    key: str


def check_keys(text: bytes | str) -> list[Problem]:
    """Return the key that stands twice in an object of JSON text: readers would silently keep one of the two values."""
    try:
        waiting: list[tuple[Any, str]] = [(json.loads(text, object_pairs_hook=_object), "")]
    except (ValueError, RecursionError):
        return []  # no JSON, or too deep: told by who reads it
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, _Doubled):
            message = say("{name} is there twice.", "{name} 出现了两次。", name=value.key[:60])
            return [Problem(path + pointer_of([value.key[:100]]), "not_unique", message, say("Keep one of them.", "请只保留一个。"))]
        if isinstance(value, dict):
            waiting += [(inner, path + pointer_of([key])) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(inner, f"{path}/{index}") for index, inner in enumerate(value)]
    return []


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    counted = Counter(key for key, _ in pairs)
    doubled = _Doubled(found)
    doubled.key = next(key for key, n in counted.items() if n > 1)
    return doubled


def _weigh(value: Any) -> int:
    """Return about how many bytes a value takes, those inside it left out."""
    if isinstance(value, str):
        return len(value.encode()) + _PUNCTUATION
    if isinstance(value, dict):
        return _PUNCTUATION + sum(len(key.encode()) + _PUNCTUATION for key in value)
    return _PUNCTUATION + (len(value) if isinstance(value, list) else 0)


def _refuse(value: Any, path: str, depth: int) -> Problem | None:
    if isinstance(value, str):
        return _refuse_text(value, path)
    if isinstance(value, dict | list):
        if depth >= MAX_DEPTH:
            message = say("The document is nested deeper than {n} levels.", "文档嵌套超过 {n} 层。", n=MAX_DEPTH)
            return Problem("/" + path.split("/")[1], "over_limit", message, say("Make it flatter.", "请减少嵌套层级。"))
        for key in value if isinstance(value, dict) else ():
            if not isinstance(key, str):
                return _no_json(path)
            if find_no_text(key) is not None:
                return _refuse_text(key, path)
        return None
    if value is None or isinstance(value, bool):
        return None
    if not isinstance(value, int | float):
        return _no_json(path)
    if not math.isfinite(value) if isinstance(value, float) else abs(value) > MAX_NUMBER:
        return Problem(path, "out_of_range", say("This number is too large.", "此数字过大。"), say("Use a smaller one.", "请使用较小的数字。"))
    return None


def _refuse_text(text: str, path: str) -> Problem | None:
    bad = find_no_text(text)
    if bad is None:
        return None
    message = say("Here is a character that is not text (U+{code}).", "此处含有无效字符 (U+{code})。", code=f"{ord(bad):04X}")
    return Problem(path, "bad_format", message, say("Remove it.", "请将其删除。"))


def _no_json(path: str) -> Problem:
    return Problem(path, "wrong_type", say("This is not JSON.", "这不是 JSON。"), say("Send plain JSON.", "请提交 JSON 数据。"))
