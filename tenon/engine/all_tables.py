"""Imports every engine module that declares tables, so that migrations see them all; a new one adds a line here."""

from __future__ import annotations

from importlib import import_module

from tenon.engine.store import metadata

MODULES: tuple[str, ...] = (
    "tenon.engine.approvals.tables",
    "tenon.engine.apps.bases",
    "tenon.engine.apps.sample_marks",
    "tenon.engine.autonumbers",
    "tenon.engine.duplicates.tables",
    "tenon.engine.files",
    "tenon.engine.history",
    "tenon.engine.imports.orders",
    "tenon.engine.jobs.table",
    "tenon.engine.notices.watching",
    "tenon.engine.outbox.table",
    "tenon.engine.people",
    "tenon.engine.query.membership",
    "tenon.engine.records.merges",
    "tenon.engine.records.ranges",
    "tenon.engine.recompute.fallen",
    "tenon.engine.rules.tables",
    "tenon.engine.scores.tables",
    "tenon.engine.syncing.tables",
    "tenon.engine.trash",
    "tenon.engine.schema.trash",
    "tenon.engine.releases.steps",
    "tenon.engine.releases.tables",
    "tenon.engine.views",
    "tenon.engine.waiting.table",
    "tenon.engine.webhooks.table",
    "tenon.engine.workflows.tables",
)

for _name in MODULES:
    import_module(_name)

__all__ = ["MODULES", "metadata"]

