"""Releases: the draft, its check, publishing it, and going back to an earlier release."""

from __future__ import annotations

from tenon.engine.releases.check import Checked, changes, check_draft
from tenon.engine.releases.publish import Order, Publisher, Release, publish, publish_documents, restore
from tenon.engine.releases.store import CURRENT, current_number, list_releases, load

__all__ = [
    "CURRENT", "Checked", "Order", "Publisher", "Release", "changes", "check_draft", "current_number", "list_releases", "load", "publish",
    "publish_documents", "restore",
]  # fmt: skip
