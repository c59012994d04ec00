"""The documents of rules in a release: those that people made, and one for each workflow that something starts."""

from __future__ import annotations

from typing import Any

from tenon.metamodel.document import Document
from tenon.metamodel.model import Model
from tenon.metamodel.parse import reread


def rule_documents(model: Model) -> list[Document]:
    """Return the rules of a release, by name; a workflow is started by a rule of its id, whose only action starts it as who caused it."""
    if "rule_documents" not in model.cache:
        starters = [rule for each in model.all("workflow") if (rule := _starter(model, each)) is not None]
        model.cache["rule_documents"] = sorted([*model.all("rule"), *starters], key=lambda d: d.name)
    found: list[Document] = model.cache["rule_documents"]
    return found


def _starter(model: Model, workflow: Document) -> Document | None:
    trigger = _trigger(model, workflow)
    if trigger is None:
        return None
    return reread({
        "kind": "rule", "id": workflow.id, "name": workflow.name, "label": workflow.label.to_json(), "entity": workflow.json["entity"], "trigger": trigger,
        "actions": [{"type": "start_workflow", "workflow": workflow.id}], "state": "active" if workflow.body.state == "active" else "paused",
        "run_as": "person",
    })


def _trigger(model: Model, workflow: Document) -> dict[str, Any] | None:
    """Return what starts a workflow: its own trigger, or that a record comes into the segment of a journey."""
    if workflow.body.start is not None:
        found: dict[str, Any] = workflow.json["start"]
        return found
    segment = model.find("segment", workflow.body.enrol.segment) if workflow.body.enrol is not None else None
    if segment is None or segment.body.mode == "fixed":
        return None
    return {"type": "enters", "when": segment.body.filter}
