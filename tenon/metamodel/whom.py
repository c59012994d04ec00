"""Whom something is for: the people a rule tells, gives work to, or acts as."""

from __future__ import annotations

from typing import Annotated

from tenon.metamodel.item import Part, ShortForm
from tenon.metamodel.marks import Expr, Path, Ref


class Whom(Part):
    """People: in a ``field`` of the record (``customer.owner``), of a ``role`` or ``unit``, a ``user`` by e-mail, the manager of the one in a field, or whom an ``expression`` names."""

    field: Annotated[str, Path(of="document")] | None = None
    role: Annotated[str, Ref("role", soft=True)] | None = None
    unit: str | None = None
    user: str | None = None
    manager_of: Annotated[str, Path(of="document")] | None = None
    expression: Annotated[str, Expr("reference", of="document", use="rule")] | None = None


class Addressee(Whom):
    """People as elsewhere; the ``field`` may besides be an e-mail or a phone number, or refer to a record that has one, such as a contact."""


AnyWhom = Annotated[Whom, ShortForm("field")]
AnyAddressee = Annotated[Addressee, ShortForm("field")]
