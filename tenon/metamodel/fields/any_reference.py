"""A reference to one record of any of several entities, or of any at all."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._references import EntityRef, OnDelete, Reverse, read_reference
from tenon.metamodel.fields.base import BadValue, FieldSpec, Lookup, Place, wrong_type
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

_ENTITY_KEY = re.compile(r"[a-z0-9_-]{1,40}\Z")
_HINT = say('Send {"entity": "customer", "id": …}.', '请填写 {"entity": "customer", "id": …}。')


class AnyReferenceSpec(FieldSpec):
    """A reference to one record of any of several entities; of any other entity of the release where none are named."""

    type: Literal["any_reference"]
    entities: Annotated[list[EntityRef], Field(min_length=1, max_length=100)] = []
    on_delete: OnDelete = "restrict"
    reverse: Reverse | None = None

    input: ClassVar[str] = "any_reference"
    icon: ClassVar[str] = "shapes"
    type_label: ClassVar[Text] = say("Reference to any of several", "多对象关联")
    type_help: ClassVar[Text] = say("One record of any of several entities; of any entity when none are named.", "关联多个对象中任意一个的一条记录；未指定对象时可关联任意对象。")
    example: ClassVar[Text] = say('{"entity": "customer", "code": "C-1"}', '{"entity": "customer", "code": "C-1"}')
    is_sortable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = False

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the ids of the entities it may point to that are named; none for one that may point to any."""
        return tuple(self.entities)

    def value_type(self) -> Type:
        """Return a reference to several entities."""
        return Type("reference", entity=None)

    def storage(self) -> Storage:
        """Return an entity id and a record id."""
        return Storage("pair")

    def read(self, raw: Any, place: Place) -> tuple[str, str | Lookup]:
        """Return (entity, id or look-up); the entity by name or id as it was given, the record writer makes it an id."""
        if not isinstance(raw, dict):
            raise wrong_type("an object with entity and id", "含 entity 与 id 的 JSON 对象")
        entity = raw.get("entity")
        if not isinstance(entity, str) or not _ENTITY_KEY.match(entity):
            raise BadValue("wrong_type", say("The entity of the record is missing.", "缺少记录所属的对象。"), _HINT)
        rest = {key: value for key, value in raw.items() if key != "entity"}
        if not rest:
            raise BadValue("wrong_type", say("The id of the record is missing.", "缺少记录的编号。"), _HINT)
        return entity, read_reference(rest)

    def show(self, value: tuple[str, str] | None) -> dict[str, str] | None:
        """Return ``{"entity", "id"}``."""
        return None if value is None else {"entity": value[0], "id": value[1]}

    def check_spec(self) -> list[Problem]:
        """Return a problem for an entity that is named twice."""
        message, hint = say("This entity is named twice.", "该对象重复出现。"), say("Remove one.", "请删除其中一个。")
        repeated = [index for index, entity in enumerate(self.entities) if entity in self.entities[:index]]
        return [*super().check_spec(), *(Problem(f"/entities/{index}", "not_unique", message, hint) for index in repeated)]
