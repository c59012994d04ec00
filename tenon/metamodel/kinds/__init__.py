"""The kinds of documents, one file each: `KINDS` by name."""

from __future__ import annotations

from tenon.metamodel.document import Kind
from tenon.metamodel.registry import discover

KINDS: dict[str, type[Kind]] = {kind.model_fields["kind"].default: kind for kind in discover(__name__, list(__path__), Kind)}
