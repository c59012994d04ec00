"""Paths a reader asks for (``name``, ``owner.name``), resolved with their rights."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.engine.access.rights import Rights, State
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.names import suggest

MAX_STEPS = 4
HIDDEN_BY_DEFAULT = ("deleted_at", "source")


@dataclass(frozen=True)
class Selected:
    """One column of an answer: the key it is under, the references followed, the field, and how it is seen."""

    key: str
    steps: tuple[Field, ...]
    field: Field
    entity: Entity
    state: State


def select_paths(rights: Rights, entity: Entity, paths: list[str] | None, where: str = "fields") -> list[Selected]:
    """Return the columns of the paths, or of all readable fields; raises Invalid for unknown and hidden ones alike."""
    if paths is None:
        fields = [f for f in entity.fields.values() if f.name not in HIDDEN_BY_DEFAULT and rights.state(entity, f) != "hidden"]
        return [Selected(f.name, (), f, entity, rights.state(entity, f)) for f in fields]
    return [find_path(rights, entity, path, where) for path in dict.fromkeys(["id", "version", *paths])]


def find_path(rights: Rights, entity: Entity, path: str, where: str, *, readable: bool = False) -> Selected:
    """Return one path; ``readable`` refuses masked fields too, as filters and sorts have to."""
    *steps, last = path.split(".")
    near, followed = entity, []
    if len(steps) > MAX_STEPS:
        message = say("A path follows at most {n} references.", "路径最多经过 {n} 个引用。", n=MAX_STEPS)
        raise Invalid(Problem(f"/{where}", "over_limit", message, say("Use a shorter path.", "请缩短路径。")))
    for step in steps:
        field = _find(rights, near, step, path, where, readable=True)
        far = rights.model.find_entity(field.type.entity) if field.type.kind == "reference" and field.type.entity else None
        if far is None or not rights.may(far, "read"):
            raise unknown(rights, near, step, where)
        followed.append(field)
        near = far
    field = _find(rights, near, last, path, where, readable=readable)
    return Selected(path, tuple(followed), field, near, rights.state(near, field))


def _find(rights: Rights, entity: Entity, name: str, path: str, where: str, *, readable: bool) -> Field:
    field = entity.fields.get(name)
    if field is None or rights.state(entity, field) == "hidden" or (readable and not rights.may_read(entity, field)):
        raise unknown(rights, entity, name, where)
    return field


def unknown(rights: Rights, entity: Entity, name: str, where: str) -> Invalid:
    """Return the refusal of a field that is not there or not for this reader."""
    near = suggest(name, [f.name for f in entity.fields.values() if rights.may_read(entity, f)])
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else None
    message = say("{entity} has no field {name}.", "{entity} 没有字段 {name}。", entity=entity.label, name=name[:60])
    return Invalid(Problem(f"/{where}", "unknown_field", message, hint))
