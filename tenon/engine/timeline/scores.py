"""How the scores of the record moved: values that changed, and changes of band."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, String, cast, func, select, type_coerce

from tenon.engine.people import names_of
from tenon.engine.records.save import allowed_ids
from tenon.engine.scores.tables import overrides, snapshots, transitions
from tenon.engine.timeline.sources import Reader
from tenon.metamodel.document import Document

FIRST = 10_000_000
"""Added to the number of an event, so that all keys are equally long."""


def score_sources(reader: Reader) -> Iterator[ScoreValues | BandChanges]:
    """Yield the sources of every score that the reader may see of this record."""
    parts = {(f.score, f.part): reader.seen.get(f.id, False) for f in reader.entity.fields.values() if f.score is not None}
    for document in reader.uow.model.all("score"):
        sees_value, sees_band = parts.get((document.id, "score"), False), parts.get((document.id, "band"), False)
        if sees_value:
            yield ScoreValues(reader, document)
        if sees_band:
            yield BandChanges(reader, document, sees_value=sees_value)


class ScoreValues:
    """Changes of the value of one score that did not change its band; those are told as such."""

    types = ("score",)

    def __init__(self, reader: Reader, document: Document) -> None:
        self.reader, self.document = reader, document
        self.name = f"score:{document.name}"

    def _steps(self) -> Any:
        s = snapshots.c
        order = (s.at, s.id)
        before, was_band = (type_coerce(func.lag(c).over(order_by=order), c.type) for c in (s.value, s.band))
        place = func.row_number().over(order_by=order)
        return (
            select(s.id, s.at, s.value, s.band, s.cause, before.label("before"), was_band.label("was_band"), place.label("place"))
            .where(s.score == self.document.id, s.record == self.reader.id)
            .subquery("steps")
        )

    def events(self) -> Select[Any]:
        """Return when the value moved; the first value is no movement."""
        steps = self._steps()
        moved = steps.c.value.is_distinct_from(steps.c.before)
        stayed = steps.c.band.is_not_distinct_from(steps.c.was_band)
        return select(steps.c.at, _key(steps.c.place)).where(steps.c.place > 1, moved, stayed)

    def tell(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return both values and why."""
        steps = self._steps()
        rows = self.reader.uow.connection.execute(select(steps, _key(steps.c.place)).where(steps.c.place.in_(_places(keys)))).mappings().all()
        causes = _Causes(self.reader, [r["cause"] or {} for r in rows])
        return {
            r["key"]: {
                "type": "score", "by": causes.by(r["cause"]), "cause": causes.show(r["cause"]),
                "score": {**_named(self.reader, self.document), "from": r["before"], "to": r["value"], "band": r["band"]},
            }
            for r in rows
        }  # fmt: skip


class BandChanges:
    """Changes of the band of one score."""

    types = ("band",)

    def __init__(self, reader: Reader, document: Document, *, sees_value: bool) -> None:
        self.reader, self.document, self.sees_value = reader, document, sees_value
        self.name = f"score-band:{document.name}"  # at one moment names decide: what follows from a change stands above it

    def _moves(self) -> Any:
        place = func.row_number().over(order_by=(transitions.c.at, transitions.c.id)).label("place")
        mine = (transitions.c.score == self.document.id, transitions.c.record == self.reader.id)
        return select(transitions, place).where(*mine).subquery("moves")

    def events(self) -> Select[Any]:
        """Return when the band changed, into a gap and out of it too."""
        moves = self._moves()
        return select(moves.c.at, _key(moves.c.place))

    def tell(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return both bands, the values when those may be seen, and why."""
        moves = self._moves()
        found = select(moves, _key(moves.c.place)).where(moves.c.place.in_(_places(keys)))
        rows = [dict(r) for r in self.reader.uow.connection.execute(found).mappings()]
        given = [{"kind": r["cause"], **(r["detail"] or {})} for r in rows]
        causes = _Causes(self.reader, given)
        return {r["key"]: self._entry(r, cause, causes) for r, cause in zip(rows, given, strict=True)}

    def _entry(self, row: Mapping[str, Any], cause: Mapping[str, Any], causes: _Causes) -> dict[str, Any]:
        values = {"value": row["value"], "was": row["was_value"]} if self.sees_value else {}
        told = {**_named(self.reader, self.document), "from": row["from"], "to": row["to"], **values}
        return {"type": "band", "by": causes.by(cause), "cause": causes.show(cause), "band": told}


def _key(place: Any) -> Any:
    """Return the key of the n-th event of this record: text in the order of numbers, and nothing of how many other records have."""
    return cast(place + FIRST, String).label("key")


def _places(keys: Sequence[str]) -> list[int]:
    return [int(key) - FIRST for key in keys if key.isdigit() and len(key) == len(str(FIRST))]


def _named(reader: Reader, document: Document) -> dict[str, Any]:
    return {"score": document.name, "label": document.label.show(reader.ctx.language)}


class _Causes:
    """Why scores moved: by a person's override, or a change of a record that is named only when the reader may see it."""

    def __init__(self, reader: Reader, causes: Sequence[Mapping[str, Any]]) -> None:
        self.reader = reader
        connection = reader.uow.connection
        ids = [c["override"] for c in causes if c.get("override")]
        rows = connection.execute(select(overrides).where(overrides.c.id.in_(ids))).mappings().all() if ids else []
        self.overrides = {r["id"]: r for r in rows}
        self.names = names_of(connection, [r["by"] for r in rows if r["by"]])
        self.visible = self._visible(causes)

    def _visible(self, causes: Sequence[Mapping[str, Any]]) -> set[str]:
        """Return the records that caused something and that the reader may see."""
        asked: dict[str, list[str]] = {}
        for cause in causes:
            if cause.get("record") and cause.get("entity"):
                asked.setdefault(str(cause["entity"]), []).append(str(cause["record"]))
        found: set[str] = set()
        for name, ids in asked.items():
            entity, rights = self.reader.uow.model.find_entity(name), self.reader.rights
            if entity is not None and rights.may(entity, "read"):
                allowed = allowed_ids(self.reader.uow, rights, entity, ids, "read", [])
                found.update(ids if allowed is None else allowed)
        return found

    def by(self, cause: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Return who set an override."""
        row = self.overrides.get((cause or {}).get("override", ""))
        return {"id": row["by"], "title": self.names.get(row["by"])} if row is not None and row["by"] else None

    def show(self, cause: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the cause as this reader may know it."""
        cause = cause or {}
        shown = {"kind": cause.get("kind", "event")}
        row = self.overrides.get(cause.get("override", ""))
        if row is not None:
            shown["reason"] = row["reason"]
        if cause.get("record") in self.visible:
            shown |= {"entity": cause["entity"], "record": cause["record"], "action": cause.get("action")}
        return shown
