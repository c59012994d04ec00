"""A workspace with the app core, to which a test adds rules; what they do after a write is done by the worker when told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tenon.engine.context import Cause, Context, system_context
from tenon.engine.history import history
from tenon.engine.outside import FixedClock
from tenon.engine.people import load_user
from tenon.engine.query.pages import Ask, page
from tenon.engine.records.deleting import delete
from tenon.engine.records.writing import change, create, write_many
from tenon.engine.releases import publish_documents
from tenon.engine.rules.tables import misses, runs
from tenon.metamodel.errors import Invalid
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.people import add

SYSTEM = system_context()
LABEL = {"en": "Rule", "zh": "规则"}


@dataclass
class Rules:
    """The workspace, and short ways to use it."""

    platform: Platform

    def publish(self, *documents: dict[str, Any]) -> None:
        """Publish documents; rules take a label from here."""
        publish_documents(self.platform.publisher, SYSTEM, [{"label": LABEL, **document} for document in documents])

    def refuses(self, document: dict[str, Any]) -> list[tuple[str, str]]:
        """Return path and code of what is wrong with a document that cannot be published."""
        try:
            self.publish(document)
        except Invalid as error:
            return [(problem.path.split("/", 3)[-1], problem.code) for problem in error.problems]
        return []

    def person(self, name: str, *roles: str, **more: Any) -> str:
        """Make somebody and return their id."""
        return add(self.platform.database, f"{name}@tenon.example", list(roles), **more)

    def context(self, id: str, **cause: Any) -> Context:
        """Return somebody's context."""
        with self.platform.read() as uow:
            return Context(load_user(uow.connection, id), cause=Cause(**(cause or {"kind": "person"})))

    def add(self, entity: str, *, by: Context = SYSTEM, **values: Any) -> str:
        """Create a record and return its id."""
        with self.platform.write() as uow:
            return create(uow, by, uow.model.get_entity(entity), values)

    def add_all(self, entity: str, rows: list[dict[str, Any]]) -> list[str]:
        """Create many records in one write."""
        with self.platform.write() as uow:
            return [str(row.id) for row in write_many(uow, SYSTEM, uow.model.get_entity(entity), rows)]

    def change(self, entity: str, id: str, *, by: Context = SYSTEM, **values: Any) -> None:
        """Change a record."""
        with self.platform.write() as uow:
            change(uow, by, uow.model.get_entity(entity), id, values)

    def remove(self, entity: str, *ids: str) -> None:
        """Delete records."""
        with self.platform.write() as uow:
            delete(uow, SYSTEM, uow.model.get_entity(entity), list(ids))

    def tell(self, event: Any) -> None:
        """Let listeners hear something in a write."""
        with self.platform.write() as uow:
            uow.tell(event)

    def work(self) -> int:
        """Do all jobs that are due; return how many were done."""
        return make_worker(self.platform).run_until_idle()

    def pass_time(self, **by: float) -> None:
        """Let the clock go on."""
        clock = self.platform.outside.clock
        assert isinstance(clock, FixedClock)
        clock.advance(**by)

    def records(self, entity: str, *fields: str, **more: Any) -> list[dict[str, Any]]:
        """Return living records with these fields, oldest first."""
        with self.platform.read() as uow:
            ask = Ask(fields=list(fields), limit=500, sort=["created_at", "id"], **more)
            return list(page(uow, SYSTEM, uow.model.get_entity(entity), ask).records)

    def values(self, entity: str, field: str, **more: Any) -> list[Any]:
        """Return one field of all records."""
        return [record[field] for record in self.records(entity, field, **more)]

    def runs(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return the runs of a rule, or of all, oldest first."""
        with self.platform.read() as uow:
            wanted = select(runs).order_by(runs.c.id)
            if name is not None:
                wanted = wanted.where(runs.c.rule == uow.model.get("rule", name).id)
            return [dict(row) for row in uow.connection.execute(wanted).mappings()]

    def states(self, name: str | None = None) -> list[str]:
        """Return the states of runs, oldest first."""
        return [run["state"] if not run["reason"] else f"{run['state']}: {run['reason']}" for run in self.runs(name)]

    def causes(self, record: str) -> list[dict[str, Any]]:
        """Return the causes in the history of a record, oldest first."""
        with self.platform.read() as uow:
            return [row.cause for row in uow.connection.execute(select(history.c.cause).where(history.c.record == record).order_by(history.c.id))]

    def misses(self) -> list[dict[str, Any]]:
        """Return what was written of evaluations that did not fire."""
        with self.platform.read() as uow:
            return [dict(row) for row in uow.connection.execute(select(misses).order_by(misses.c.id)).mappings()]


def rule(name: str, trigger: dict[str, Any] | str, *actions: dict[str, Any], entity: str = "customer", **more: Any) -> dict[str, Any]:
    """Return the document of a rule."""
    return {
        "kind": "rule", "name": name, "entity": entity, "trigger": {"type": trigger} if isinstance(trigger, str) else trigger, "actions": list(actions), **more,
    }


def note(text: str = "'noted'") -> dict[str, Any]:
    """Return the action that sets the notes of a customer."""
    return {"type": "set_fields", "fields": {"notes": text}}
