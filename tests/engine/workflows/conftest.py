"""The app core on a fresh database of each dialect."""

from __future__ import annotations

from tests.engine.rules.conftest import filling, w

__all__ = ["filling", "w"]
