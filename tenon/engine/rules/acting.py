"""Who acts for which records: the platform, the person who caused it, the owner of each, or a role with its rights alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Cause, Context, system_context
from tenon.engine.people import load_user
from tenon.engine.rules.whom import people_of
from tenon.engine.rules.work import Doer, Work
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.kinds.connector import ConnectorKind
from tenon.metamodel.kinds.rule import RuleKind, RunAs
from tenon.metamodel.kinds.workflow import WorkflowKind
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.whom import Whom


def role_context(role: str, language: str = "en", cause: Cause | None = None) -> Context:
    """Return the context of a role that acts by itself: its grants are all the rights there are."""
    return Context(None, language, replace(cause or Cause("system"), role=role), role=role)


def role_named(model: Model, body: RuleKind | WorkflowKind | ConnectorKind) -> str | None:
    """Return the name of the role that a rule, workflow or connector acts as; None where it acts as somebody else, "" for a role that is gone."""
    if body.run_as != "role":
        return None
    document = model.find("role", body.role) if body.role is not None else None
    return document.name if document is not None else ""


def unknown_to(model: Model, role: str, own: Entity, expression: Expression) -> Field | None:
    """Return a field that an expression over records of ``own`` reads and the role may not read on every one of them; None where it may.

    Of other entities the role has to read all records, for they are not looked at one by one.
    """
    rights = rights_of(model, role_context(role))
    for entity_id, field_id in sorted(expression.reads):
        entity = model.entities_by_id.get(entity_id)
        field = entity.fields_by_id.get(field_id) if entity is not None else None
        if entity is None or field is None or entity.is_system:
            continue
        everywhere = any(g.where is None for g in rights.readable(entity, field)) or (entity is own and rights.state(entity, field) == "full")
        if not everywhere or not rights.may(entity, "read"):
            return field
    return None


@dataclass(frozen=True)
class Acting:
    """As whom something is done (``role`` is the name of one, with run_as "role"), who caused it (an id), and why."""

    run_as: RunAs
    role: str | None
    by: str | None
    cause: Cause
    language: str

    def split(self, uow: UnitOfWork, doer: Doer, ids: list[str]) -> Iterator[tuple[Context, list[str]]]:
        """Yield who acts for which of the records."""
        system = system_context(doer.kind, language=self.language).with_cause(self.cause)
        if self.run_as == "role":
            yield role_context(str(self.role), self.language, self.cause), ids
            return
        if self.run_as == "person" and self.by:
            user = load_user(uow.connection, self.by)
            yield (Context(user, self.language, self.cause) if user is not None else system), ids
            return
        if self.run_as != "owner":
            yield system, ids
            return
        whose = people_of(Work(uow, system, doer, ids, {}, "", self.language), Whom(field="owner"))
        for owner in sorted({people[0] for people in whose.values()}):
            yield Context(load_user(uow.connection, owner), self.language, self.cause), [each for each in ids if whose.get(each) == [owner]]
        ownerless = [each for each in ids if each not in whose]
        if ownerless:
            yield system, ownerless
