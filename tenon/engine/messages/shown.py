"""Values of records as a template has them: plain, compared by what they are, written as people of one language read them."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import nh3

from tenon.engine.formats import Formats
from tenon.metamodel.fields.region import region_name
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field, Model

LONGEST_VALUE = 10_000
YES, NO = Text("yes", "是"), Text("no", "否")
UNSEEN = Text("not visible", "不可见")


@dataclass(frozen=True, slots=True)
class Shown:
    """One value: ``raw`` is compared, ``text`` is written. It has no methods that a template could call, and no way to a record."""

    raw: Any = None
    text: str = ""

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.raw)

    def __eq__(self, other: object) -> bool:
        one, two = _pair(self, other)
        return bool(one == two)

    def __hash__(self) -> int:
        return hash(self.text)

    def __lt__(self, other: object) -> bool:
        return _compare(self, other, -1)

    def __gt__(self, other: object) -> bool:
        return _compare(self, other, 1)

    def __le__(self, other: object) -> bool:
        return self == other or _compare(self, other, -1)

    def __ge__(self, other: object) -> bool:
        return self == other or _compare(self, other, 1)


EMPTY = Shown()


def _pair(left: object, right: object) -> tuple[Any, Any]:
    """Return two values in forms that can be compared: exact numbers, moments as ISO texts beside texts."""
    one, two = (each.raw if isinstance(each, Shown) else each for each in (left, right))
    if isinstance(one, date | time) and isinstance(two, str):
        return one.isoformat()[: len(two)], two
    if isinstance(two, date | time) and isinstance(one, str):
        return one, two.isoformat()[: len(one)]
    return tuple(Decimal(str(each)) if isinstance(each, float) else each for each in (one, two))  # type: ignore[return-value]


def _compare(left: object, right: object, sign: int) -> bool:
    """Return whether a value lies below (-1) or above (1) another; what cannot be compared does not."""
    one, two = _pair(left, right)
    if isinstance(one, datetime) != isinstance(two, datetime):
        one, two = str(one), str(two)
    try:
        return bool(one < two if sign < 0 else one > two)
    except TypeError:
        return False


def show(model: Model, field: Field, value: Any, formats: Formats, *, is_masked: bool = False) -> Shown:
    """Return a JSON value of the record API as a template has it."""
    if value is None or value == [] or value == "":
        return EMPTY
    if is_masked:
        return Shown(str(value), str(value))
    raw, text = _show(model, field, value, formats)
    return Shown(raw, text[:LONGEST_VALUE])


def _show(model: Model, field: Field, value: Any, formats: Formats) -> tuple[Any, str]:
    kind, language = field.type.kind, formats.language
    if kind == "number":
        return value, _number(field, value, formats)
    if kind == "boolean":
        return value, (YES if value else NO).show(language)
    if kind in ("date", "datetime", "time"):
        return _moment(kind, value, formats)
    if kind == "duration":
        return value, formats.duration(value)
    if field.spec.type == "region":
        return value["code"], region_name(value["code"]).show(language)
    if isinstance(value, Mapping):
        title = value.get("title", value.get("name"))
        return str(value.get("id", title)), str(title) if title is not None else UNSEEN.show(language) if "id" in value else _plain(value)
    if isinstance(value, list):
        parts = [_show(model, field, each, formats)[1] if isinstance(each, Mapping) else _option(model, field, each, language) for each in value]
        return tuple(str(each) for each in parts), ("、" if language == "zh" else ", ").join(parts)
    if field.spec.type == "rich_text":
        value = text_of_html(str(value))
    return value, formats.numbers_in(str(value)) if field.spec.has_numbers else _option(model, field, value, language)


def _moment(kind: str, value: str, formats: Formats) -> tuple[Any, str]:
    if kind == "time":
        return (at := time.fromisoformat(value)), formats.time(at)
    if kind == "date":
        return (day := date.fromisoformat(value)), formats.date(day)
    return (moment := datetime.fromisoformat(value)), formats.datetime(moment)


def _number(field: Field, value: Any, formats: Formats) -> str:
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if field.type.currency:
        return formats.money(number, field.type.currency, field.type.scale)
    return formats.percent(number) if field.spec.is_share else formats.number(number)


def _option(model: Model, field: Field, value: Any, language: str) -> str:
    source = field
    if field.is_formula and field.type.source:
        source = next((f for e in model.entities.values() if (f := e.fields_by_id.get(field.type.source or ""))), field)
    return next((o.title().show(language) for o in source.spec.named if o.name == value), str(value))


def _plain(value: Mapping[str, Any]) -> str:
    return " ".join(str(each) for each in value.values() if isinstance(each, str | int | Decimal) and str(each))


def text_of_html(markup: str) -> str:
    """Return the text of HTML: blocks as lines, nothing else left of it."""
    for tag in ("</p>", "</div>", "</li>", "</h1>", "</h2>", "</h3>", "</tr>", "<br>", "<br/>", "<br />"):
        markup = markup.replace(tag, f"\n{tag}")
    text = html.unescape(nh3.clean(markup, tags=set()))
    return "\n".join(line.strip() for line in text.splitlines()).strip()


def title_field(entity: Entity) -> Field | None:
    """Return the field that names a record of an entity."""
    return entity.fields.get(entity.title) if entity.title else None
