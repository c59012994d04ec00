"""Grants of roles compiled for one model: names become ids, ``*`` becomes the fields it includes."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.engine.recompute.graph import score_expressions
from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.kinds.role import Grant
from tenon.metamodel.model import Entity, Field, Model

ALWAYS = frozenset({"id", "version"})


@dataclass(frozen=True, eq=False)
class CompiledGrant:
    """One grant of one role: field ids that may be read, seen masked, and written; ``where`` None means every record."""

    role: str
    entity_id: str
    actions: frozenset[str]
    where: Expression | None
    read: frozenset[str]
    masked: frozenset[str]
    write: frozenset[str]


def compile_role(model: Model, name: str) -> list[CompiledGrant]:
    """Return the grants of a role, compiled once a release; grants on entities that are not there are left out."""
    cache = model.cache.setdefault("grants", {})
    if name not in cache:
        document = model.find("role", name)
        grants = document.body.grants if document else []
        cache[name] = [c for g in grants if (c := _compile(model, name, g)) is not None]
    found: list[CompiledGrant] = cache[name]
    return found


def _compile(model: Model, role: str, grant: Grant) -> CompiledGrant | None:
    entity = model.find_entity(grant.entity)
    if entity is None or entity.is_system:
        return None
    hidden = _ids(entity, grant.hide)
    masked = _ids(entity, grant.mask) - hidden
    read = _ids(entity, grant.read) if isinstance(grant.read, list) else _everything(model, entity, hidden | masked)
    read = (read - hidden - masked) | ALWAYS
    write = _ids(entity, grant.write) if isinstance(grant.write, list) else frozenset(entity.fields_by_id) - hidden - masked
    where = None
    if grant.where is not None:
        try:
            where = check(grant.where, Scope(model, entity, use="access"), "boolean")
        except Invalid:
            return None  # a release holds checked documents; a filter that no longer reads gives no right at all
    return CompiledGrant(role, entity.id, frozenset(grant.actions), where, read, masked, write - hidden)


def _ids(entity: Entity, paths: list[str]) -> frozenset[str]:
    return frozenset(f.id for path in paths if (f := entity.find_field(path)) is not None)


def _everything(model: Model, entity: Entity, closed: frozenset[str]) -> frozenset[str]:
    """Return what ``*`` includes: every field but those that are computed from a closed one."""
    if not closed:
        return frozenset(entity.fields_by_id)
    return frozenset(f.id for f in entity.fields.values() if f.id not in closed and not closed & reads_of(model, entity, f))


def reads_of(model: Model, entity: Entity, field: Field) -> frozenset[str]:
    """Return the ids of the fields that a formula or a score field reads, directly or through other formulas and scores."""
    cache: dict[str, frozenset[str]] = model.cache.setdefault("reads", {})
    if field.id not in cache:
        # Nothing half done is ever kept: other threads read the same cache.
        found: set[str] = set()
        waiting = [field]
        while waiting:
            for entity_id, field_id in _pairs(model, waiting.pop()):
                other = model.get_entity(entity_id).fields_by_id.get(field_id)
                if field_id not in found and other is not None and (other.is_formula or other.score):
                    waiting.append(other)
                found.add(field_id)
        cache[field.id] = frozenset(found)
    return cache[field.id]


def _pairs(model: Model, field: Field) -> frozenset[tuple[str, str]]:
    if field.expression is not None:
        reads: frozenset[tuple[str, str]] = field.expression.reads
        return reads
    return score_reads(model, field.score) if field.score else frozenset()


def score_reads(model: Model, score_id: str) -> frozenset[tuple[str, str]]:
    """Return (entity id, field id) of everything a score reads."""
    cache: dict[str, frozenset[tuple[str, str]]] = model.cache.setdefault("score_reads", {})
    if score_id not in cache:
        found: set[tuple[str, str]] = set()
        document = model.documents[score_id]
        entity = model.get_entity(document.body.entity)
        for expression in score_expressions(model, entity, document.body):
            found |= expression.reads
        cache[score_id] = frozenset(found)
    return cache[score_id]
