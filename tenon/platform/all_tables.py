"""Imports every module of engine and platform that declares tables; migrations work on the metadata found here."""

from __future__ import annotations

from importlib import import_module

from tenon.engine.all_tables import MODULES as ENGINE_MODULES
from tenon.engine.store import metadata

MODULES: tuple[str, ...] = (
    "tenon.platform.audit",
    "tenon.platform.decision_links",
    "tenon.platform.files",
    "tenon.platform.idempotency",
    "tenon.platform.invitations",
    "tenon.platform.lockout",
    "tenon.platform.profile",
    "tenon.platform.sessions",
    "tenon.platform.tokens",
)

for _name in MODULES:
    import_module(_name)

__all__ = ["ENGINE_MODULES", "MODULES", "metadata"]
