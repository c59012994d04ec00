"""What ties the rows of one file together: an earlier row that a later one changes, repeats, or names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.model import Entity, Field

Mark = tuple[tuple[str, ...], tuple[str, ...]]
"""Names of fields and the values by which a row is known, or by which another row names it."""


@dataclass(frozen=True)
class Tied:
    """The marks of one row: those it has, and those of the rows it has to come after."""

    has: tuple[Mark, ...] = ()
    after: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Ties:
    """Finds the marks of rows of one entity: ``keys`` are unique, ``names`` are all by which others may name them."""

    entity: Entity
    keys: tuple[tuple[str, ...], ...]
    names: tuple[tuple[str, ...], ...]
    match_on: tuple[str, ...]
    references: tuple[str, ...]

    @property
    def matter_within(self) -> bool:
        """True when rows of one part may depend on each other."""
        return bool(self.match_on or self.references)

    @property
    def matter(self) -> bool:
        """True when rows may depend on rows of an earlier part."""
        return bool(self.keys or self.references)

    def of(self, uow: UnitOfWork, values: Mapping[str, Any]) -> Tied:
        """Return the marks of a row."""
        named = [mark for name in self.references for mark in self._named(uow, values.get(name))]
        has = [mark for names in self.names if (mark := self._mark(uow, names, values)) is not None]
        return Tied(tuple(has), (*(mark for mark in has if mark[0] in self.keys), *named))

    def _mark(self, uow: UnitOfWork, names: tuple[str, ...], values: Mapping[str, Any]) -> Mark | None:
        parts = [_shown(uow, self.entity.fields[name], values.get(name)) for name in names]
        return (names, tuple(str(part) for part in parts)) if all(part is not None for part in parts) else None

    def _named(self, uow: UnitOfWork, value: Any) -> Iterable[Mark]:
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, dict):
                for name, text in each.items():
                    mark = self._mark(uow, (name,), {name: text}) if name in self.entity.fields else None
                    if mark is not None:
                        yield mark


def find_ties(entity: Entity, fields: Iterable[Field], mode: str, match_on: Sequence[str]) -> Ties:
    """Return the ties of a file that is mapped to these fields."""
    wanted = set(match_on) if mode != "create" else set()
    key = next((names for names in entity.keys if set(names) == wanted), ())
    own = tuple(f.name for f in fields if f.is_written and f.type.kind in ("reference", "references") and f.type.entity == entity.id)
    titled = ((entity.title,),) if own and entity.title else ()
    return Ties(entity, entity.keys, tuple(dict.fromkeys((*entity.keys, *titled))), key, own)


def in_waves(tied: Sequence[Tied]) -> list[list[int]]:
    """Return the positions of rows in waves, so that each meets what the file says above it.

    A row comes in a later wave than the earlier rows it depends on, and not before the rows that name what it changes.
    """
    waves: list[list[int]] = []
    written: dict[Mark, int] = {}
    named: dict[Mark, int] = {}
    known_as: dict[Mark, set[Mark]] = {}
    for position, row in enumerate(tied):
        changed = {alias for mark in row.after if mark in row.has for alias in known_as.get(mark, ())}
        wave = max((written[mark] + 1 for mark in row.after if mark in written), default=0)
        wave = max((wave, *(named[mark] for mark in changed if mark in named)))
        while wave >= len(waves):
            waves.append([])
        waves[wave].append(position)
        for mark in row.after:
            named[mark] = max(named.get(mark, 0), wave)
            if mark in row.has:
                known_as.setdefault(mark, set()).update(row.has)
        for mark in changed.union(row.has):
            written[mark] = max(written.get(mark, 0), wave)
    return waves


def _shown(uow: UnitOfWork, field: Field, value: Any) -> str | None:
    """Return a value in the one form that equal values have; None when it is empty or not taken."""
    try:
        cleaned = field.spec.clean(str(value) if field.type.kind == "text" and value is not None else value, uow.place)
    except BadValue:
        return None
    return None if cleaned in (None, ()) else repr(cleaned)
