"""Pairs as one person may know them: both records readable, and alike by fields that this person may read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from tenon.engine.access.resolver import action_condition, environment, readable_condition
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.duplicates.book import matchings_of, weigh
from tenon.engine.duplicates.pairs import Pair, State, pair, read_pair
from tenon.engine.duplicates.tables import duplicates
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import not_found
from tenon.metamodel.model import Entity, Field

AT_A_TIME = 200
MOST_COUNTED = 100
_PLACE = re.compile(r"(?:[01](?:\.[0-9]{1,4})?:)?[0-9a-f-]{36}", re.ASCII)


@dataclass(frozen=True)
class SeenPair:
    """A pair with the score and the reasons (those that make it alike) that its reader may know; ``place`` is where a list goes on after it."""

    pair: Pair
    score: Decimal
    reasons: list[dict[str, Any]]
    place: str


def pairs_page(uow: UnitOfWork, ctx: Context, entity: Entity, *, state: State = "open", after: str | None = None, limit: int = 50) -> list[SeenPair]:
    """Return a part of the pairs of an entity, the most alike first. Raises NotFound, Forbidden."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "read")
    found: list[SeenPair] = []
    for each in _seen(uow, rights, entity, _pairs(uow, rights, entity, state), after):
        found.append(each)
        if len(found) == limit:
            break
    return found


def is_place(text: str) -> bool:
    """Return whether a text may be the place of a pair in a list."""
    return _PLACE.fullmatch(text) is not None


def seen_pair(uow: UnitOfWork, ctx: Context, id: str) -> SeenPair:
    """Return one pair as somebody may know it. Raises NotFound."""
    kept = pair(uow, id)
    rights = rights_of(uow.model, ctx)
    if rights.may(kept.entity, "read"):
        statement = _pairs(uow, rights, kept.entity, kept.state).where(duplicates.c.id == id)
        for each in _seen(uow, rights, kept.entity, statement, None):
            return each
    raise not_found()


def count_pairs(uow: UnitOfWork, ctx: Context, entity: Entity, most: int = MOST_COUNTED) -> int:
    """Return how many open pairs somebody may know, counted up to ``most``; nothing is asked where no matching is about the entity."""
    rights = rights_of(uow.model, ctx)
    if not matchings_of(uow.model, entity) or not rights.may(entity, "read"):
        return 0
    statement = _pairs(uow, rights, entity, "open")
    if _is_whole(uow, rights, entity):
        limited = statement.with_only_columns(duplicates.c.id).limit(most).subquery()
        return int(uow.connection.execute(select(func.count()).select_from(limited)).scalar_one())
    return sum(1 for _, _ in zip(range(most), _seen(uow, rights, entity, statement, None), strict=False))


def looking_alike(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Sequence[str]) -> int:
    """Return how many of these records are in an open pair that somebody may know."""
    if not ids or not matchings_of(uow.model, entity):
        return 0
    rights, about = rights_of(uow.model, ctx), set(ids)
    near = id_set(uow.dialect, about)
    statement = _pairs(uow, rights, entity, "open").where(or_(duplicates.c.first.in_(near), duplicates.c.second.in_(near)))
    return len({record for each in _seen(uow, rights, entity, statement, None) for record in (each.pair.first, each.pair.second) if record in about})


def _is_whole(uow: UnitOfWork, rights: Rights, entity: Entity) -> bool:
    """Return whether somebody may read all that is compared; then a pair is to them what it is."""
    return all(rights.state(entity, part.field) == "full" for matching in matchings_of(uow.model, entity) for part in matching.parts)


def _pairs(uow: UnitOfWork, rights: Rights, entity: Entity, state: State) -> Select[Any]:
    """Return the pairs of which somebody may read both records; of a merged one the absorbed record is in the trash."""
    env, table = environment(uow, rights), uow.tables.of(entity)
    first, second = table.alias("first_record"), table.alias("second_record")
    statement = select(duplicates).join(first, first.c.id == duplicates.c.first).join(second, second.c.id == duplicates.c.second)
    statement = statement.where(duplicates.c.entity == entity.id, duplicates.c.state == state)
    for alias in (first, second):
        readable = action_condition(env, alias, entity, rights, "read")
        living = [alias.c.deleted_at.is_(None)] if state != "merged" else []
        statement = statement.where(*living, *([] if readable is None else [readable]))
    return statement


def _seen(uow: UnitOfWork, rights: Rights, entity: Entity, statement: Select[Any], after: str | None) -> Iterator[SeenPair]:
    """Yield pairs in their order: by score, or for somebody who may not read all that is compared by age, for the score tells of the rest."""
    is_whole = _is_whole(uow, rights, entity)
    order = (duplicates.c.score.desc(), duplicates.c.id.desc()) if is_whole else (duplicates.c.id.desc(),)
    while True:
        rows = uow.connection.execute(statement.where(*_after(after, is_whole=is_whole)).order_by(*order).limit(AT_A_TIME)).all()
        pairs = [found for row in rows if (found := read_pair(uow, row)) is not None]
        readable = _readable(uow, rights, entity, pairs)
        for each in pairs:
            place = f"{each.score}:{each.id}" if is_whole else each.id
            known = [r for r in each.reasons if {each.first, each.second} <= readable.get(r["field"], set())]
            score = each.score if len(known) == len(each.reasons) else weigh(known)
            if score and score >= _least(uow, each):
                yield SeenPair(each, score, [r for r in known if r["likeness"] > 0], place)
        if len(rows) < AT_A_TIME:
            return
        after = f"{rows[-1].score}:{rows[-1].id}" if is_whole else rows[-1].id


def _least(uow: UnitOfWork, pair: Pair) -> Decimal:
    document = uow.model.documents.get(pair.matching)
    return document.body.propose_from if document is not None and pair.state == "open" else Decimal(0)


def _after(after: str | None, *, is_whole: bool) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    score, _, id = after.rpartition(":")
    older = duplicates.c.id < id
    if not is_whole or not score:
        return [older]
    return [or_(duplicates.c.score < Decimal(score), and_(duplicates.c.score == Decimal(score), older))]


def _readable(uow: UnitOfWork, rights: Rights, entity: Entity, pairs: Sequence[Pair]) -> dict[str, set[str]]:
    """Return by field which of the records of pairs have it in somebody's sight."""
    ids = {record for each in pairs for record in (each.first, each.second)}
    fields = [f for field_id in {r["field"] for each in pairs for r in each.reasons} if (f := entity.fields_by_id.get(field_id)) is not None]
    return {field.id: _holding(uow, rights, entity, field, ids) for field in fields}


def _holding(uow: UnitOfWork, rights: Rights, entity: Entity, field: Field, ids: set[str]) -> set[str]:
    state = rights.state(entity, field)
    if state != "partly":
        return ids if state == "full" else set()
    table = uow.tables.of(entity)
    condition = readable_condition(environment(uow, rights), table, entity, rights, [field])
    statement = select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids)))
    return set(uow.connection.execute(statement if condition is None else statement.where(condition)).scalars())
