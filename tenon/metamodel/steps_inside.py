"""The steps of a workflow wherever they stand: one walk, outer ones first, with the entity each is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tenon.metamodel.item import Part
from tenon.metamodel.kinds.workflow import WorkflowKind
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.naming import find_to_many
from tenon.metamodel.steps import STEPS
from tenon.metamodel.steps.for_each import ForEach
from tenon.metamodel.walk import aliases

_STEPS = tuple(STEPS.values())


@dataclass(frozen=True)
class Standing:
    """A step with its JSON Pointer, the entity of the record it is about (None when that is unknown), and the step of which it is a part."""

    step: Any
    pointer: str
    entity: Entity | None
    outer: Standing | None = None

    def enclosing(self) -> Iterator[Standing]:
        """Yield the steps around it, the nearest first."""
        found = self.outer
        while found is not None:
            yield found
            found = found.outer


def lists_in(part: Part, pointer: str = "") -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield the lists of steps right below a step or a workflow, with their JSON Pointers; empty ones are left out."""
    for attribute, key in aliases(type(part)).items():
        value, here = getattr(part, attribute), f"{pointer}/{key}"
        if isinstance(value, list) and value and isinstance(value[0], _STEPS):
            yield here, value
        elif isinstance(value, list):
            for index, each in enumerate(value):
                if isinstance(each, Part):
                    yield from lists_in(each, f"{here}/{index}")
        elif isinstance(value, Part):
            yield from lists_in(value, here)


def steps_in(body: WorkflowKind, model: Model) -> Iterator[Standing]:
    """Yield every step of a workflow."""
    yield from _below(body, "", model.find_entity(body.entity), None, model)


def _below(part: Part, pointer: str, entity: Entity | None, outer: Standing | None, model: Model) -> Iterator[Standing]:
    for here, steps in lists_in(part, pointer):
        for index, step in enumerate(steps):
            standing = Standing(step, f"{here}/{index}", entity, outer)
            yield standing
            yield from _below(step, standing.pointer, _about(step, entity, model), standing, model)


def _about(step: Any, entity: Entity | None, model: Model) -> Entity | None:
    """Return the entity of the records that the steps inside a step are about."""
    if not isinstance(step, ForEach) or entity is None:
        return entity
    relation = find_to_many(model, entity, step.relation)
    return model.find_entity(relation.far_id) if relation is not None else None
