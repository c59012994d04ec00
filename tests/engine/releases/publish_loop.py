"""A program that publishes two contents in turn until it is killed: ``publish_loop.py DATABASE_URL``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tenon.engine.context import system_context
from tenon.engine.outside import fake_outside
from tenon.engine.releases import Publisher, publish_documents
from tenon.platform.database import Database


def content(turn: int) -> list[dict[str, Any]]:
    """One of two contents: a field of another type, a field more, a view that reads it, an entity more."""
    size = {"name": "size", "type": "integer" if turn else "text"}
    fields = [{"name": "name", "type": "text"}, size, *([{"name": "extra", "type": "decimal", "index": True}] if turn else [])]
    view = {"kind": "view", "name": "sizes", "entity": "customer", "filter": "size > 3" if turn else "size == '3'"}
    note = {"kind": "entity", "name": "note", "fields": [{"name": "body", "type": "long_text" if turn else "text"}]}
    return [{"kind": "entity", "name": "customer", "fields": fields}, view, note]


def main() -> None:
    """Publish until killed."""
    publisher = Publisher(Database(sys.argv[1]), fake_outside(datetime(2026, 3, 2, tzinfo=UTC)), ZoneInfo("UTC"))
    turn = 0
    while True:
        turn = 1 - turn
        publish_documents(publisher, system_context(), content(turn), accept=sys.argv[2:])
        print("published", flush=True)


if __name__ == "__main__":
    main()
