"""Merging three ways: what two sides made of the JSON of one document, item by item by stable id.

Only one side changed something: it is taken. Both did the same: so it is. Both did different things: a conflict, decided one by one.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Side = Literal["yours", "theirs"]
ABSENT: Any = None
"""What stands where there is nothing; JSON of documents never holds null."""


@dataclass(frozen=True)
class Step:
    """One place where the sides differ from the base: ``place`` has the ids of items for its steps through lists."""

    place: str
    base: Any
    yours: Any
    theirs: Any


@dataclass
class Merged:
    """The outcome: the JSON (None when the document goes), what was taken from them, what stayed yours, and the conflicts."""

    json: Json | None
    taken: list[Step] = field(default_factory=list)
    kept: list[Step] = field(default_factory=list)
    conflicts: list[Step] = field(default_factory=list)


def merge_three(base: Json | None, yours: Json | None, theirs: Json | None, decisions: Mapping[str, Side], usual: Side = "yours") -> Merged:
    """Return the merge of two sides over their base; ``decisions`` are by the place of a conflict, ``usual`` holds for the others."""
    merging = _Merging(decisions, usual)
    json = merging.merge(base, yours, theirs, "")
    merging.result.json = copy.deepcopy(json) if isinstance(json, dict) else None
    return merging.result


def finer(step: Step) -> list[Step]:
    """Return what one side alone did at a place as the smallest places where the sides differ; an order of items stays one."""
    if isinstance(step.yours, dict) and isinstance(step.theirs, dict):
        base, yours, theirs = step.base if isinstance(step.base, dict) else {}, step.yours, step.theirs
    else:
        found = [_keys(side) for side in (step.base, step.yours, step.theirs)]
        if any(side is None for side in found) or not any(isinstance(each, dict) for each in (*step.yours, *step.theirs)):
            return [step]
        base, yours, theirs = (side or {} for side in found)
        stay = [key for key in yours if key in theirs]
        if stay != [key for key in theirs if key in yours]:
            return [step]
    keys = [key for key in dict.fromkeys([*yours, *theirs]) if not _same(yours.get(key), theirs.get(key))]
    return [each for k in keys for each in finer(Step(f"{step.place}/{_escape(k)}", base.get(k), yours.get(k), theirs.get(k)))]


class _Merging:
    """One merge, from the document down to its values."""

    def __init__(self, decisions: Mapping[str, Side], usual: Side) -> None:
        self.decisions, self.usual = decisions, usual
        self.result = Merged(None)

    def merge(self, base: Any, yours: Any, theirs: Any, place: str) -> Any:
        """Return the value at a place."""
        if _same(yours, theirs):
            return yours
        if _same(base, yours):
            self.result.taken.append(Step(place, base, yours, theirs))
            return theirs
        if _same(base, theirs):
            self.result.kept.append(Step(place, base, yours, theirs))
            return yours
        if isinstance(yours, dict) and isinstance(theirs, dict) and (place or base is not ABSENT):
            return self._merge_keys(base if isinstance(base, dict) else {}, yours, theirs, place)
        was, mine, other = _keys(base if base is not ABSENT else []), _keys(yours), _keys(theirs)
        if was is not None and mine is not None and other is not None:
            return self._merge_items(was, mine, other, place)
        step = Step(place, base, yours, theirs)
        self.result.conflicts.append(step)
        return theirs if self.decisions.get(place, self.usual) == "theirs" else yours

    def _merge_keys(self, base: Json, yours: Json, theirs: Json, place: str) -> Json:
        found = {}
        for key in dict.fromkeys([*yours, *theirs, *base]):
            value = self.merge(base.get(key), yours.get(key), theirs.get(key), f"{place}/{_escape(key)}")
            if value is not ABSENT:
                found[key] = value
        return found

    def _merge_items(self, base: Json, yours: Json, theirs: Json, place: str) -> list[Any]:
        """Merge lists whose entries are known by a key: in the order of whoever changed it, yours first."""
        stays = [k for k in base if k in yours and k in theirs]
        is_moved = [k for k in yours if k in stays] != stays
        first, second = (yours, theirs) if is_moved else (theirs, yours)
        found = []
        for key in _interleave(list(first), list(second)):
            value = self.merge(base.get(key), yours.get(key), theirs.get(key), f"{place}/{_escape(key)}")
            if value is not ABSENT:
                found.append(value)
        return found


def _interleave(first: list[str], second: list[str]) -> list[str]:
    """Return the first order with what only the second has put behind what it follows there."""
    merged = list(first)
    before: str | None = None
    for key in second:
        if key not in merged:
            merged.insert(merged.index(before) + 1 if before is not None else 0, key)
        before = key
    return merged


def _keys(value: Any) -> Json | None:
    """Return the entries of a list by what they are known by: the id of an item, a text by itself; None when they are not known."""
    if not isinstance(value, list):
        return None
    keys = [each.get("id") if isinstance(each, dict) else each for each in value]
    if not all(isinstance(key, str) for key in keys) or len(set(keys)) != len(keys):
        return None
    return {str(key): each for key, each in zip(keys, value, strict=True)}


def _same(one: Any, other: Any) -> bool:
    return one == other and type(one) is type(other)


def _escape(key: str) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")
