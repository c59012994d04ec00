"""How the values of a score are spread over its scale today, among the records that a reader may see it of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from tenon.engine.access.resolver import environment, readable_condition
from tenon.engine.access.rights import Rights
from tenon.engine.query.pages import Ask, where
from tenon.engine.scores.definition import WHOLE
from tenon.engine.scores.layers import flag, nothing, number, to_whole
from tenon.engine.scores.sides import bucket
from tenon.engine.sql.elements import BIG, choose, compare, is_null
from tenon.engine.sql.environment import Column
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document


@dataclass(frozen=True)
class Spread:
    """How many records lie in each part of the scale and at or above each edge; ``thin`` have too little data, ``empty`` no value."""

    parts: tuple[int, ...]
    between: tuple[int, ...]
    below: int
    thin: int
    empty: int


def spread(uow: UnitOfWork, rights: Rights, score: Document, scale: tuple[Decimal, Decimal], edges: Sequence[Decimal], min_coverage: Decimal, parts: int) -> Spread | None:
    """Return how the stored values of a published score are spread; rising edges divide them, each belonging to what begins there.

    None when the reader may not see the score.
    """
    entity = uow.model.get_entity(score.body.entity)
    fields = [f for f in entity.fields.values() if f.score == score.id and f.part in ("score", "coverage")]
    if not rights.may(entity, "read") or not fields or not all(rights.may_read(entity, f) for f in fields):
        return None
    seen = environment(uow, rights)
    source = Source(seen, entity)
    limits = [*where(uow, rights, source, entity, Ask()), readable_condition(seen, source.alias, entity, rights, fields)]
    s = uow.tables.score(score.id).alias("spread")
    value, coverage = to_whole(seen, s.c.score), to_whole(seen, s.c.coverage)
    above = [(compare(value, ">=", number(int(edge * WHOLE))), number(index)) for index, edge in enumerate(edges)]
    ladder = [(is_null(value), nothing()), *reversed(above)]
    is_thin = flag(compare(coverage, "<", number(int(min_coverage * WHOLE))))
    rows = (
        select(bucket(value, scale[0], scale[1], parts).label("part"), choose(ladder, number(-1), BIG).label("band"), is_thin.label("thin"))
        .select_from(source.from_clause.join(s, s.c.record == source.alias.c.id)).where(*[c for c in limits if c is not None]).subquery("spread_rows")
    )  # fmt: skip
    keys: list[Column] = [rows.c.part, rows.c.band, rows.c.thin]
    columns = [*keys, func.count()]
    counted, between, thin, empty = Counter[int](), Counter[int](), 0, 0
    for part, band, is_short, count in uow.connection.execute(select(*columns).group_by(*keys)):
        if part is None:
            empty += count
        elif is_short:
            thin += count
        else:
            counted[int(part)] += count
            between[int(band)] += count
    return Spread(tuple(counted[i] for i in range(parts)), tuple(between[i] for i in range(len(edges))), between[-1], thin, empty)
