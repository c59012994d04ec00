"""The JSON of a widget's answer: the shape of /query, and beside it what a picture needs to know."""

from __future__ import annotations

import re
from typing import Any

from tenon.engine.query.answers import Found, Output
from tenon.engine.reports.asked import Asked, label_of
from tenon.engine.reports.periods import WORDS, Period
from tenon.metamodel.model import Field
from tenon.metamodel.types import Type

_CURRENCY = re.compile("[A-Z]{3}")


def head(asked: Asked) -> dict[str, Any]:
    """Return what every answer says: the widget, its type and label, and for numbers the target and the period."""
    body, language = asked.body, asked.ctx.language
    found: dict[str, Any] = {"widget": body.name, "type": body.type, "label": label_of(body).show(language)}
    if body.query is None:
        return found
    found |= {"entity": asked.entity.name, "filter": asked.filter(), "applied": sorted(asked.applied.conditions), "options": dict(body.options)}
    if asked.target is not None:
        found["target"] = asked.target
    if asked.period is not None:
        found["period"] = {"field": asked.period[0], **period_json(asked.period[1], language)}
    return found


def table(asked: Asked, found: Found) -> dict[str, Any]:
    """Return columns, rows, totals and the filters behind the rows; of a measure that counts only some of them its own, in its details."""
    language = asked.ctx.language
    shown: dict[str, Any] = {"columns": found.columns(language), "rows": found.rows}
    if found.totals is not None:
        shown["totals"] = found.totals
    if found.behind is not None:
        shown["behind"] = found.behind
    shown["details"] = [detail(o, asked) for o in found.outputs]
    for place, told in enumerate(shown["details"]):
        if found.behind is not None and found.outputs[place].selected is None and (own := found.behind_measure(place)) is not found.behind:
            told["behind"] = own
            told["behind_total"] = found.behind_whole(place)
    return shown | ({"more": True} if found.is_more else {})


def period_json(period: Period, language: str) -> dict[str, Any]:
    """Return the days of a period and its word."""
    days = {"from": period.first.isoformat() if period.first else None, "to": period.last.isoformat() if period.last else None}
    return days | ({"word": period.word, "label": WORDS[period.word].show(language)} if period.word in WORDS else {})


def detail(output: Output, asked: Asked) -> dict[str, Any]:
    """Return how the values of a column are shown: options with labels and colours, currency, decimals, bucket, a group's field."""
    shown: dict[str, Any] = {}
    if output.selected is not None:
        shown |= {"field": output.name, "kind": output.selected.field.spec.type, **part_of(output.selected.field)}
    if output.bucket is not None:
        shown["by"] = output.bucket
    elif output.selected is not None and (output.type.kind == "choice" or output.selected.field.spec.named):
        shown["options"] = options_of(output.selected.field.spec, asked.ctx.language)
    shown |= _number(output.type)
    if output.selected is None and _is_share(output, asked):
        shown["format"] = "percent"
    formats = asked.body.options.get("formats")
    own = formats.get(output.name) if isinstance(formats, dict) else None
    given = own or (asked.option("format") if output.selected is None else None)
    if not isinstance(given, str) or not given:
        return shown
    return shown | ({"currency": given} if _CURRENCY.fullmatch(given) else {"format": given})


def part_of(field: Field) -> dict[str, Any]:
    """Return how a field is read: which part of a score it is (score, band, coverage, trend, at), or that it is a text with numbers."""
    return {"score": field.part} if field.origin == "score" else {"format": "numbers"} if field.spec.has_numbers else {}


def options_of(spec: Any, language: str) -> list[dict[str, Any]]:
    """Return the options of a choice, or the known words of a text, in their order, with labels and colours."""
    return [{"name": o.name, "label": o.title().show(language), "colour": getattr(o, "colour", None)} for o in spec.named]


def _number(type_: Type) -> dict[str, Any]:
    if type_.kind not in ("number", "duration"):
        return {}
    shown: dict[str, Any] = {"scale": type_.scale} if type_.scale is not None else {}
    return shown | ({"currency": type_.currency} if type_.currency else {}) | ({"format": "duration"} if type_.kind == "duration" else {})


def _is_share(output: Output, asked: Asked) -> bool:
    """Return whether a measure is an amount of percent fields, or one count over another."""
    fields = [asked.uow.model.entities_by_id[e].fields_by_id.get(f) for e, f in output.expression.reads if e in asked.uow.model.entities_by_id]
    if output.expression.text.strip().startswith(("avg(", "min(", "max(")) and "," not in output.expression.text:
        return bool(fields) and all(f is not None and f.spec.is_share for f in fields)
    return False
