"""What wakes rules: one file a trigger, found by discovery; `AnyTrigger` reads any of them by its ``type``."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, TypeAlias, get_args

from pydantic import Field

from tenon.metamodel.registry import discover
from tenon.metamodel.triggers.base import Trigger

TRIGGERS: dict[str, type[Trigger]] = {get_args(t.model_fields["type"].annotation)[0]: t for t in discover(__name__, list(__path__), Trigger)}

if TYPE_CHECKING:
    AnyTrigger: TypeAlias = Trigger
else:
    AnyTrigger = Annotated[reduce(or_, TRIGGERS.values()), Field(discriminator="type")]
