"""The types of widgets: one file each where they differ, found by discovery."""

from __future__ import annotations

from tenon.engine.reports.types.base import Answers
from tenon.metamodel.registry import discover

TYPES: dict[str, Answers] = {name: found() for found in discover(__name__, list(__path__), Answers) for name in found.types}
