"""Who moved from which value to which between two days: bands of a score, stages and choices, counted once a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.query.behind import literal
from tenon.engine.query.pages import Ask, where
from tenon.engine.query.paths import Selected, find_path
from tenon.engine.reports.shape import options_of
from tenon.engine.sql.past import value_at
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

ANY, SOME = object(), object()
"""Stand for whatever a value was, nothing among it, and for whatever it was but nothing."""
MOST_PARTS, PARTS_OF_VALUE = 360, 14
"""So many parts fit into one expression; so many are needed for each value that records come from."""


@dataclass(frozen=True)
class Movement:
    """What is asked: a choice, stage or band of an entity, two days, and a filter of the records as they are now."""

    entity: Entity
    field: str
    first: date
    last: date
    filter: str | None = None


def movement(uow: UnitOfWork, ctx: Context, asked: Movement) -> dict[str, Any]:
    """Return the shape of /query with the columns from, to and records; ``matrix`` with every value, opening and closing counts.

    An empty value at one end is a record that came or went; records empty at both are left out. Raises NotFound, Invalid.
    """
    rights = rights_of(uow.model, ctx)
    rights.require(asked.entity, "read")
    selected = find_path(rights, asked.entity, asked.field, "field", readable=True)
    _check(selected, asked)
    source = Source(environment(uow, rights), asked.entity)
    ends = [value_at(source, selected.steps, selected.field, day) for day in (asked.first, asked.last)]
    conditions = where(uow, rights, source, asked.entity, Ask([asked.filter] if asked.filter else []))
    inner = select(ends[0].label("before"), ends[1].label("after")).select_from(source.from_clause).where(*conditions).subquery("moved")
    c = inner.c
    found = select(c.before, c.after, func.count()).where(or_(c.before.is_not(None), c.after.is_not(None))).group_by(c.before, c.after)
    counts = {(before, after): int(n) for before, after, n in uow.connection.execute(found)}
    return _shown(asked, selected, ctx.language, counts, _ranks(uow, selected.field))


def _check(selected: Selected, asked: Movement) -> None:
    is_band = selected.field.type.kind == "choice"
    if not is_band:
        message = say("Movements are of a choice, a stage or a band.", "只能统计单选、阶段或等级的迁移。")
        raise Invalid(Problem("/field", "type_mismatch", message, say("Such as health_band.", "例如 health_band。")))
    if asked.last < asked.first:
        message = say("The period ends before it begins.", "时间段的结束早于开始。")
        raise Invalid(Problem("/to", "out_of_range", message, say("Exchange the two days.", "请交换两个日期。")))


def _ranks(uow: UnitOfWork, field: Field) -> dict[str, Any]:
    """Return how high each value is: bands by their lower edge, options by their order."""
    score = uow.model.find("score", str(field.score)) if field.score else None
    bands = {b.name: b.lower for b in score.body.bands} if score else {}
    edges = {name: edge for name, edge in bands.items() if isinstance(edge, int | Decimal)}
    return dict(edges) if edges else {name: index for index, name in enumerate(field.type.options)}


def _shown(asked: Movement, selected: Selected, language: str, counts: dict[tuple[Any, Any], int], ranks: dict[str, Any]) -> dict[str, Any]:
    options = options_of(selected.field.spec, language)
    names: list[Any] = [o["name"] for o in options]
    names += sorted({v for pair in counts for v in pair if v is not None} - set(names))
    has_empty = any(None in pair for pair in counts)
    values = [*names, *([None] if has_empty else [])]
    label, text = selected.field.label, say("Records", "记录数").show(language)
    sides = [word.show(language) for word in (say("{label} before", "{label}（之前）", label=label), say("{label} after", "{label}（之后）", label=label))]
    rows = [[a, b, counts[a, b]] for a in values for b in values if (a, b) in counts]
    detail = {"field": selected.key, "kind": selected.field.spec.type, "options": options}
    ways: dict[str, list[tuple[Any, Any]]] = {"up": [], "stayed": [], "down": [], "entered": [], "left": []}
    for pair in counts:
        ways[_direction(*pair, ranks)].append(pair)
    empty = ANY if (None, None) in counts else SOME
    return {
        "entity": asked.entity.name, "field": selected.key, "from": asked.first.isoformat(), "to": asked.last.isoformat(),
        "columns": [{"name": "from", "label": sides[0], "type": "choice"}, {"name": "to", "label": sides[1], "type": "choice"}, {"name": "records", "label": text, "type": "number"}],
        "rows": rows, "behind": [_behind(asked, a, b) for a, b, _ in rows], "details": [detail, detail, {"scale": 0}],
        "summary": {way: sum(counts[pair] for pair in pairs) for way, pairs in ways.items()}, "summary_behind": {way: _behind_all(asked, pairs) for way, pairs in ways.items()},
        "matrix": {
            "values": values, "counts": [[counts.get((a, b), 0) for b in values] for a in values],
            "opening": [sum(counts.get((a, b), 0) for b in values) for a in values], "closing": [sum(counts.get((a, b), 0) for a in values) for b in values],
            "opening_behind": [_behind(asked, a, empty if a is None else ANY) for a in values],
            "closing_behind": [_behind(asked, empty if b is None else ANY, b) for b in values], "behind": _behind_either(asked),
        },
        "totals": [None, None, sum(counts.values())],
    }  # fmt: skip


def _direction(before: Any, after: Any, ranks: dict[str, Any]) -> str:
    if before is None or after is None:
        return "entered" if before is None else "left"
    if before == after:
        return "stayed"
    return "up" if ranks.get(after, 0) > ranks.get(before, 0) else "down"


def _behind(asked: Movement, before: Any, after: Any) -> str:
    """Return the filter of the records of a cell; of ANY value where they were or are anything."""
    parts = _ends(asked, before, after)
    return " and ".join([f"({asked.filter})", *parts] if asked.filter else parts)


def _behind_either(asked: Movement) -> str:
    """Return the filter of the records that are there at one end at least."""
    text = " or ".join(part for before, after in ((SOME, ANY), (ANY, SOME)) for part in _ends(asked, before, after))
    return f"({asked.filter}) and ({text})" if asked.filter else text


def _behind_all(asked: Movement, pairs: Sequence[tuple[Any, Any]]) -> str | None:
    """Return the filter of the records of several cells; None for none, or too many for one filter."""
    by_before: dict[Any, list[Any]] = {}
    for before, after in pairs:
        by_before.setdefault(before, []).append(after)
    if not pairs or len(pairs) + PARTS_OF_VALUE * len(by_before) > MOST_PARTS:
        return None
    at = f"was({asked.field}, date('{asked.last.isoformat()}'))"
    to = {before: f"{at} in [{', '.join(map(literal, afters))}]" for before, afters in by_before.items()}
    text = " or ".join(f"({' and '.join([*_ends(asked, before, ANY), there])})" for before, there in to.items())
    return f"({asked.filter}) and ({text})" if asked.filter else text


def _ends(asked: Movement, before: Any, after: Any) -> list[str]:
    ends: Sequence[tuple[date, Any]] = ((asked.first, before), (asked.last, after))
    return [f"was({asked.field}, date('{day.isoformat()}')) {'!= None' if value is SOME else f'== {literal(value)}'}" for day, value in ends if value is not ANY]
