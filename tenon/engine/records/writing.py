"""Creating and changing records, one or many: the doors of the writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Select, false, true

from tenon.engine.access.resolver import action_condition, environment
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.records.cleaning import clean_rows
from tenon.engine.records.matching import match
from tenon.engine.records.row import Row
from tenon.engine.records.save import not_allowed, save
from tenon.engine.records.stored import load_links, read_row, selection
from tenon.engine.statements import kept
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, Stale, TenonError, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

MAX_RACES = 5
Mode = Literal["create", "update", "upsert"]
Values = Mapping[str, Any]


def create(uow: UnitOfWork, ctx: Context, entity: Entity, values: Values) -> str:
    """Store a new record and return its id. Raises Invalid, Conflict, Forbidden."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "create")
    row = Row(0, values)
    clean_rows(uow, rights, entity, [row])
    stop([row])
    save(uow, ctx, rights, entity, [row])
    stop([row])
    return str(row.id)


def change(uow: UnitOfWork, ctx: Context, entity: Entity, id: str, values: Values, *, version: int | None = None) -> int:
    """Change fields of a record and return its version; ``version`` is the one the writer saw.

    Raises Stale, Invalid, Conflict, Forbidden, NotFound.
    """
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "update")
    refuse_append_only(entity)
    row = _row_to_change(uow, rights, entity, id, values, version)
    clean_rows(uow, rights, entity, [row])
    stop([row])
    save(uow, ctx, rights, entity, [row])
    stop([row])
    return int(row.version or 0)


def _row_to_change(uow: UnitOfWork, rights: Rights, entity: Entity, id: str, values: Values, version: int | None) -> Row:
    fields = [f for name in values if name not in ("id", "version") and (f := entity.fields.get(name)) is not None]
    record = uow.connection.execute(_to_change(uow, rights, entity, fields), {"id": id}).mappings().first()
    if record is None or not record["holds_1"]:
        raise not_found()
    if not record["holds_0"]:
        raise Forbidden(Problem("", "forbidden", say("You may not change this record.", "您无权修改该记录。"), say("Ask its owner.", "请联系负责人。")))
    before = read_row(entity, record)
    load_links(uow, entity, {id: before})
    if version is not None and before["version"] != version:
        message = say("Somebody else changed this record.", "该记录已被他人修改。")
        raise Stale(Problem("", "stale", message, say("Look at the changes and save again.", "请查看改动后重新保存。")))
    return Row(0, values, id=id, action="update", before=before, version=before["version"], was_allowed=True)


def _to_change(uow: UnitOfWork, rights: Rights, entity: Entity, fields: list[Field]) -> Select[Any]:
    """Return the statement that locks and reads a record and says whether these fields may be changed, and whether it may be read."""
    writable = [f for f in fields if rights.may_write(entity, f, "update")]

    def make() -> Select[Any]:
        reader, table = environment(uow, rights), uow.tables.of(entity)
        update = action_condition(reader, table, entity, rights, "update", writable)
        read = action_condition(reader, table, entity, rights, "read") if rights.may(entity, "read") else false()
        return selection(uow, entity, true() if update is None else update, true() if read is None else read, lock=True, is_one=True)

    key = ("change", uow.dialect, entity.id, frozenset(f.id for f in writable))
    return make() if rights.is_clocked else kept(rights.kept, key, make)


def write_many(
    uow: UnitOfWork, ctx: Context, entity: Entity, records: Sequence[Values], *, mode: Mode = "create", match_on: Sequence[str] = (),
    on_error: Literal["stop", "skip"] = "stop", batch: str | None = None, path: str = "/records",
) -> list[Row]:
    """Create, update or upsert many records as sets and return their rows, refused ones with problems.

    With ``on_error`` "stop" nothing is written when one is refused: raises Invalid with the problems of all.
    """
    rights = rights_of(uow.model, ctx)
    for action in {"create": ("create",), "update": ("update",), "upsert": ("create", "update")}[mode]:
        rights.require(entity, action)
    if mode != "create":
        refuse_append_only(entity)
    rows = [Row(i, values, path=f"{path}/{i}") for i, values in enumerate(records)]
    match(uow, rights, entity, rows, mode, list(match_on))
    _check_updates(uow, rights, entity, [r for r in rows if r.action == "update" and r.is_good])
    clean_rows(uow, rights, entity, [r for r in rows if r.is_good])
    if on_error == "stop":
        stop(rows)
    races = 0
    while good := [row for row in rows if row.is_good]:
        try:
            if _save_apart(uow, ctx, rights, entity, good, batch) or on_error == "stop":
                break
        except Conflict as error:  # somebody else took a key since it was looked for
            if len(good) == 1 and on_error == "skip":
                for problem in error.problems:
                    good[0].refuse(problem)
                break
            races += 1
            if races == MAX_RACES:
                raise
    if on_error == "stop":
        stop(rows)
    return rows


def _save_apart(uow: UnitOfWork, ctx: Context, rights: Rights, entity: Entity, rows: list[Row], batch: str | None) -> bool:
    """Save rows as one part of the transaction; when some are refused, nothing of it stays and the rows are as before."""
    sent = {id(row): dict(row.values) for row in rows}
    events, notes, later = len(uow.events), dict(uow.notes), len(uow.after_commit)
    savepoint = uow.connection.begin_nested()
    try:
        if save(uow, ctx, rights, entity, rows, batch=batch):
            savepoint.commit()
            return True
        savepoint.rollback()
    except Conflict:
        savepoint.rollback()
        _as_before(rows, sent)
        raise
    del uow.events[events:], uow.after_commit[later:]
    uow.notes.clear()
    uow.notes.update({k: v for k, v in notes.items() if k != "far"})
    _as_before(rows, sent)
    return False


def _as_before(rows: list[Row], sent: dict[int, dict[str, Any]]) -> None:
    for row in rows:
        row.values = sent[id(row)]
        row.action = "update" if row.before is not None else "create"
        row.id = row.id if row.before is not None else None


def _check_updates(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row]) -> None:
    """Refuse rows that may not be changed by who writes them."""
    if rights.is_unlimited or not rows:
        return
    for row in not_allowed(uow, rights, entity, rows, "update"):
        row.refuse(Problem("", "forbidden", say("You may not change this record.", "您无权修改该记录。"), say("Ask its owner.", "请联系负责人。")))


def refuse_append_only(entity: Entity) -> None:
    """Raise Forbidden for an entity whose records are only added."""
    if entity.is_append_only:
        message = say("{entity} are only added, never changed.", "{entity}只能新增，不能修改。", entity=entity.plural)
        raise Forbidden(Problem("", "forbidden", message))


def stop(rows: list[Row]) -> None:
    """Raise the problems of the rows: Conflict for a taken key or a locked record alone, Forbidden for missing rights alone, else Invalid."""
    problems = [p for row in rows for p in row.problems]
    if not problems:
        return
    codes = {p.code for p in problems}
    kinds: dict[str, type[TenonError]] = {"not_unique": Conflict, "blocked": Conflict, "forbidden": Forbidden, "no_such_record": Invalid}
    is_one = len(rows) == 1 and rows[0].path == ""
    raise (kinds.get(codes.pop(), Invalid) if len(codes) == 1 and is_one else Invalid)(problems)


