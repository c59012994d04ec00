"""Converting the cells of a field to another type as a set: which values come through, and which do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, literal, literal_column, or_

from tenon.engine.schema.dialect import CLOCK, DAY, MOMENT, NUMBER, Speech, any_of, both
from tenon.engine.schema.statements import Value
from tenon.metamodel.changes import options_of
from tenon.metamodel.item import Option
from tenon.metamodel.model import Field

YES = ("true", "yes", "y", "1", "on", "是", "有", "对", "√")
NO = ("false", "no", "n", "0", "off", "否", "无", "错", "×")


@dataclass(frozen=True)
class Converted:
    """The new cell, NULL where a value does not come through, and the condition that it comes through changed."""

    value: Value
    is_changed: Value | None = None


@dataclass(frozen=True)
class _Case:
    """One conversion: the cell, the field before and after, and how the database speaks."""

    cell: Value
    old: Field
    new: Field
    speech: Speech


_Conversion = Callable[[_Case], Converted]


def family(field: Field) -> str:
    """Return the family of a field's cells; families convert alike."""
    kind = field.storage.kind
    if kind in ("exact", "integer"):
        return "number"
    if kind == "text":
        return "choice" if field.type.kind == "choice" else "text"
    if kind == "json":
        return "choices" if field.type.kind == "choices" else "json"
    if kind == "id":
        return "file" if field.type.kind == "file" else "reference"
    return kind


def is_same_cell(old: Field, new: Field) -> bool:
    """True when every cell of the old field is one of the new field as it stands."""
    if family(old) != family(new) or (old.storage.kind, old.storage.scale) != (new.storage.kind, new.storage.scale):
        return False
    kind = family(old)
    if kind == "choice":
        return _option_names(old) <= _option_names(new)
    if kind == "choices":
        return not options_of(new) or (bool(options_of(old)) and _option_names(old) <= _option_names(new))
    if kind == "reference":
        return _far(old) == _far(new)
    return kind != "pair" or new.is_open or set(old.targets) <= set(new.targets)


def convert(cell: Value, old: Field, new: Field, speech: Speech) -> Converted | None:
    """Return the cell as the new field holds it, or None when nothing of it can come through."""
    if is_same_cell(old, new):
        return Converted(cell)
    this = _Case(cell, old, new, speech)
    direct = _DIRECT.get((family(old), family(new)))
    if direct is not None:
        return direct(this)
    show, read = _SHOW.get(family(old)), _READ.get(family(new))
    return None if show is None or read is None else read(this, show(this))


def show(cell: Value, field: Field, speech: Speech) -> Value:
    """Return a cell as text, for examples."""
    form = _SHOW.get(family(field))
    return cell if form is None else form(_Case(cell, field, field, speech))


def _option_names(field: Field) -> set[str]:
    return {o.name for o in options_of(field).values()} or set(field.type.options)


def _far(field: Field) -> tuple[str, ...]:
    return tuple(sorted(field.targets)) or ((field.type.entity or "",))


# ---- to text ----

_SHOW: dict[str, Callable[[_Case], Value]] = {
    "text": lambda c: c.cell,
    "choice": lambda c: c.cell,
    "reference": lambda c: c.cell,
    "file": lambda c: c.cell,
    "pair": lambda c: c.cell,
    "number": lambda c: c.speech.show_number(c.cell, c.old.storage.scale),
    "boolean": lambda c: c.speech.show_boolean(c.cell),
    "date": lambda c: c.speech.show_day(c.cell),
    "datetime": lambda c: c.speech.show_moment(c.cell),
    "time": lambda c: c.speech.show_clock(c.cell),
    "choices": lambda c: c.speech.join(c.cell),
    "json": lambda c: c.speech.show_json(c.cell),
}


# ---- from text ----


def _read_text(this: _Case, text: Value) -> Converted:
    length = this.new.storage.length
    if length is None:
        return Converted(text)
    return Converted(func.substr(text, 1, length), func.length(text) > length)


def _read_number(this: _Case, text: Value) -> Converted:
    trimmed, scale = func.trim(text), this.new.storage.scale
    plain = func.replace(trimmed, ",", "")
    is_number = trimmed.regexp_match(NUMBER)
    value = this.speech.units(plain, scale, whole=this.new.storage.kind == "integer")
    return Converted(case((is_number, value)), case((is_number, this.speech.is_rounded(plain, scale)), else_=_never()))


def _read_boolean(this: _Case, text: Value) -> Converted:
    word = func.lower(func.trim(text))
    return Converted(case((any_of(word, YES), this.speech.boolean(True)), (any_of(word, NO), this.speech.boolean(False))))


def _read_day(this: _Case, text: Value) -> Converted:
    day = func.replace(func.replace(func.trim(text), "/", "-"), ".", "-")
    return Converted(case((day.regexp_match(DAY), this.speech.day(day))))


def _read_moment(this: _Case, text: Value) -> Converted:
    trimmed = func.trim(text)
    return Converted(case((trimmed.regexp_match(MOMENT), this.speech.moment(trimmed))))


def _read_clock(this: _Case, text: Value) -> Converted:
    trimmed = func.trim(text)
    return Converted(case((trimmed.regexp_match(CLOCK), this.speech.clock(trimmed))))


def _read_choice(this: _Case, text: Value) -> Converted:
    return Converted(_option(this.new, text))


def _read_choices(this: _Case, text: Value) -> Converted:
    if not options_of(this.new):
        return Converted(this.speech.list_of(func.trim(text)))
    return Converted(this.speech.list_of(_option(this.new, text)))


def _option(field: Field, text: Value) -> Value:
    """Return the name of the option that a text names or labels."""
    word = func.lower(func.trim(text))
    pairs: dict[str, str] = {}
    for option in options_of(field).values():
        label = option.label
        for known in (option.name, label.en if label else None, label.zh if label else None):
            if known:
                pairs.setdefault(known.strip().lower(), option.name)
    if not pairs:
        return literal_column("NULL")
    return case(*[(word == literal(known), literal(name)) for known, name in pairs.items()])


_READ: dict[str, Callable[[_Case, Value], Converted]] = {
    "text": _read_text,
    "number": _read_number,
    "boolean": _read_boolean,
    "date": _read_day,
    "datetime": _read_moment,
    "time": _read_clock,
    "choice": _read_choice,
    "choices": _read_choices,
    "json": lambda this, text: Converted(this.speech.json_text(text)),
}


# ---- from one to the other, where text would be a detour ----


def _rescale(this: _Case) -> Converted:
    have, want = this.old.storage.scale, this.new.storage.scale
    value = this.speech.rescale(this.cell, have, want, whole=this.new.storage.kind == "integer")
    return Converted(value, this.speech.loses_decimals(this.cell, have, want))


def _count_boolean(this: _Case) -> Converted:
    one: Value = literal_column(str(10**this.new.storage.scale if this.speech.is_sqlite else 1))
    return Converted(case((this.speech.is_yes(this.cell), one), (this.cell.is_not(None), literal_column("0"))))


def _open_day(this: _Case) -> Converted:
    return Converted(this.speech.midnight(this.cell))


def _shorten_moment(this: _Case) -> Converted:
    day = this.speech.day_of(this.cell)
    return Converted(day, this.speech.differs(this.speech.midnight(day), this.cell))


def _map_choice(this: _Case) -> Converted:
    names = option_map(this.old, this.new)
    if not names:
        return Converted(literal_column("NULL"))
    return Converted(case(*[(this.cell == literal(old), literal(new)) for old, new in names.items()]))


def _map_choices(this: _Case) -> Converted:
    if not options_of(this.old):
        names = {name: name for name in _option_names(this.new)}
    else:
        names = option_map(this.old, this.new)
    mapped = this.speech.map_names(this.cell, names)
    return Converted(mapped, this.speech.count_of(mapped) < this.speech.count_of(this.cell))


def _gather_choice(this: _Case) -> Converted:
    mapped = _map_choice(this).value if options_of(this.new) else this.cell
    return Converted(this.speech.list_of(mapped))


def _pick_choice(this: _Case) -> Converted:
    first = _Case(this.speech.first_of(this.cell), this.old, this.new, this.speech)
    mapped = _map_choice(first).value if options_of(this.old) else _option(this.new, first.cell)
    return Converted(mapped, this.speech.count_of(this.cell) > literal_column("1"))


def _none(this: _Case) -> Converted:
    return Converted(literal_column("NULL"))


_DIRECT: dict[tuple[str, str], _Conversion] = {
    ("number", "number"): _rescale,
    ("boolean", "number"): _count_boolean,
    ("date", "datetime"): _open_day,
    ("datetime", "date"): _shorten_moment,
    ("choice", "choice"): _map_choice,
    ("choices", "choices"): _map_choices,
    ("choice", "choices"): _gather_choice,
    ("choices", "choice"): _pick_choice,
    ("text", "text"): lambda this: Converted(this.cell),
    ("json", "json"): lambda this: Converted(this.cell),
    ("file", "file"): lambda this: Converted(this.cell),
    ("reference", "reference"): _none,
    ("pair", "pair"): _none,
}


def option_map(old: Field, new: Field) -> dict[str, str]:
    """Return the new names of the options that are still there, by their old names; matched by id, else by name."""
    after = options_of(new)
    by_name = {o.name: o.name for o in after.values()} or {name: name for name in new.type.options}
    before: dict[str, Option | None] = {**options_of(old)} or dict.fromkeys(old.type.options)
    names: dict[str, str] = {}
    for option_id, option in before.items():
        name = option.name if option else option_id
        found = after[option_id].name if option_id in after else by_name.get(name)
        if found is not None:
            names[name] = found
    return names


def lost_where(cell: Value, converted: Converted | None) -> Value:
    """Return the condition that a value does not come through as it is."""
    there = cell.is_not(None)
    if converted is None:
        return there
    gone: Any = converted.value.is_(None)
    return both(there, gone if converted.is_changed is None else or_(gone, converted.is_changed))


def _never() -> Value:
    return literal_column("1") == literal_column("0")
