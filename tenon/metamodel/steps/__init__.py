"""The steps of workflows: one file a step, found by discovery, and every action of rules; `AnyStep` reads any of them by its ``type``."""

from __future__ import annotations

from functools import reduce
from operator import or_
from types import new_class
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast, get_args

from pydantic import Field

from tenon.metamodel.actions import ACTIONS
from tenon.metamodel.actions.base import Action
from tenon.metamodel.item import Label, Part
from tenon.metamodel.registry import discover
from tenon.metamodel.steps.base import FlowStep, StepId


def _as_step(action: type[Action]) -> type[Action]:
    """Return an action as a step: its id may be a name, and it may have a label."""
    more: dict[str, Any] = {"__annotations__": {"id": StepId | None, "label": Label | None}, "id": None, "label": None}
    found = {"__doc__": action.__doc__, "__module__": __name__}
    return cast(type[Action], new_class(action.__name__, (action,), exec_body=lambda body: body.update({**more, **found})))


FLOW_STEPS: dict[str, type[FlowStep]] = {get_args(s.model_fields["type"].annotation)[0]: s for s in discover(__name__, list(__path__), FlowStep)}
"""The steps that are no action."""
ACTION_STEPS: dict[str, type[Action]] = {name: _as_step(action) for name, action in ACTIONS.items() if action.AFTER}
"""The actions of rules as steps."""
STEPS: dict[str, type[FlowStep] | type[Action]] = {**FLOW_STEPS, **ACTION_STEPS}

if TYPE_CHECKING:
    AnyStep: TypeAlias = FlowStep | Action
else:
    AnyStep = Annotated[reduce(or_, STEPS.values()), Field(discriminator="type")]
    _parts = discover(__name__, list(__path__), Part)
    for _part in (*_parts, *_parts):  # the lists of steps inside steps can be read only now that all are known; outer ones after inner ones
        _part.model_rebuild(raise_errors=False, _types_namespace={"AnyStep": AnyStep})
