"""From rows of a file to values the record writer takes, with what is wrong in each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from tenon.engine.access.rights import Rights
from tenon.engine.evaluate import evaluate
from tenon.engine.evaluate_facts import MappingFacts
from tenon.engine.imports.clean import Cleaner
from tenon.engine.imports.mapping import Mapped, parse_mapping
from tenon.engine.imports.numbers import OWN, number_of
from tenon.engine.imports.orders import Opened
from tenon.engine.imports.pointing import as_reference, choose_key
from tenon.engine.imports.row_file import Row
from tenon.engine.records.linked import LINK
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.types import TEXT

_POINTING = ("reference", "references")


@dataclass
class Reader:
    """Reads the rows of one file for one entity; ``keys`` are the far fields of references, chosen from the first rows.

    ``systems`` are those whose numbers references hold; ``own`` is the column of the rows' own numbers and their system.
    """

    entity: Entity
    mapped: list[Mapped]
    names: dict[str, int]
    cleaners: dict[str, Cleaner]
    keys: dict[str, str | None] = dataclass_field(default_factory=dict)
    systems: Mapping[str, str] = dataclass_field(default_factory=dict)
    own: tuple[int, str] | None = None
    changes: dict[str, int] = dataclass_field(default_factory=dict)

    def choose_keys(self, uow: UnitOfWork, rights: Rights, rows: Sequence[Row]) -> None:
        """Decide for each reference by which far field its cells are looked up."""
        for mapped in self.mapped:
            field = mapped.field
            if field.type.kind in _POINTING and field.name != "id" and field.name not in self.systems:
                cleaned = [self._try(uow, mapped, row) for row in rows]
                texts = [str(t) for c in cleaned if c is not None for t in (c if isinstance(c, list | tuple) else (c,))]
                own = self._own_texts(uow, rows) if field.type.entity == self.entity.id else {}
                self.keys[field.name] = choose_key(uow, rights, field, texts, own)

    def _own_texts(self, uow: UnitOfWork, rows: Sequence[Row]) -> dict[str, set[str]]:
        """Return the texts of each field in the file, for references to its own rows."""
        return {m.field.name: {str(t) for row in rows if (t := self._try(uow, m, row)) is not None} for m in self.mapped}

    def _try(self, uow: UnitOfWork, mapped: Mapped, row: Row) -> Any:
        try:
            return self.cleaners[mapped.field.name].clean(self._raw(uow, mapped, row, {}))[0]
        except BadValue:
            return None

    def read(self, uow: UnitOfWork, row: Row) -> tuple[dict[str, Any], list[Problem]]:
        """Return the values of a row and its problems."""
        values: dict[str, Any] = {}
        problems = list(row.problems)
        texts: dict[str, str | None] = {}
        for mapped in self.mapped:
            name = mapped.field.name
            try:
                raw = row.cells[mapped.column] if mapped.column is not None else self._raw(uow, mapped, row, texts)
                value, note = self.cleaners[name].clean(raw)
            except BadValue as bad:
                problems.append(bad.problem(f"/{name}"))
                continue
            if note is not None:
                self.changes[note] = self.changes.get(note, 0) + 1
            if name in self.systems:
                values[name] = {LINK: {"system": self.systems[name], "external_id": text}} if (text := number_of(value)) else None
            else:
                values[name] = as_reference(self.keys.get(name), value) if name in self.keys else value
        number = number_of(row.cells[self.own[0]]) if self.own is not None else None
        if number is not None and self.own is not None:
            values[OWN] = {"system": self.own[1], "external_id": number}
        return values, problems

    def _raw(self, uow: UnitOfWork, mapped: Mapped, row: Row, texts: dict[str, str | None]) -> Any:
        """Return the cell of a field, or what its expression gives; ``texts`` are the cells of the row by name, filled once."""
        if mapped.column is not None:
            return row.cells[mapped.column]
        if not texts:
            texts.update({name: None if (c := row.cells[index]) is None else str(c) for name, index in self.names.items()})
        return evaluate(mapped.expression, MappingFacts(texts), now=uow.now, timezone=uow.timezone, today=uow.today)


def make_reader(uow: UnitOfWork, entity: Entity, opened: Opened, numbers: Mapping[str, Any] | None = None) -> Reader:
    """Return the reader of an opened file; ``numbers`` as an import's row holds them. Raises Invalid for a mapping that does not fit."""
    names: dict[str, int] = {}

    def compile_expression(text: str, columns: dict[str, int], _field: Field) -> Expression:
        names.update(columns)
        return check(text, Scope(uow.model, None, values=dict.fromkeys(columns, TEXT)))

    mapped = parse_mapping(opened.mapping, opened.columns, entity, compile_expression)
    by_index = {c.index: c for c in opened.columns}
    cleaners = {m.field.name: Cleaner(m.field.spec, by_index[m.column].decisions if m.column is not None else None) for m in mapped}
    told = numbers or {}
    return Reader(entity, mapped, names, cleaners, systems=told.get("references") or {}, own=_own(opened, told.get("own")))


def _own(opened: Opened, own: Mapping[str, str] | None) -> tuple[int, str] | None:
    """Return the place of the column of own numbers, and their system. Raises Invalid."""
    if own is None:
        return None
    place = next((c.index for c in opened.columns if c.name == own["column"]), None)
    if place is None:
        message = say("The file has no column {column}.", "文件中没有列 {column}。", column=own["column"][:100])
        raise Invalid(Problem("/source_link/column", "bad_choice", message, say("Found: {columns}.", "已找到：{columns}。", columns=", ".join(c.name for c in opened.columns[:20]))))
    return place, own["system"].strip()
