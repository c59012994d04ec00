"""How the cells of a field are stored: a few kinds of column, shared by all field types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StorageKind = Literal["text", "exact", "integer", "boolean", "date", "datetime", "time", "json", "id", "pair", "links", "score"]


@dataclass(frozen=True, slots=True)
class Storage:
    """The column of a field.

    text (Unicode, ``length`` characters at most; ``sort_key`` asks for the pinyin key beside it) · exact (``scale``
    decimals: integer minor units on SQLite, NUMERIC on PostgreSQL) · integer (64 bit) · boolean · date · datetime
    (UTC) · time · json · id (36 characters) · pair (any_reference: entity id and record id) · links (a table of its
    own, no column) · score (a column of the score's table).
    """

    kind: StorageKind
    scale: int = 0
    length: int | None = None
    sort_key: bool = False
