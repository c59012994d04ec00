"""Marks on the attributes of kinds: this text is a reference, a path of fields, an expression, or a template.

One walk over the marks (`walk.py`) serves everything that has to know who refers to what: saving names as ids,
showing ids as names, checking, rename, impact and "who uses this".

Each mark says in which entity it is read, by ``of``:
    entity           the nearest enclosing attribute ``entity`` (the document's own entity inside an entity)
    document         the entity of the document, whatever encloses the mark
    field            the attribute ``entity`` of the same item
    relation         the far entity of the relation named by the nearest attribute ``table`` or ``relation``; without one as ``entity``
    widgets          the first entity of the widgets on the dashboard that has the field
    none             no entity at all
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Of = Literal["entity", "document", "field", "relation", "widgets", "none"]


@dataclass(frozen=True)
class _Mark:
    """A mark shows itself in the JSON Schema as ``x-tenon``."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        json_schema = handler(schema)
        handler.resolve_ref_schema(json_schema)["x-tenon"] = {
            "mark": type(self).__name__.lower(), **{k: v for k, v in vars(self).items() if v is not None}
        }
        return json_schema


@dataclass(frozen=True)
class Ref(_Mark):
    """The name of another document of that kind; ``soft`` ones may be absent (an optional app)."""

    kind: str
    soft: bool = False


@dataclass(frozen=True)
class Path(_Mark):
    """A path of fields, ``name`` or ``owner.name``; ``sort`` allows a minus before it; ``many`` a to-many relation.

    ``fits`` names what the place takes (`fitting.FITS`); left out, any field. ``beside`` names a list next to it: the name of
    one of its items is meant before any field, and its kind checks what is neither.
    """

    of: Of = "entity"
    sort: bool = False
    many: bool = False
    fits: str | None = None
    beside: str | None = None


@dataclass(frozen=True)
class Expr(_Mark):
    """An expression with its expected type (None: any); ``use`` says which names and functions it may have.

    Uses: value (default) · formula (stored: no clock-of-now, user, old) · rule (may read ``old``) · access (a record
    filter) · score (population functions allowed) · report (aggregates over the query's own set). ``entity`` is the name of
    the entity it is read in, where that is always the same one.
    """

    expect: str | None = None
    of: Of = "entity"
    use: str = "value"
    entity: str | None = None


@dataclass(frozen=True)
class Keyed(_Mark):
    """Values of records under the names of their entities: the keys are references, those of each record paths.

    Below an entity stands a list of records, or records under what they are called. ``but`` are keys that are no field. With ``own``
    they are the values of a record of the entity that is named beside them.
    """

    but: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True)
class Assign(_Mark):
    """Values for the fields of a record: the keys are fields of ``of``, the values expressions read in the entity of the document.

    With ``of`` "relation" both belong to the far entity of the relation.
    """

    of: Of = "entity"


@dataclass(frozen=True)
class Far(_Mark):
    """Parts that are about the records of the relation named beside them: what they read "of the document" is read there."""


@dataclass(frozen=True)
class Template(_Mark):
    """A text with places for values of a record: ``{{ record.owner.name }}`` (see `templates`)."""

    of: Of = "document"


Condition = Annotated[str, Expr("boolean")]
AnyExpr = Annotated[str, Expr()]
FieldPath = Annotated[str, Path()]
SortPath = Annotated[str, Path(sort=True, fits="sort")]
GroupPath = Annotated[str, Path(fits="group")]
DayPath = Annotated[str, Path(fits="day")]


def find_mark(metadata: list[Any]) -> _Mark | None:
    """Return the mark among the metadata of an annotation."""
    return next((m for m in metadata if isinstance(m, _Mark)), None)
