"""A score explained for a page: gauge, measures with their inputs, what changed, and its trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.people import names_of
from tenon.engine.records.rules import compiled
from tenon.engine.records.save import allowed_ids
from tenon.engine.records.stored import load
from tenon.engine.scores.explain import explain
from tenon.engine.scores.groups import group_label
from tenon.engine.scores.overrides import LONGEST
from tenon.engine.scores.snapshots import find_snapshot, history_of
from tenon.engine.scores.tables import ratings
from tenon.metamodel.document import Document
from tenon.metamodel.errors import not_found
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import column_of
from tenon.ui.backend.conditions import value_in_words
from tenon.ui.record_shapes import BandEdge, Fact, MeasureView, Movement, Override, Rating, Reason, ScoreView, Source
from tenon.ui.shapes import Choice, Field

TREND_DAYS = 90
MOST_POINTS = 120
MOST_REASONS = 3


def score_of(view: View, entity: Entity, name: str) -> Document:
    """Return a score of an entity that the reader may see. Raises NotFound."""
    found = next((d for d in scores_of(view, entity) if d.name == name), None)
    if found is None:
        raise not_found()
    return found


def score_view(view: View, entity: Entity, record: str, score: Document, on: date | None = None, since: date | None = None) -> ScoreView:
    """Return a score explained on a day, with what changed since another; the trend days before it unless given."""
    day = min(on or view.uow.today, view.uow.today)
    before = since if since is not None and since < day else day - timedelta(days=score.body.trend_days)
    answer = explain(view.uow, view.rights, score.id, record, on, before, view.language)
    bands = {b.name: Choice(b.name, b.title().show(view.language), b.colour) for b in score.body.bands}
    low, high = score.body.scale
    past = find_snapshot(view.uow, score.id, record, before)
    value = _number(answer["value"])
    is_now = day >= view.uow.today
    is_unknown = is_now and answer["variant"] is None and answer["override"] is None
    condition = _outside(view, entity, record, score) if is_unknown else None
    rated = _ratings(view, score, record) if is_now else {}
    measures = [_measure(view, entity, m, rated.get(m["name"])) for m in answer["measures"]]
    return ScoreView(
        score.name, score.label.show(view.language), value, bands.get(answer["band"]), low, high,
        tuple(BandEdge(bands[b.name], b.lower) for b in sorted(score.body.bands, key=lambda b: b.lower)),
        by_group(measures),
        tuple((a["label"], _number(a["points"]) or Decimal(0)) for a in answer["adjustments"]),
        _number(answer["coverage"]), day, before, _number(past["value"]) if past else None,
        _changes(view, score, answer), _trend(view, score, record, day, value),
        _variant(view, score, answer["variant"]), answer["release"], _override(view, answer, bands), is_unknown and answer["release"] is None and condition is None,
        condition is not None, not is_now, condition or None,
        is_now and _may(view, entity, record, "override"), bool(rated) and _may(view, entity, record, "update"),
        view.uow.today, view.uow.today + LONGEST, *reasons(measures, answer["adjustments"]),
        tuple((n, day - timedelta(days=n)) for n in sorted({7, 30, score.body.trend_days})),
    )  # fmt: skip


def reasons(measures: list[MeasureView], adjustments: Sequence[Mapping[str, Any]]) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return what holds a score up, and what pulls it down: points given, points not reached and taken by caps, the largest first."""
    strong = sorted((Reason(m.name, m.label, m.points) for m in measures if m.points > 0), key=lambda r: -r.points)
    lost = [Reason(m.name, m.label, m.points - (m.maximum or 0)) for m in measures]
    lost += [Reason(None, a["label"], _number(a["points"]) or Decimal(0)) for a in adjustments]
    weak = sorted((r for r in lost if r.points < 0), key=lambda r: r.points)
    return tuple(strong[:MOST_REASONS]), tuple(weak[:MOST_REASONS])


def by_group(measures: list[MeasureView]) -> tuple[MeasureView, ...]:
    """Return the measures with those of a group together, in order of first appearance; those without a group come first."""
    places = {group: n for n, group in enumerate(dict.fromkeys([None, *(m.group for m in measures)]))}
    return tuple(sorted(measures, key=lambda m: places[m.group]))


def _number(value: Any) -> Decimal | None:
    return None if value is None else value if isinstance(value, Decimal) else Decimal(str(value))


def _may(view: View, entity: Entity, record: str, action: str) -> bool:
    if not view.rights.may(entity, action):
        return False
    allowed = allowed_ids(view.uow, view.rights, entity, [record], action, [])
    return allowed is None or record in allowed


def _ratings(view: View, score: Document, record: str) -> dict[str, Rating]:
    """Return the measures that people rate, by name, each with the rating that holds."""
    manual = {m.id: m.name for v in score.body.variants for m in v.measures if m.manual}
    if not manual:
        return {}
    r = ratings.c
    holds = [r.score == score.id, r.record == record, r.measure.in_(manual), r.expires_at.is_(None) | (r.expires_at > view.uow.now)]
    rows = {row["measure"]: row for row in view.uow.connection.execute(ratings.select().where(*holds)).mappings()}
    names = names_of(view.uow.connection, [row["by"] for row in rows.values() if row["by"]])
    found = dict.fromkeys(manual.values(), Rating())
    for measure, row in rows.items():
        percent = Decimal(row["share"]) / 100
        found[manual[measure]] = Rating(percent, names.get(row["by"] or ""), row["at"], row["expires_at"], row["note"])
    return found


def _outside(view: View, entity: Entity, record: str, score: Document) -> str | None:
    """Return the condition of a score in words when the record is none of those it is for, "" to who may not read what it hangs on."""
    if score.body.where is None:
        return None
    expression = compiled(view.uow, entity, score.body.where, "value", "boolean")
    stored = load(view.uow, entity, [record])[record]
    if value_of(view.uow, expression, RecordFacts(view.uow, entity, {**stored, "id": record}), None):
        return None
    is_told = all(e == entity.id and view.rights.may_read(entity, entity.fields_by_id[f]) for e, f in expression.reads)
    return value_in_words(view, entity, score.body.where, is_truth=True) if is_told else ""


def _variant(view: View, score: Document, name: str | None) -> str | None:
    """Return the label of the variant, when there are several to tell apart."""
    found = next((v for v in score.body.variants if v.name == name), None)
    return found.title().show(view.language) if found is not None and len(score.body.variants) > 1 else None


def _measure(view: View, entity: Entity, found: Mapping[str, Any], rating: Rating | None) -> MeasureView:
    inputs = tuple(fact for i in found["inputs"] if (fact := _input(view, entity, i)) is not None)
    rows, source = found["rows"], None
    far = view.model.find_entity(rows["entity"]) if rows else None
    if rows and far is not None:
        url = f"/records/{far.name}?{urlencode({'filter': rows['filter']})}" if view.rights.may(far, "read") else None
        source = Source(far.plural.show(view.language), rows["count"], url)
    points, most = _number(found["points"]) or Decimal(0), _number(found["max"])
    return MeasureView(
        found["name"], found["label"], _number(found["share"]), points, most, group_label(found["group"], view.language), bool(found["missing"]), bool(found["stale"]),
        inputs, source, rating,
    )  # fmt: skip


def _input(view: View, entity: Entity, found: Mapping[str, Any]) -> Fact | None:
    """Return an input as a fact: a path by its label, an aggregate in words."""
    if found.get("hidden"):
        return Fact(Field("hidden", say("Not visible to you", "您无权查看").show(view.language)), None, is_masked=True)
    path, value = str(found["path"]), found["value"]
    column = column_of(view, entity, path)
    if column is not None and column.field.type not in (
        "reference",
        "user",
        "unit",
        "any_reference",
        "references",
        "file",
        "image",
        "score",
    ):
        return Fact(column.field, value)
    kind = next((name for type_, name in _KINDS if isinstance(value, type_)), "text")
    label = column.field.label if column is not None else value_in_words(view, entity, path, is_truth=isinstance(value, bool))
    return Fact(Field(path, label, kind), value if kind != "text" or value is None else str(value))


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"), (int, "decimal"), (float, "decimal"), (Decimal, "decimal"), (datetime, "datetime"), (date, "date"),
)  # fmt: skip


def _changes(view: View, score: Document, answer: Mapping[str, Any]) -> tuple[Movement, ...]:
    labels = {m.name: m.title().show(view.language) for v in score.body.variants for m in v.measures}
    labels["adjustments"] = say("Limits and caps", "上下限与封顶").show(view.language)
    return tuple(
        Movement(labels.get(c["name"], c["name"]), *(_number(c[k]) or Decimal(0) for k in ("from", "to", "change")))
        for c in answer["changes"]
    )


def _trend(view: View, score: Document, record: str, day: date, value: Decimal | None) -> tuple[tuple[date, Decimal], ...]:
    """Return the last value of each day on which it changed, and that of the day itself."""
    first = day - timedelta(days=TREND_DAYS)
    start = find_snapshot(view.uow, score.id, record, first - timedelta(days=1))
    points: dict[date, Decimal] = {}
    if start is not None and start["value"] is not None:
        points[first] = start["value"]
    for row in history_of(view.uow, score.id, record, first, day):
        if row["value"] is not None:
            points[row["at"].astimezone(view.uow.timezone).date()] = row["value"]
    if value is not None and points:
        points[day] = value
    return tuple(sorted(points.items())[-MOST_POINTS:])


def _override(view: View, answer: Mapping[str, Any], bands: Mapping[str, Choice]) -> Override | None:
    found = answer["override"]
    if found is None:
        return None
    by = (found["by"] or {}).get("title") or Text("Tenon", "Tenon").show()
    computed = answer["computed"]
    return Override(by, found["reason"], found["expires_at"], _number(computed["value"]), bands.get(computed["band"]))


def scores_of(view: View, entity: Entity) -> list[Document]:
    """Return the scores of an entity that the reader may see."""
    shown = {f.score for f in entity.fields.values() if f.part == "score" and f.score and view.rights.may_read(entity, f)}
    return [d for d in view.model.all("score") if d.id in shown]
