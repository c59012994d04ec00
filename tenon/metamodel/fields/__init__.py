"""The field types: one file each, found by discovery; `AnyField` reads any of them by its ``type``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias, Union, get_args

from pydantic import Field

from tenon.metamodel.fields.base import FieldSpec
from tenon.metamodel.registry import discover

FIELD_TYPES: dict[str, type[FieldSpec]] = {
    get_args(spec.model_fields["type"].annotation)[0]: spec for spec in discover(__name__, list(__path__), FieldSpec)
}

if TYPE_CHECKING:
    AnyField: TypeAlias = FieldSpec
else:
    AnyField = Annotated[Union[tuple(FIELD_TYPES.values())], Field(discriminator="type")]
