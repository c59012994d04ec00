"""What a reader chose above a widget, as filters of its entity: values of fields, periods of dates, an expression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tenon.engine.access.rights import Rights
from tenon.engine.query.behind import literal
from tenon.engine.query.paths import Selected, find_path
from tenon.engine.reports.periods import Period, read_period
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.numbers import read_number
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

MOST_VALUES = 50


@dataclass(frozen=True)
class Selection:
    """Chosen values by field, as they stand in an address: options, ids, words of periods; several with commas, '' is empty.

    ``is_loose``: on a dashboard fields that an entity does not have are left out; else they are errors.
    """

    chosen: Mapping[str, str] = field(default_factory=dict)
    filter: str | None = None
    is_loose: bool = False


@dataclass(frozen=True)
class Applied:
    """A selection on one entity: conditions by field, the periods among them, and the filter given as such."""

    conditions: Mapping[str, str] = field(default_factory=dict)
    periods: Mapping[str, Period] = field(default_factory=dict)
    filter: str | None = None

    def texts(self, without: str | None = None) -> list[str]:
        """Return the conditions, those of one field left out."""
        own = [text for name, text in self.conditions.items() if name != without]
        return [*own, self.filter] if self.filter else own


def apply(selection: Selection, rights: Rights, entity: Entity, today: date) -> Applied:
    """Return a selection as conditions. Raises Invalid for values that do not fit, and for unknown fields unless loose."""
    conditions, periods = {}, {}
    for name, text in selection.chosen.items():
        try:
            selected = find_path(rights, entity, name, f"where/{name}", readable=True)
        except Invalid:
            if selection.is_loose:
                continue
            raise
        if selected.field.type.kind in ("date", "datetime") and text:
            period = read_period(text, today, f"/where/{name}")
            if period is not None:
                periods[name] = period
                conditions[name] = within(name, period)
        else:
            conditions[name] = _condition(selected, text, selection.is_loose)
    return Applied(conditions, periods, selection.filter or None)


def within(path: str, period: Period) -> str:
    """Return the condition that a date or a moment lies in a period."""
    parts = [f"{path} >= date('{period.first.isoformat()}')"] if period.first else []
    if period.last is not None and period.last != date.max:
        parts.append(f"{path} < date('{(period.last + timedelta(days=1)).isoformat()}')")
    return " and ".join(parts) or "True"


def _condition(selected: Selected, text: str, is_loose: bool) -> str:
    path, kind = selected.key, selected.field.type.kind
    if not text:
        return f"is_empty({path})"
    if kind == "boolean":
        return f"{path} == {_truth(path, text)}"
    if kind in ("number", "duration"):
        return _number(path, text)
    if kind in ("choice", "reference"):
        values = text.split(",")[:MOST_VALUES]
        if is_loose and kind == "choice":
            values = [v for v in values if not v or v in selected.field.type.options]
        return f"{path} in [{', '.join(literal(v or None) for v in values)}]" if values else "False"
    if kind in ("choices", "list"):
        return f"{literal(text)} in {path}"
    return f"{path} == {literal(text)}"


def _truth(path: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise Invalid(Problem(f"/where/{path}", "bad_choice", say("{name} is true or false.", "{name} 只能是 true 或 false。", name=path)))
    return text == "true"


def _number(path: str, text: str) -> str:
    """Return the condition that a number is the one given, or lies between two: ``10..20``, one of which may be left out."""
    low, is_range, high = text.partition("..")
    for part in (low, high):
        if part and read_number(part) is None:
            message = say("{text} is not a number.", "{text} 不是数字。", text=part[:40])
            raise Invalid(Problem(f"/where/{path}", "wrong_type", message, say("Such as 10, 10..20 or ..20.", "例如 10、10..20 或 ..20。")))
    if not is_range:
        return f"{path} == {low.strip()}"
    parts = [f"{path} {sign} {edge.strip()}" for sign, edge in ((">=", low), ("<=", high)) if edge]
    return " and ".join(parts) or "True"
