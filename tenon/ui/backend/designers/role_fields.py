"""What a grant says of each field: seen, masked or hidden, and whether it is written; with the operations that change it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tenon.metamodel.labels import Text
from tenon.metamodel.model import Field
from tenon.ui.backend.designers.base import Design, Json

STATES = (("seen", Text("Seen", "可见")), ("masked", Text("Masked", "掩码")), ("hidden", Text("Hidden", "隐藏")))


@dataclass(frozen=True, slots=True)
class FieldRight:
    """A field of a grant: its state and, by state, the operations that bring it there; None for ``write`` when nobody writes it."""

    name: str
    label: str
    state: str
    ways: tuple[tuple[str, str, str], ...]
    is_written: bool
    write: str | None


def field_rights(design: Design, grant: Json, place: str, fields: Sequence[Field]) -> tuple[FieldRight, ...]:
    """Return every field with what can be done about it."""
    names = [f.name for f in fields if f.is_written and f.origin != "system"]
    own = sorted((f for f in fields if f.name not in ("id", "version")), key=lambda f: f.origin == "system")
    return tuple(_right(design, grant, place, f, names) for f in own)


def _right(design: Design, grant: Json, place: str, field: Field, written: Sequence[str]) -> FieldRight:
    now = state_of(grant, field.name)
    ways = tuple((state, label.show(design.language), json.dumps(_become(grant, place, field.name, state))) for state, label in STATES)
    write = grant.get("write", "*")
    is_written = now == "seen" and (write == "*" or field.name in write)
    may = field.name in written and now == "seen"
    return FieldRight(field.name, field.label.show(design.language), now, ways, is_written, json.dumps(_written(write, place, field.name, written)) if may else None)


def state_of(grant: Json, name: str) -> str:
    """Return whether a grant shows, masks or hides a field."""
    read = grant.get("read", "*")
    if name in grant.get("hide", ()) or (read != "*" and name not in read):
        return "hidden"
    return "masked" if name in grant.get("mask", ()) else "seen"


def _become(grant: Json, place: str, name: str, state: str) -> list[Json]:
    read, hide, mask = grant.get("read", "*"), list(grant.get("hide", ())), list(grant.get("mask", ()))
    hidden, masked = [n for n in hide if n != name], [n for n in mask if n != name]
    if state == "masked":
        masked.append(name)
    made: list[Json] = []
    if isinstance(read, list):
        shown = [n for n in read if n != name] + ([name] if state != "hidden" else [])
        made.append({"op": "set", "at": f"{place}/read", "value": shown})
    elif state == "hidden":
        hidden.append(name)
    for key, before, after in (("hide", hide, hidden), ("mask", mask, masked)):
        if before != after:
            made.append({"op": "set", "at": f"{place}/{key}", "value": after or None})
    return made


def _written(write: str | list[str], place: str, name: str, every: Sequence[str]) -> list[Json]:
    if write == "*":
        after: list[str] | None = [n for n in every if n != name]
    elif name in write:
        after = [n for n in write if n != name]
    else:
        after = [*write, name]
        if set(every) <= set(after):
            after = None
    return [{"op": "set", "at": f"{place}/write", "value": after}]
