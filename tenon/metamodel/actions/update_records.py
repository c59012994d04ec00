"""The action update_records: fields of the records of a relation get values, those for which a condition holds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Assign, Expr, Path


class UpdateRecords(Action):
    """Fields of the records of a relation get values, those for which a condition holds."""

    type: Literal["update_records"]
    relation: Annotated[str, Path(of="document", many=True)]
    where: Annotated[str, Expr("boolean", of="relation", use="rule")] | None = None
    fields: Annotated[dict[str, str], Assign(of="relation"), Field(min_length=1, max_length=100)]

    LABEL: ClassVar[Text] = say("Change related records", "修改关联记录")
