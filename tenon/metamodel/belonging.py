"""The field that says to which record of one entity a record of another belongs: a usage event to its customer, a comment to what it is on."""

from __future__ import annotations

from tenon.metamodel.model import Entity, Field


def reference_to(source: Entity, target: Entity) -> Field | None:
    """Return the first field of an entity that leads to one record of another; fields that lead to any record come last."""
    plain = [f for f in source.fields.values() if f.origin not in ("system", "score") and f.type.kind == "reference" and not f.is_to_many]
    found = [f for f in plain if target.id in f.targets or f.storage.kind == "pair"]
    return min(found, key=lambda f: f.storage.kind == "pair", default=None)
