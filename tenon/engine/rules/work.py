"""What an action gets to do: one rule, a set of records, who acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import CauseKind, Context
from tenon.engine.records.computing import compute
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity


@dataclass(frozen=True)
class Doer:
    """What does it: a rule or a workflow (``kind``), its id, name and label, and the entity of the records it does it for."""

    kind: CauseKind
    id: str
    name: str
    label: Text
    entity: Entity


@dataclass
class Work:
    """The records (ids) for which something is done, with what is known of each; everything done is of one ``batch``."""

    uow: UnitOfWork
    ctx: Context
    doer: Doer
    ids: list[str]
    facts: Mapping[str, Mapping[str, Any]]
    batch: str
    language: str = "en"

    @property
    def entity(self) -> Entity:
        """The entity of the records."""
        return self.doer.entity

    @property
    def rights(self) -> Rights:
        """What who acts may do."""
        return rights_of(self.uow.model, self.ctx)

    def living(self) -> list[str]:
        """Return the records that are still there, in their order."""
        table = self.uow.tables.of(self.entity)
        found = select(table.c.id).where(table.c.id.in_(id_set(self.uow.dialect, self.ids)), table.c.deleted_at.is_(None))
        there = set(self.uow.connection.execute(found).scalars())
        return [each for each in self.ids if each in there]

    @cached_property
    def customers(self) -> dict[str, str]:
        """The customer that each record is, or belongs to."""
        if self.entity.name == "customer":
            return {each: each for each in self.ids}
        field = next((f for f in self.entity.fields.values() if f.targets and not f.is_to_many and f.name == "customer" and f.storage.kind != "pair"), None)
        if field is None:
            return {}
        found = compute(self.uow, self.rights, self.entity, {"customer": field.name}, self.ids)
        return {record: str(values["customer"]) for record, values in found.items() if values.get("customer")}


def needs(work: Work, name: str) -> Entity:
    """Return an entity of the app core; raises Invalid where it is not installed."""
    entity = work.uow.model.entities.get(name)
    if entity is None:
        message = say("There is no entity {name}.", "没有对象 {name}。", name=name)
        raise Invalid(Problem("", "no_such_entity", message, say("Install the app core.", "请安装 core 应用。")))
    return entity
