"""How a call is described: one value a call."""

from __future__ import annotations

from dataclasses import dataclass, field

from tenon.metamodel.labels import Text
from tenon.platform.openapi.shapes import Schema

JSON = "application/json"
PAGING = ("limit", "after")


@dataclass(frozen=True)
class Described:
    """One call: what it is for, its parameters, body and answer; ``params`` with ! are required."""

    summary: Text
    params: tuple[str, ...] = ()
    body: Schema | None = None
    answer: Schema | None = None
    status: int = 200
    media: str = JSON
    body_media: str = JSON
    is_public: bool = False
    may_be_job: bool = False
    """Too much for one call is answered with the job that does it (202)."""
    tags: tuple[str, ...] = field(default=())
