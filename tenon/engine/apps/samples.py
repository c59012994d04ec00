"""Loading the sample records of a package: CSV with field names as columns, written like any other records.

A cell ``today-12`` is the day twelve days ago (``today+3`` in three days), so that samples never age. References are written
by a unique field of the far entity: the first single key, else its title.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

from tenon.engine.context import Context
from tenon.engine.imports.clean import Cleaner
from tenon.engine.records.writing import write_many
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.model import Entity, Field

_DAY = re.compile(r"today([+-]\d{1,5})?\Z")
PART = 1_000


def load_sample(uow: UnitOfWork, ctx: Context, entity_name: str, _file: str, content: bytes) -> None:
    """Write the sample records of one file. Raises Invalid."""
    entity = uow.model.get_entity(entity_name)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    cleaners = {name: Cleaner(entity.fields[name].spec) for name in (rows[0] if rows else ()) if name in entity.fields}
    records = [{name: _value(uow, entity, cleaners, name, cell) for name, cell in row.items() if cell not in (None, "")} for row in rows]
    for start in range(0, len(records), PART):
        write_many(uow, ctx, entity, records[start : start + PART])


def _value(uow: UnitOfWork, entity: Entity, cleaners: dict[str, Cleaner], name: str, cell: str) -> Any:
    field = entity.fields.get(name)
    if field is None:
        return cell
    if field.type.kind in ("date", "datetime") and (found := _DAY.match(cell)):
        return (uow.today + timedelta(days=int(found[1] or 0))).isoformat()
    if field.type.kind == "reference" and field.type.entity not in (None, "user", "unit"):
        return {_key(uow, field): cell}
    try:
        return cleaners[name].clean(cell)[0]
    except BadValue as bad:
        raise Invalid(bad.problem(f"/{entity.name}/{name}")) from None


def _key(uow: UnitOfWork, field: Field) -> str:
    """Return the field of the far entity that cells hold."""
    far = uow.model.get_entity(str(field.type.entity))
    single = [key[0] for key in far.keys if len(key) == 1]
    return single[0] if single else far.title or "id"
