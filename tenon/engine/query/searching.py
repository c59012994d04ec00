"""The condition of a search text: every word has to be in what the reader may see of a record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_

from tenon.engine.access.rights import Rights
from tenon.engine.folding import fold
from tenon.engine.sql.source import Source
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

MAX_LENGTH = 200
MAX_WORDS = 8


def search_condition(source: Source, rights: Rights, entity: Entity, text: str) -> ColumnElement[Any] | None:
    """Return the condition of the records found, None for a blank text.

    Words are looked for in the search column. Where the reader may not see all fields in it, a word must also be in one of
    the readable ones, so that what is found never tells what is hidden.
    """
    if len(text) > MAX_LENGTH:
        raise Invalid(Problem("/search", "too_long", say("At most {n} characters.", "最多 {n} 个字符。", n=MAX_LENGTH)))
    words = fold(text).split()[:MAX_WORDS]
    if not words:
        return None
    fields = [entity.fields[name] for name in entity.search]
    inside = func.instr if source.environment.is_sqlite else func.strpos
    found: list[ColumnElement[Any]] = [inside(source.alias.c.search, literal(word)) > 0 for word in words]
    if not all(rights.state(entity, f) == "full" for f in fields):
        readable = [source.at((), f) for f in fields if rights.may_read(entity, f)]
        folded = func.tenon_fold if source.environment.is_sqlite else _folded
        for word in words:
            found.append(or_(*[inside(folded(column), literal(word)) > 0 for column in readable]) if readable else literal(1) == literal(0))
    return and_(*found)


def _folded(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.lower(func.normalize(column))
