"""Gantt charts: drawn as timelines, with what a timeline has."""

from __future__ import annotations

from tenon.metamodel.labels import Text, say
from tenon.ui.backend.views.timeline import BY, ICON, NEEDS, SCRIPT, body, fits, may_show, settings

__all__ = ["BY", "ICON", "LABEL", "NEEDS", "SCRIPT", "body", "fits", "may_show", "settings"]
LABEL: Text = say("Gantt chart", "甘特图")
