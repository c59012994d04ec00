"""Models of tests: documents written by name, with ids that stay the same from one release to the next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from tenon.engine.schema import Plan, apply, plan
from tenon.engine.tables import Tables
from tenon.metamodel.document import Document
from tenon.metamodel.model import Model
from tenon.metamodel.naming import to_stored
from tenon.metamodel.parse import identify, read_document
from tenon.metamodel.snapshot import build, outline

NOW = "2026-03-01T00:00:00.000000Z"


def field(name: str, type_: str = "text", n: int | None = None, **options: Any) -> dict[str, Any]:
    """A field whose id follows from ``n``, so that it may be renamed."""
    return {"name": name, "type": type_, **({"id": item(n)} if n is not None else {}), **options}


def item(n: int) -> str:
    """The id of the n-th item."""
    return f"00000000-0000-4000-8000-{n:012d}"


def entity(name: str, *fields: dict[str, Any], n: int = 1, **more: Any) -> dict[str, Any]:
    """An entity whose id follows from ``n``."""
    return {"kind": "entity", "name": name, "id": item(9000 + n), "fields": list(fields), **more}


def model_of(*documents: dict[str, Any], number: int = 1) -> Model:
    """The model of raw documents."""
    read = [identify(read_document(raw), None) for raw in documents]
    shape = outline(read, number)
    model = build([to_stored(d, shape) for d in read], number)
    assert not model.problems, model.problems
    return model


def documents_of(model: Model) -> list[Document]:
    """The documents of a model."""
    return list(model.documents.values())


class History:
    """Releases one after the other on one connection, planned and applied."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.models: list[Model] = []
        self.last: Plan | None = None

    @property
    def model(self) -> Model:
        """The model of the last release."""
        return self.models[-1]

    @property
    def tables(self) -> Tables:
        """The tables of the last release."""
        return Tables(self.model, self.connection.dialect.name)

    def plan(self, *documents: dict[str, Any]) -> Plan:
        """Plan the next release."""
        old = self.models[-1] if self.models else None
        return plan(self.connection, old, model_of(*documents, number=len(self.models) + 1), find_model=self.find)

    def go(self, *documents: dict[str, Any]) -> Plan:
        """Plan and apply the next release."""
        found = self.plan(*documents)
        apply(self.connection, found)
        self.models.append(model_of(*documents, number=len(self.models) + 1))
        return found

    def find(self, number: int) -> Model | None:
        """The model of an earlier release."""
        return self.models[number - 1] if 0 < number <= len(self.models) else None

    def add(self, name: str, *rows: dict[str, Any]) -> None:
        """Insert records, their values by the names of fields."""
        entity_ = self.model.entities[name]
        table = self.tables.of(entity_)
        found = self.connection.execute(select(func.count()).select_from(table)).scalar_one()
        for number, row in enumerate(rows):
            values = {entity_.fields[key].column: value for key, value in row.items()}
            values.setdefault("id", item(found + number + 1))
            self.connection.execute(table.insert().values(**values))

    def values(self, name: str, field_name: str) -> list[Any]:
        """The values of a field, in the order the records were made."""
        entity_ = self.model.entities[name]
        table = self.tables.of(entity_)
        return list(self.connection.execute(select(table.c[entity_.fields[field_name].column]).order_by(table.c.id)).scalars())


def step(found: Plan, kind: str) -> Any:
    """The one step of a kind."""
    steps = [s for s in found.steps if s.kind == kind]
    assert len(steps) == 1, [s.id for s in found.steps]
    return steps[0]
