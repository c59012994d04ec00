"""What the checker writes on Python's tree: the contract between the checker, the evaluator and the SQL compiler.

Every `ast.expr` of a checked expression carries one `Facts` as ``node.facts``; read it with `facts_of(node)`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from tenon.metamodel.model import Field, Relation
from tenon.metamodel.types import Type

Base = Literal["row", "this", "old", "user", "value"]
AGGREGATES = ("count", "sum", "avg", "min", "max", "distinct", "first", "last", "exists")


@dataclass(frozen=True)
class ValuePath:
    """A path that gives one value: references followed, then a field.

    ``base``: row (plain names; inside an aggregate the far record), this (inside an aggregate: the near record, which is
    the one the whole expression is read on, even where the aggregate's own path first follows references), old,
    user (``name`` is id, email, roles or unit), value (``name`` is given with the call). ``field`` is None for user and
    value. A path that ends in a reference has that reference as ``field``; its value is the id.
    ``absent`` is True for a field of an optional app that is not there: always empty.
    """

    base: Base
    steps: tuple[Field, ...] = ()
    field: Field | None = None
    name: str = ""
    absent: bool = False


@dataclass(frozen=True)
class Aggregate:
    """A call over a to-many path: ``sum(customer.orders.amount, where=...)``.

    ``steps`` are references followed from ``base`` to the record that has the relation; ``relation`` the to-many side;
    ``value`` the path from the far record (base "row"), None for count and exists of the records themselves; ``where`` the
    condition, read with the far record as the row and the near one as ``this``. ``relation`` None: an aggregate over the
    query's own set (reports), ``value`` then the argument node in ``argument``.
    """

    name: str
    base: Base
    steps: tuple[Field, ...]
    relation: Relation | None
    value: ValuePath | None
    where: ast.expr | None
    argument: ast.expr | None = None


@dataclass
class Facts:
    """The facts of one node: its type (bounds and length included), and what a name or call was resolved to.

    ``path`` on names and dotted paths; ``aggregate`` on aggregate calls; ``function`` (a `functions.Function`) on other
    calls; ``is_constant`` when no record is read (literals, today(), user …); ``value`` of literals: canonical value
    (an exact number as int or Decimal; of the right side of ``in``: the tuple of its values, None among them).
    ``is_folded``: the value is known while checking and is ``value``, whatever the node is (``-5``, ``x + None``, an
    aggregate of an optional app that is not there): compile and evaluate it as a literal, leave its children alone.
    ``smallest``: how small a real number other than 0 can be in size.
    """

    type: Type
    path: ValuePath | None = None
    aggregate: Aggregate | None = None
    function: Any = None
    is_constant: bool = False
    value: Any = None
    is_folded: bool = False
    smallest: Decimal | None = None


def facts_of(node: ast.AST) -> Facts:
    """Return what the checker found out about a node."""
    facts: Facts = node.facts  # type: ignore[attr-defined]
    return facts


def reads_clock(node: ast.AST) -> bool:
    """Return whether the value of a node depends on the moment: it calls today(), now() and the like."""
    functions = (getattr(getattr(each, "facts", None), "function", None) for each in ast.walk(node))
    return any(function is not None and function.is_clocked for function in functions)


@dataclass(frozen=True)
class Expression:
    """A checked expression.

    ``text`` as typed, ``tree`` with facts on every node, ``type`` of the result (scale and bounds included).
    ``entity_id`` of the record it is read on (None: values only). ``reads``: (entity id, field id) of every field it
    depends on, aggregates included; ``dependencies``: how a change travels: for every read, the chain of hops back to the
    record (see `Dependency`). ``is_clocked``: reads today() or now(); ``uses_user``, ``uses_old``, ``uses_population``.
    """

    text: str
    tree: ast.expr
    type: Type
    entity_id: str | None
    reads: frozenset[tuple[str, str]]
    dependencies: tuple[Dependency, ...] = ()
    is_clocked: bool = False
    uses_user: bool = False
    uses_old: bool = False
    uses_population: bool = False
    has_aggregates: bool = False


@dataclass(frozen=True)
class Dependency:
    """One way a change of a record can touch the value.

    ``entity_id`` whose records change, ``field_ids`` which of its fields matter (empty: existence alone).
    ``hops`` lead from the changed record back to the record that holds the expression, in that order: each is
    (field, forward): forward True follows the reference ``field`` from the changed record to its target (a child to its
    parent), False goes to the records whose reference ``field`` points at it. No hops: the record itself.
    """

    entity_id: str
    field_ids: frozenset[str]
    hops: tuple[tuple[Field, bool], ...] = ()
