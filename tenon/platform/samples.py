"""The sample records of an app: its files, read as imports are, written in the transaction of the install."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from tenon.engine.context import Cause, Context
from tenon.engine.imports import orders
from tenon.engine.imports.cells import make_reader
from tenon.engine.imports.row_file import Row
from tenon.engine.records.writing import write_many
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem

PART = 2_000


def load_sample(uow: UnitOfWork, ctx: Context, entity_name: str, name: str, content: bytes) -> None:
    """Write the records of one sample file; raises Invalid with every row that is wrong, and then nothing is installed."""
    entity = uow.model.get_entity(entity_name)
    # Whoever installs needs no rights on the records: they are part of the app.
    acting = replace(ctx, is_system=True, cause=Cause("import", label=name))
    with tempfile.TemporaryDirectory(prefix="tenon-") as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(content)
        opened = orders.open_file(path, path.name, entity, None)
        reader = make_reader(uow, entity, opened)
        reader.choose_keys(uow, opened.file.sample(orders.SAMPLE))
        for rows in _parts(opened.file.rows()):
            values: list[dict[str, Any]] = []
            problems: list[Problem] = []
            for row in rows:
                cells, wrong = reader.read(uow, row)
                problems += [p.at(f"/sample/{name}/{row.number}") for p in wrong]
                values.append(cells)
            if problems:
                raise Invalid(problems)
            write_many(uow, acting, entity, values, path=f"/sample/{name}")


def _parts(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while part := list(islice(rows, PART)):
        yield part
