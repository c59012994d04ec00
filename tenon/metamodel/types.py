"""Types of values: what a field holds and what an expression gives."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

KindName = Literal[
    "text", "number", "boolean", "date", "datetime", "time", "duration", "choice", "choices",
    "reference", "references", "file", "json", "list", "empty",
]


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value.

    ``scale`` is the number of decimals of an exact number (0..8), None for a real one. ``low``/``high`` bound a
    number and ``length`` a text where that is known. ``options`` are the names of a choice in their order and
    ``source`` the id of the field that declares them. ``entity`` is the id of the entity a reference points to
    (None for several), "user" or "unit" for people. ``currency`` marks money.
    """

    kind: KindName
    scale: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    length: int | None = None
    options: tuple[str, ...] = ()
    source: str | None = None
    entity: str | None = None
    currency: str | None = None

    @property
    def is_exact(self) -> bool:
        """True for a number with a fixed scale."""
        return self.kind == "number" and self.scale is not None


TEXT = Type("text")
INTEGER = Type("number", scale=0)
REAL = Type("number")
BOOLEAN = Type("boolean")
DATE = Type("date")
DATETIME = Type("datetime")
TIME = Type("time")
DURATION = Type("duration", scale=0)
EMPTY = Type("empty")
JSON = Type("json")
USER = Type("reference", entity="user")
UNIT = Type("reference", entity="unit")
