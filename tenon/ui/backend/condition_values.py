"""Values of conditions: what people type into the builder, and the values of an expression as its inputs hold them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from tenon.engine.people import names_of, unit_names_of
from tenon.metamodel.expressions.conditions.subjects import Subject
from tenon.metamodel.expressions.conditions.tree import UNITS, Day, Edge, Mine, Moved, Other, Unit, Value
from tenon.metamodel.expressions.conditions.wording import say_edge
from tenon.metamodel.expressions.dates import read_day
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import options_of
from tenon.ui.backend.home import titles_of
from tenon.ui.backend.typed import plain_number, to_raw
from tenon.ui.condition_form import DraftValue
from tenon.ui.condition_shapes import ValueInput
from tenon.ui.shapes import Choice

EDGES = [Edge(side, unit, by) for side in ("start", "end") for unit in ("week", "month", "quarter", "year") for by in (0, -1, 1) if side == "start" or by == 0]
FARTHEST = 36_500


def read_value(subject: Subject, draft: DraftValue) -> Value | None:
    """Return the value of an input, None while it is not one yet."""
    kind = subject.type.kind
    if draft.kind == "field":
        return Other(draft.text) if draft.text else None
    if draft.kind == "me":
        return Mine("unit" if subject.type.entity == "unit" else "email" if kind == "text" else "id")
    if kind in ("date", "datetime"):
        return _read_day(draft)
    if kind in ("number", "duration"):
        return _read_number(subject, draft.text)
    return draft.text or None


def _read_number(subject: Subject, text: str) -> Value | None:
    if not text:
        return None
    if subject.type.kind == "duration":
        hours, colon, minutes = text.partition(":")
        return int(hours) * 3600 + int(minutes) * 60 if colon and hours.isdecimal() and minutes.isdecimal() else None
    raw = to_raw(subject.field, text) if subject.field is not None else text.replace(",", "")
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= 10**15 or len(number.as_tuple().digits) > 15:
        return None
    return int(number) if number == number.to_integral_value() else number.normalize()


def _read_day(draft: DraftValue) -> Value | None:
    kind, text = draft.kind or "day", draft.text
    if kind == "day":
        return Day(text) if text and read_day(text, zone=None) is not None else None
    if kind in ("today", "now"):
        return Moved(0, "day", "now" if kind == "now" else "today")
    if kind in ("ago", "ahead"):
        unit: Unit = next((u for u in UNITS if u == draft.unit), "day")
        if not text.isdecimal() or int(text) > FARTHEST:
            return None
        by = -int(text) if kind == "ago" else int(text)
        return Moved(by, unit if by else "day", "now" if unit in ("hour", "minute") else "today")
    return next((e for e in EDGES if _edge_name(e) == kind), None)


def _edge_name(edge: Edge) -> str:
    return f"{edge.side}.{edge.unit}.{edge.by}"


def to_draft(subject: Subject | None, values: Sequence[Value]) -> DraftValue:
    """Return the input of a value; of several, that of a list."""
    if not values:
        return DraftValue()
    value = values[0]
    if isinstance(value, Other):
        return DraftValue("field", [value.path])
    if isinstance(value, Mine):
        return DraftValue("me")
    if isinstance(value, Day):
        return DraftValue("day", [value.text])
    if isinstance(value, Edge):
        return DraftValue(_edge_name(value))
    if isinstance(value, Moved):
        if value.by == 0:
            return DraftValue(value.base)
        return DraftValue("ago" if value.by < 0 else "ahead", [str(abs(value.by))], value.unit)
    return DraftValue("", [_typed(subject, v) for v in values if isinstance(v, str | int | Decimal)])


def _typed(subject: Subject | None, value: str | int | Decimal) -> str:
    if isinstance(value, str) or subject is None:
        return str(value)
    if subject.type.kind == "duration":
        hours, minutes = divmod(int(value) // 60, 60)
        return f"{hours}:{minutes:02}"
    number = Decimal(value)
    return plain_number(number * 100 if subject.field is not None and subject.field.spec.is_share else number)


def make_input(view: View, subject: Subject, draft: DraftValue, suffix: str, *, is_list: bool, fields: tuple[Choice, ...]) -> ValueInput:
    """Return how an input of a value is shown."""
    kind, language = subject.type.kind, view.language
    field = subject.field
    other = (Choice("field", Text("another field", "另一字段").show(language)),) if fields else ()
    shared: dict[str, Any] = {"text": draft.text, "texts": tuple(draft.texts), "unit": draft.unit, "preset": draft.kind}
    is_wrong = bool(draft.text) and read_value(subject, draft) is None
    if kind in ("date", "datetime"):
        preset = draft.kind or "day"
        presets = (*_day_presets(language, is_moment=kind == "datetime", edge=preset), *other)
        return ValueInput("day", suffix, **{**shared, "preset": preset}, presets=presets, options=fields, is_wrong=is_wrong)
    if kind in ("number", "duration"):
        presets = (Choice("", Text("value", "数值").show(language)), *other) if other else ()
        affix = "%" if field is not None and field.spec.is_share else (subject.type.currency or "")
        return ValueInput("number", suffix, **shared, presets=presets, options=fields, affix=affix, is_wrong=is_wrong)
    if kind in ("choice", "choices") and field is not None:
        options = options_of(view, field) or tuple(Choice(o, o) for o in subject.type.options)
        return ValueInput("choices" if is_list else "choice", suffix, **shared, options=options)
    if kind == "reference" and field is not None:
        mine = {"user": Text("me", "我"), "unit": Text("my unit", "我的部门")}.get(subject.type.entity or "")
        presets = (Choice("", Text("choose", "选择").show(language)), Choice("me", mine.show(language))) if mine and not is_list else ()
        return ValueInput("record", suffix, **shared, presets=presets, options=_titles(view, subject, draft), url=_options_url(view, subject))
    return ValueInput("text", suffix, **shared)


def _day_presets(language: str, *, is_moment: bool, edge: str) -> tuple[Choice, ...]:
    words = [("day", Text("exact date", "具体日期")), ("today", Text("today", "今天")), ("ago", Text("ago", "之前")), ("ahead", Text("from now", "之后"))]
    words += [("now", Text("now", "现在"))] if is_moment or edge == "now" else []
    words += [(_edge_name(e), say_edge(e)) for e in EDGES]
    return tuple(Choice(name, text.show(language)) for name, text in words)


def _options_url(view: View, subject: Subject) -> str:
    entity = view.model.find_entity(subject.field.entity_id) if subject.field is not None else None
    return f"/options/{entity.name}/{subject.field.name}" if entity is not None and not entity.is_system and subject.field is not None else ""


def _titles(view: View, subject: Subject, draft: DraftValue) -> tuple[Choice, ...]:
    """Return what is chosen with its titles."""
    from_titles = titles_for(view, subject, draft.texts)
    return tuple(Choice(i, from_titles.get(i) or i) for i in draft.texts)


def titles_for(view: View, subject: Subject, ids: Sequence[str]) -> dict[str, str]:
    """Return the titles of what a reference points to, as far as this person sees them."""
    if subject.type.entity in ("user", "unit"):
        return (names_of if subject.type.entity == "user" else unit_names_of)(view.uow.connection, ids)
    far = view.model.find_entity(subject.type.entity) if subject.type.entity else None
    return titles_of(view, far, list(ids)) if far is not None and ids else {}


def say_value(view: View, subject: Subject, value: Value) -> Text | None:
    """Return how a value is said where the plain way would not do: a record by its title, a share in percent."""
    if isinstance(value, str) and subject.type.kind == "reference":
        title = titles_for(view, subject, [value]).get(value)
        return Text(title, title) if title else None
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and subject.field is not None and subject.field.spec.is_share:
        return say("{n}%", "{n}%", n=plain_number(Decimal(value) * 100))
    return None
