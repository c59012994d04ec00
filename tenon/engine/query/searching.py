"""The condition of a search text: every word has to be in what the reader may see of a record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, or_

from tenon.engine.access.resolver import readable_condition
from tenon.engine.access.rights import Rights
from tenon.engine.folding import fold, spellings
from tenon.engine.records.stored import MARK, search_mark
from tenon.engine.sql.environment import Environment
from tenon.engine.sql.source import Source
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

MAX_LENGTH = 200
MAX_WORDS = 8


def search_condition(source: Source, rights: Rights, entity: Entity, text: str) -> ColumnElement[Any] | None:
    """Return the condition of the records found, None for a blank text.

    Words are looked for in the search column. Where the reader may not see all fields in it, a word must also be in the part
    of a readable one, so that what is found never tells what is hidden.
    """
    if len(text) > MAX_LENGTH:
        raise Invalid(Problem("/search", "too_long", say("At most {n} characters.", "最多 {n} 个字符。", n=MAX_LENGTH)))
    words = fold(text).split()[:MAX_WORDS]
    if not words:
        return None
    fields = [entity.fields[name] for name in entity.search]
    column, environment = source.alias.c.search, source.environment
    found = [_has(environment, column, word) for word in words]
    if not all(rights.state(entity, f) == "full" for f in fields):
        parts = [_part(source, rights, entity, f) for f in fields if rights.may_read(entity, f)]
        found += [or_(false(), *(and_(_has(environment, text, word), *limits) for text, limits in parts)) for word in words]
    return and_(*found)


def _has(environment: Environment, column: ColumnElement[Any], word: str) -> ColumnElement[Any]:
    """A word is found as it is written, or as the spelling of Chinese in pinyin."""
    inside = func.instr if environment.is_sqlite else func.strpos
    return or_(*[inside(column, literal(text)) > 0 for text in (word, *spellings(word))])


def _part(source: Source, rights: Rights, entity: Entity, field: Field) -> tuple[ColumnElement[Any], list[ColumnElement[Any]]]:
    """Return what the search column holds of one field, and the condition that it may be read."""
    environment, column, mark = source.environment, source.alias.c.search, search_mark(field)
    if environment.is_sqlite:
        text = func.tenon_between(column, literal(mark), literal(MARK))
    else:
        text = func.split_part(func.split_part(column, literal(mark), 2), literal(MARK), 1)
    readable = readable_condition(environment, source.alias, entity, rights, [field])
    return text, [] if readable is None else [readable]
