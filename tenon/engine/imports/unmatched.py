"""Rows whose record is not there yet: kept waiting with the key that nobody knows, and written when it appears."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Cause, Context
from tenon.engine.imports import orders
from tenon.engine.imports.numbers import write_rows
from tenon.engine.records.linked import LINK
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.waiting.matching import Stays
from tenon.engine.waiting.table import BY_LINK, Parked, Wanted
from tenon.metamodel.errors import NotFound, Problem, TenonError
from tenon.metamodel.model import Entity

ROW = "row"
"""The kind under which rows of imports wait."""


def wanted_of(uow: UnitOfWork, entity: Entity, values: Mapping[str, Any], problems: Sequence[Problem]) -> Wanted | None:
    """Return what a refused row waits for, None when anything else is wrong with it than a record that is not there."""
    found = None
    for problem in problems:
        name = problem.path.rpartition("/")[2]
        wanted = named(uow, entity, name, values.get(name)) if problem.code == "no_such_record" else None
        if wanted is None:
            return None
        found = found or wanted
    return found


def named(uow: UnitOfWork, entity: Entity, name: str, value: Any) -> Wanted | None:
    """Return the record that a value of a reference names by a key, None when it names none so."""
    field = entity.fields.get(name)
    if field is None or field.type.kind != "reference" or field.storage.kind == "pair" or not isinstance(value, Mapping) or len(value) != 1:
        return None
    target, (by, key) = uow.model.find_entity(field.targets[0]), next(iter(value.items()))
    if target is None or target.is_system:
        return None
    if by == LINK and isinstance(key, Mapping):
        return Wanted(target.id, BY_LINK, str(key.get("system") or ""), str(key["external_id"]))
    far = target.fields.get(by)
    return Wanted(target.id, far.id, "", str(key)) if far is not None and by != "id" else None


def parked(entity: Entity, wanted: Wanted, values: Mapping[str, Any], order: Mapping[str, Any], row: int) -> Parked:
    """Return a row as it waits."""
    plain = json.loads(json.dumps(values, default=str))  # numbers and days as texts, which the writer takes as well
    return Parked(ROW, entity.id, wanted, {"values": plain, "mode": order["mode"], "match_on": list(order["match_on"])}, import_id=order["id"], row=row)


def try_rows(uow: UnitOfWork, ctx: Context, rows: Sequence[Mapping[str, Any]], known: Mapping[Wanted, str]) -> dict[str, Stays]:
    """Write rows of one import that waited and return those that stay, with what they wait for or what is wrong."""
    entity = uow.model.find_entity(rows[0]["entity"])
    if entity is None:
        return {row["id"]: Wanted.of(row) for row in rows}
    try:
        order = orders.get(uow.connection, rows[0]["import"])
        ctx = replace(ctx, cause=Cause("import", order["id"], order["file_name"]))
        rights_of(uow.model, ctx).require(entity, "import")
        values = [_with_known(uow, entity, row["content"]["values"], known) for row in rows]
        written = write_rows(uow, ctx, entity, values, order)
    except NotFound:
        return {row["id"]: Wanted.of(row) for row in rows}
    except TenonError as error:
        return {row["id"]: list(error.problems) for row in rows}
    stays: dict[str, Stays] = {}
    for row, each, result in zip(rows, values, written, strict=True):
        if not result.is_good:
            stays[row["id"]] = wanted_of(uow, entity, each, result.own_problems) or result.own_problems
    return stays


def _with_known(uow: UnitOfWork, entity: Entity, values: Mapping[str, Any], known: Mapping[Wanted, str]) -> dict[str, Any]:
    """Return values with the records that somebody chose in place of the keys that named them."""
    chosen = {name: id for name, value in values.items() if known and (w := named(uow, entity, name, value)) is not None and (id := known.get(w))}
    return {**values, **chosen}
