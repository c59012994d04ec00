"""What rules do: one file an action, found by discovery; `AnyAction` reads any of them by its ``type``."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, TypeAlias, get_args

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.registry import discover

ACTIONS: dict[str, type[Action]] = {get_args(a.model_fields["type"].annotation)[0]: a for a in discover(__name__, list(__path__), Action)}

if TYPE_CHECKING:
    AnyAction: TypeAlias = Action
else:
    AnyAction = Annotated[reduce(or_, ACTIONS.values()), Field(discriminator="type")]
