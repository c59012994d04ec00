"""The rights of who fills in a public form: to create one record of its entity, to fill in the one it matches, and nothing else."""

from __future__ import annotations

from tenon.engine.access.grants import CompiledGrant
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.model import Model

VISITOR = "visitor"


def visitor_grants(model: Model, form: str) -> list[CompiledGrant]:
    """Return the grants of a form's visitors, none for a form that is not public (any more).

    Its fields may be written, and known to be there, on no record at all may they be read.
    """
    document = next((d for d in model.all("form") if d.id == form and d.body.public is not None), None)
    entity = model.find_entity(document.body.entity) if document is not None else None
    if document is None or entity is None or entity.is_system:
        return []
    items = [item for section in document.body.sections for item in section.items if hasattr(item, "field")]
    fields = frozenset(field.id for item in items if (field := entity.find_field(item.field)) is not None)
    nowhere = check("1 == 2", Scope(model, entity, use="access"), "boolean")
    none: frozenset[str] = frozenset()
    grants = [
        CompiledGrant(VISITOR, entity.id, frozenset({"create"}), None, none, none, fields),
        CompiledGrant(VISITOR, entity.id, frozenset({"read"}), nowhere, fields, none, none),
    ]
    if document.body.public.match_on:
        grants.append(CompiledGrant(VISITOR, entity.id, frozenset({"read", "update"}), None, none, none, fields))
    return grants
