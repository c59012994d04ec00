"""The kind extension: fields and checks that an app adds to another app's entity."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.fields import AnyField
from tenon.metamodel.kinds.entity import Check
from tenon.metamodel.marks import Ref


class ExtensionKind(Kind):
    """Fields and checks added to an entity; field names begin with the name of the app."""

    kind: Literal["extension"] = "extension"
    entity: Annotated[str, Ref("entity")]
    fields: list[AnyField] = Field(default=[], max_length=400)
    checks: list[Check] = Field(default=[], max_length=100)
