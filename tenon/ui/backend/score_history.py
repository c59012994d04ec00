"""How a score of a record moved: its steps, where the model or the variant changed, and overrides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from tenon.engine.people import names_of
from tenon.engine.scores.definition import define
from tenon.engine.scores.overrides import overrides_between
from tenon.engine.scores.snapshots import end_of, find_snapshot, history_of
from tenon.metamodel.document import Document
from tenon.metamodel.errors import not_found
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.record import Record
from tenon.ui.backend.scores import score_of
from tenon.ui.backend.timelines import CAUSES, caused_by
from tenon.ui.block_shapes import Break, Held, History, Step
from tenon.ui.record_shapes import BandEdge
from tenon.ui.shapes import Choice

SPANS = (30, 90, 365)
MOST_STEPS = 1_000


def score_history(view: View, entity: str, id: str, score: str, days: int) -> History:
    """Return how a score moved in the last days. Raises NotFound."""
    record = Record(view, view.entity(entity), id_of(id))
    if record.is_deleted or days not in SPANS:
        raise not_found()
    document = score_of(view, record.entity, score)
    today = view.uow.today
    first = today - timedelta(days=days)
    rows = _rows(view, document, record.id, first, today)
    bands = {b.name: Choice(b.name, b.title().show(view.language), b.colour) for b in document.body.bands}
    low, high = document.body.scale
    steps = tuple(Step(r["at"], r["value"], bands.get(r["band"]), _cause(view, r), r["value"] != r["computed_value"]) for r in rows)
    edges = tuple(BandEdge(bands[b.name], b.lower) for b in sorted(document.body.bands, key=lambda b: b.lower))
    return History(
        document.name, document.label.show(view.language), f"{record.url}/scores/{document.name}/history", days, SPANS, low, high, edges, steps,
        tuple(_breaks(view, document, rows)), _held(view, document, record.id, first, bands), end_of(view.uow, first - timedelta(days=1)), view.uow.now,
    )  # fmt: skip


def _rows(view: View, document: Document, record: str, first: date, today: date) -> list[dict[str, Any]]:
    """Return the steps of the days, beginning with the value the first day began with."""
    before = find_snapshot(view.uow, document.id, record, first - timedelta(days=1))
    start = [{**before, "at": end_of(view.uow, first - timedelta(days=1))}] if before is not None else []
    return [*start, *history_of(view.uow, document.id, record, first, today)][-MOST_STEPS:]


def _cause(view: View, row: Mapping[str, Any]) -> str | None:
    cause = row["cause"] or {}
    text = CAUSES.get(str(cause.get("kind")))
    if text is None or cause.get("kind") != "event":
        return text.show(view.language) if text is not None else None
    far = view.model.find_entity(str(cause.get("entity", "")))
    return caused_by(view, far) if far is not None else None


def _breaks(view: View, document: Document, rows: Sequence[Mapping[str, Any]]) -> list[Break]:
    """Return where the model or the variant became another: values before and after are not of one measure."""
    variants = {v.name: v.title() for v in document.body.variants}
    found = []
    for before, after in pairwise(rows):
        if None in (before["variant"], after["variant"]):
            continue
        if before["variant"] != after["variant"]:
            name = variants.get(after["variant"], Text.of(after["variant"]))
            found.append(Break(after["at"], say("Variant: {name}", "版本：{name}", name=name).show(view.language)))
        elif before["form"] != after["form"]:
            found.append(Break(after["at"], say("Model of release {n}", "第 {n} 版模型", n=after["release"]).show(view.language)))
    return found


def _held(view: View, document: Document, record: str, first: date, bands: Mapping[str, Choice]) -> tuple[Held, ...]:
    since: datetime = end_of(view.uow, first - timedelta(days=1))
    rows = overrides_between(view.uow, define(view.model, document), record, since, view.uow.now)
    names = names_of(view.uow.connection, [r["by"] for r in rows if r["by"]])
    return tuple(Held(r["at"], r["ends_at"], r["value"], bands.get(r["band"]), names.get(r["by"] or "", "Tenon"), r["reason"]) for r in rows)
