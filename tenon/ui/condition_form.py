"""The builder of conditions as a form sends it: nested groups with gaps where something is still to be chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData

from tenon.metamodel.digits import read_whole

ROOT = "c"
MOST_NODES, DEEPEST = 60, 6
_KEY = re.compile(r"c(?:\.(?:\d{1,3}|w))*\.[a-z0-9]{1,6}\Z")


@dataclass
class DraftValue:
    """A value as it is typed: ``kind`` which sort of value, ``texts`` what stands in its inputs, ``unit`` of a moved day."""

    kind: str = ""
    texts: list[str] = field(default_factory=list)
    unit: str = "day"

    @property
    def text(self) -> str:
        """The first text."""
        return self.texts[0] if self.texts else ""


@dataclass
class DraftCondition:
    """A condition on its way: ``how`` what is asked of many records, ``offer`` the key of the operator."""

    path: str
    how: str = ""
    offer: str = ""
    values: list[DraftValue] = field(default_factory=lambda: [DraftValue(), DraftValue()])
    where: DraftGroup | None = None


@dataclass
class DraftGroup:
    """A group on its way."""

    joins: str = "and"
    items: list[DraftGroup | DraftCondition] = field(default_factory=list)


Node = dict[str, "Node | list[str]"]


def read_draft(form: FormData) -> DraftGroup:
    """Return the builder that a form holds, after what its pressed button ``do`` asks for."""
    root: Node = {}
    for key in dict.fromkeys(form):
        if not _KEY.match(key) or len(key) > 60:
            continue
        *steps, last = key.split(".")[1:]
        node = root
        for step in steps:
            found = node.setdefault(step, {})
            if not isinstance(found, dict):
                break
            node = found
        else:
            node[last] = [str(v) for v in form.getlist(key)]
    draft = _group(root, 0, iter(range(MOST_NODES)))
    verb, _, rest = str(form.get("do") or "").partition(" ")
    if verb:
        _act(draft, verb, rest)
    return draft


def _group(node: Node, depth: int, room: Iterator[int]) -> DraftGroup:
    group = DraftGroup("or" if _text(node, "joins") == "or" else "and")
    for key in sorted((k for k in node if read_whole(k) is not None), key=int):
        child = node[key]
        if not isinstance(child, dict) or depth >= DEEPEST or next(room, None) is None:
            continue
        group.items.append(_condition(child, depth, room) if "path" in child else _group(child, depth + 1, room))
    return group


def _condition(node: Node, depth: int, room: Iterator[int]) -> DraftCondition:
    inner = node.get("w")
    values = [DraftValue(_text(node, f"k{n}"), _texts(node, f"v{n}"), _text(node, f"u{n}") or "day") for n in ("", "2")]
    where = _group(inner, depth + 1, room) if isinstance(inner, dict) else None
    return DraftCondition(_text(node, "path"), _text(node, "how"), _text(node, "op"), values, where)


def _texts(node: Node, key: str) -> list[str]:
    found = node.get(key)
    return [t.strip()[:400] for t in found if t.strip()] if isinstance(found, list) else []


def _text(node: Node, key: str) -> str:
    return next(iter(_texts(node, key)), "")


def _act(draft: DraftGroup, verb: str, rest: str) -> None:
    """Add a condition or a group, or remove something, at an address such as ``c.0.1``."""
    place, _, what = rest.partition(" ")
    steps = place.split(".")[1:]
    if verb == "remove" and steps:
        group, last = find_group(draft, steps[:-1]), steps[-1]
        if group is not None and (index := read_whole(last)) is not None and index < len(group.items):
            del group.items[index]
        return
    group = find_group(draft, steps)
    if group is None:
        return
    if verb == "group":
        group.items.append(DraftGroup("or" if group.joins == "and" else "and"))
    elif verb == "add" and what:
        path, _, how = what.partition("|")
        group.items.append(DraftCondition(path, how))


def find_group(draft: DraftGroup, steps: Sequence[str]) -> DraftGroup | None:
    """Return the group at an address, None when there is none."""
    group = draft
    index = 0
    while index < len(steps):
        step = steps[index]
        at = read_whole(step)
        item = group.items[at] if at is not None and at < len(group.items) else None
        if isinstance(item, DraftCondition) and index + 1 < len(steps) and steps[index + 1] == "w":
            item.where = item.where or DraftGroup()
            group, index = item.where, index + 2
        elif isinstance(item, DraftGroup):
            group, index = item, index + 1
        else:
            return None
    return group
