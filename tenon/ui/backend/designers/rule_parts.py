"""What the properties of triggers and of actions share."""

from __future__ import annotations

from typing import Any

import orjson

from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.rule_offers import scores, workflows
from tenon.ui.design_shapes import Control
from tenon.ui.shapes import Choice


def score_control(design: Design, controls: Controls) -> Control:
    """Return the choice of a score of the entity."""
    options = tuple(Choice(name, design.model.get("score", name).label.show(design.language)) for name in scores(design))
    return controls.make("score", "choice", say("Score", "评分"), options=options)


def workflow_control(design: Design, controls: Controls) -> Control:
    """Return the choice of a workflow of the entity."""
    options = tuple(Choice(name, design.model.get("workflow", name).label.show(design.language)) for name in workflows(design))
    return controls.make("workflow", "choice", say("Workflow", "流程"), options=options)


def setting_to(at: str, value: Any) -> tuple[Json, ...]:
    """Return the operation that sets a place to a value."""
    return ({"op": "set", "at": at, "value": value},)


def as_json(operations: tuple[Json, ...]) -> str:
    """Return operations as the page sends them."""
    return orjson.dumps(operations).decode()


def name_of(entity: Entity | None) -> str | None:
    """Return the name of an entity that may not be there."""
    return entity.name if entity is not None else None
