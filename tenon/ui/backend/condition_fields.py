"""Which fields a condition can be about: those of the record, of what it refers to, and what is asked of many records."""

from __future__ import annotations

from collections.abc import Iterator

from tenon.metamodel.expressions.conditions.offers import SUMMARY_LABELS, offers
from tenon.metamodel.expressions.conditions.subjects import Subject
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.types import Type
from tenon.ui.backend.base import View
from tenon.ui.condition_shapes import Pick, PickGroup

NOT_ASKED = frozenset({"deleted_at", "source", "version", "id"})
NUMBERS = ("number", "duration")
MOMENTS = ("date", "datetime")


def icon_of(subject: Subject) -> str:
    """Return the icon of what a condition is about."""
    if subject.relation is not None:
        return "link"
    return subject.field.spec.icon if subject.field is not None else "user"


def comparable(one: Type, other: Type) -> bool:
    """True for types whose values can stand on two sides of a comparison."""
    if one.kind in MOMENTS:
        return other.kind == one.kind
    return one.kind in NUMBERS and other.kind in NUMBERS and (one.currency == other.currency or not (one.currency and other.currency))


def pick_groups(view: View, scope: Scope, entity: Entity, *, with_relations: bool) -> tuple[PickGroup, ...]:
    """Return the fields to choose from, own ones first, what people seldom ask for at the end."""
    language = view.language
    fields = [f for f in scope.fields(entity) if f.name not in NOT_ASKED and offers(f.type)]
    own, system = [f for f in fields if f.origin != "system"], [f for f in fields if f.origin == "system"]
    found = [PickGroup(entity.label.show(language), tuple(_pick(f, f.name, f.label.show(language)) for f in [*own, *system]))]
    if with_relations:
        many = [p for r in scope.relations(entity) for p in _of_many(view, scope, r.name, r.far_id, r.label.show(language))]
        found += [PickGroup(say("Related records", "相关记录").show(language), tuple(many))] if many else []
    for field in fields:
        far = scope.model.find_entity(field.type.entity) if field.type.kind == "reference" and field.type.entity else None
        if far is not None and (far.is_system or view.rights.may(far, "read")):
            label = field.label.show(language)
            picks = tuple(_pick(f, f"{field.name}.{f.name}", f"{label} › {f.label.show(language)}") for f in _plain_fields(scope, far))
            found += [PickGroup(label, picks)] if picks else []
    return tuple(found)


def _plain_fields(scope: Scope, far: Entity) -> list[Field]:
    return [f for f in scope.fields(far) if f.name not in NOT_ASKED and offers(f.type) and (far.is_system or f.origin != "system") and f.part in (None, "score", "band")]


def _pick(field: Field, path: str, label: str) -> Pick:
    return Pick(path, "", label, field.spec.icon)


def _of_many(view: View, scope: Scope, name: str, far_id: str, label: str) -> Iterator[Pick]:
    language, far = view.language, view.model.find_entity(far_id)
    if far is None or not view.rights.may(far, "read"):
        return
    yield Pick(name, "exists", label, "link")
    yield Pick(name, "count", say("{how} {many}", "{many}{how}", how=SUMMARY_LABELS["count"], many=label).show(language), "hash")
    for field in scope.fields(far):
        if field.origin == "system" or field.type.kind not in (*NUMBERS, *MOMENTS):
            continue
        for how in ("sum", "avg", "max") if field.type.kind in NUMBERS else ("last",):
            text = say("{how} {field}", "{field}{how}", how=SUMMARY_LABELS[how], field=f"{label} › {field.label.show(language)}")
            yield Pick(f"{name}.{field.name}", how, text.show(language), field.spec.icon)
