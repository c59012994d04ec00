"""Values that cannot be there by themselves, one for every cell that is out of sight, and finding them in whatever a door answers."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from tenon.metamodel.model import Entity, Field

FIRST_YEAR = 1801
YEARS = 99
_LOOSE = re.compile(r"[\s,()·-]")
DEEPEST = 40


@dataclass(frozen=True)
class Cell:
    """A planted value: of which record and field, whether the whole record is out of sight, and how it may be written."""

    entity: Entity
    field: Field
    record: str
    is_hidden_row: bool
    spellings: tuple[str, ...]


@dataclass
class Planted:
    """What was planted. ``common`` is what may well stand there by itself: such values would prove nothing."""

    common: str = ""
    cells: list[Cell] = field(default_factory=list)
    number: int = 0

    def candidates(self, each: Field, file_of: Any) -> Iterator[tuple[Any, tuple[str, ...]]]:
        """Yield values for a field, the most telling first, each with its spellings; none for types that cannot hold one."""
        self.number += 1
        for value, spellings in _values(each, self.number, file_of):
            if not any(spelling in self.common for spelling in spellings):
                yield value, spellings

    def found_in(self, answer: Any, among: Iterable[Cell]) -> list[Cell]:
        """Return the planted values that stand in an answer."""
        written = spell(answer)
        loose = _LOOSE.sub("", written)
        return [cell for cell in among if any(s in written or (s.isdigit() and s in loose) for s in cell.spellings)]


def spell(answer: Any) -> str:
    """Return everything that an answer holds as one text, line by line."""
    return "\n".join(_pieces(answer, 0))


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if value is None or isinstance(value, bool) or depth > DEEPEST:
        return
    if isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, Decimal):
        yield format(value, "f")
    elif isinstance(value, date | datetime | time):
        yield value.isoformat()
    elif isinstance(value, str | int | float):
        yield str(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for each in dataclasses.fields(value):
            yield from _pieces(getattr(value, each.name), depth + 1)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pieces(key, depth + 1)
            yield from _pieces(inner, depth + 1)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _pieces(inner, depth + 1)


def _values(each: Field, n: int, file_of: Any) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield what a field of each type could hold."""
    word, kind = f"canary{7310000 + n}", each.spec.type
    texts: dict[str, Any] = {
        "text": word, "long_text": word, "rich_text": f"<p>{word}</p>", "email": f"{word}@example.com", "url": f"https://{word}.example.com", "tags": [word],
        "json": {"note": word}, "address": {"street": word},
    }  # fmt: skip
    if kind in texts:
        yield texts[kind], (word,)
    elif kind == "phone":
        digits = f"138{73100000 + n}"
        yield f"+86{digits}", (digits,)
    elif kind in ("integer", "decimal", "money", "duration"):
        for whole in (73100000 + n, 731000 + n):
            yield whole, (str(whole),)
    elif kind == "percent":
        for shown in (f"{73 + n % 20}.{1000 + n}", f"{73 + n % 20}.{10 + n % 90}"):
            yield Decimal(shown), (shown,)
    elif kind == "date":
        year = FIRST_YEAR + n % YEARS
        yield f"{year}-03-17", (f"{year}-03-17", f"{year}年", f", {year}")
    elif kind == "datetime":
        year = FIRST_YEAR + n % YEARS
        yield f"{year}-03-17T12:00:00Z", (f"{year}-03-17", f"{year}年", f", {year}")
    elif kind == "time":
        moment = f"03:{n % 60:02d}:{17 + n % 40:02d}"
        yield moment, (moment,)
    elif kind in ("file", "image") and file_of is not None:
        yield file_of(each, word), (word,)
