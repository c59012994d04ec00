"""The earlier steps to which an approval can be sent back."""

from __future__ import annotations

from tenon.engine.approvals.journal import Task
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.flow import FORKS, flow_of
from tenon.metamodel.labels import Text
from tenon.metamodel.steps_inside import Standing

RETURN = "return:"
"""What stands before the id of a step in the answer of an approval that was sent back there."""
HUMAN = ("approval", "task", "form")


def ways_back(uow: UnitOfWork, task: Task) -> dict[str, Text]:
    """Return the steps that people did on the way to this one, the nearest first, by id with what people call them."""
    flow = flow_of(uow, task.version)
    here = flow.steps[task.step]
    inside = _fork(here)
    before = [each for each in list(flow.steps.values())[: list(flow.steps).index(task.step)] if each.step.type in HUMAN]
    return {each.step.id: _label(each) for each in reversed(before) if _leads(each, here) and _fork(each) is inside}


def _leads(earlier: Standing, later: Standing) -> bool:
    """True when a step stands in a list that leads to another one: its own, or one around it."""
    head, _, _ = earlier.pointer.rpartition("/")
    return later.pointer.startswith(f"{head}/")


def _fork(standing: Standing) -> Standing | None:
    """Return the nearest step around it whose paths run side by side."""
    return next((outer for outer in standing.enclosing() if outer.step.type in FORKS), None)


def _label(standing: Standing) -> Text:
    step = standing.step
    found: Text = getattr(step, "label", None) or getattr(step, "title", None) or step.LABEL
    return found
