"""The field types: one file each, found by discovery; `AnyField` reads any of them by its ``type``."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, TypeAlias, get_args

from pydantic import Field

from tenon.metamodel.fields.base import FieldSpec
from tenon.metamodel.registry import discover

FIELD_TYPES: dict[str, type[FieldSpec]] = {
    get_args(spec.model_fields["type"].annotation)[0]: spec for spec in discover(__name__, list(__path__), FieldSpec)
}

if TYPE_CHECKING:
    AnyField: TypeAlias = FieldSpec
else:
    AnyField = Annotated[reduce(or_, FIELD_TYPES.values()), Field(discriminator="type")]
