"""A form that a person fills in: a task like any other."""

from __future__ import annotations

from tenon.engine.workflows.nodes.task import enter, wake

__all__ = ["enter", "wake"]
