"""Why a score is what it is: its measures with their inputs, what held it, and what changed since another day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import action_condition, environment, readable_condition
from tenon.engine.access.rights import Rights
from tenon.engine.people import names_of
from tenon.engine.scores.contributions import Adjustment, Contribution, adjustments, contributions, plain
from tenon.engine.scores.definition import Definition, define, ten_thousandths
from tenon.engine.scores.difference import difference
from tenon.engine.scores.inputs import read_inputs
from tenon.engine.scores.movement import due_on
from tenon.engine.scores.overrides import find_override
from tenon.engine.scores.snapshots import end_of, find_form, find_snapshot
from tenon.engine.scores.tables import runs
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import not_found
from tenon.metamodel.labels import Text, say


@dataclass(frozen=True)
class View:
    """A score at one time: the stored row or a snapshot, and what its shares mean."""

    row: Mapping[str, Any]
    form: dict[str, Any]
    given: list[Contribution]
    adjusted: list[Adjustment]

    @property
    def value(self) -> Decimal | None:
        """The computed score."""
        found: Decimal | None = self.row["computed_value"]
        return found


def explain(
    uow: UnitOfWork, rights: Rights, score: str, record: str, on: date | None = None, since: date | None = None, language: str = "en"
) -> dict[str, Any]:
    """Return the explanation of a score as JSON, for now or for the end of a past day, as the reader may see it.

    ``since`` adds what changed from that day. Raises NotFound when the reader may not see the record or the score, and for a
    record in the trash.
    """
    definition = define(uow.model, uow.model.get("score", score))
    _check_visible(uow, rights, definition, record)
    is_now = on is None or on >= uow.today
    day = uow.today if on is None else on
    view = _now_view(uow, definition, record) if is_now else _past_view(uow, definition, record, day)
    moment = uow.now if is_now else end_of(uow, day) - timedelta(microseconds=1)
    answer: dict[str, Any] = {
        "score": definition.document.name, "record": record, "on": day.isoformat(), "value": None, "band": None,
        "computed": {"value": None, "band": None}, "override": _override(uow, definition, record, moment), "variant": None, "release": None,
        "coverage": None, "trend": _trend(uow, definition, record, day, view), "measures": [], "adjustments": [], "changes": [],
    }  # fmt: skip
    if view is None:
        return answer
    row = view.row
    answer |= {
        "value": row["value"], "band": row["band"], "computed": {"value": row["computed_value"], "band": row["computed_band"]},
        "variant": row["variant"], "release": row["release"], "coverage": row["coverage"],
    }  # fmt: skip
    answer["measures"] = _measures(uow, rights, definition, view, record, is_now=is_now, language=language)
    answer["adjustments"] = [_adjustment(definition, a, language) for a in view.adjusted] + _movement(uow, definition, view, language)
    if since is not None:
        before = _past_view(uow, definition, record, since)
        answer["changes"] = difference(before.given if before else [], _sum(before), view.given, _sum(view))
    return answer


def _check_visible(uow: UnitOfWork, rights: Rights, definition: Definition, record: str) -> None:
    """Raise NotFound unless the record is there and this person may read the score on it."""
    entity = definition.entity
    rights.require(entity, "read")
    own = next(f for f in entity.fields.values() if f.score == definition.id and f.part == "score")
    if not rights.may_read(entity, own):
        raise not_found()
    table, env = uow.tables.of(entity), environment(uow, rights)
    limits = (action_condition(env, table, entity, rights, "read"), readable_condition(env, table, entity, rights, [own]))
    found = select(table.c.id).where(table.c.id == record, table.c.deleted_at.is_(None), *(c for c in limits if c is not None))
    if uow.connection.execute(found).first() is None:
        raise not_found()


def _now_view(uow: UnitOfWork, definition: Definition, record: str) -> View | None:
    table = uow.tables.score(definition.id)
    row = uow.connection.execute(select(table).where(table.c.record == record)).mappings().first()
    if row is None:
        return None
    return _view(uow, definition, {**row, "value": row["score"], "computed_value": row["computed_score"]})


def _past_view(uow: UnitOfWork, definition: Definition, record: str, day: date) -> View | None:
    row = find_snapshot(uow, definition.id, record, day)
    return None if row is None or row["variant"] is None else _view(uow, definition, row)


def _view(uow: UnitOfWork, definition: Definition, row: Mapping[str, Any]) -> View:
    form = definition.form_json if row["form"] == definition.form else find_form(uow, row["form"]) or definition.form_json
    given = contributions(form, row["variant"], row["shares"])
    return View(row, form, given, adjustments(form, row["variant"], given, row["caps"], row["computed_value"]))


def _sum(view: View | None) -> Decimal:
    return sum((a.points for a in view.adjusted), Decimal(0)) if view else Decimal(0)


def _measures(
    uow: UnitOfWork, rights: Rights, definition: Definition, view: View, record: str, *, is_now: bool, language: str
) -> list[dict[str, Any]]:
    plans = {c.id: definition.measure(c.id) for c in view.given}
    present = [plan for plan in plans.values() if plan is not None]
    is_current = is_now and view.row["form"] == definition.form
    read = read_inputs(uow, rights, definition, present, record) if is_current else {}
    listed = []
    for each in view.given:
        plan = plans[each.id]
        inputs, rows = read.get(each.id, ([], None))
        entry: dict[str, Any] = {
            "name": each.name, "label": plan.body.title().show(language) if plan else each.name, "group": each.group, "share": each.share,
            "points": each.points, "max": each.most, "missing": each.is_missing, "stale": each.is_stale, "inputs": inputs, "rows": rows,
        }  # fmt: skip
        if plan is not None and any(e.uses_population for e in plan.expressions):
            entry["run"] = _last_cuts(uow, definition)
        listed.append(entry)
    return listed


def _last_cuts(uow: UnitOfWork, definition: Definition) -> dict[str, Any] | None:
    """Return the run whose cut points rank the records."""
    r = runs.c
    found = select(r.id, r.as_of).where(r.score == definition.id, r.has_cuts == 1, r.state == "done").order_by(r.id.desc()).limit(1)
    row = uow.connection.execute(found).first()
    return {"id": row.id, "as_of": row.as_of} if row else None


def _adjustment(definition: Definition, found: Adjustment, language: str) -> dict[str, Any]:
    label = say("Limits of the scale", "分值范围")
    if found.type == "cap":
        caps = definition.body.caps
        own = caps[found.index].label if found.index is not None and found.index < len(caps) else None
        label = own or say("Cap", "封顶")
    return {"type": found.type, "label": label.show(language), "points": plain(found.points)}


def _movement(uow: UnitOfWork, definition: Definition, view: View, language: str) -> list[dict[str, Any]]:
    """Return that a change of band is held back, and until when."""
    row = view.row
    placed, value = row["computed_band"], row["computed_value"]
    if placed is None or value is None:
        return []
    whole = ten_thousandths(value)
    asked = next(
        (n for n, edge in reversed(list(zip(definition.bands, definition.edges, strict=True))) if whole >= edge), definition.bands[0]
    )
    if asked == placed or placed not in definition.bands:
        return []
    due = due_on(definition.movement, row.get("wanted"), _day(uow, row.get("wanted_since")), _day(uow, row.get("band_since")))
    band, wanted = definition.band_label(placed) or Text.of(placed), definition.band_label(asked) or Text.of(asked)
    if due is not None:
        label = say(
            "Stays {band}; {wanted} is due on {day}.",
            "仍为{band}；{wanted}将于 {day} 生效。",
            band=band,
            wanted=wanted,
            day=due.isoformat(),
        )
    else:
        label = say("Stays {band} although the score says {wanted}.", "仍为{band}，尽管分数对应{wanted}。", band=band, wanted=wanted)
    return [{"type": "movement", "label": label.show(language), "points": Decimal(0)}]


def _day(uow: UnitOfWork, moment: datetime | None) -> date | None:
    return moment.astimezone(uow.timezone).date() if moment is not None else None


def _override(uow: UnitOfWork, definition: Definition, record: str, moment: datetime) -> dict[str, Any] | None:
    found = find_override(uow, definition, record, moment)
    if found is None:
        return None
    what = {"value": found["value"]} if found["value"] is not None else {"band": found["band"]}
    by = {"id": found["by"], "title": names_of(uow.connection, [found["by"]]).get(found["by"])} if found["by"] else None
    return {**what, "reason": found["reason"], "by": by, "expires_at": found["expires_at"]}


def _trend(uow: UnitOfWork, definition: Definition, record: str, day: date, view: View | None) -> dict[str, Any]:
    """Return the change since the end of the day exactly so many days before."""
    days = definition.body.trend_days
    start = day - timedelta(days=days)
    before = find_snapshot(uow, definition.id, record, start)
    then, now = (before or {}).get("value"), view.row["value"] if view else None
    change = now - then if now is not None and then is not None else None
    return {"days": days, "from": start.isoformat(), "value": then, "change": change}
