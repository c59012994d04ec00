"""Finding pairs: records with a key in common are compared, what is alike is kept, what no longer is goes.

Which records are worth comparing is asked of the database by their keys. How alike two of them are is worked out here, over those pairs alone and a bounded number at
a time: core names of companies, pinyin and slips of the pen are beyond what both databases can say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.sql.expression import bindparam

from tenon.engine.duplicates.book import Found, Matching, Read, compare, matchings_of
from tenon.engine.duplicates.merging_alone import merge_later
from tenon.engine.duplicates.tables import duplicates, keys
from tenon.engine.recompute.events import Computed
from tenon.engine.records.events import Removed, Written
from tenon.engine.records.stored import read_cell
from tenon.engine.sql.inserting import insert_into
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

MOST_ALIKE = 30
"""A key that more records have in common says nothing about any of them, and would cost the square of their number."""
PART = 1_000
PAIRS = 20_000
KEYS = 5_000
Pairs = dict[tuple[str, str], Found]


def hear_duplicates(uow: UnitOfWork, event: object) -> None:
    """Look for the likes of what was written or computed, and forget what is gone; nothing where no matching is about the entity."""
    if isinstance(event, Removed):
        forget(uow, event.ids, also_decided=True)
        return
    if not isinstance(event, Written | Computed) or not (matchings := matchings_of(uow.model, event.entity)):
        return
    if isinstance(event, Written) and event.action == "delete":
        forget(uow, event.ids)
        return
    read = {part.field.id for matching in matchings for part in matching.parts}
    if event.fields is None or not read.isdisjoint(event.fields):
        for start in range(0, len(event.ids), PART):
            renew(uow, event.entity, event.ids[start : start + PART])


def forget(uow: UnitOfWork, ids: Collection[str], *, also_decided: bool = False) -> None:
    """Forget the keys of records and the open pairs they are in; what was decided about them stays unless they are gone for good."""
    gone = id_set(uow.dialect, ids)
    uow.connection.execute(delete(keys).where(keys.c.record.in_(gone)))
    for column in (duplicates.c.first, duplicates.c.second):
        statement = delete(duplicates).where(column.in_(gone))
        uow.connection.execute(statement if also_decided else statement.where(duplicates.c.state == "open"))


def renew(uow: UnitOfWork, entity: Entity, ids: Sequence[str], *, is_sweep: bool = False) -> None:
    """Write the keys of living records anew, and the pairs they are in.

    A sweep goes through all records in the order of their ids, so it looks at each pair once: from the later of the two.
    """
    found: Pairs = {}
    values = _values(uow, entity, ids)
    uow.connection.execute(delete(keys).where(keys.c.record.in_(id_set(uow.dialect, ids))))
    for matching in matchings_of(uow.model, entity):
        reads = {record: matching.read(each) for record, each in values.items()}
        rows = [{"matching": matching.id, "key": key, "record": record} for record, read in reads.items() for key in dict.fromkeys(matching.keys(read))]
        if rows:
            uow.connection.execute(insert(keys), rows)
            for pair, each in _compare(uow, matching, reads, is_sweep=is_sweep):
                if pair not in found or found[pair].score < each.score:
                    found[pair] = each
    _keep(uow, entity, ids, found, is_sweep=is_sweep)


def _values(uow: UnitOfWork, entity: Entity, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return what is compared of living records by their ids."""
    table = uow.tables.of(entity)
    fields = list({part.field.id: part.field for matching in matchings_of(uow.model, entity) for part in matching.parts}.values())
    statement = select(table.c.id, *(table.c[f.column] for f in fields)).where(table.c.id.in_(id_set(uow.dialect, ids)), table.c.deleted_at.is_(None))
    return {row["id"]: {f.name: read_cell(f, row) for f in fields} for row in uow.connection.execute(statement).mappings()}


def _compare(uow: UnitOfWork, matching: Matching, reads: dict[str, Read], *, is_sweep: bool) -> Iterator[tuple[tuple[str, str], Found]]:
    """Yield the pairs that are alike, of records with the others that have a key in common."""
    mine: dict[str, list[str]] = defaultdict(list)
    for record, read in reads.items():
        for key in dict.fromkeys(matching.keys(read)):
            mine[key].append(record)
    near: set[tuple[str, str]] = set()
    for key, other in sharing(uow, matching.id, mine, least=2):
        near |= {(min(record, other), max(record, other)) for record in mine[key] if other < record or (other > record and not is_sweep)}
    listed = sorted(near)
    for start in range(0, len(listed), PAIRS):
        pairs = listed[start : start + PAIRS]
        far = _values(uow, matching.entity, {record for pair in pairs for record in pair if record not in reads})
        known = reads | {record: matching.read(each) for record, each in far.items()}
        for first, second in pairs:
            if first in known and second in known and (found := compare(matching, known[first], known[second])) is not None:
                yield (first, second), found


def sharing(uow: UnitOfWork, matching: str, wanted: Collection[str], *, least: int) -> list[tuple[str, str]]:
    """Return keys that at least so many records have, and not more than tell anything, each with a record that has it.

    How many have a key is counted no further than that takes, before any of them is read: one key of very many costs as much as any other.
    """
    found: list[tuple[str, str]] = []
    listed, counted = sorted(wanted), keys.alias("counted")
    for start in range(0, len(listed), KEYS):
        asked = id_set(uow.dialect, listed[start : start + KEYS]).subquery("asked")
        key = next(iter(asked.c))
        having = select(counted.c.record).where(counted.c.matching == matching, counted.c.key == key).correlate(asked).limit(1)
        told = select(key).where(exists(having.offset(least - 1)), ~exists(having.offset(MOST_ALIKE)))
        few = uow.connection.execute(told).scalars().all()
        if few:
            members = select(keys.c.key, keys.c.record).where(keys.c.matching == matching, keys.c.key.in_(id_set(uow.dialect, few)))
            found += [(row.key, row.record) for row in uow.connection.execute(members)]
    return found


def _keep(uow: UnitOfWork, entity: Entity, ids: Sequence[str], found: Pairs, *, is_sweep: bool) -> None:
    """Keep what was found: new pairs come, open ones change or close, decided ones stay decided."""
    about = id_set(uow.dialect, ids)
    columns = [duplicates.c.id, duplicates.c.first, duplicates.c.second, duplicates.c.state, duplicates.c.score, duplicates.c.reasons, duplicates.c.matching]
    statement = select(*columns).where(duplicates.c.second.in_(about))
    there = uow.connection.execute(statement if is_sweep else statement.union(select(*columns).where(duplicates.c.first.in_(about)))).all()
    known = {(row.first, row.second) for row in there}
    open_ = [row for row in there if row.state == "open"]
    closed = [row.id for row in open_ if (row.first, row.second) not in found]
    if closed:
        uow.connection.execute(delete(duplicates).where(duplicates.c.id.in_(id_set(uow.dialect, closed))))
    changed = [(row.id, each) for row in open_ if (each := found.get((row.first, row.second))) is not None and _differs(row, each)]
    if changed:
        statement_ = update(duplicates).where(duplicates.c.id == bindparam("key")).values(
            score=bindparam("v_score", type_=duplicates.c.score.type), reasons=bindparam("v_reasons", type_=duplicates.c.reasons.type), matching=bindparam("v_matching"),
        )  # fmt: skip
        uow.connection.execute(statement_, [{"key": id, "v_score": each.score, "v_reasons": each.reasons, "v_matching": each.matching} for id, each in changed])
    fresh = [(pair, each) for pair, each in found.items() if pair not in known]
    _insert(uow, entity, fresh)
    if fresh or changed:
        merge_later(uow, entity)


def _differs(row: Any, found: Found) -> bool:
    return (row.score, row.reasons, row.matching) != (found.score, found.reasons, found.matching)


def _insert(uow: UnitOfWork, entity: Entity, fresh: Iterable[tuple[tuple[str, str], Found]]) -> None:
    rows = [
        {"id": uow.new_id(), "entity": entity.id, "first": first, "second": second, "score": each.score, "reasons": each.reasons, "matching": each.matching,
         "state": "open", "found_at": uow.now}
        for (first, second), each in fresh
    ]  # fmt: skip
    if rows:
        # Two writers may find the same pair at once.
        uow.connection.execute(insert_into(duplicates, uow.dialect).on_conflict_do_nothing(index_elements=["first", "second"]), rows)


def count_open(uow: UnitOfWork) -> int:
    """Return how many pairs wait for somebody to decide."""
    statement = select(func.count()).select_from(duplicates).where(duplicates.c.state == "open")
    return int(uow.connection.execute(statement).scalar_one())
