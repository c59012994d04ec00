"""Changing the tables of entities from one release to the next: plan, preview, apply, and the trash of what was dropped."""

from __future__ import annotations

from tenon.engine.schema.apply import apply
from tenon.engine.schema.plan import plan
from tenon.engine.schema.step import Plan, Step

__all__ = ["Plan", "Step", "apply", "plan"]
