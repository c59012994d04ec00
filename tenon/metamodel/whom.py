"""Whom something is for: the people a rule tells, gives work to, or acts as."""

from __future__ import annotations

from typing import Annotated

from tenon.metamodel.item import Part, ShortForm
from tenon.metamodel.marks import Path, Ref


class Whom(Part):
    """People: those in a ``field`` of the record (``owner``, ``customer.owner``), of a ``role``, of a ``unit``, a ``user`` by e-mail, or the manager of the one in a field."""

    field: Annotated[str, Path(of="document")] | None = None
    role: Annotated[str, Ref("role", soft=True)] | None = None
    unit: str | None = None
    user: str | None = None
    manager_of: Annotated[str, Path(of="document")] | None = None


AnyWhom = Annotated[Whom, ShortForm("field")]
