"""What the surviving record of a merge holds: what was chosen, its own values, and what it did not have from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.engine.access.rights import Rights
from tenon.engine.records.cleaning import is_writable, read_only, unknown
from tenon.engine.records.histories import seen_fields
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.system_fields import may_be_set

EMPTY: tuple[Any, ...] = (None, (), "")
GATHERED = ("tags", "references")
"""The types of fields that hold what all of the records held."""
Values = Mapping[str, Any]


class Settling:
    """The values of records that become one: ``ids`` with the survivor first, ``before`` their canonical values by id."""

    def __init__(self, uow: UnitOfWork, rights: Rights, entity: Entity, ids: Sequence[str], before: Mapping[str, Values]) -> None:
        self.rights, self.entity, self.ids, self.before = rights, entity, ids, before
        self.seen = {id: seen_fields(uow, rights, entity, id) for id in ids}

    def check(self, choose: Mapping[str, Any]) -> None:
        """Refuse choices of fields that are not there or not this person's to write, and of other records. Raises Invalid."""
        problems = [p.at("/choose") for name, id in choose.items() if (p := self._problem(name, id)) is not None]
        if problems:
            raise Invalid(problems)

    def _problem(self, name: str, id: Any) -> Problem | None:
        field = self.entity.fields.get(name)
        if field is None or self.rights.state(self.entity, field) == "hidden":
            return unknown(self.entity, self.rights, name)
        if not is_writable(self.rights, field) or not self.rights.may_write(self.entity, field, "update"):
            return read_only(field)
        if id not in self.before:
            hint = say("Name one of those that are merged.", "请填写参与合并的某条记录的编号。")
            return Problem(f"/{name}", "bad_choice", say("{field}: this record is not merged here.", "{field}：该记录不在本次合并之列。", field=field.label), hint)
        return None if self.may_choose(field, str(id)) else unknown(self.entity, self.rights, name)

    def may_choose(self, field: Field, id: str) -> bool:
        """Return whether this person sees what a record holds in a field, as it is."""
        return self.seen[id].get(field.id) is True

    def settle(self, choose: Mapping[str, str]) -> dict[str, Any]:
        """Return what the survivor will hold, by name of field."""
        return {f.name: self._value(f, choose.get(f.name)) for f in self.entity.fields.values() if may_be_set(f)}

    def usual(self, field: Field) -> str:
        """Return whose value a field gets when nobody chooses."""
        return next((id for id in self._fitting(field) if self._held(field, id) not in EMPTY), self.ids[0])

    def _value(self, field: Field, chosen: str | None) -> Any:
        if chosen is None and field.spec.type in GATHERED:
            held = [self._held(field, id) for id in self._fitting(field)]
            return tuple(dict.fromkeys(each for value in held for each in value or ())) or held[0]
        return self._held(field, chosen or self.usual(field))

    def _fitting(self, field: Field) -> list[str]:
        """The survivor first; a value that its new place would show to somebody who does not see it now stays where it is."""
        survivor, *others = self.ids
        return [survivor, *(id for id in others if self._rank(field, survivor) <= self._rank(field, id))]

    def _rank(self, field: Field, id: str) -> int:
        return {None: 0, False: 1, True: 2}[self.seen[id].get(field.id)]

    def _held(self, field: Field, id: str) -> Any:
        """What a record holds in a field; of references, nothing that becomes the record itself."""
        value = self.before[id].get(field.name)
        if value is None or self.entity.id not in field.targets:
            return value
        if field.is_to_many:
            return tuple(t for t in value if t not in self.before) or None
        target = value[1] if field.storage.kind == "pair" else value
        return None if target in self.before else value
