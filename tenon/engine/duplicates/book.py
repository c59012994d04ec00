"""The matchings of a release, ready to compare with; and what two records say to each other under one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenon.engine.duplicates.comparators import COMPARING
from tenon.metamodel.document import Document
from tenon.metamodel.model import Entity, Field, Model

Read = tuple[Any, ...]
"""What of a record is compared, one value a comparison; None where it has nothing."""
KEYLESS = ("id", "boolean")
OPTIONS = ("choice", "stage")
FOUR = Decimal("0.0001")
LONGEST_KEY = 200
"""A longer key is kept as what tells it apart: no database has an index of texts of any length."""


@dataclass(frozen=True)
class Compared:
    """One comparison; ``weight`` None decides alone. ``makes_keys`` False: its values are shared by too many records to look for others by."""

    field: Field
    by: str
    weight: Decimal | None
    comparator: Any
    makes_keys: bool


@dataclass(frozen=True)
class Matching:
    """A matching document of an entity, compiled."""

    id: str
    document: Document
    entity: Entity
    parts: tuple[Compared, ...]
    propose_from: Decimal

    def read(self, values: Mapping[str, Any]) -> Read:
        """Return what is compared of the values of a record by field name."""
        return tuple(None if (v := values.get(p.field.name)) in (None, "") else p.comparator.read(v) for p in self.parts)

    def keys(self, read: Read) -> list[str]:
        """Return the keys under which a record finds those like it."""
        return [f"{n}{_short(key)}" for n, (part, value) in enumerate(zip(self.parts, read, strict=True)) if value is not None and part.makes_keys for key in part.comparator.keys(value)]


def _short(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


@dataclass(frozen=True)
class Found:
    """How alike two records are under a matching, 0 to 1, and all that was compared of them."""

    score: Decimal
    reasons: list[dict[str, Any]]
    matching: str


def matchings_of(model: Model, entity: Entity) -> tuple[Matching, ...]:
    """Return the matchings of an entity."""
    cache: dict[str, tuple[Matching, ...]] | None = model.cache.get("matchings")
    if cache is None:
        made: dict[str, list[Matching]] = {}
        for document in model.all("matching"):
            about = model.find_entity(document.body.entity)
            if about is not None:
                made.setdefault(about.id, []).append(compiled(document, about))
        cache = model.cache["matchings"] = {entity_id: tuple(listed) for entity_id, listed in made.items()}
    return cache.get(entity.id, ())


def compiled(document: Document, entity: Entity) -> Matching:
    """Return a matching document ready to compare with; comparisons of fields that are not there are left out."""
    parts = []
    for each in document.body.compare:
        field = entity.find_field(each.field)
        if field is not None:
            is_common = each.by == "exact" and (field.storage.kind in KEYLESS or field.type.kind in OPTIONS)
            parts.append(Compared(field, each.by, None if each.decides else each.weight, COMPARING[each.by], not is_common))
    if not any(p.makes_keys for p in parts):
        parts = [Compared(p.field, p.by, p.weight, p.comparator, True) for p in parts]
    return Matching(document.id, document, entity, tuple(parts), document.body.propose_from)


def compare(matching: Matching, one: Read, other: Read) -> Found | None:
    """Return how alike two records are; None when they are not to be proposed."""
    reasons = []
    for part, a, b in zip(matching.parts, one, other, strict=True):
        likeness = part.comparator.liken(a, b) if a is not None and b is not None else None
        if likeness is not None and likeness.is_told:
            reasons.append({
                "field": part.field.id, "by": part.by, "likeness": likeness.share, "value": likeness.common,
                "weight": None if part.weight is None else str(part.weight),
            })  # fmt: skip
    score = weigh(reasons)
    return Found(score, reasons, matching.id) if score is not None and score >= matching.propose_from and score > 0 else None


def weigh(reasons: list[dict[str, Any]]) -> Decimal | None:
    """Return how alike what was compared makes two records: the first that decides does, else the mean by weight; None for "not the same"."""
    decided = next((each["likeness"] for each in reasons if each["weight"] is None), None)
    if decided is not None:
        return Decimal(1) if decided >= 1 else None
    total = sum((Decimal(each["weight"]) for each in reasons), Decimal(0))
    got = sum((Decimal(each["weight"]) * Decimal(str(each["likeness"])) for each in reasons), Decimal(0))
    return (got / total).quantize(FOUR) if total else Decimal(0)
