"""Which measures stand behind sharp falls of a score: of all records that fell so far between two days, in how many each measure lost points."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.query.behind import among, literal
from tenon.engine.query.pages import Ask, where
from tenon.engine.query.paths import find_path
from tenon.engine.scores.contributions import Contribution, adjustments, contributions
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.difference import difference
from tenon.engine.scores.groups import named_groups
from tenon.engine.scores.snapshots import end_of, find_form
from tenon.engine.scores.tables import snapshots
from tenon.engine.sql.elements import BIG, EXACT, binary, compare
from tenon.engine.sql.past import value_at
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import bind
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

MOST = 2_000
"""So many falls are looked into; of more, the sharpest."""
CAPS = say("Caps and the ends of the scale", "封顶规则与分值范围")
Given = tuple[Sequence[Contribution], Decimal]
NOTHING: Given = ((), Decimal(0))


@dataclass(frozen=True)
class Falls:
    """What is asked: the band or value of a score, two days, how many points are a sharp fall, and a filter of the records as they are now."""

    entity: Entity
    field: str
    first: date
    last: date
    least: Decimal
    filter: str | None = None


def falls(uow: UnitOfWork, ctx: Context, asked: Falls) -> dict[str, Any]:
    """Return a row a measure that lost points: its name and group, in how many falls, their share of all, and the points lost on average.

    ``falls`` is how many there are; the details of ``cases`` have the filters behind the rows and behind all. Raises NotFound, Invalid.
    """
    rights = rights_of(uow.model, ctx)
    rights.require(asked.entity, "read")
    score = score_of(find_path(rights, asked.entity, asked.field, "field", readable=True).field, asked.entity)
    find_path(rights, asked.entity, score.name, "field", readable=True)
    definition = define(uow.model, uow.model.get("score", str(score.score)))
    found = _find(uow, ctx, asked, score)
    sides = [_given(uow, definition, found, day) for day in (asked.first, asked.last)]
    lost: dict[str, list[tuple[str, Decimal]]] = {}
    for record in found:
        for moved in difference(*sides[0].get(record, NOTHING), *sides[1].get(record, NOTHING)):
            if moved["change"] < 0:
                lost.setdefault(moved["name"], []).append((record, -Decimal(str(moved["change"]))))
    told = [(_row(definition, name, [p for _, p in cases], len(found), ctx.language), among([r for r, _ in cases], asked.filter)) for name, cases in lost.items()]
    told.sort(key=lambda each: (-each[0][2], -each[0][4]))
    heads = (("measure", say("Measure", "指标"), "text"), ("group", say("Group", "分组"), "text"), ("cases", say("Falls", "下滑数"), "number"),
             ("share", say("Share of falls", "占比"), "number"), ("points", say("Points lost", "平均失分"), "number"))  # fmt: skip
    columns = [{"name": name, "label": label.show(ctx.language), "type": type_} for name, label, type_ in heads]
    details: list[dict[str, Any]] = [{} for _ in columns]
    details[1] = named_groups((row[1] for row, _ in told), ctx.language)
    details[2] = {"behind": [behind for _, behind in told], "behind_total": _behind(asked, score)}
    return {"columns": columns, "rows": [row for row, _ in told], "details": details, "falls": len(found), "from": asked.first.isoformat(), "to": asked.last.isoformat(),
            "least": asked.least}  # fmt: skip


def _behind(asked: Falls, score: Field) -> str:
    """Return the filter of the records that fell."""
    before, after = (f"was({score.name}, date('{day.isoformat()}'))" for day in (asked.first, asked.last))
    fell = f"{before} - {after} >= {literal(asked.least)}"
    return f"({asked.filter}) and {fell}" if asked.filter else fell


def score_of(field: Field, entity: Entity) -> Field:
    """Return the field with the value of the score that a field belongs to. Raises Invalid."""
    found = next((f for f in entity.fields.values() if f.score is not None and f.score == field.score and f.part == "score"), None)
    if found is None:
        message = say("Falls are of a score.", "只能统计评分的下滑。")
        raise Invalid(Problem("/query/group_by", "type_mismatch", message, say("Such as health_band.", "例如 health_band。")))
    return found


def _find(uow: UnitOfWork, ctx: Context, asked: Falls, score: Field) -> list[str]:
    """Return the records that fell, the sharpest first."""
    rights = rights_of(uow.model, ctx)
    place = environment(uow, rights)
    source = Source(place, asked.entity)
    ends = [value_at(source, (), score, day) for day in (asked.first, asked.last)]
    conditions = where(uow, rights, source, asked.entity, Ask([asked.filter] if asked.filter else []))
    columns = [source.alias.c.id.label("id"), ends[0].label("before"), ends[1].label("after")]
    inner = select(*columns).select_from(source.from_clause).where(*conditions).subquery("fell")
    change = binary(inner.c.before, "-", inner.c.after, BIG if place.is_sqlite else EXACT)
    statement = select(inner.c.id).where(compare(change, ">=", bind(place, asked.least, score.type)))
    return list(uow.connection.execute(statement.order_by(change.desc(), inner.c.id).limit(MOST)).scalars())


def _given(uow: UnitOfWork, definition: Definition, records: Collection[str], day: date) -> dict[str, Given]:
    """Return what each measure gave at the end of a day, and what caps and the scale took, by record."""
    s = snapshots.c
    newest = func.row_number().over(partition_by=s.record, order_by=(s.at.desc(), s.id.desc())).label("newest")
    own = (s.score == definition.id, s.record.in_(id_set(uow.dialect, records)), s.at < end_of(uow, day))
    ranked = select(s.record, s.form, s.variant, s.shares, s.caps, s.computed_value, newest).where(*own).subquery()
    forms: dict[str | None, dict[str, Any]] = {definition.form: definition.form_json}
    given: dict[str, Given] = {}
    for row in uow.connection.execute(select(ranked).where(ranked.c.newest == 1)):
        if row.form not in forms:
            forms[row.form] = find_form(uow, row.form) or definition.form_json
        given[row.record] = given_of(forms[row.form], row)
    return given


def given_of(form: dict[str, Any], row: Any) -> Given:
    """Return what each measure of a snapshot gave, and what caps and the scale took."""
    each = contributions(form, row.variant, row.shares)
    taken = adjustments(form, row.variant, each, row.caps, row.computed_value) if each else []
    return each, sum((a.points for a in taken), Decimal(0))


def _row(definition: Definition, name: str, points: Sequence[Decimal], total: int, language: str) -> list[Any]:
    plan = definition.measure(name)
    label = plan.body.title().show(language) if plan is not None else CAPS.show(language) if name == "adjustments" else name
    return [label, plan.body.group if plan is not None else None, len(points), round(Decimal(len(points)) / total, 4), round(sum(points, Decimal(0)) / len(points), 2)]
